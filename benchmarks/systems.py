"""The bots that are compared, each a process of its own, and what they need around them."""

import asyncio
import itertools
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
import psycopg
from aiohttp import ClientSession

from benchmarks.filling import execute
from benchmarks.journal import Stage, Summary
from benchmarks.load import Job, Outcome, cpu_of
from benchmarks.processes import ROOT, Process, database, running
from benchmarks.script import Scripts, recorded
from content.loading import load
from storage.database import open_database
from tests.acceptance.directory import HOME_TENANT
from tests.acceptance.tokens import TOKEN_ISSUER, Issuer

PEERS = ROOT / "var/peers/bin/python"
"""The interpreter that has what is compared with; `make bench` builds it."""
APP_ID = "6f9c1a52-3d7e-4b80-9a14-2c5e8d7b0f31"
EDITION = "2021-10"
AT_ANY_HOUR = {"QUIET_HOURS": "none", "QUIET_WEEKENDS": "false"}

CORES = frozenset(os.sched_getaffinity(0))
BOTS_CORE = frozenset({min(CORES)})
OTHER_CORES = CORES - BOTS_CORE or CORES
"""Where all but the bot runs, so that a bot has a core to itself."""

BARE_CHECKS = 20_000
"""Checks that the bare bot puts answers to."""
FILL_BARE = """
with recursive numbers (i) as (select 0 union all select i + 1 from numbers where i + 1 < {checks})
insert into checks (id, tenant_id, person_id, edition, started_at, finished_at)
select 'bare' || i, 'tenant', 'person' || i, 'edition', 1, 1 from numbers
"""


@dataclass(frozen=True)
class System:
    """One kind of bot."""

    name: str
    program: tuple[str, ...]
    database: str | None = None
    is_ours: bool = False
    is_peer: bool = False
    """Whether it runs on the interpreter of the peers."""
    exports: bool = False
    """Whether its telemetry is on."""
    invokes: str = "/api/messages"
    """Where it takes presses."""


OURS = ("-m", "tests.acceptance.signed_bot")
BARE = ("-m", "benchmarks.peers.bare")
COACH_SQLITE = System("Maturity Coach, SQLite", OURS, "sqlite", is_ours=True)
COACH_EXPORTING = System("Maturity Coach, SQLite, with telemetry", OURS, "sqlite", is_ours=True, exports=True)
COACH_POSTGRESQL = System("Maturity Coach, PostgreSQL", OURS, "postgresql", is_ours=True)
BARE_ONLY = System("bare aiohttp, nothing written", BARE, is_peer=True)
BARE_SQLITE = System("bare aiohttp, same write, SQLite", BARE, "sqlite", is_peer=True)
BARE_POSTGRESQL = System("bare aiohttp, same write, PostgreSQL", BARE, "postgresql", is_peer=True)
STOCK = System("botbuilder for Python, echo", ("-m", "benchmarks.peers.stock"), invokes="/api/invokes")
AGENTS = System("M365 Agents SDK for Python, echo", ("-m", "benchmarks.peers.agents"), is_peer=True)
ALL = (COACH_SQLITE, COACH_POSTGRESQL, BARE_ONLY, BARE_SQLITE, BARE_POSTGRESQL, STOCK, AGENTS)


@dataclass(frozen=True)
class Started:
    """A running bot, or several replicas of one."""

    system: System
    checks_tokens: bool
    processes: list[Process]
    database_url: str | None = None
    finished: list[int] = field(default_factory=list)
    """How many people finished their checks, a number for each load."""

    def goes_on(self) -> None:
        self._signals(signal.SIGCONT)

    def rests(self) -> None:
        """Take no CPU from whoever is measured meanwhile."""
        self._signals(signal.SIGSTOP)

    @property
    def database_cpu(self) -> float:
        """Seconds of CPU of a PostgreSQL server so far, with all its processes."""
        if self.system.database != "postgresql" or self.database_url is None:
            return 0.0
        with psycopg.connect(self.database_url) as connection:
            [(folder,)] = connection.execute("show data_directory").fetchall()
        pid = int(Path(folder, "postmaster.pid").read_text(encoding="utf-8").split()[0])
        seconds = cpu_of(pid, with_ended_children=True)
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                seconds += cpu_of(int(child))
        return seconds

    def _signals(self, number: signal.Signals) -> None:
        for one in self.processes:
            os.kill(one.pid, number)


@dataclass(frozen=True)
class Load:
    """How a bot is to be busied."""

    seconds: float
    warm: float = 1.0
    connections: int = 8
    stages: tuple[Stage, ...] = ()
    refusals: tuple[int, ...] = ()
    people: int | None = None
    unmeasured: int = 0


@dataclass(frozen=True)
class Measured:
    """One load's outcome."""

    outcome: Outcome
    database_cpu: float
    """Seconds a turn."""

    @property
    def cpu(self) -> float:
        """Milliseconds a turn, of the bot alone."""
        return sum(self.outcome.cpu) / self.outcome.turns * 1000

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.outcome.turns / self.outcome.seconds

    @property
    def busy(self) -> float:
        """Share of a core that the bot took."""
        return sum(self.outcome.cpu) / self.outcome.seconds


