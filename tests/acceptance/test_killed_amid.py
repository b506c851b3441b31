"""Processes killed in the middle of each job: amid a call of Teams, and between two steps of their own.

What Teams was called for when a process dies is unknown, and never called for again.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest

from assessment.news import NewsKind
from tests.acceptance.clock import SharedClock
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, execute, messages_of, rows
from tests.acceptance.news import happens, headings, states
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import schedules, stored, surveys, told
from tests.acceptance.surveys import HERE, a_team, answers, sends
from tests.acceptance.teams import Colleague, Teams

EVENTS = "Hold trainings, hackathons and lunch sessions"

pytestmark = on_both_databases

amid_a_call = pytest.mark.parametrize("arrives", [False, True], ids=["before-it-arrives", "as-it-arrives"])


@pytest.fixture
async def bot(replicas: Replicas, shared_clock: SharedClock) -> KillableBot:
    assert shared_clock().hour == 9
    return await replicas[0].starts(LOG_LEVEL="WARNING")


async def dies_amid_the_call(teams: Teams, bot: KillableBot) -> None:
    """Teams was asked to hang: the process is killed while it does, and started again."""
    requests = teams.connector.requests
    assert await teams.connector.wait_until(lambda: any(one.status == 0 for one in requests), within=30)
    await bot.is_killed()
    await bot.starts()


def asked(person: Colleague) -> int:
    return sum("Is it done?" in one.body for one in person.messages_in(person.place))


# Amid a call of Teams


@amid_a_call
async def test_telling_a_channel(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str, *, arrives: bool
) -> None:
    """A card is never posted again; what happens later is."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    teams.connector.hangs_next(kind="post", though_delivered=arrives)
    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, discipline="Support")
    await dies_amid_the_call(teams, bot)
    for day in range(3):
        shared_clock.moves(days=1)
        await happens(
            database_url, team, shared_clock(), NewsKind.MOVED_UP, f"day-{day}", discipline=f"No. {day}"
        )
        await lead.will_see(f"No. {day}: one step further", within=30)

    await comes_true(lambda: states(database_url)["moved-up:1"] == "unknown")
    assert headings(lead).count("Support: one step further") == int(arrives)


@amid_a_call
async def test_asking_about_a_promise(
    teams: Teams, bot: KillableBot, replicas: Replicas, shared_clock: SharedClock, *, arrives: bool
) -> None:
    """Neither the next process nor another one asks that question again; the next one comes a week later."""
    ada, bo = (has_the_app(teams, name) for name in ("Ada Lovelace", "Bo Diddley"))
    for person in (ada, bo):
        await finishes(person, ("Initial",) * 7)
        await person.presses(f"Pledge: {EVENTS}")
        await person.presses("Pledge it")
        shared_clock.moves(days=3)
    teams.connector.hangs_next(for_=ada.person, kind="send", though_delivered=arrives)
    shared_clock.moves(days=22)
    await dies_amid_the_call(teams, bot)
    await replicas[1].starts(LOG_LEVEL="WARNING")
    shared_clock.moves(days=3)
    await comes_true(lambda: asked(bo) == 1)
    assert asked(ada) == int(arrives)

    shared_clock.moves(days=4)
    await comes_true(lambda: asked(ada) == int(arrives) + 1)


@amid_a_call
async def test_telling_a_lead_that_the_team_is_gone(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str, *, arrives: bool
) -> None:
    """The lead is told once at most, however often it is looked."""
    team, lead = a_team(teams)
    ada = teams.everybody_in(team)[0]
    teams.directory.installed.add(ada.place.app_home)
    await ada.says("help")
    await schedules(lead, "Remind the channel", text="Look")
    teams.connector.hangs_next(for_=ada.person, kind="send", though_delivered=arrives)
    await lead.uninstalls_the_app()
    await dies_amid_the_call(teams, bot)
    for _ in range(3):
        shared_clock.moves(days=1)
        await comes_true(lambda: rows(database_url, "select tell_at from schedules") == [(None,)])

    gone = [one for one in ada.messages_in(ada.place) if "does not have this app any more" in one.body]
    assert len(gone) == int(arrives)


