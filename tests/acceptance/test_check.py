"""A maker's check from the first tap to the result, as Teams shows it."""

import asyncio

import pytest

from tests.acceptance.colleagues import ANSWERS, begins, finishes, has_the_app
from tests.acceptance.connector import Connector
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague, Teams


@on_both_databases
async def test_a_whole_check_names_the_stage_and_says_why(ada: Colleague) -> None:
    """Seven answers bring the stage, the reason, the complete stage and the opportunities with links."""
    await finishes(ada)

    card = ada.sees_one_card()
    assert card.heading == "You are at Level 300 Defined"
    assert "4 of 7 disciplines have reached 300" in card.text
    assert "Quickest way to 400: Strategy and Vision, Admin and Governance, and Fusion Teams." in card.text
    assert "Complete stage: Level 200 Repeatable. Every answered discipline has reached it." in card.text
    assert "Lowest: " in card.text
    assert "Decide how much support each app gets" in card.text
    assert "https://learn.microsoft.com/power-platform/guidance/adoption/environment-strategy" in {
        one.url for one in card.links
    }
    assert card.buttons == [
        *["Pledge"] * 3,
        "What lifts me to 400",
        "Other stages",
        "My answers",
        "Check again",
    ]


async def test_the_questions_come_one_by_one_in_place(ada: Colleague) -> None:
    """Each press replaces the card by the next question, with its number, its answers and its buttons."""
    await begins(ada)

    first = ada.sees_one_card()
    assert first.heading == "Question 1 of 7: Strategy and Vision"
    assert first.buttons == ["Next", "Back", "Pause"]
    assert [one.split(":")[0] for one in first.choices] == [
        "Initial",
        "Repeatable",
        "Defined",
        "Capable",
        "Efficient",
        "I don't know",
        "Does not apply to us",
    ]
    await ada.picks("Capable")
    second = ada.sees_one_card()
    assert second.heading == "Question 2 of 7: Business Value"
    assert second.message_id == first.message_id


async def test_the_role_is_one_tap(ada: Colleague) -> None:
    """The check begins with a card of five buttons, one of which leads to the first question."""
    await ada.says("start")

    assert ada.sees_one_card().buttons == [
        "I make apps or flows",
        "CoE team or admin",
        "IT or pro developer",
        "Business sponsor",
        "Rather not say",
    ]
    await ada.presses("Rather not say")
    assert ada.sees_one_card().heading.startswith("Question 1 of 7")


async def test_an_old_client_has_the_sent_card_updated(ada: Colleague, connector: Connector) -> None:
    """Where Action.Execute is unknown, its fallback leads through the same check in the same card."""
    ada.uses_an_old_client()
    await finishes(ada)

    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    assert len(connector.messages_in(ada.place)) == 1


async def test_a_card_deleted_meanwhile_comes_anew(ada: Colleague, connector: Connector) -> None:
    """Where the pressed card cannot be updated, the next one is sent below."""
    ada.uses_an_old_client()
    await begins(ada)
    connector.fails_next(404)
    await ada.picks("Defined")

    assert len(connector.messages_in(ada.place)) == 2
    assert ada.last_card().heading.startswith("Question 2 of 7")


@pytest.mark.parametrize(
    "typed",
    ["3", "300", "defined", "DEFINED .", " Defined ", "300 Defined", "level 300 defined"],
)
async def test_typing_an_answer_works_as_well(ada: Colleague, typed: str) -> None:
    """A number, a level or its name answers the open question, in any case."""
    await begins(ada)
    await ada.says(typed)

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"
    assert "Saved: Strategy and Vision is now “300 Defined”." in ada.sees_one_card().text
    await ada.says("back")
    assert str(ada.sees_one_card().chosen).startswith("Defined")


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("don't know", "I don't know"),
        ("I don\u2019t know", "I don't know"),
        ("not applicable", "Does not apply to us"),
        ("N/A", "Does not apply to us"),
    ],
)
async def test_not_knowing_can_be_typed(ada: Colleague, typed: str, meant: str) -> None:
    """Don't-know and not-applicable can be typed, as a phone spells them."""
    await begins(ada)
    await ada.says(typed)
    await ada.says("back")

    assert ada.sees_one_card().chosen == meant


