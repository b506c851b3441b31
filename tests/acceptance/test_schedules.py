"""What leads have happen again and again: surveys that begin by themselves, and plain reminders."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest

from cards.presses import encode
from cards.schedule_presses import (
    AskToDelete,
    ChangeSchedule,
    DeleteSchedule,
    PauseSchedule,
    ResumeSchedule,
    SaveSchedule,
    SchedulePress,
    ShowSchedule,
)
from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import has_the_app
from tests.acceptance.directory import HOME_TENANT, Person
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.news import all_at_once, end_as
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.scheduling import next_at, previews, schedules, stored, surveys, told
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, a_team, is_asked, sends
from tests.acceptance.teams import Colleague, Teams

ADA, DI, MALLORY = "Ada Lovelace", "Di Caprio", "Mallory Archer"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
REFUSED = "This is for CoE leads"
STALE = "I don't know this card any more"

JANUARY = dt.datetime(2027, 1, 4, 9, 0, tzinfo=dt.UTC)
"""The first Monday of the quarter that follows the clock's November; people here write from London."""
FIVE = [f"{day}, 9:00\u202fAM" for day in (
    "Mon, Jan 4, 2027", "Mon, Apr 5, 2027", "Mon, Jul 5, 2027", "Mon, Oct 4, 2027", "Mon, Jan 3, 2028",
)]  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """Ada and Di may lead; so may Mallory, who is of another tenant that may use the bot too."""
    leads = tuple(Person(name).aad_object_id for name in (ADA, DI, MALLORY))
    return {"coe_leads": leads, "allowed_tenants": (HOME_TENANT, OTHER_TENANT)}


# The story


@on_both_databases
async def test_a_survey_every_quarter(teams: Teams, clock: Clock, database_url: str) -> None:
    """The lead sees five dates, saves, and on the first everybody is asked, without anybody's pressing."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} schedule")
    assert "Nothing is scheduled yet." in lead.sees_one_card().text
    preview = await previews(lead)
    assert [one for one in FIVE if one in preview.text] == FIVE
    assert stored(database_url) == []
    await lead.presses("Save")
    assert "The first Monday of each quarter" in lead.sees_one_card().text

    clock.moves_to(JANUARY)
    bo = teams.everybody_in(team)[1]
    invitation = await bo.will_see("asks everybody in", within=20)
    assert invitation.heading == "Maturity check Jan 4, 2027"
    assert "Ada Lovelace asks everybody in Contoso CoE" in invitation.text
    assert "Open until Jan 18, 2027." in invitation.text
    await lead.will_see("Survey: Maturity check Jan 4, 2027", within=20)
    await comes_true(lambda: next_at(database_url) == dt.datetime(2027, 4, 5, 8, 0, tzinfo=dt.UTC))


@on_both_databases
async def test_a_reminder_every_month(teams: Teams, clock: Clock, database_url: str) -> None:
    """The lead's words are told on the first Monday of each month, at nine by their own clock."""
    _, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look at our *maturity*", often="Every month")
    assert next_at(database_url) == dt.datetime(2026, 12, 7, 9, 0, tzinfo=dt.UTC)
    clock.moves_to(dt.datetime(2026, 12, 7, 8, 59, 59, tzinfo=dt.UTC))
    await lead.says(f"{HERE} help")
    assert told(lead) == []
    clock.moves(seconds=1)

    await comes_true(lambda: told(lead) == ["Look at our *maturity*"])
    await comes_true(lambda: next_at(database_url) == JANUARY)


@on_both_databases
async def test_what_was_missed_is_caught_up_once(
    teams: Teams, bot: RunningBot, clock: Clock, database_url: str
) -> None:
    """After months without a bot one reminder comes, not six, and none on the days up to the next date."""
    _, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await bot.__aexit__()
    clock.moves_to(dt.datetime(2027, 6, 1, 12, 0, tzinfo=dt.UTC))
    await bot.__aenter__()

    await comes_true(lambda: next_at(database_url) == dt.datetime(2027, 6, 7, 8, 0, tzinfo=dt.UTC))
    await comes_true(lambda: told(lead) == ["Look"])

    await schedules(lead, "Remind the channel", text="A day has passed", rule="FREQ=DAILY")
    days = list[str]()
    for _ in range(5):
        clock.moves(days=1)
        days.append("A day has passed")
        await comes_true(lambda: told(lead)[1:] == days)
    assert told(lead).count("Look") == 1