class Bench:
    """What all bots have in common: Teams, its keys, and what people say."""

    def __init__(self, connector: Process, collector: Process, issuer: Issuer, folder: Path) -> None:
        self._connector = connector
        self._collector = collector
        self._issuer = issuer
        self._card = folder / "card.json"
        self._scripts: Scripts | None = None
        self._people = itertools.count(1_000_000, 1_000_000)

    async def learn(self) -> None:
        """Have the bot say how large its cards are, and what is said to it."""
        async with self.started(COACH_SQLITE, checks_tokens=False) as bot:
            url = bot.processes[0].url
            self._scripts = await recorded(url, self._connector.url, load(), EDITION)
        self._card.write_bytes(self._scripts.card)

    @property
    def scripts(self) -> Scripts:
        if self._scripts is None:
            raise LookupError("learn first")
        return self._scripts

    @asynccontextmanager
    async def started(
        self,
        system: System,
        *,
        checks_tokens: bool,
        replicas: int = 1,
        cores: Collection[int] = BOTS_CORE,
        fill: str | None = None,
        keep: str | None = None,
        log: Path | None = None,
    ) -> AsyncIterator[Started]:
        """A bot on a new database, filled by statements where there are any, or on one that is kept."""
        async with AsyncExitStack() as stack:
            url = keep
            if url is None and system.database:
                url = stack.enter_context(database(system.database))
            if url and not system.is_ours:
                fill = FILL_BARE.format(checks=BARE_CHECKS)
            if url and fill:
                async with open_database(url):  # brings the tables
                    await asyncio.to_thread(execute, url, fill)
            processes = [
                await stack.enter_async_context(
                    running(
                        *system.program,
                        path="/readyz",
                        interpreter=PEERS if system.is_peer else sys.executable,
                        cores=cores,
                        log=log,
                        **self._environment(system, url, checks_tokens=checks_tokens),
                    )
                )
                for _ in range(replicas)
            ]
            yield Started(system, checks_tokens, processes, url)

    async def measure(self, bot: Started, kind: str, load: Load) -> Measured:
        """Busy a bot. `kind` is message, invoke, or both for one after the other.

        Raises ValueError where it did not do what it is there for.
        """
        kinds = ("message", "invoke") if kind == "both" else (kind,)
        path = bot.system.invokes if kind == "invoke" else "/api/messages"
        job = Job(
            urls=[f"{one.url}{path}" for one in bot.processes],
            scripts=[self.scripts.of(one) for one in kinds],
            token=self._issuer.token() if bot.checks_tokens else None,
            pids=[one.pid for one in bot.processes],
            first_person=next(self._people),
            connections=load.connections,
            warm=load.warm,
            seconds=load.seconds,
            people=load.people,
            stages=list(load.stages),
            refusals=list(load.refusals),
            unmeasured=load.unmeasured,
        )
        bot.goes_on()
        try:
            sent, cpu = await self._sent(), bot.database_cpu
            outcome = await _done(job)
            cpu = (bot.database_cpu - cpu) / outcome.all_turns
            sent = await self._sent() - sent
        finally:
            bot.rests()
        if kind != "both" and sent != (outcome.all_turns if kind == "message" else 0):
            raise ValueError(f"{bot.system.name} sent {sent} messages in {outcome.all_turns} turns ({kind})")
        bot.finished.append(outcome.people)
        return Measured(outcome, cpu)

    def _environment(self, system: System, url: str | None, *, checks_tokens: bool) -> Mapping[str, str]:
        usual = {"DATABASE_URL": url or "", "LOG_LEVEL": "ERROR", "CARD": str(self._card)} | AT_ANY_HOUR
        usual["CHECKS"] = str(BARE_CHECKS)
        if system.exports:
            usual["OTEL_EXPORTER_OTLP_ENDPOINT"] = self._collector.url
        if not checks_tokens:
            return usual
        ours = {
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": "made up",
            "MicrosoftAppTenantId": HOME_TENANT,
            "SERVICE_HOSTS": "127.0.0.1",
        }
        theirs = {"APP_ID": APP_ID, "KEYS_URL": f"{self._issuer.url}/keys", "ISSUER": TOKEN_ISSUER}
        return usual | self._issuer.environment() | ours | theirs

    async def _sent(self) -> int:
        async with ClientSession() as session, session.get(f"{self._connector.url}/told") as response:
            return int((await response.json()).get("POST", 0))


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """Everything but the bots."""
    os.sched_setaffinity(0, OTHER_CORES)
    with tempfile.TemporaryDirectory(prefix="turn") as folder:
        async with _taking() as connector, _taking() as collector:
            with Issuer(APP_ID, f"{connector.url}/") as issuer:
                made = Bench(connector, collector, issuer, Path(folder))
                await made.learn()
                yield made


def _taking() -> AbstractAsyncContextManager[Process]:
    """What takes all that is sent: as Teams, or as a collector."""
    return running("-m", "benchmarks.light_connector", path="/told")


async def _done(job: Job) -> Outcome:
    """Have a job done by a process of its own. Raises ValueError where it failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complaint = await process.communicate(orjson.dumps(asdict(job)))
    if process.returncode:
        raise ValueError(f"{job.urls[0]}: {complaint.decode().strip()[-500:]}")
    outcome = orjson.loads(told)
    for spans in ("by_stage", "by_second"):
        outcome[spans] = [Summary(**one) for one in outcome[spans]]
    return Outcome(**outcome)
