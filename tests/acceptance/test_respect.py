"""People are left alone: whatever is begun with them comes in their working hours, seldom, or not at all."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.clock import MONDAY, Clock, SharedClock
from tests.acceptance.directory import Person, Team
from tests.acceptance.killable import Replicas
from tests.acceptance.ledger import (
    comes_true,
    invitations,
    invited,
    kept,
    messages_of,
    reasons,
    reminded,
    rows,
    sending_ends,
    shows,
)
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import surveys
from tests.acceptance.surveys import HERE, a_team, answers, is_asked, rehearses, sends
from tests.acceptance.teams import Colleague, Teams

LEAD = "Ada Lovelace"
LOOKS = 1.5
"""Seconds in which the bot looks around more than once."""


def evening(clock: Clock) -> None:
    clock.moves_to(MONDAY.replace(hour=20))


async def nobody_hears(teams: Teams, team: Team, messages: int = 0) -> None:
    """However often the bot looks around."""
    await teams.connector.wait_until(lambda: messages_of(teams, team) > messages, within=LOOKS)
    assert messages_of(teams, team) == messages


async def all_hear(teams: Teams, people: Sequence[Person], messages: int = 1) -> None:
    await comes_true(lambda: all(len(invited(teams, one)) == messages for one in people))


async def test_stop_pauses_a_question_and_nothing_else(ada: Colleague) -> None:
    """Where no question is open, it shows what the bot sends by itself, with the button that ends it."""
    await ada.says("stop")
    card = ada.sees_one_card()
    assert card.heading == "What I send without being asked"
    assert "You typed “stop”." in card.text
    assert "Stop reminding me" in card.buttons
    await ada.says("reminders")
    assert "You typed" not in ada.sees_one_card().text
    await ada.says("start")
    await ada.says("stop")
    assert ada.sees_one_card().heading == "Paused, and saved"


@on_both_databases
async def test_an_invitation_of_the_evening_comes_in_the_morning(teams: Teams, clock: Clock) -> None:
    """Sent at 20:00 it comes at 08:00 of each person's own time, and the lead sees who has to wait.

    To whom it is afternoon in New York, it comes at once.
    """
    zones = {LEAD: "Europe/London", "Bo": "Asia/Kolkata", "Cy": "Europe/Vienna", "Di": "America/New_York"}
    people = [teams.colleague(name, zone=zone) for name, zone in zones.items()]
    team = teams.team("Contoso CoE", *people)
    teams.directory.installed.add(team.id)
    for one in people:
        teams.directory.installed.add(one.place.app_home)
        await one.says("help")
    lead, had = people[0].in_channel(team), messages_of(teams, team)
    evening(clock)
    await sends(lead, name="Autumn check")
    await comes_true(lambda: invited_in(people) == ["America/New_York"])
    await comes_true(lambda: "3 on the way are held back until I may write" in lead.last_card().text)
    assert "Sending now" not in lead.last_card().text

    here = ["America/New_York"]
    for zone in ("Asia/Kolkata", "Europe/Vienna", "Europe/London"):
        morning = dt.datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo(zone))
        clock.moves_to(morning - dt.timedelta(minutes=1))
        await nobody_hears(teams, team, had + len(here))
        clock.moves_to(morning)
        here.append(zone)
        await comes_true(lambda: invited_in(people) == sorted(here))


def invited_in(people: Sequence[Colleague]) -> list[str]:
    """The zones of those who have their invitation."""
    return sorted(
        one.person.zone for one in people if any("asks everybody in" in card.text for card in one.cards())
    )


async def test_the_rehearsal_says_when_people_get_it(teams: Teams, clock: Clock) -> None:
    """In one sentence, from the settings."""
    evening(clock)
    _, lead = a_team(teams)
    card = await rehearses(lead, name="Autumn check")
    assert "from Monday to Friday, from 8:00 AM to 6:00 PM in each person's own time zone" in " ".join(
        card.text.replace("\u202f", " ").split()
    )


async def test_who_is_in_two_teams_hears_of_one_survey_a_day(teams: Teams, clock: Clock) -> None:
    """The second team's others get theirs at once, those who are in both the next morning."""
    one, lead = a_team(teams, (LEAD, "Bo Diddley", "Cy Twombly"), "Contoso CoE")
    both = teams.everybody_in(one)[1]
    di = teams.colleague("Di Caprio")
    two = teams.team("Contoso Makers", lead.person, both, di)
    teams.directory.installed.add(two.id)
    await sends(lead, name="Autumn check")
    await all_hear(teams, one.members)
    await sends(lead.in_channel(two), name="Maker check")
    await all_hear(teams, [di.person])
    await teams.connector.wait_until(lambda: False, within=LOOKS)
    assert len(invited(teams, both.person)) == 1

    clock.moves_to(MONDAY.replace(day=24, hour=8))
    await all_hear(teams, [both.person], 2)
    assert len(invited(teams, di.person)) == 1


