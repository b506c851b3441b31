"""The maturity check in a real client: what a person sees, and how often the bot speaks."""

import pytest

from tests.browser.chat import Chat

pytestmark = pytest.mark.browser

PHONE = (390, 2400)

ANSWERS = {
    "Strategy and Vision": "Defined",
    "Business Value": "Repeatable",
    "Admin and Governance": "Defined",
    "Support": "Repeatable",
    "Nurture and Citizen Makers": "Capable",
    "Automation": "Repeatable",
    "Fusion Teams": "Defined",
}
WELCOME = "Where do you stand with Power Platform?"
ROLE = "How do you work with Power Platform?"
RESULT = "You are at Level 300 Defined"


def question(discipline: str) -> str:
    return f"Question {list(ANSWERS).index(discipline) + 1} of 7: {discipline}"


async def begins(chat: Chat, *, keeping: str = "") -> None:
    await chat.sees_card(WELCOME, messages=1)
    await chat.presses("Start the check")
    await chat.sees_card(ROLE, messages=1)
    if keeping:
        await chat.keeps(f"{keeping}-role")
    await chat.presses("I make apps or flows")


async def finishes(chat: Chat) -> None:
    await begins(chat)
    for discipline, answer in ANSWERS.items():
        await chat.sees_card(question(discipline), messages=1)
        await chat.picks(answer)
        await chat.presses("Next")
    await chat.sees_card(RESULT, messages=1)


async def test_a_whole_check(chat: Chat) -> None:
    """Installing greets once; seven clicked answers bring the stage, why, and links, in one message."""
    await chat.sees_card(WELCOME, messages=1)
    await chat.keeps("01-welcome")
    await chat.installs_again()

    await chat.says("start")
    await chat.sees_card(ROLE, messages=2)
    await chat.keeps("02-role")
    await chat.presses("I make apps or flows")

    for number, (discipline, answer) in enumerate(ANSWERS.items(), start=1):
        await chat.sees_card(question(discipline), messages=2)
        await chat.keeps(f"{number + 2:02}-question-{number}")
        await chat.picks(answer)
        await chat.presses("Next")

    await chat.sees_card(RESULT, messages=2)
    await chat.sees("4 of 7 disciplines have reached 300", "Complete stage: Level 200 Repeatable.")
    await chat.sees_link(
        "Planning environments",
        "https://learn.microsoft.com/power-platform/guidance/adoption/environment-strategy",
    )
    await chat.keeps("10-result")


async def test_next_without_a_choice(chat: Chat) -> None:
    """Next with nothing picked says so, and the question stays."""
    await begins(chat)
    await chat.sees_card(question("Strategy and Vision"), messages=1)
    await chat.presses("Next")

    await chat.sees("Nothing is picked yet.")
    await chat.sees_card(question("Strategy and Vision"), messages=1)
    await chat.keeps("11-nothing-picked")


async def test_back_and_pause(chat: Chat) -> None:
    """Back shows what was picked; Pause says how to come back, and Continue goes on where it stopped."""
    await begins(chat)
    await chat.sees_card(question("Strategy and Vision"), messages=1)
    await chat.picks("Defined")
    await chat.presses("Next")
    await chat.sees_card(question("Business Value"), messages=1)

    await chat.presses("Back")
    await chat.sees_card(question("Strategy and Vision"), messages=1)
    await chat.sees_picked("Defined")
    await chat.keeps("12-back")
    await chat.presses("Next")

    await chat.sees_card(question("Business Value"), messages=1)
    await chat.presses("Pause")
    await chat.sees_card("Paused, and saved", messages=1)
    await chat.sees("1 of 7 questions")
    await chat.keeps("13-paused")
    await chat.presses("Continue the check")
    await chat.sees_card(question("Business Value"), messages=1)


async def test_a_changed_answer(chat: Chat) -> None:
    """My answers lists all seven; changing one changes the stage."""
    await finishes(chat)
    await chat.presses("My answers")
    await chat.sees_card("Your answers", messages=1)
    await chat.sees(*ANSWERS, "400 Capable")
    await chat.keeps("14-my-answers")

    await chat.selects("Strategy and Vision")
    await chat.presses("Change this answer")
    await chat.sees_card(question("Strategy and Vision"), messages=1)
    await chat.sees_picked("Defined")
    await chat.keeps("15-change")
    await chat.picks("Repeatable")
    await chat.presses("Next")

    await chat.sees_card("You are at Level 200 Repeatable", messages=1)
    await chat.sees("Saved: Strategy and Vision")
    await chat.keeps("16-result-changed")


