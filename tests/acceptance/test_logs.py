"""What an operator reads in the log of a whole story, and what nobody reads there."""

import json
from pathlib import Path
from uuid import uuid4

from aiohttp import ClientSession

from tests.acceptance.connector import Connector
from tests.acceptance.directory import HOME_TENANT, Directory, Person
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.log_rules import private_in
from tests.acceptance.teams import Teams
from tests.acceptance.tokens import Issuer
from tests.fuzz.corpus import RecordingDoor, recorded

EVERYWHERE = {"time", "level", "logger", "message"}


async def test_the_log_of_a_whole_story(
    directory: Directory, connector: Connector, issuer: Issuer, tmp_path: Path
) -> None:
    """Each line is JSON; at no level are there names, texts, answers or tokens; requests have a reference."""
    database_url, secret = f"sqlite:///{tmp_path}/coach.db", uuid4().hex
    bot = KillableBot(database_url, tmp_path / "bot.log", module="tests.acceptance.signed_bot")
    directory.bot_app_id = issuer.app_id
    async with Replicas([bot]), ClientSession() as session:
        await bot.starts(
            LOG_FORMAT="json",
            LOG_LEVEL="DEBUG",
            MicrosoftAppId=issuer.app_id,
            MicrosoftAppPassword=secret,
            MicrosoftAppTenantId=HOME_TENANT,
            SERVICE_HOSTS="127.0.0.1",
            COE_LEADS=Person("Ada Lovelace").aad_object_id,
            **issuer.environment(),
        )
        door = RecordingDoor(session, f"{bot.url}/api/messages", issuer.token())
        everything = await recorded(Teams(directory, connector, door), door, database_url)
        connector.is_limited = False
        for activity in everything[:: max(1, len(everything) // 120)]:
            await door.deliver(activity | {"id": directory.new_activity_id()})
        assert await bot.stops() == 0

    assert private_in(bot.log) == []
    assert not [one for one in (secret, door.token, "a token of the bot") if one in bot.log]
    lines = [json.loads(line) for line in bot.log.splitlines()]
    assert all(line.keys() >= EVERYWHERE for line in lines)
    of_requests = [line for line in lines if line["logger"].startswith(("audit", "bot.handler"))]
    assert len(of_requests) > 50
    assert all(len(line["reference"]) == 8 for line in of_requests)
    assert not [line for line in lines if line["level"] == "ERROR"]
