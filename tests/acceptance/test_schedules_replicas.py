"""Schedules while several processes look, and while one is killed: each date brings what it is for once."""

import datetime as dt

import pytest

from tests.acceptance.clock import SharedClock
from tests.acceptance.directory import Team
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, messages_of
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import schedules, stored, surveys, told
from tests.acceptance.surveys import a_team
from tests.acceptance.teams import Colleague, Teams

FIRST_MONDAY = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)

pytestmark = on_both_databases


async def both_are_scheduled(lead: Colleague) -> None:
    await schedules(lead, "Remind the channel", text="Look", often="Every month")
    await schedules(lead, often="Every month")


async def each_came_once(
    teams: Teams, team: Team, lead: Colleague, clock: SharedClock, database_url: str
) -> None:
    """One reminder, one survey and one invitation each, also by the time at which the next thing is told."""
    moment = FIRST_MONDAY.timestamp() * 1000
    await comes_true(lambda: all(one["next_at"] > moment for one in stored(database_url)), within=60)
    await comes_true(lambda: messages_of(teams, team) >= len(team.members), within=60)
    await schedules(lead, "Remind the channel", text="A day has passed", rule="FREQ=DAILY")
    clock.moves(days=1)
    await comes_true(lambda: "A day has passed" in told(lead), within=30)

    assert told(lead) == ["Look", "A day has passed"]
    assert len(surveys(database_url)) == 1
    assert messages_of(teams, team) == len(team.members)


class TestReplicas:
    """Three processes on one database."""

    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> Replicas:
        assert shared_clock() < FIRST_MONDAY
        return await replicas.start(LOG_LEVEL="INFO")

    async def test_three_replicas_fire_once(
        self, teams: Teams, shared_clock: SharedClock, database_url: str
    ) -> None:
        """Whichever of them sees it first."""
        team, lead = a_team(teams)
        await both_are_scheduled(lead)
        shared_clock.moves_to(FIRST_MONDAY)
        await each_came_once(teams, team, lead, shared_clock, database_url)


class TestKilled:
    """One process, started again."""

    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> KillableBot:
        assert shared_clock() < FIRST_MONDAY
        return await replicas[0].starts(LOG_LEVEL="WARNING")

    async def test_killed_as_a_date_comes(
        self, teams: Teams, bot: KillableBot, shared_clock: SharedClock, database_url: str
    ) -> None:
        """The survey has just been planned: it is sent by the next process, and nothing twice."""
        team, lead = a_team(teams)
        await both_are_scheduled(lead)
        shared_clock.moves_to(FIRST_MONDAY)
        await comes_true(lambda: bool(surveys(database_url)), within=30)
        await bot.is_killed()
        await bot.starts()
        await each_came_once(teams, team, lead, shared_clock, database_url)