async def test_a_whole_check_can_be_typed(ada: Colleague) -> None:
    """Nobody needs to press anything."""
    await ada.says("start")
    await ada.says("maker")
    for answer in ANSWERS:
        await ada.says(answer)

    assert ada.sees_one_card().heading == "You are at Level 300 Defined"


async def test_next_without_a_choice_says_so(ada: Colleague) -> None:
    """Next with nothing picked returns the same question with a message; what was answered stays."""
    await begins(ada)
    await ada.picks("Defined")
    await ada.presses("Next", validate=False)

    card = ada.sees_one_card()
    assert card.heading == "Question 2 of 7: Business Value"
    assert any("Nothing is picked yet" in one for one in card.errors)
    await ada.presses("Back")
    assert str(ada.sees_one_card().chosen).startswith("Defined")


async def test_the_client_asks_for_a_choice_too(ada: Colleague) -> None:
    """A client that checks inputs stops Next by itself, with the same words."""
    await begins(ada)
    await ada.presses("Next")

    assert any("Nothing is picked yet" in one for one in ada.sees_one_card().errors)


async def test_back_leads_to_the_question_before_with_its_answer(ada: Colleague) -> None:
    """Back shows the earlier question with its answer picked; Next walks forward again."""
    await begins(ada)
    for answer in ANSWERS[:3]:
        await ada.picks(answer)
    await ada.presses("Back")
    await ada.presses("Back")

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"
    await ada.picks("Efficient")
    assert ada.sees_one_card().heading == "Question 3 of 7: Admin and Governance"
    await ada.presses("Next")
    assert ada.sees_one_card().heading == "Question 4 of 7: Support"


async def test_start_resumes_at_the_first_open_question(ada: Colleague) -> None:
    """Also for who had gone back, and left it at that."""
    await begins(ada)
    for answer in ANSWERS[:3]:
        await ada.picks(answer)
    await ada.presses("Back")
    await ada.presses("Back")
    await ada.says("start")

    assert ada.sees_one_card().heading == "Question 4 of 7: Support"


async def test_back_from_the_first_question_leads_to_the_role(ada: Colleague) -> None:
    """The role can be picked anew."""
    await begins(ada)
    await ada.presses("Back")
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"

    await ada.presses("Business sponsor")
    assert ada.sees_one_card().heading.startswith("Question 1 of 7")


async def test_a_typed_answer_after_back_answers_the_question_shown(ada: Colleague) -> None:
    """What is typed belongs to the question on the screen, not to the first open one."""
    await begins(ada)
    await ada.says("2")
    await ada.says("3")
    await ada.says("back")
    await ada.says("5")
    await ada.says("back")

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"
    assert str(ada.sees_one_card().chosen).startswith("Efficient")


async def test_a_press_on_an_old_card_changes_that_answer(ada: Colleague) -> None:
    """An old card still counts: its answer changes, the reply says so and shows where the person now is."""
    await begins(ada)
    old = ada.sees_one_card()
    await ada.says("2")
    await ada.says("3")
    await ada.picks("Efficient", on=old)

    card = ada.sees_one_card()
    assert "Saved: Strategy and Vision is now “500 Efficient”." in card.text
    assert card.heading == "Question 3 of 7: Admin and Governance"


@pytest.mark.parametrize("how", ["twice", "delivered twice"])
async def test_a_press_twice_answers_once(ada: Colleague, how: str) -> None:
    """A double tap and a second delivery give one answer, and the next question stays open."""
    await begins(ada)
    await ada.picks("Defined", twice=how == "twice", delivered_twice=how == "delivered twice")

    card = ada.sees_one_card()
    assert card.heading == "Question 2 of 7: Business Value"
    assert not card.chosen


async def test_a_message_delivered_twice_answers_once(ada: Colleague) -> None:
    """Teams repeats a message it got no answer to in time: one question is answered, one card comes."""
    await begins(ada)
    await ada.says("3", delivered_twice=True)

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"
    await ada.is_delivered_again()
    ada.sees_nothing_new()