async def test_three_messages_a_week(teams: Teams, clock: Clock) -> None:
    """An invitation and two reminders on other days; the third waits until a week after the first message."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", first_reminder=None, second_reminder=None)
    await all_hear(teams, team.members)
    for day in (24, 25, 26):
        clock.moves_to(MONDAY.replace(day=day, hour=10))
        await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
        expected = min(day - 23, 2)
        await comes_true(lambda n=expected: all(len(reminded(teams, one)) == n for one in team.members))  # type: ignore[misc]
    await nobody_hears(teams, team, 18)
    for day, hour in ((27, 9), (28, 12), (30, 7)):
        clock.moves_to(MONDAY.replace(day=day, hour=hour))
        await nobody_hears(teams, team, 18)
    clock.moves_to(MONDAY.replace(day=30, hour=8))
    await comes_true(lambda: messages_of(teams, team) == 24)


async def test_nothing_at_the_weekend(teams: Teams, clock: Clock) -> None:
    """What is sent on a Friday evening comes on Monday morning."""
    team, lead = a_team(teams)
    clock.moves_to(MONDAY.replace(day=27, hour=18))
    await sends(lead, name="Autumn check")
    for day in (28, 29):
        clock.moves_to(MONDAY.replace(day=day, hour=12))
        await nobody_hears(teams, team)
    clock.moves_to(MONDAY.replace(day=30, hour=8))
    await all_hear(teams, team.members)


async def test_tomorrow_may_be_monday(teams: Teams, clock: Clock) -> None:
    """Who says "not now" on a Friday is told when they will really be asked again, and is."""
    team, lead = a_team(teams)
    clock.moves_to(MONDAY.replace(day=27))
    await sends(lead, name="Autumn check")
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    await bo.presses("Not now")
    await bo.presses("Tomorrow")
    assert "on Mon, Nov 30, at 8:00" in bo.last_card().text
    clock.moves_to(MONDAY.replace(day=28, hour=9))
    await teams.connector.wait_until(lambda: bool(reminded(teams, bo.person)), within=LOOKS)
    assert not reminded(teams, bo.person)
    clock.moves_to(MONDAY.replace(day=30, hour=8))
    await comes_true(lambda: bool(reminded(teams, bo.person)))


async def test_not_before_a_day(teams: Teams, clock: Clock) -> None:
    """Who wants to hear nothing before Thursday gets it on Thursday, or at once if they think again."""
    team, lead = a_team(teams)
    bo, cy = teams.everybody_in(team)[1:3]
    for one in (bo, cy):
        await one.says("reminders")
        await one.fills({"until": "2026-11-26"}, press="Nothing before this day")
        assert "I write nothing to you before Nov 26, 2026" in one.last_card().text
    await sends(lead, name="Autumn check")
    others = [one for one in team.members if one not in (bo.person, cy.person)]
    await all_hear(teams, others)
    await bo.says("reminders")
    assert "Nov 26, 2026" in bo.last_card().text
    assert "“Autumn check”" in bo.last_card().text
    await cy.presses("You may write to me again")
    await comes_true(lambda: "asks everybody in" in " ".join(card.text for card in cy.cards()))

    def invited_bo() -> bool:
        return any("asks everybody in" in card.text for card in bo.cards())

    clock.moves_to(MONDAY.replace(day=25, hour=12))
    await teams.connector.wait_until(invited_bo, within=LOOKS)
    assert not invited_bo()
    clock.moves_to(MONDAY.replace(day=26, hour=8))
    await comes_true(invited_bo)


async def test_stop_reminding_me(teams: Teams, clock: Clock, database_url: str) -> None:
    """Said once it holds for every survey, is named to the lead as a number, and can be taken back."""
    team, lead = a_team(teams)
    bo = teams.everybody_in(team)[1]
    await bo.says("Stop reminding me")
    card = bo.sees_one_card()
    assert "You may write to me again" in card.buttons
    assert "I don't write to you by myself any more" in card.text
    await sends(lead, name="Autumn check")
    await comes_true(lambda: set(invitations(database_url).values()) == {"delivered", "refused"})
    assert reasons(database_url)[bo.person.aad_object_id] == "opted-out"
    await lead.presses("Refresh", on=lead.card_with("Survey: Autumn check"))
    assert "1 who has asked me not to write" in lead.card_with("Survey: Autumn check").text
    clock.moves(days=3, minutes=1)
    others = [one for one in team.members if one != bo.person]
    await comes_true(lambda: all(reminded(teams, one) for one in others))
    assert len(bo.messages_in(bo.place)) == 1

    await bo.says("you may write to me again")
    clock.moves_to(MONDAY.replace(day=30, hour=8))
    await comes_true(lambda: any("Reminder: Autumn check" in card.text for card in bo.cards()))


@pytest.mark.usefixtures("clock")
async def test_reminders_tells_what_was_sent_and_what_will_be(teams: Teams) -> None:
    """The invitation with its lead, and the reminder that is planned, until the person has finished."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", second_reminder=None)
    bo = teams.everybody_in(team)[1]
    assert "Type reminders" in (await is_asked(bo)).text.replace("*", "")
    await bo.says("reminders")
    told = " ".join(bo.sees_one_card().text.replace("\u202f", " ").split())
    assert "Nov 23, 2026: the survey “Autumn check”, asked by Ada Lovelace" in told
    assert "Nov 26, 2026, 9:00 AM, at the earliest: a reminder of “Autumn check”" in told

    await bo.presses("I make apps or flows", on=bo.card_with("asks everybody in"))
    for _ in range(7):
        await bo.picks("Defined", on=bo.card_with("Question "))
    await bo.says("reminders")
    assert "a reminder of" not in bo.card_with("What I send without").text


