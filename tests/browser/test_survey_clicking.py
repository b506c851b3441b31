"""A team-wide survey in a real client: what the lead, the team's channel and the people asked see."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.chat import Chat
from tests.browser.conftest import DESK
from tests.browser.others import Others
from tests.browser.serving import Ports, serving

pytestmark = pytest.mark.browser

GENERAL = "Power Platform CoE - General"
NAME = "Autumn check"
PROGRESS = f"Survey: {NAME}"
REHEARSAL = f"What will happen: {NAME}"
RESULT = "Power Platform CoE is at Level 300 Defined"
MAKER = "I make apps or flows"
COE = "CoE team or admin"
FIRST = "Question 1 of 7: Strategy and Vision"

ANSWERS = ("Defined", "Repeatable", "Defined", "Repeatable", "Capable", "Repeatable", "Defined")
BEA = ("Capable", "Repeatable", "Capable", "Initial", "Capable", "Defined", "Defined")
CHIDI = ("Defined", "Initial", "Defined", "Capable", "Efficient", "Repeatable", "I don't know")
DANA = ("Repeatable", "Repeatable", "Defined", "Defined", "Capable", "Does not apply to us", "Capable")


async def sets_up(chat: Chat) -> None:
    """In the channel, up to the set-up card with a name and a group of three."""
    await chat.goes_to(GENERAL)
    await chat.posts("survey")
    await chat.sees_card("Set up a survey", messages=2)
    await chat.fills(what_is_it_called=NAME, show_a_result_only="3")


async def sends(chat: Chat) -> None:
    """In the channel, up to the progress card."""
    await sets_up(chat)
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.presses("Send to 6 people")
    await chat.sees_card(PROGRESS, messages=2)


async def is_asked(chat: Chat, *, messages: int = 2) -> None:
    """In the own chat, in front of the invitation."""
    await chat.goes_home()
    await chat.sees_card(NAME, messages=messages)


async def answers(chat: Chat, *given: str, messages: int) -> None:
    for number, answer in enumerate(given, start=1):
        await chat.sees(f"Question {number} of 7")
        await chat.picks(answer)
        await chat.presses("Next")
    await chat.sees_card("You are at Level 300 Defined", messages=messages)


async def test_before_it_is_sent(chat: Chat) -> None:
    """The lead sees whom it will reach, and tries the invitation; then everybody gets it."""
    await sets_up(chat)
    await chat.keeps("51-survey-setup")
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.sees("6 people in Power Platform CoE", "only of 3 people or more", "Alex Kim asks everybody")
    await chat.keeps("52-survey-rehearsal")

    await chat.presses("Send to me first")
    await chat.sees("I am sending the invitation to your own chat")
    await chat.keeps("53-survey-rehearsal-sent-to-me")
    await chat.goes_home()
    await chat.sees_card("Rehearsal: only you see this.", messages=2)
    await chat.sees(NAME)
    await chat.keeps("54-survey-invitation-rehearsed")
    await chat.presses(MAKER)
    await chat.sees_card("This was a rehearsal", messages=2)
    await chat.keeps("55-survey-this-was-a-rehearsal")

    await chat.returns_to(GENERAL)
    await chat.presses("Send to 6 people")
    await chat.sees_card(PROGRESS, messages=2)
    await chat.keeps("56-survey-sending")
    await chat.will_see("Delivered6")
    await chat.keeps("57-survey-delivered")

    await is_asked(chat, messages=3)
    await chat.presses(MAKER)
    await chat.sees_card(FIRST, messages=3)


async def test_a_whole_survey(chat: Chat, others: Others) -> None:
    """Answers come in, the channel sees it fill up, and gets the team's result with its workbook."""
    await sends(chat)
    await is_asked(chat)
    await chat.keeps("58-survey-invitation")
    await chat.presses(COE)
    await chat.sees_card(FIRST, messages=2)
    await chat.sees(f"Survey “{NAME}”, anonymous")
    await chat.keeps("59-survey-question")
    await answers(chat, *ANSWERS, messages=2)
    await chat.sees(f"your answers count in “{NAME}”")
    await chat.keeps("60-survey-own-result")

    for name, given in (("Bea", BEA), ("Chidi", CHIDI), ("Dana", DANA)):
        await (await others.called(name, asked_with=NAME)).answers(*given, role=MAKER)
    await (await others.called("Emre", asked_with=NAME)).presses("Not me")
    await (await others.called("Farah", asked_with=NAME)).answers("Defined", role=MAKER)
    await chat.returns_to(GENERAL)
    await chat.will_see("4 of 6 finished (67%)", "Started5", "Said “Not me”1")
    await chat.sees_card(PROGRESS, messages=2)
    await chat.keeps("61-survey-filled")

    await chat.presses("Close survey")
    await chat.sees_card(f"Close “{NAME}” now?", messages=2)
    await chat.sees("4 of 6 have finished. 1 more has started.")
    await chat.keeps("62-survey-ask-to-close")
    await chat.presses("Close now")
    await chat.will_see(RESULT, "4 of the 6 people asked finished (67%)")
    await chat.sees_card(RESULT, messages=3)
    await chat.keeps("63-team-result")
    await chat.presses("Spread per discipline")
    await chat.sees_card("How the answers spread: Power Platform CoE", messages=3)
    await chat.keeps("64-team-spread")
    await chat.presses("Back to the result")
    await chat.sees_card(RESULT, messages=3)

    await chat.presses("Export to Excel")
    await chat.sees_card("The workbook is in our own chat", messages=3)
    await chat.keeps("65-team-export-offered")
    await chat.presses("Back to the result")
    await chat.sees_card(RESULT, messages=3)
    await chat.keeps_the_window("66-survey-channel")
    await chat.sees_below(PROGRESS, "Closed on", "4 of 6 finished (67%)", keeping="92-survey-closed")
    await chat.goes_home()
    await chat.sees_card(f"“{NAME}” as an Excel workbook", messages=3)
    await chat.keeps("67-team-export")
    name, content = await chat.downloads("Download")
    assert f'filename="{NAME}.xlsx"' in name
    assert NAME.encode() in zipfile.ZipFile(io.BytesIO(content)).read("xl/sharedStrings.xml")