async def test_what_to_do_next(chat: Chat) -> None:
    """From the result a person gets to what lifts them, to another stage's opportunities, and back."""
    await finishes(chat)
    await chat.presses("What lifts me to 400")
    await chat.sees_card("The shortest way to Level 400 Capable", messages=1)
    await chat.keeps("17-lift")
    await chat.presses("Back to my result")

    await chat.sees_card(RESULT, messages=1)
    await chat.presses("Other stages")
    await chat.sees_card("What to do at Level 400 Capable", messages=1)
    await chat.keeps("18-opportunities")
    await chat.selects("Level 500 Efficient")
    await chat.presses("Show this stage")
    await chat.sees_card("What to do at Level 500 Efficient", messages=1)
    await chat.keeps("19-opportunities-500")
    await chat.presses("Back to my result")
    await chat.sees_card(RESULT, messages=1)


async def test_words(chat: Chat) -> None:
    """What a person types gets one new card below; what the bot does not know gets help."""
    await chat.sees_card(WELCOME, messages=1)
    await chat.says("history")
    await chat.sees_card("No finished check yet", messages=2)
    await chat.keeps("20-nothing-finished")
    await chat.says("help")
    await chat.sees_card("What I understand", messages=3)
    await chat.keeps("21-help")
    await chat.says("what is the weather like")
    await chat.sees_card("What I understand", messages=4)
    await chat.sees("I did not understand that.")
    await chat.keeps("22-unknown")


async def test_history(chat: Chat) -> None:
    """Two finished checks stand in the history, with the stage of each and what moved."""
    await finishes(chat)
    await chat.presses("Check again")
    await chat.sees_card(ROLE, messages=1)
    typed = ("maker", "4", "not applicable", "defined", "don't know", "400", "3")
    for messages, (words, discipline) in enumerate(zip(typed, ANSWERS, strict=True), start=2):
        await chat.says(words)
        await chat.sees_card(question(discipline), messages=messages)
    await chat.keeps("23-typed")
    await chat.says("5")
    await chat.sees_card("You are at Level 400 Capable", messages=9)
    await chat.sees("Not counted, since you don't know: Support.")
    await chat.keeps("24-result-not-counted")

    await chat.says("history")
    await chat.sees_card("Your finished checks", messages=10)
    await chat.sees(
        "Level 300 Defined", "Level 400 Capable", "Strategy and Vision: up from 300 Defined to 400 Capable"
    )
    await chat.keeps("25-history")


async def test_too_few_answers(chat: Chat) -> None:
    """With fewer than half of the disciplines answered, the card says what is missing instead of a stage."""
    await begins(chat)
    for discipline in ANSWERS:
        await chat.sees_card(question(discipline), messages=1)
        await chat.picks("I don't know")
        await chat.presses("Next")
    await chat.sees_card("Not enough answers for a stage yet", messages=1)
    await chat.sees("4 more are missing")
    await chat.keeps("26-no-stage")


async def test_in_a_channel(chat: Chat) -> None:
    """In a channel `start` leads to the person's own chat, where the check begins."""
    await chat.sees_card(WELCOME, messages=1)
    await chat.goes_to("Power Platform CoE - General")
    await chat.sees_card(WELCOME, messages=1)
    await chat.keeps("27-channel-welcome")
    await chat.posts("start")
    await chat.sees_card("This belongs in our own chat", messages=2)
    await chat.keeps("28-channel-start")
    await chat.goes_home()
    await chat.sees_card(ROLE, messages=2)


@pytest.mark.parametrize("screen", [PHONE])
async def test_on_a_phone(chat: Chat) -> None:
    """On a phone's width every card fits, and the check goes the same way."""
    await chat.is_on_a_phone()
    await chat.sees_card(WELCOME, messages=1)
    await chat.sees_no_sideways_scrolling()
    await chat.keeps("31-phone-welcome")
    await begins(chat, keeping="32-phone")
    for number, (discipline, answer) in enumerate(ANSWERS.items(), start=1):
        await chat.sees_card(question(discipline), messages=1)
        await chat.sees_no_sideways_scrolling()
        await chat.picks(answer)
        await chat.keeps(f"{number + 32}-phone-question-{number}")
        await chat.presses("Next")
    await chat.sees_card(RESULT, messages=1)
    await chat.sees_no_sideways_scrolling()
    await chat.keeps("40-phone-result")
    await chat.presses("What lifts me to 400")
    await chat.sees_card("The shortest way to Level 400 Capable", messages=1)
    await chat.keeps("41-phone-lift")
    await chat.presses("Back to my result")
    await chat.sees_card(RESULT, messages=1)
    await chat.presses("My answers")
    await chat.sees_card("Your answers", messages=1)
    await chat.sees_no_sideways_scrolling()
    await chat.keeps("42-phone-my-answers")