@pytest.mark.usefixtures("clock")
async def test_who_wants_nothing_reads_of_no_rules_and_no_plans(teams: Teams) -> None:
    """Only that the bot is silent, what it wrote before, and one button to take that back."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", second_reminder=None)
    bo = teams.everybody_in(team)[1]
    await is_asked(bo)
    await bo.says("reminders")
    card = bo.sees_one_card()
    assert "at most once a day and 3 times a week" in card.text
    assert "at the earliest" in card.text
    await bo.presses("Stop reminding me")
    await bo.says("reminders")

    card = bo.sees_one_card()
    assert "I don't write to you by myself any more" in card.text
    assert card.buttons == ["You may write to me again"]
    await bo.says("stop")
    assert bo.sees_one_card().text == card.text
    assert "the survey “Autumn check”" in card.text
    assert not [words for words in ("at most", "Planned", "at the earliest") if words in card.text]
    await bo.presses("You may write to me again")
    assert "at the earliest: a reminder of “Autumn check”" in bo.sees_one_card().text


@pytest.mark.parametrize("more_settings", [{"messages_a_day": 2, "messages_a_week": 1}])
@pytest.mark.usefixtures("clock")
async def test_the_rules_speak_in_the_right_number(bo: Colleague) -> None:
    """Once is once, and twice is not."""
    await bo.says("reminders")
    assert "at most 2 times a day and once a week" in bo.sees_one_card().text


@pytest.mark.usefixtures("clock")
async def test_a_day_that_cannot_be(bo: Colleague) -> None:
    """Yesterday and no day at all are refused, and nothing changes."""
    await bo.says("reminders")
    for day in ("2026-11-23", "2029-01-01", "", "soon"):
        await bo.presses("Nothing before this day", inputs={"until": day}, validate=False)
        assert "Pick a day between tomorrow and a year from now" in bo.last_card().text
    assert "None so far." in bo.last_card().text


@pytest.mark.usefixtures("clock")
async def test_typed_in_a_channel_it_is_answered_at_home(teams: Teams) -> None:
    """What the bot writes to somebody is nobody else's business."""
    team, _ = a_team(teams)
    bo = teams.everybody_in(team)[1]
    teams.directory.installed.add(bo.place.app_home)
    await bo.in_channel(team).says(f"{HERE} stop reminding me")
    await comes_true(lambda: any("What I send without being asked" in card.text for card in bo.cards()))
    assert "What I send without" not in bo.in_channel(team).last_card().text