async def test_not_now_and_not_me(chat: Chat) -> None:
    """Who puts it off, or is the wrong person, hears what follows, and may think again."""
    await sends(chat)
    await is_asked(chat)
    await chat.presses("Not now")
    await chat.sees_card("When shall I ask again?", messages=2)
    await chat.keeps("68-survey-not-now")
    await chat.presses("Tomorrow")
    await chat.sees_card("Until later", messages=2)
    await chat.keeps("69-survey-until-later")
    await chat.presses("Answer now")
    await chat.sees_card(NAME, messages=2)

    await chat.presses("Not me")
    await chat.sees_card("Thank you for telling me", messages=2)
    await chat.keeps("70-survey-not-me")
    await chat.presses("It is me after all")
    await chat.sees_card(NAME, messages=2)
    await chat.presses(MAKER)
    await chat.sees_card(FIRST, messages=2)


async def test_one_survey_a_team(chat: Chat) -> None:
    """A second one is refused, and leads to the first."""
    await sends(chat)
    await chat.posts("survey")
    await chat.sees_card("One survey at a time", messages=3)
    await chat.keeps("71-survey-second")
    await chat.presses("Show the survey")
    await chat.sees_card(PROGRESS, messages=3)


async def test_plans_that_are_dropped(chat: Chat) -> None:
    """What cannot be planned is said, and a plan may be dropped before and after its rehearsal."""
    await sets_up(chat)
    await chat.fills(first_reminder="20")
    await chat.presses("Show what will happen")
    await chat.sees("Choose reminder days between sending and the last day to answer")
    await chat.keeps("72-survey-setup-mistake")
    await chat.fills(first_reminder="2", second_reminder="4")
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.presses("Change")
    await chat.sees_card("Set up a survey", messages=2)
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.presses("Cancel")
    await chat.sees_card(f"Cancelled: {NAME}", messages=2)
    await chat.keeps("73-survey-cancelled")

    await chat.presses("Set up a survey")
    await chat.sees_card("Set up a survey", messages=2)
    await chat.presses("Cancel")
    await chat.sees("Nothing was sent")
    await chat.keeps("74-survey-setup-cancelled")


