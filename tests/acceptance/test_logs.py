"""What an operator reads in the log of a whole story, and what nobody reads there."""

import json
from pathlib import Path

from aiohttp import ClientSession

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.killable import KillableBot
from tests.acceptance.log_rules import private_in
from tests.acceptance.teams import Teams
from tests.fuzz.corpus import RecordingDoor, recorded

EVERYWHERE = {"time", "level", "logger", "message"}


async def test_the_log_of_a_whole_story(directory: Directory, connector: Connector, tmp_path: Path) -> None:
    """Each line is JSON; at no level are there names, texts, answers or tokens; requests have a reference."""
    database_url = f"sqlite:///{tmp_path}/coach.db"
    bot = await KillableBot(database_url, tmp_path / "bot.log").starts(LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    try:
        async with ClientSession() as session:
            door = RecordingDoor(session, f"{bot.url}/api/messages")
            everything = await recorded(Teams(directory, connector, door), door, database_url)
            connector.is_limited = False
            for activity in everything[:: max(1, len(everything) // 120)]:
                await door.deliver(activity | {"id": directory.new_activity_id()})
    finally:
        await bot.stops()

    lines = [json.loads(line) for line in bot.log.splitlines()]
    assert all(line.keys() >= EVERYWHERE for line in lines)
    assert private_in(bot.log) == []
    of_requests = [line for line in lines if line["logger"].startswith(("audit", "bot.handler"))]
    assert len(of_requests) > 50
    assert all(len(line["reference"]) == 8 for line in of_requests)
    assert not [line for line in lines if line["level"] == "ERROR"]
