"""Schedules while several processes look, and while one is killed: each date brings what it is for once."""

import datetime as dt

import pytest

from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, execute, messages_of
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import schedules, stored, surveys, told
from tests.acceptance.surveys import a_team
from tests.acceptance.teams import Teams

AT_ANY_HOUR = {"QUIET_HOURS": "none", "QUIET_WEEKENDS": "False"}
"""These processes have the real time."""


def their_date_comes(database_url: str) -> int:
    """The next date of all schedules becomes one of a second ago; that in milliseconds."""
    moment = int(dt.datetime.now(dt.UTC).timestamp() * 1000) - 1000
    execute(database_url, f"update schedules set next_at = {moment}")  # noqa: S608 - a number
    return moment


def all_moved_on(database_url: str, moment: int) -> bool:
    return all(one["next_at"] > moment for one in stored(database_url))


class TestReplicas:
    """Three processes on one PostgreSQL."""

    @pytest.fixture
    async def bot(self, replicas: Replicas) -> Replicas:
        return await replicas.start(LOG_LEVEL="INFO", **AT_ANY_HOUR)

    @pytest.mark.parametrize("database_url", ["postgresql_url"], indirect=True)
    async def test_three_replicas_fire_once(self, teams: Teams, database_url: str) -> None:
        """One survey, one invitation each, and one reminder."""
        team, lead = a_team(teams)
        await schedules(lead, "Remind the channel", text="Look")
        await schedules(lead)
        moment = their_date_comes(database_url)
        await comes_true(lambda: all_moved_on(database_url, moment), within=30)
        await comes_true(lambda: messages_of(teams, team) == len(team.members), within=30)

        await comes_true(lambda: told(lead) == ["Look"])
        assert len(surveys(database_url)) == 1


class TestKilled:
    """One process, started again."""

    @pytest.fixture
    async def bot(self, replicas: Replicas) -> KillableBot:
        return await replicas[0].starts(LOG_LEVEL="WARNING", **AT_ANY_HOUR)

    @on_both_databases
    async def test_killed_as_a_date_comes(self, teams: Teams, bot: KillableBot, database_url: str) -> None:
        """The survey has just been planned: it is sent by the next process, and nothing twice."""
        team, lead = a_team(teams)
        await schedules(lead, "Remind the channel", text="Look")
        await schedules(lead)
        moment = their_date_comes(database_url)
        await comes_true(lambda: bool(surveys(database_url)), within=30)
        await bot.is_killed()
        await bot.starts()
        await comes_true(lambda: all_moved_on(database_url, moment), within=60)
        await comes_true(lambda: messages_of(teams, team) == len(team.members), within=60)

        await comes_true(lambda: told(lead) == ["Look"])
        assert len(surveys(database_url)) == 1
