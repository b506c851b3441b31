"""Telemetry keeps out of the way: a collector that is away, a bot that stops, one without it, and privacy."""

import asyncio
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.telemetry import exporting
from bot.telemetry.measures import TURNS
from tests.acceptance.colleagues import finishes
from tests.acceptance.collector import EXPORTED_EVERY, Collector
from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.ledger import comes_true, sending_ends
from tests.acceptance.log_rules import private_in
from tests.acceptance.surveys import a_team, sends
from tests.acceptance.teams import Colleague, Teams
from tests.everything import KEYS, tables
from tests.fuzz.corpus import RecordingDoor, recorded

Json = dict[str, Any]


class TestTheCollectorIsAway:
    """Nobody who talks to the bot notices."""

    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each export is given up soon, so that many of them fail."""
        monkeypatch.setattr(exporting, "FLUSH_WITHIN", 0.5)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")

    @pytest.fixture
    def more_settings(self, exported: Json, request: pytest.FixtureRequest) -> Json:
        where = {"nobody listens": "http://127.0.0.1:9", "it hangs": exported["otlp_endpoint"]}
        return exported | {"otlp_endpoint": where[request.node.callspec.params["how"]]}

    @pytest.mark.parametrize("how", ["nobody listens", "it hangs"])
    async def test_turns_are_answered(
        self, collector: Collector, ada: Colleague, caplog: pytest.LogCaptureFixture, how: str
    ) -> None:
        """The check goes on; the log says once for each kind that nothing is taken."""
        collector.hangs = how == "it hangs"
        with caplog.at_level(logging.INFO):
            await finishes(ada)
            if how == "nobody listens":
                await comes_true(
                    lambda: "takes no traces" in caplog.text and "takes no metrics" in caplog.text
                )
                await finishes(ada)
                await asyncio.sleep(2 * EXPORTED_EVERY / 1000)
        assert "Level 300" in ada.last_card().text
        told = Counter(one.getMessage() for one in caplog.records if "collector" in one.getMessage())
        assert set(told.values()) <= {1}
        assert not [one for one in caplog.records if one.name.startswith("opentelemetry")]


class TestProcesses:
    """Bots as a deployment runs them, with the intervals that they have there."""

    @pytest.fixture
    async def bot(self, replicas: Replicas) -> KillableBot:
        return replicas[0]

    async def test_what_is_left_is_sent_as_it_stops(
        self, collector: Collector, ada: Colleague, bot: KillableBot
    ) -> None:
        """Long before the next export is due, and under the names that the standard variables give."""
        await bot.starts(
            OTEL_EXPORTER_OTLP_ENDPOINT=f"{collector.url}/",
            OTEL_SERVICE_NAME="coach-of-contoso",
            OTEL_RESOURCE_ATTRIBUTES="service.instance.id=replica-7",
            OTEL_EXPORTER_OTLP_HEADERS="x-key=made%20up",
        )
        await ada.says("start")

        assert await bot.stops() == 0
        assert collector.number(TURNS, kind="message", outcome="answered") == 1
        assert len(collector.spans_of("turn")) == 1
        assert collector.processes == {("coach-of-contoso", "replica-7")}
        assert {one["x-key"] for one in collector.headers} == {"made up"}

    async def test_it_stops_though_the_collector_hangs(
        self, collector: Collector, ada: Colleague, bot: KillableBot
    ) -> None:
        """With status 0, and before a deployment would lose patience."""
        collector.hangs = True
        await bot.starts(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_EXPORTER_OTLP_TIMEOUT="600")
        await ada.says("start")

        async with asyncio.timeout(20):
            assert await bot.stops() == 0
        assert "Traceback" not in bot.log

    @pytest.mark.parametrize("is_on", [False, True])
    async def test_off_nothing_of_it_is_loaded(
        self, collector: Collector, teams: Teams, bot: KillableBot, database_url: str, *, is_on: bool
    ) -> None:
        """Not even after turns and with the engine at work; the interpreter itself lists what it loads."""
        on = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} if is_on else {}
        await bot.starts(PYTHONPROFILEIMPORTTIME="1", **on)
        _, lead = a_team(teams)
        await sends(lead, name="Autumn check")
        await sending_ends(database_url)
        assert await bot.stops() == 0

        assert "| dbos" in bot.log.replace("|   ", "| ").replace("  ", " ")
        assert ("opentelemetry" in bot.log) == is_on


def ids_of_people_and_places(directory: Directory, database_url: str) -> set[str]:
    """All that the directory and the database call people, tenants, teams, channels and chats."""
    names = ("tenant_id", "person_id", "member_id", "conversation_id", "team_id", "channel_id", "name")
    rows = [row for name, kept in tables(database_url).items() if name in {*KEYS, "teams"} for row in kept]
    kept = {row[name] for row in rows for name in names if row.get(name)}
    return kept | set(directory.conversations) | {one.name for one in directory.teams}


async def test_nothing_private_leaves(
    collector: Collector, directory: Directory, connector: Connector, tmp_path: Path, exported: Json
) -> None:
    """After a story with every word and every button: no name, text, answer or token, no id of anybody."""
    database_url = f"sqlite:///{tmp_path}/coach.db"
    bot = KillableBot(database_url, tmp_path / "bot.log")
    await bot.starts(OTEL_EXPORTER_OTLP_ENDPOINT=exported["otlp_endpoint"])
    try:
        async with ClientSession() as session:
            door = RecordingDoor(session, f"{bot.url}/api/messages")
            everything = await recorded(Teams(directory, connector, door), door, database_url)
            connector.is_limited = False
            for activity in everything[:: max(1, len(everything) // 120)]:
                await door.deliver(activity | {"id": directory.new_activity_id()})
    finally:
        await bot.stops()

    told = b"".join(collector.bodies).decode("latin-1")
    assert len(collector.spans_of("turn")) > 100
    assert private_in(told) == []
    assert [one for one in ids_of_people_and_places(directory, database_url) if one in told] == []