@amid_a_call
async def test_posting_a_result(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str, *, arrives: bool
) -> None:
    """The result is not posted again, and the survey is closed all the same."""
    team, lead = a_team(teams, ("Ada Lovelace", "Bo Diddley"))
    await sends(lead, name="Autumn check", answers="Named")
    ada, bo = teams.everybody_in(team)
    await answers(ada)
    teams.connector.hangs_next(kind="post", though_delivered=arrives)
    had = len(lead.messages_in(lead.place))
    await answers(bo)
    await dies_amid_the_call(teams, bot)
    for hour in range(2):
        shared_clock.moves(minutes=40)
        await happens(
            database_url, team, shared_clock(), NewsKind.MOVED_UP, f"{hour}", discipline=f"No. {hour}"
        )
        await lead.will_see(f"No. {hour}: one step further", within=30)

    await comes_true(lambda: surveys(database_url) == [("Autumn check", "closed")])
    assert len(lead.messages_in(lead.place)) == had + int(arrives) + 2


# Between two steps of its own


@contextmanager
def nobody_may(database_url: str, do: Literal["update", "delete"], table: str) -> Iterator[None]:
    """The database refuses one kind of change, so that what is done before it is all that is done."""
    if database_url.startswith("sqlite"):
        refusal = "begin select raise(abort, 'not now'); end"
    else:
        body = "begin raise exception 'not now'; end"
        execute(database_url, f"create function refuse() returns trigger language plpgsql as $$ {body} $$")
        refusal = "execute function refuse()"
    execute(database_url, f"create trigger refusal before {do} on {table} for each row {refusal}")
    yield
    if database_url.startswith("sqlite"):
        execute(database_url, "drop trigger refusal")
    else:
        execute(database_url, "drop function refuse cascade")


async def test_a_date_that_was_not_ticked_off(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str
) -> None:
    """The channel was reminded and the survey sent, and the dates still stand: nothing comes again."""
    team, lead = a_team(teams)
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await schedules(lead, often="Every month")
    with nobody_may(database_url, "update", "schedules"):
        shared_clock.moves_to(dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC))
        await comes_true(lambda: told(lead) == ["Look"], within=30)
        await comes_true(lambda: messages_of(teams, team) == len(team.members), within=30)
        await bot.is_killed()
    dates = [one["next_at"] for one in stored(database_url)]
    await bot.starts()
    await comes_true(
        lambda: all(one["next_at"] > old for one, old in zip(stored(database_url), dates, strict=True)),
        within=60,
    )
    await schedules(lead, "Remind the channel", text="A day has passed", rule="FREQ=DAILY")
    shared_clock.moves(days=1)
    await comes_true(lambda: "A day has passed" in told(lead), within=30)

    assert told(lead) == ["Look", "A day has passed"]
    assert len(surveys(database_url)) == 1
    assert messages_of(teams, team) == len(team.members)


async def test_half_tidied_up(
    teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str
) -> None:
    """Some of what is old is deleted, some is not: the next process deletes the rest, and tells nothing."""
    team, lead = a_team(teams)
    await lead.says(f"{HERE} help")
    ada = has_the_app(teams, "Mallory Archer")
    await ada.says("start")
    await ada.presses("I make apps or flows")
    await happens(database_url, team, shared_clock(), NewsKind.MOVED_UP, discipline="Support")
    await comes_true(lambda: list(states(database_url).values()) == ["sent"])
    with nobody_may(database_url, "delete", "news"):
        shared_clock.moves(days=366)
        await comes_true(lambda: not rows(database_url, "select id from checks"))
        await bot.is_killed()
    assert states(database_url)
    await bot.starts()
    await comes_true(lambda: not states(database_url))

    assert headings(lead).count("Support: one step further") == 1