async def test_words_of_leads(chat: Chat) -> None:
    """The words that do what the buttons do, with and without a survey that is open."""
    await chat.goes_to(GENERAL)
    await chat.posts("status")
    await chat.sees_card("No survey is open", messages=2)
    await chat.keeps("75-survey-nothing-open")
    await chat.posts("results")
    await chat.sees_card("No result yet", messages=3)
    await chat.posts("help")
    await chat.sees("survey", "remind", "close")
    await chat.keeps("76-survey-channel-help")
    await chat.goes_home()
    await chat.says("survey")
    await chat.sees_card("Set up a survey", messages=2)
    await chat.keeps("77-survey-setup-at-home")
    await chat.fills(what_is_it_called=NAME)
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.presses("Send to 6 people")
    await chat.returns_to(GENERAL)
    await chat.will_see(PROGRESS)
    await chat.will_see("Delivered6")
    await chat.posts("remind")
    await chat.will_see("I wrote to them less than a day ago")
    await chat.keeps("78-survey-reminded-today")


async def test_too_few_for_a_result(chat: Chat) -> None:
    """Closing warns, and then shows nothing of what was answered."""
    await sends(chat)
    await chat.will_see("Delivered6")
    await chat.presses("Stop sending")
    await chat.sees(f"Stop sending “{NAME}”?", "Everybody has been written to")
    await chat.keeps("93-survey-ask-to-stop")
    await chat.presses("Stop")
    await chat.sees("Stopped.")
    await chat.keeps("79-survey-stopped")
    await chat.presses("Close survey")
    await chat.sees("too few for a result")
    await chat.keeps("80-survey-ask-to-close-too-few")
    await chat.presses("Close now")
    await chat.will_see("too few answers for a result")
    await chat.keeps("81-team-too-few")
    await chat.goes_home()
    await chat.presses(MAKER)
    await chat.sees_card(f"“{NAME}” is closed", messages=2)
    await chat.keeps("82-survey-over")


async def test_on_a_phone(chat: Chat, others: Others) -> None:
    """On a phone's width every card of a survey fits."""
    await chat.is_on_a_phone()
    await sets_up(chat)
    await chat.fits("83-phone-survey-setup")
    await chat.presses("Show what will happen")
    await chat.sees_card(REHEARSAL, messages=2)
    await chat.fits("84-phone-survey-rehearsal")
    await chat.presses("Send to 6 people")
    await chat.sees_card(PROGRESS, messages=2)
    await chat.fits("85-phone-survey-progress")
    await is_asked(chat)
    await chat.fits("86-phone-survey-invitation")
    await chat.presses("Not now")
    await chat.fits("87-phone-survey-not-now")
    await chat.presses("Answer now")
    await chat.presses(COE)
    await chat.sees_card(FIRST, messages=2)
    await chat.fits("88-phone-survey-question")
    for name, given in (("Bea", BEA), ("Chidi", CHIDI), ("Dana", DANA), ("Emre", ANSWERS)):
        await (await others.called(name, asked_with=NAME)).answers(*given, role=MAKER)
    await chat.returns_to(GENERAL)
    await chat.presses("Close survey")
    await chat.fits("89-phone-survey-ask-to-close")
    await chat.presses("Close now")
    await chat.will_see(RESULT)
    await chat.fits("90-phone-team-result")
    await chat.presses("Spread per discipline")
    await chat.fits("91-phone-team-spread")


async def test_starting_again_on_the_same_database(browser: Browser, tmp_path: Path) -> None:
    """The Playground forgets everybody's chat when it ends, the bot does not: it opens new ones."""
    ports = Ports.free()
    async with serving(tmp_path, ports) as url:
        chat, others = await _at_the_window(browser, url)
        await sends(chat)
        await chat.will_see("Delivered6")  # a survey that is still being sent is taken up only later
        await others.called("Bea", asked_with=NAME)
        before = others.chats
    async with serving(tmp_path, ports) as url:
        chat, others = await _at_the_window(browser, url)
        await chat.goes_to(GENERAL)
        await chat.posts("close")
        await chat.sees_card(f"Close “{NAME}” now?", messages=1)
        await chat.presses("Close now")
        await chat.will_see("too few answers for a result")
        await chat.posts("survey")
        await chat.will_see("Set up a survey")
        await chat.fills(what_is_it_called="Winter check")
        await chat.presses("Show what will happen")
        await chat.presses("Send to 6 people")
        await chat.will_see("Delivered6")
        bea = await others.called("Bea", asked_with="Winter check")
        await bea.answers(*BEA, role=MAKER)

        assert bea.card.heading == "You are at Level 300 Defined"
        assert set(others.chats) == set(before)
        assert set(others.chats.values()).isdisjoint(before.values())


async def _at_the_window(browser: Browser, url: str) -> tuple[Chat, Others]:
    page = await browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    others = Others(page, url)
    return await Chat.opens(page, url), others