async def test_nothing_comes_after_the_last_day(
    teams: Teams, bot: RunningBot, clock: Clock, database_url: str
) -> None:
    """Not even what was missed before it; the schedule has ended."""
    _, lead = a_team(teams)
    await schedules(lead, "Remind the channel", often="Every month", ends="2027-01-31")
    await bot.__aexit__()
    clock.moves_to(dt.datetime(2027, 2, 1, 0, 30, tzinfo=dt.UTC))
    await bot.__aenter__()
    await comes_true(lambda: stored(database_url)[0]["halt"] == "over")

    assert told(lead) == []
    await lead.says(f"{HERE} schedule")
    assert "Ended: there is no further date." in lead.sees_one_card().text


async def test_the_last_date_ends_a_schedule(teams: Teams, clock: Clock, database_url: str) -> None:
    """It is told that day, and the schedule says that it is over; a later last day brings it back."""
    _, lead = a_team(teams)
    card = await schedules(lead, "Remind the channel", text="Look", often="Every month", ends="2026-12-07")
    assert "The only date left" in card.text
    clock.moves(days=14)
    await comes_true(lambda: told(lead) == ["Look"])
    await comes_true(lambda: stored(database_url)[0]["halt"] == "over")
    await lead.says(f"{HERE} schedule")
    await lead.presses("Open “Look”")
    await lead.presses("Go on")
    assert lead.last_card().errors == [
        "⚠ There is no further date. Press “Change” and pick a later last day."
    ]

    await lead.presses("Change")
    await lead.fills(ends="2027-06-30", press="Show the next dates")
    await lead.presses("Save")
    assert next_at(database_url) == JANUARY


# Listing, changing, pausing, deleting


async def test_paused_and_gone_on(teams: Teams, clock: Clock, database_url: str) -> None:
    """Nothing comes while it is paused, and nothing of that time afterwards."""
    _, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await lead.presses("Pause")
    assert "✓ Nothing comes until you press “Go on”" in lead.last_card().text
    clock.moves_to(dt.datetime(2027, 1, 10, tzinfo=dt.UTC))
    await lead.says(f"{HERE} schedule")
    assert "Paused." in lead.last_card().text
    await lead.presses("Open “Look”")
    await lead.presses("Go on")

    assert "✓ It goes on" in lead.last_card().text
    assert next_at(database_url) == dt.datetime(2027, 2, 1, 9, 0, tzinfo=dt.UTC)
    assert told(lead) == []


async def test_changed(teams: Teams, database_url: str) -> None:
    """The form holds what was saved; nothing changes before Save, and then one schedule has the new terms."""
    _, lead = a_team(teams)
    await schedules(lead, name="Pulse", weekday="Thursday", at=dt.time(14, 30), days=10, smallest=7)
    await lead.presses("Change")
    form = lead.last_card()
    assert [form.value_of(one) for one in ("name", "weekday", "at", "days", "smallest", "zone")] == [
        "Pulse", "TH", "14:30", "10", "7", "Europe/London"
    ]  # fmt: skip
    before = stored(database_url)
    await lead.fills(often="Every month", zone="America/New_York", press="Show the next dates")
    assert stored(database_url) == before
    await lead.presses("Save", twice=True)

    assert "The first Thursday of each month, at 2:30\u202fPM" in lead.last_card().text
    assert next_at(database_url) == dt.datetime(2026, 12, 3, 19, 30, tzinfo=dt.UTC)


async def test_deleted(teams: Teams, clock: Clock, database_url: str) -> None:
    """After one question it is gone, and so are its dates."""
    _, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await lead.presses("Delete")
    assert lead.last_card().heading == "Delete this? Reminder “Look”"
    await lead.presses("Keep it")
    await lead.presses("Delete")
    await lead.presses("Delete it", twice=True)
    assert "✓ Deleted." in lead.last_card().text
    clock.moves(days=60)
    await lead.says(f"{HERE} schedule")

    assert "Nothing is scheduled yet." in lead.last_card().text
    assert stored(database_url) == []
    assert told(lead) == []


