"""A fresh bot, a fresh Teams, and two colleagues for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector, web

from app import create_app, utc_now
from bot.settings import Settings
from jobs import watch, work
from tests.acceptance.clock import Clock, SharedClock
from tests.acceptance.colleagues import has_the_app
from tests.acceptance.collector import EXPORTED_EVERY, Collector
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import Directory
from tests.acceptance.killable import TIRELESS, UNHURRIED, KillableBot, Replicas
from tests.acceptance.log_rules import nothing_private_is_logged, private_in
from tests.acceptance.loopback import only_loopback
from tests.acceptance.running import RunningBot
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.tokens import Issuer
from tests.databases import postgresql_server, postgresql_url, sqlite_url  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def stays_on_this_machine() -> Iterator[list[str]]:
    with only_loopback() as tried:
        yield tried


@pytest.fixture(autouse=True)
def keeps_secrets() -> Iterator[None]:
    with nothing_private_is_logged():
        yield


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A new SQLite file, unless the test is marked `on_both_databases`."""
    url: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    return url


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """What a test sets besides the usual: `@pytest.mark.parametrize("more_settings", [{...}])`."""
    return {}


@pytest.fixture
def clock() -> Clock:
    """The bot's time, for a test that asks for it; without it, the real time and no quiet hours."""
    return Clock()


@pytest.fixture
def make_app(
    request: pytest.FixtureRequest, database_url: str, more_settings: dict[str, Any]
) -> Callable[[], web.Application]:
    usual: dict[str, Any] = {"app_id": "", "host": "127.0.0.1", "database_url": database_url}
    has_clock = "clock" in request.fixturenames
    whenever = {} if has_clock else UNHURRIED
    clock = request.getfixturevalue("clock") if has_clock else utc_now
    # A test may set something else before the bot starts again.
    return lambda: create_app(Settings(**(usual | TIRELESS | whenever | more_settings)), clock=clock)


@pytest.fixture
async def bot(
    make_app: Callable[[], web.Application], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningBot]:
    """A bot that works sooner and looks around more often than a real one, since each test waits for it."""
    monkeypatch.setattr(work, "HEAD_START", 0.0)
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.5)
    async with RunningBot(make_app) as running:
        yield running


@pytest.fixture
async def replicas(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[Replicas]:
    """Processes on one database, to be started by the test; a failing test shows what they logged.

    Fails at the end where they logged what they may not.
    """
    clock = request.getfixturevalue("shared_clock") if "shared_clock" in request.fixturenames else None
    bots = (KillableBot(database_url, tmp_path / f"bot-{n}.log", clock) for n in range(3))
    async with Replicas(bots) as three:
        yield three
    assert not [words for bot in three.bots for words in private_in(bot.log)]


@pytest.fixture
def shared_clock(tmp_path: Path) -> SharedClock:
    """The time of processes: a test that asks for it has `replicas` go by it."""
    return SharedClock(tmp_path / "clock")


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
async def connector(directory: Directory) -> AsyncIterator[Connector]:
    async with Connector(directory) as running:
        yield running


@pytest.fixture
def issuer(connector: Connector, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """Who signs for Teams; let `more_settings` depend on it, so that the bot starts with its environment."""
    with Issuer("6f9c1a52-3d7e-4b80-9a14-2c5e8d7b0f31", connector.service_url) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """Where traces and metrics go; fails at the end where something came that nobody agreed to."""
    async with Collector() as running:
        yield running
    assert running.problems == []


@pytest.fixture
def exported(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings of a bot that exports often; let `more_settings` be these."""
    for name in ("OTEL_METRIC_EXPORT_INTERVAL", "OTEL_BSP_SCHEDULE_DELAY"):
        monkeypatch.setenv(name, str(EXPORTED_EVERY))
    return {"otlp_endpoint": collector.url}


@pytest.fixture
async def teams(directory: Directory, connector: Connector, bot: RunningBot) -> AsyncIterator[Teams]:
    # A connection each, so that none outlives a restart of the bot.
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        first, *others = (f"{url}/api/messages" for url in bot.urls)
        teams = Teams(directory, connector, Door(session, first, replicas=tuple(others)))
        yield teams
        teams.nothing_went_wrong_unseen()


@pytest.fixture
def ada(teams: Teams) -> Colleague:
    return has_the_app(teams, "Ada Lovelace")


@pytest.fixture
def bo(teams: Teams) -> Colleague:
    return has_the_app(teams, "Bo Diddley")