async def test_messages_that_come_all_at_once_answer_one_question_each(teams: Teams, ada: Colleague) -> None:
    """A phone that was offline sends what was typed in one go; each message gets its own question."""
    await begins(ada)
    typed = [ada.writer.message(words) for words in ("3", "4", "5")]
    await asyncio.gather(*(teams.door.deliver(one) for one in typed))
    await ada.says("back")

    assert ada.sees_one_card().heading == "Question 3 of 7: Admin and Governance"


@on_both_databases
async def test_a_message_delivered_again_after_a_restart_answers_once(
    ada: Colleague, bot: RunningBot
) -> None:
    """Which message gave an answer is stored, so a restart between two deliveries does not answer twice."""
    await begins(ada)
    await ada.says("3")
    await bot.restarts()
    await ada.is_delivered_again()

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"


@on_both_databases
async def test_two_devices_at_once_lose_nothing(ada: Colleague) -> None:
    """Answers to two questions, pressed on phone and desktop at the same time, land in the same check."""
    await begins(ada)
    phone = ada.on_another_device()
    await phone.says("start")
    await phone.picks("Initial")
    await asyncio.gather(ada.picks("Defined"), phone.picks("Repeatable"))
    await ada.says("start")
    assert ada.sees_one_card().heading == "Question 3 of 7: Admin and Governance"

    await ada.presses("Back")
    assert str(ada.sees_one_card().chosen).startswith("Repeatable")
    await ada.presses("Back")
    assert str(ada.sees_one_card().chosen).startswith("Defined")


async def test_the_finished_result_shows_on_every_device(ada: Colleague) -> None:
    """An invoke's answer shows on one device only, so the sent card is updated when the check is complete."""
    phone = ada.on_another_device()
    await finishes(ada)

    assert (await phone.will_see("You are at Level 300")).heading == "You are at Level 300 Defined"


@on_both_databases
async def test_pause_says_how_to_come_back(ada: Colleague, bot: RunningBot) -> None:
    """Pause keeps everything; `start` goes on at the first open question, also after a restart of the bot."""
    await begins(ada)
    for answer in ANSWERS[:3]:
        await ada.picks(answer)
    await ada.presses("Pause")
    paused = ada.sees_one_card()
    assert "Answered so far: 3 of 7 questions" in paused.text
    assert "start" in paused.text

    await bot.restarts()
    await ada.says("start")
    assert ada.sees_one_card().heading == "Question 4 of 7: Support"


async def test_pause_can_be_typed_and_continued_by_a_tap(ada: Colleague) -> None:
    """The words and the buttons do the same."""
    await begins(ada)
    await ada.says("later")
    await ada.presses("Continue the check")

    assert ada.sees_one_card().heading == "Question 1 of 7: Strategy and Vision"


async def test_everybody_has_their_own_check(ada: Colleague, bo: Colleague) -> None:
    """Two colleagues who answer at the same time do not see each other's answers."""
    await begins(ada)
    await begins(bo)
    await ada.picks("Defined")
    await bo.presses("Pause")

    assert "Answered so far: 0 of 7 questions" in bo.sees_one_card().text


async def test_a_card_of_somebody_else_changes_nothing(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """A press with another person's check in its data is answered, and their answers stay as they are."""
    await begins(ada)
    hers = ada.sees_one_card()
    reply = await teams.door.deliver(bo.writer.execute(hers.button("Next"), {"answer": "500"}, hers))
    assert "I don't know this card any more" in str(reply.body)

    await ada.says("start")
    assert not ada.sees_one_card().chosen


async def test_a_colleague_of_another_tenant_is_somebody_else(teams: Teams, ada: Colleague) -> None:
    """The same object id in another tenant is another person."""
    await finishes(ada)
    stranger = has_the_app(teams, "Ada Lovelace", tenant_id="11111111-2222-4333-8444-555555555555")
    assert stranger.person.aad_object_id == ada.person.aad_object_id
    await stranger.says("result")

    assert stranger.sees_one_card().heading == "No finished check yet"
