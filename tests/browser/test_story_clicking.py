"""Two months of a team on a phone: survey, pledge, question, kept, told, the next survey, and its trend."""

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.acceptance.clock import SharedClock
from tests.browser.chat import Chat
from tests.browser.others import Others

pytestmark = pytest.mark.browser

GENERAL = "Power Platform CoE - General"
AUTUMN = "Autumn check"
WINTER = "Maturity check Jan 4, 2027"
MAKER = "I make apps or flows"
TEAM = "Bea", "Chidi", "Dana", "Emre", "Farah"
HALFWAY = ("Repeatable", "Repeatable", "Repeatable", "Initial", "Initial", "Initial", "Initial")
"""Three of seven have reached 200; one more makes the stage."""
LATER = ("Defined",) * 4 + ("Repeatable",) * 3
STANDARD = "Automation: Work around apps follows standard steps but is done by hand."
TRAININGS = "Hold trainings, hackathons and lunch sessions"
NEXT_QUARTER = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)


@pytest.fixture
def clock(tmp_path: Path) -> SharedClock:
    """It is Monday, November 23, 2026, until the test says otherwise."""
    return SharedClock(tmp_path / "clock")


@pytest.fixture
async def phone(chat: Chat) -> Chat:
    await chat.is_on_a_phone()
    return chat


async def test_from_a_survey_to_the_next(phone: Chat, others: Others, clock: SharedClock) -> None:
    """Every card of the way, each of which fits on a phone, and nobody is written to twice."""
    await asks_the_team(phone)
    await pledges_from_own_result(phone)
    await the_others_answer(others, AUTUMN, HALFWAY)
    await pledges_from_the_teams_result(phone)
    await schedules_the_next(phone)
    await chooses_what_is_told(phone)
    await drops_one(phone)

    clock.moves(days=28)
    await keeps_the_other(phone)
    await reads_of_it_in_the_channel(phone)

    clock.moves_to(NEXT_QUARTER)
    await answers_again(phone)
    await the_others_answer(others, WINTER, LATER)
    await looks_at_the_trend(phone)
    await asks_what_is_kept_and_is_forgotten(phone)


async def asks_the_team(chat: Chat) -> None:
    await chat.goes_to(GENERAL)
    await chat.posts("survey")
    await chat.sees_card("Set up a survey", messages=2)
    await chat.fills(what_is_it_called=AUTUMN, show_a_result_only="3")
    await chat.presses("Show what will happen")
    await chat.sees("6 people in Power Platform CoE")
    await chat.presses("Send to 6 people")
    await chat.sees_card(f"Survey: {AUTUMN}", messages=2)


async def pledges_from_own_result(chat: Chat) -> None:
    """The only statement that lifts Automation; the team's channel may hear of it."""
    await chat.goes_home()
    await chat.sees_card(AUTUMN, messages=2)
    await answers(chat, HALFWAY)
    await chat.sees("You are at Level 100 Initial", f"your answers count in “{AUTUMN}”")
    await chat.presses("What lifts me to 200")
    await chat.sees("The shortest way to Level 200 Repeatable")
    await chat.fits("101-story-lift")
    await chat.presses_beside("Pledge one of these", "Automation")
    await chat.sees("Make a pledge", STANDARD)
    await chat.selects("The channel of Power Platform CoE too", under="Who hears of it?")
    await chat.fits("102-story-pledge-form")
    await chat.presses("Pledge it")
    await chat.sees("✓ Pledged", STANDARD, "Dec 21, 2026", "The channel of Power Platform CoE hears of it")
    await chat.fits("103-story-pledged")


async def pledges_from_the_teams_result(chat: Chat) -> None:
    """And comes back to it."""
    await chat.returns_to(GENERAL)
    await chat.will_see("Power Platform CoE is at Level 100 Initial")
    await chat.fits("104-story-result")
    await chat.presses_beside("Pledge", TRAININGS)
    await chat.sees("Make a pledge", TRAININGS, "The channel of Power Platform CoE sees it")
    await chat.fits("105-story-pledge-form-in-channel")
    await chat.presses("Pledge it")
    await chat.sees("✓ Pledged", "Alex Kim")
    await chat.presses("Back to the team's result")
    await chat.sees_card("Power Platform CoE is at Level 100 Initial", messages=3)


async def schedules_the_next(chat: Chat) -> None:
    """Every quarter, after a look at the dates; paused, and gone on with."""
    await chat.posts("schedule")
    await chat.sees("Schedules of Power Platform CoE", "Nothing is scheduled yet.")
    await chat.presses("Repeat a survey")
    await chat.sees("Repeat a survey", "Nothing is saved yet")
    await chat.fits("106-story-schedule-form")
    await chat.fills(show_a_result_only="3")
    await chat.presses("Show the next dates")
    await chat.sees("The next 5 dates", "Mon, Jan 4, 2027", "Mon, Jan 3, 2028")
    await chat.fits("107-story-schedule-dates")
    await chat.presses("Save")
    await chat.sees("✓ Saved.", "The first Monday of each quarter")
    await chat.presses("Pause")
    await chat.sees("Paused.", "Nothing comes until you press “Go on”")
    await chat.fits("108-story-schedule-paused")
    await chat.presses("Go on")
    await chat.sees("It goes on from now on", "Mon, Jan 4, 2027")
    await chat.presses("All schedules")
    await chat.sees("Schedules of Power Platform CoE", "Survey “Maturity check”", "Next: Mon, Jan 4, 2027")
    await chat.fits("109-story-schedules")


