"""A bot that is told to stop: turns end, others are asked, work is handed back, and it ends by itself."""

import asyncio
from uuid import uuid4

import pytest
from aiohttp import ClientConnectorError, ClientSession

from tests.acceptance.directory import HOME_TENANT
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, invitations, kept, messages_of, sending_ends
from tests.acceptance.running import on_both_databases
from tests.acceptance.surveys import a_crowd, sends
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.tokens import Issuer

NOBODY = 0
"""Instead of a status, where no connection is to be had."""


@pytest.fixture
async def bot(replicas: Replicas) -> KillableBot:
    return await replicas[0].starts(LOG_LEVEL="INFO")


async def comes_to_say(bot: KillableBot, path: str, status: int) -> None:
    async with asyncio.timeout(5):
        while await status_of(bot, path) != status:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


async def status_of(bot: KillableBot, path: str) -> int:
    """What a new connection gets."""
    try:
        async with ClientSession() as session, session.get(f"{bot.url}{path}") as response:
            return response.status
    except ClientConnectorError:
        return NOBODY


@on_both_databases
async def test_a_turn_in_flight_is_answered(teams: Teams, ada: Colleague, bot: KillableBot) -> None:
    """Nobody new gets in, who is in gets the answer, and the process ends as one that did well."""
    async with teams.connector.holds_back() as first_request:
        turn = asyncio.create_task(ada.says("start"))
        assert await first_request()
        bot.is_told_to_stop()
        await comes_to_say(bot, "/healthz", NOBODY)
        assert bot.is_running
    await turn

    assert await bot.ends() == 0
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"
    assert "Traceback" not in bot.log


async def test_work_is_handed_back(teams: Teams, bot: KillableBot, database_url: str) -> None:
    """Stopped amid a survey, the next start sends the rest: each gets one invitation, none is unknown."""
    team, lead = a_crowd(teams, 210)
    teams.connector.latency = 0.05
    await sends(lead, name="Autumn check")
    await comes_true(lambda: messages_of(teams, team) >= 5)

    assert await bot.stops() == 0
    left = set(invitations(database_url).values())
    assert "waiting" in left
    assert "sending" not in left
    teams.connector.latency = 0
    await bot.starts()
    await sending_ends(database_url)
    assert kept(teams, team, database_url) == {"delivered": 210}


async def test_others_are_asked_before_it_is_gone(replicas: Replicas, issuer: Issuer) -> None:
    """In a deployment it says for a while that it is not ready, and still takes the turns that come."""
    bot = await replicas[0].starts(
        MicrosoftAppId=issuer.app_id,
        MicrosoftAppPassword=uuid4().hex,
        MicrosoftAppTenantId=HOME_TENANT,
        **issuer.environment(),
    )
    bot.is_told_to_stop()
    await comes_to_say(bot, "/readyz", 503)

    assert await status_of(bot, "/healthz") == 200
    assert await bot.ends() == 0
    assert await status_of(bot, "/healthz") == NOBODY
