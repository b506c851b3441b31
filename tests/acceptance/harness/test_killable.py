"""Replicas are processes that can be killed, frozen and started again, each on its own."""

import pytest
from aiohttp import ClientConnectorError, ClientSession, ClientTimeout

from tests.acceptance.activities import Writer
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.harness.caller import ADA
from tests.acceptance.killable import KillableBot, Replicas

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql_url"], indirect=True)


async def answers(bot: KillableBot) -> bool:
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=0.5)) as session,
            session.get(f"{bot.url}/healthz") as response,
        ):
            return response.status == 200
    except (TimeoutError, ClientConnectorError):
        return False


@on_postgresql
async def test_replicas_live_and_die_by_themselves(
    replicas: Replicas, connector: Connector, chat: str
) -> None:
    """One is killed, and Teams' calls go to the others; it comes back where it was, with its old log."""
    await replicas.start()
    await replicas[1].is_killed()
    assert [await answers(bot) for bot in replicas.bots] == [True, False, True]
    writer = Writer(connector.directory, connector.service_url, ADA, connector.directory.conversations[chat])
    async with ClientSession() as session:
        first, *others = (f"{url}/api/messages" for url in replicas.urls)
        door = Door(session, first, replicas=tuple(others))
        replies = [await door.deliver(writer.message("help")) for _ in range(4)]
    assert {reply.status for reply in replies} == {200}
    assert len(connector.messages) == 4
    url = replicas[1].url
    await replicas[1].starts()
    assert replicas[1].url == url
    assert await answers(replicas[1])
    assert replicas[1].log.count("listening on") == 2


async def test_a_frozen_bot_is_silent_until_it_thaws(replicas: Replicas) -> None:
    """It is neither dead nor of any use, and goes on afterwards."""
    bot = await replicas[0].starts()
    bot.freezes()
    assert not await answers(bot)
    assert bot.is_running
    bot.thaws()
    assert await answers(bot)
    await bot.stops()
    assert not bot.is_running


async def test_a_bot_that_does_not_start_says_why(replicas: Replicas) -> None:
    """The environment can be changed for a start, and the log is in the failure."""
    with pytest.raises(AssertionError, match="MATURITY_EDITION is 2019"):
        await replicas[0].starts(MATURITY_EDITION="2019")
    await replicas[0].starts(MATURITY_EDITION="2021-10")
    assert await answers(replicas[0])


async def test_a_failing_test_shows_what_replicas_logged(
    replicas: Replicas, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is still running at the end is killed, even if it is frozen."""
    async with replicas:
        await replicas[0].starts()
        replicas[0].freezes()
    assert not replicas[0].is_running
    told = capsys.readouterr().out
    assert "--- log of replica 0 ---" in told
    assert "listening on" in told
    assert "replica 1" not in told