async def chooses_what_is_told(chat: Chat) -> None:
    await chat.posts("news")
    await chat.sees("News in the channel")
    await chat.sees_picked("What moved up at once, the rest on Monday")
    await chat.picks("What moved up at once")
    await chat.presses("Save")
    await chat.sees("✓ Saved.", "Mon, Nov 30, at 9:00")
    await chat.fits("110-story-news-settings")


async def drops_one(chat: Chat) -> None:
    """In the own list, where both are open."""
    await chat.goes_home()
    await chat.presses("My pledges")
    await chat.sees("Your pledges", STANDARD, TRAININGS)
    await chat.fits("111-story-pledges")
    await chat.presses_beside("Drop", TRAININGS)
    await chat.sees("Drop this pledge?")
    await chat.fills(why="There is no budget")
    await chat.presses("Drop it")
    await chat.sees("Dropped", "Why: There is no budget")
    await chat.fits("112-story-dropped")


async def keeps_the_other(chat: Chat) -> None:
    """Four weeks later the bot asks, once."""
    await chat.will_see(f"Is it done? {STANDARD}")
    await chat.sees_card(f"Is it done? {STANDARD}", messages=3)
    await chat.sees("On Nov 23, 2026 you pledged to have it done by Dec 21, 2026.")
    await chat.fits("113-story-question")
    await chat.presses("Done")
    await chat.sees("Is this true today?", STANDARD)
    await chat.fits("114-story-is-it-true")
    await chat.presses("Yes, it is true")
    await chat.sees("✓ Kept, thank you", "Automation moves up, from 100 Initial to 200 Repeatable")
    await chat.fits("115-story-kept")


async def reads_of_it_in_the_channel(chat: Chat) -> None:
    """The move, at once; and all the team pledged."""
    await chat.returns_to(GENERAL)
    await chat.will_see("Automation: up from 100 Initial to 200 Repeatable")
    await chat.sees("The stage: 100 Initial before, 200 Repeatable now.", "Alex Kim kept a pledge")
    await chat.fits("116-story-move")
    await chat.posts("pledges")
    await chat.sees("Pledges in Power Platform CoE", "Nothing is open.")
    await chat.sees(f"Alex Kim, on Dec 21, 2026: {STANDARD}")
    await chat.fits("117-story-team-pledges")


async def answers_again(chat: Chat) -> None:
    """The schedule asks everybody, though nobody pressed anything."""
    await chat.goes_home()
    await chat.will_see(WINTER)
    await chat.sees_card(WINTER, messages=4)
    await answers(chat, LATER)
    await chat.sees("You are at Level 300 Defined")


async def looks_at_the_trend(chat: Chat) -> None:
    """The stage over time, as a line and in words."""
    await chat.returns_to(GENERAL)
    await chat.will_see("Power Platform CoE moved up")
    await chat.fits("118-story-moved-up")
    await chat.sees_below(
        "Power Platform CoE is at Level 300 Defined",
        "The stage: 100 Initial before, 300 Defined now.",
        keeping="119-story-next-result",
    )
    await chat.posts("trend")
    await chat.sees("On Jan 4, 2027 the stage was 300 Defined, up from 100 Initial on Nov 23, 2026.")
    await chat.sees_line("Stage", "Complete stage")
    await chat.fits("120-story-trend")


async def asks_what_is_kept_and_is_forgotten(chat: Chat) -> None:
    """Reminders, the data as a card and as a file, and the end of them."""
    await chat.goes_home()
    await chat.says("reminders")
    await chat.sees(
        "What I send without being asked", WINTER, "the question whether what you pledged is done"
    )
    await chat.fits("121-story-reminders")
    await chat.says("my data")
    await chat.sees("What I keep about you", AUTUMN, WINTER, f"By Dec 21, 2026: {STANDARD}")
    await chat.fits("122-story-my-data")
    await chat.presses("Get it as a file")
    await chat.will_see("Everything I keep about you, as a file")
    name, content = await chat.downloads("Download")
    assert 'filename="my-data.json"' in name
    reasons = {one["reason"] for one in json.loads(content)["pledges"]}
    assert "There is no budget" in reasons
    await chat.says("forget me")
    await chat.sees("Shall I forget you?", "2 pledges")
    await chat.fits("123-story-forget-me")
    await chat.presses("Delete everything about me")
    await chat.sees("I have forgotten you", "2 pledges deleted")
    await chat.fits("124-story-forgotten")
    await chat.says("help")
    await chat.sees("What I understand", "pledges", "schedule", "my data")
    await chat.fits("125-story-help")


async def answers(chat: Chat, given: tuple[str, ...]) -> None:
    await chat.presses(MAKER)
    for number, answer in enumerate(given, start=1):
        await chat.sees(f"Question {number} of 7")
        await chat.picks(answer)
        await chat.presses("Next")


async def the_others_answer(others: Others, survey: str, given: tuple[str, ...]) -> None:
    for name in TEAM:
        await (await others.called(name, asked_with=survey)).answers(*given, role=MAKER)
