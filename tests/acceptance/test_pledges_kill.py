"""A process that dies while it asks somebody about a promise."""

import asyncio
import time

import pytest

from tests.acceptance.colleagues import finishes
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, execute, rows
from tests.acceptance.running import on_both_databases
from tests.acceptance.teams import Colleague, Teams

EVENTS = "Hold trainings, hackathons and lunch sessions"
ALL_INITIAL = ("Initial",) * 7


@pytest.fixture
async def bot(replicas: Replicas) -> KillableBot:
    # Tests run at any hour, and the clock of a process cannot be moved.
    return await replicas[0].starts(LOG_LEVEL="WARNING", QUIET_HOURS="none", QUIET_WEEKENDS="false")


@on_both_databases
async def test_killed_between_claim_and_send(
    teams: Teams, ada: Colleague, bot: KillableBot, replicas: Replicas, database_url: str
) -> None:
    """The question may have arrived or not; neither the next start nor another replica asks it again."""
    await finishes(ada, ALL_INITIAL)
    await ada.presses(f"Pledge: {EVENTS}")
    await ada.presses("Pledge it")
    teams.connector.latency = 3
    now = int(time.time() * 1000)
    execute(database_url, f"update pledges set ask_at = {now}")  # noqa: S608 - a number of our own
    await comes_true(lambda: rows(database_url, "select outcome from pledges") == [("sending",)])
    await bot.is_killed()
    teams.connector.latency = 0
    await bot.starts()
    await replicas[1].starts(LOG_LEVEL="WARNING", QUIET_HOURS="none", QUIET_WEEKENDS="false")
    await asyncio.sleep(7)  # longer than each of them waits until it looks around

    [(ask_at, times)] = rows(database_url, "select ask_at, times_asked from pledges")
    assert ask_at > now + 6 * 24 * 3600 * 1000
    assert times == 1
    assert sum("Is it done?" in one.body for one in ada.messages_in(ada.place)) <= 1