async def test_in_the_own_chat_a_lead_picks_the_team(teams: Teams, clock: Clock, database_url: str) -> None:
    """And sees the schedules of all teams; a channel shows those of its own team."""
    team, in_channel = a_team(teams)
    other = teams.team("Fabrikam CoE", *teams.everybody_in(team)[:3])
    teams.directory.installed.add(other.id)
    lead = teams.everybody_in(team)[0]
    for channel in (in_channel, lead.in_channel(other)):
        await channel.says(f"{HERE} help")
    await schedules(lead, "Remind the channel", text="Look", often="Every week", team="Fabrikam CoE")
    await lead.says("schedule")
    assert "Fabrikam CoE" in lead.last_card().text
    await in_channel.says(f"{HERE} schedule")
    assert "Nothing is scheduled yet." in in_channel.sees_one_card().text
    clock.moves(days=7)

    await comes_true(lambda: told(lead.in_channel(other)) == ["Look"])
    assert rows(database_url, "select channel_id from news") == [(other.id,)]


# Wrong input


@pytest.mark.parametrize(
    "terms, mistake",
    [
        ({"zone": "Vienna"}, "I don't know this time zone."),
        ({"zone": "../../etc/passwd"}, "I don't know this time zone."),
        ({"rule": "every other friday"}, "I don't understand this rule."),
        ({"rule": "FREQ=HOURLY"}, "Once a day is the most"),
        ({"rule": "FREQ=DAILY;BYHOUR=9,10"}, "Once a day is the most"),
        ({"rule": "FREQ=WEEKLY;COUNT=3"}, "Leave COUNT and UNTIL out"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "No date fits this rule."),
        ({"ends": "2026-11-20"}, "Pick a last day on or after the first date"),
        ({"ends": "2027-01-03"}, "Pick a last day on or after the first date"),
        ({"days": 14, "often": "Every week"}, "Let each be open for 6 days at most"),
        ({"days": 2}, "Choose reminder days between sending and the last day to answer"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(
    teams: Teams, database_url: str, terms: dict[str, object], mistake: str
) -> None:
    """The form comes back as it was filled in, with what to write; mended, it goes on."""
    _, lead = a_team(teams)
    form = await previews(lead, "Repeat a survey", **{"name": "Pulse", **terms})
    assert form.heading == "Repeat a survey"
    assert len(form.errors) == 1
    assert mistake in form.errors[0]
    assert form.value_of("name") == "Pulse"
    assert all(form.value_of(name) in {str(value), "week"} for name, value in terms.items())
    good = {"zone": "UTC", "rule": None, "ends": None, "days": 6, "often": "Every month"}
    await lead.fills(good, press="Show the next dates")

    assert lead.last_card().heading == "Before I save it: Survey “Pulse”"
    assert stored(database_url) == []


async def test_a_rule_is_for_few_and_out_of_the_way(teams: Teams) -> None:
    """A button shows its field; a client that cannot asks for the form anew, and loses nothing."""
    _, lead = a_team(teams)
    await lead.says(f"{HERE} schedule")
    await lead.presses("Remind the channel")
    form = lead.sees_one_card()
    more = form.button("More: a rule of your own")
    [folded] = [one for one in form.card["body"] if one.get("id") in more["targetElements"]]
    assert (folded["isVisible"], [one["id"] for one in folded["items"]]) == (False, ["rule"])

    reply = await teams.door.deliver(lead.writer.execute(more["fallback"], {"text": "Hello"}, form))
    again = json.loads(reply.body)["value"]["body"]
    assert [one.get("value") for one in again if one.get("id") in {"text", "rule"}] == ["Hello", None]


async def test_a_rule_of_ones_own(teams: Teams, database_url: str) -> None:
    """An expert's rule takes the place of how often and which day, and is shown as it is meant."""
    _, lead = a_team(teams)
    preview = await previews(lead, "Remind the channel", rule="rrule:freq=monthly; interval=2; byday=-1fr")
    assert "By the rule FREQ=MONTHLY; INTERVAL=2; BYDAY=-1FR, at 9:00\u202fAM" in preview.text
    assert "Fri, Nov 27, 2026, 9:00\u202fAM" in preview.text
    assert "Fri, Jan 29, 2027, 9:00\u202fAM" in preview.text
    await lead.presses("Save")
    assert stored(database_url)[0]["rule"] == "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"


async def test_no_more_than_ten(teams: Teams, database_url: str) -> None:
    """The eleventh is refused in words."""
    _, lead = a_team(teams)
    for number in range(10):
        await schedules(lead, "Remind the channel", text=f"Look {number}")
    await previews(lead, "Remind the channel", text="Once more")
    await lead.presses("Save")

    assert lead.last_card().errors == ["⚠ Not saved: a team has at most 10 schedules. Delete one first."]
    assert len(stored(database_url)) == 10


# Nobody else


async def test_the_word_and_every_button_are_for_leads(teams: Teams, database_url: str) -> None:
    """Others get a friendly refusal, another tenant's lead learns nothing, and nothing changes."""
    team, lead = a_team(teams)
    await schedules(lead, name="Pulse")
    [id_] = [one["id"] for one in stored(database_url)]
    bo = teams.everybody_in(team)[1].in_channel(team)
    await bo.says(f"{HERE} schedule")
    assert bo.last_card().heading == REFUSED
    mallory = has_the_app(teams, MALLORY, tenant_id=OTHER_TENANT)
    await mallory.says("help")
    before = stored(database_url)
    for press in presses_on(id_, team.id):
        assert REFUSED in await tries(bo, teams, press, lead.last_card())
        answer = await tries(mallory, teams, press, mallory.last_card())
        assert "Pulse" not in answer
        assert STALE in answer, press

    assert stored(database_url) == before


async def test_another_tenants_team_cannot_be_scheduled_for(teams: Teams, database_url: str) -> None:
    """Its id is as good as none."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    mallory = has_the_app(teams, MALLORY, tenant_id=OTHER_TENANT)
    await mallory.says("help")
    *_, save = presses_on("a" * 32, team.id)
    assert "Contoso" not in await tries(mallory, teams, save, mallory.last_card())
    assert stored(database_url) == []


def presses_on(id_: str, team: str) -> Iterator[SchedulePress]:
    for press in (ShowSchedule, ChangeSchedule, PauseSchedule, ResumeSchedule, AskToDelete, DeleteSchedule):
        yield press(id_)
    yield SaveSchedule(
        id_, "reminder", team=team, text="Taken over", rule="FREQ=DAILY", at=dt.time(9), zone="UTC"
    )


async def tries(colleague: Colleague, teams: Teams, press: SchedulePress, on: Seen) -> str:
    """Presses a button with such data, though no card may have it; the card that answers, as JSON."""
    action = {"type": "Action.Execute", "verb": "tried", "data": {}}
    activity = colleague.writer.execute(action, {}, on)
    activity["value"]["action"]["data"] = encode(press)
    reply = await teams.door.deliver(activity)
    assert not reply.card_problem
    assert "went wrong" not in reply.body
    return reply.body


# What may be in the way on a date


async def test_a_survey_that_is_still_open_is_not_doubled(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """The new one is left out, the channel is told once, and the date after it stands."""
    _, lead = a_team(teams)
    await all_at_once(lead)
    await schedules(lead)
    clock.moves_to(JANUARY - dt.timedelta(days=3))
    await sends(lead, name="New year check")
    await end_as(database_url, sent=1)  # that it has started; on Monday one card would tell both
    clock.moves_to(JANUARY)
    await comes_true(lambda: next_at(database_url) == dt.datetime(2027, 4, 5, 8, 0, tzinfo=dt.UTC))

    await comes_true(lambda: bool(told(lead)))
    assert told(lead) == [
        (
            "The survey “Maturity check” was due, but “New year check” is still under way, "
            "so I skipped it this time."
        )
    ]
    assert surveys(database_url) == [("New year check", "open")]


@pytest.mark.parametrize(
    "more_settings",
    [{"coe_leads": tuple(Person(name).aad_object_id for name in (ADA, DI)), "second_lead_above": 5}],
)
async def test_a_large_team_waits_for_a_second_lead(teams: Teams, clock: Clock, database_url: str) -> None:
    """A card in the channel asks for one, once; the schedule's own lead is not enough."""
    team, lead = a_team(teams)
    await schedules(lead)
    clock.moves_to(JANUARY)
    card = await lead.will_see("A second lead is needed", within=20)
    assert "Ada Lovelace wants to send this survey to 6 people" in card.text
    await lead.presses("Agree, and send to 6 people", on=card)
    assert "⚠ Not sent" in lead.last_card().text
    assert surveys(database_url) == [("Maturity check Jan 4, 2027", "awaiting")]
    di = teams.everybody_in(team)[3].in_channel(team)
    await di.presses("Agree, and send to 6 people", on=di.card_with("A second lead is needed"))

    await is_asked(teams.everybody_in(team)[1])
    assert [card.heading for card in lead.cards()].count("A second lead is needed") == 0


async def test_a_lead_who_is_none_any_more(
    teams: Teams, bot: RunningBot, clock: Clock, database_url: str, more_settings: dict[str, Any]
) -> None:
    """The schedule pauses and the channel is told once; another lead takes it over."""
    team, lead = a_team(teams)
    await schedules(lead)
    more_settings["coe_leads"] = (Person(DI).aad_object_id,)
    await bot.restarts()
    clock.moves_to(JANUARY)
    await comes_true(lambda: stored(database_url)[0]["halt"] == "no-lead")
    await comes_true(lambda: bool(told(lead)))
    assert told(lead) == [
        (
            "“Maturity check” is paused, since Ada Lovelace is no CoE lead any more. "
            "A lead can take it over: type “schedule”."
        )
    ]
    assert surveys(database_url) == []

    di = teams.everybody_in(team)[3].in_channel(team)
    await di.says(f"{HERE} schedule")
    assert "Ada Lovelace is no CoE lead any more" in di.sees_one_card().text
    await di.presses("Open “Maturity check”")
    await di.presses("Go on")
    assert stored(database_url)[0]["lead_name"] == DI


@on_both_databases
async def test_a_team_that_is_gone_ends_its_schedule(teams: Teams, clock: Clock, database_url: str) -> None:
    """Its lead is told once, in their own chat, when they may be written to."""
    team, lead = a_team(teams)
    ada = teams.everybody_in(team)[0]
    teams.directory.installed.add(ada.place.app_home)
    await ada.says("help")
    await schedules(lead)
    clock.moves(hours=10)  # it is evening
    await lead.uninstalls_the_app()
    await comes_true(lambda: stored(database_url)[0]["halt"] == "team-gone")
    had = len(ada.messages_in(ada.place))
    clock.moves(hours=14)
    await ada.will_see("that team does not have this app any more", within=20)
    assert len(ada.messages_in(ada.place)) == had + 1
    clock.moves_to(JANUARY)
    await ada.says("schedule")
    await ada.presses("Open “Maturity check”")
    await ada.presses("Go on")

    assert ada.last_card().errors[0].startswith("⚠ Not done: this team does not have the app.")
    assert len(ada.messages_in(ada.place)) == had + 2
    assert surveys(database_url) == []


@on_both_databases
async def test_a_lead_who_wants_nothing_hears_of_it_when_they_think_again(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """In the evening it is planned for the next morning, and comes then."""
    team, lead = a_team(teams)
    ada = teams.everybody_in(team)[0]
    teams.directory.installed.add(ada.place.app_home)
    await ada.says("stop reminding me")
    await schedules(lead)
    await lead.uninstalls_the_app()
    now = int(clock().timestamp() * 1000)
    await comes_true(lambda: bool(rows(database_url, f"select id from schedules where tell_at > {now}")))  # noqa: S608 - a number of our own
    had = len(ada.messages_in(ada.place))
    clock.moves(hours=10)
    await ada.says("you may write to me again")
    card = " ".join(ada.sees_one_card().text.replace("\u202f", " ").split())
    ended = "the end of a schedule of yours, since Contoso CoE does not have this app any more"
    assert f"Nov 24, 2026, 8:00 AM, at the earliest: {ended}" in card
    assert len(ada.messages_in(ada.place)) == had + 1
    clock.moves(hours=13)
    await ada.will_see("that team does not have this app any more", within=20)
    await ada.says("reminders")
    assert ended not in ada.sees_one_card().text


async def test_a_team_with_nobody_to_ask(teams: Teams, clock: Clock, database_url: str) -> None:
    """Nothing is sent, and the channel reads why."""
    team, lead = a_team(teams)
    await schedules(lead)
    for person in team.members:
        team.loses(person)
    clock.moves_to(JANUARY)
    await comes_true(lambda: bool(told(lead)))

    assert "there is nobody in the team whom I could ask" in told(lead)[0]
    assert surveys(database_url) == [("Maturity check Jan 4, 2027", "draft")]