@pytest.mark.parametrize("anonymous", ["Anonymous", "Named"])
async def test_who_finishes_meanwhile_keeps_their_day(teams: Teams, clock: Clock, anonymous: str) -> None:
    """A reminder that is held back is not sent to who has finished, and does not count for them."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check", answers=anonymous, first_reminder=None, second_reminder=None)
    await all_hear(teams, team.members)
    bo = teams.everybody_in(team)[1]
    clock.moves_to(MONDAY.replace(day=24, hour=19))
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    await nobody_hears(teams, team, 6)
    await answers(bo)
    clock.moves_to(MONDAY.replace(day=25, hour=8))
    others = [one for one in team.members if one != bo.person]
    await comes_true(lambda: all(reminded(teams, one) for one in others))
    assert not reminded(teams, bo.person)
    await bo.says("reminders")
    assert "a reminder of" not in bo.last_card().text


@pytest.mark.parametrize("anonymous", ["Anonymous", "Named"])
async def test_who_needs_no_invitation_any_more_gets_none(
    teams: Teams, clock: Clock, database_url: str, anonymous: str
) -> None:
    """Held overnight, while one finishes by `start`, one says "not me", and one "not now" for a week."""
    evening(clock)
    team, lead = a_team(teams)
    bo, cy, di = teams.everybody_in(team)[1:4]
    await sends(lead, name="Autumn check", answers=anonymous, first_reminder=None, second_reminder=None)
    await comes_true(lambda: set(invitations(database_url).values()) == {"waiting"})
    await answers_by_start(bo)
    await cy.says("not me")
    await di.says("not now")
    await di.presses("Next week")
    clock.moves_to(MONDAY.replace(day=24, hour=8))
    others = [one for one in team.members if one not in {bo.person, cy.person, di.person}]
    await all_hear(teams, others)
    await sending_ends(database_url)

    assert [one.messages_in(one.place)[1:] for one in (bo, cy, di)] == [[], [], []]
    await shows(lead, {"delivered": 6})
    invited_or_not = "select person_id from contacts where occasion like 'survey:%:0'"
    assert len(rows(database_url, invited_or_not)) == 6  # so nothing tells who had finished
    clock.moves_to(MONDAY.replace(day=30, hour=9))
    await comes_true(lambda: bool(reminded(teams, di.person)))


@pytest.mark.usefixtures("clock")
async def test_a_survey_waits_for_all_who_may_still_answer(teams: Teams, database_url: str) -> None:
    """Who wants no messages answers by `start`: they do not take the place of who has yet to answer."""
    team, lead = a_team(teams)
    bo, *others, flo = teams.everybody_in(team)[1:]
    await bo.says("stop reminding me")
    await sends(lead, name="Autumn check")
    await comes_true(lambda: set(invitations(database_url).values()) == {"delivered", "refused"})
    await answers_by_start(bo)
    for one in (teams.everybody_in(team)[0], *others):
        await answers(one)
    await teams.connector.wait_until(lambda: False, within=LOOKS)
    assert surveys(database_url) == [("Autumn check", "open")]
    await answers(flo)
    await comes_true(lambda: surveys(database_url) == [("Autumn check", "closed")])


async def answers_by_start(person: Colleague) -> None:
    await person.says("start")
    await person.presses("Answer for the survey")
    await person.presses("I make apps or flows")
    for _ in range(7):
        await person.picks("Defined")


class TestProcesses:
    """Three replicas whose time the test moves."""

    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> Replicas:
        shared_clock.moves_to(MONDAY.replace(hour=20))
        return await replicas.start(LOG_LEVEL="INFO")

    @pytest.mark.parametrize("database_url", ["postgresql_url"], indirect=True)
    async def test_killed_between_the_claim_and_the_message(
        self, teams: Teams, replicas: Replicas, shared_clock: SharedClock, database_url: str
    ) -> None:
        """Held overnight and killed amid the morning's sending: nothing comes twice, and all is counted."""
        names = tuple(f"Maker {number:03}" for number in range(120))
        team, lead = a_team(teams, names)
        await sends(lead, name="Autumn check")
        await nobody_hears(teams, team)
        teams.connector.latency = 0.3
        shared_clock.moves_to(MONDAY.replace(day=24, hour=8))
        await comes_true(lambda: messages_of(teams, team) >= 20, within=60)
        await replicas[1].is_killed()
        await replicas[2].is_killed()
        await sending_ends(database_url, within=90)
        states = kept(teams, team, database_url)
        assert sum(states.values()) == 120
        assert set(states) <= {"delivered", "unknown"}


@on_both_databases
async def test_a_bot_that_slept_through_the_evening_does_not_write_at_night(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """It is 22:00 amid the sending: those whose turn it was in the afternoon get it in the morning."""
    team, lead = a_team(teams, tuple(f"Maker {number:03}" for number in range(120)))
    clock.moves_to(MONDAY.replace(hour=17, minute=58))
    await sends(lead, name="Autumn check")
    await comes_true(lambda: messages_of(teams, team) >= 5)
    clock.moves_to(MONDAY.replace(hour=22))
    await teams.connector.wait_until(lambda: False, within=LOOKS)  # what was on its way arrives
    sent = messages_of(teams, team)
    assert sent < 120
    await nobody_hears(teams, team, sent)
    clock.moves_to(MONDAY.replace(day=24, hour=8))
    await sending_ends(database_url)
    assert kept(teams, team, database_url) == {"delivered": 120}
