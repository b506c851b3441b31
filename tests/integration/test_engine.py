"""What the engine promises about work that was started, on both databases."""

import asyncio
import datetime as dt
import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.exc import OperationalError

from assessment.check import Check
from assessment.model import Level, Person
from jobs.engine import ATTEMPTS, RETRY_SECONDS, Engine, Job
from storage.database import Database, open_database
from tests.integration.answers import record

ROOT = Path(__file__).parents[2]
ADA = Person("6f1c0c1e-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-00000000000a")
NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SOON = 0.01
"""Until a job is tried again, and until a closing engine has waited enough, in seconds."""


@pytest.fixture
def url(database_url: str, database: Database) -> str:  # noqa: ARG001 - it makes the tables
    """A database that the bot has opened before."""
    return database_url


def engine(
    url: str,
    jobs: dict[str, Job],
    replica: str = "replica-1",
    **options: float,
) -> Engine:
    return Engine(url, replica, jobs, **{"retry_seconds": SOON, "grace_seconds": SOON} | options)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


async def all_done(engine: Engine) -> None:
    async def nothing_left() -> bool:
        return not await engine.unfinished("")

    await until(nothing_left)


class Runs:
    """A job that notes its arguments, and may be held up."""

    def __init__(self) -> None:
        self.of: list[tuple[Any, ...]] = []
        self.ended: list[tuple[Any, ...]] = []
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def at_once(self, *args: str | int) -> None:
        self.of.append(args)

    async def held_up(self, *args: str | int) -> None:
        self.of.append(args)
        self.begun.set()
        await self.may_go_on.wait()
        self.ended.append(args)

    async def has_begun(self) -> None:
        async with asyncio.timeout(20):
            await self.begun.wait()


async def test_started_five_times(url: str) -> None:
    """A job runs once for one id, though it is started five times at once and once more when it is done."""
    runs = Runs()
    async with engine(url, {"note": runs.at_once}) as it:
        await asyncio.gather(*(it.start("note", "one", number) for number in range(5)))
        await all_done(it)
        await it.start("note", "one", 5)
        await it.start("note", "two", 6)
        await all_done(it)

    assert len(runs.of) == 2
    assert runs.of[1] == (6,)


async def test_how_many_there_are(url: str) -> None:
    """What waits and what runs is counted, what is done is not."""
    runs = Runs()
    async with engine(url, {"held": runs.held_up}) as it:
        assert await it.length() == 0
        for number in range(5):
            await it.start("held", str(number))
        await runs.has_begun()
        assert await it.length() == 5
        runs.may_go_on.set()
        await all_done(it)
        assert await it.length() == 0


async def test_arguments(url: str) -> None:
    """Strings and integers arrive as they were given."""
    runs = Runs()
    async with engine(url, {"note": runs.at_once}) as it:
        await it.start("note", "some", "007", 7, "Zoë ✓", -1, "2026-11-23", "")
        await it.start("note", "none")
        await all_done(it)

    assert sorted(runs.of) == [(), ("007", 7, "Zoë ✓", -1, "2026-11-23", "")]


async def test_on_the_loop(url: str) -> None:
    """A job runs on the loop and the thread that the engine was opened on."""
    where: list[object] = []

    async def look() -> None:
        where.extend([asyncio.get_running_loop(), threading.current_thread()])

    async with engine(url, {"look": look}) as it:
        await it.start("look", "here")
        await all_done(it)

    assert where == [asyncio.get_running_loop(), threading.current_thread()]


async def test_opened_while_a_turn_writes(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that has SQLite's lock needs the loop to be done with it; the engine leaves it the loop."""
    runs, loop, prepare = Runs(), asyncio.get_running_loop(), Engine._prepare
    async with open_database(sqlite_url):
        pass
    with closing(_locking(sqlite_url)) as turn:

        def prepare_and_lock(it: Engine) -> None:
            prepare(it)
            turn.execute("begin immediate")
            loop.call_soon_threadsafe(loop.call_later, SOON, turn.rollback)

        monkeypatch.setattr(Engine, "_prepare", prepare_and_lock)
        async with engine(sqlite_url, {"note": runs.at_once}) as it:
            await it.start("note", "one", 1)
            await all_done(it)

    assert runs.of == [(1,)]


def _locking(sqlite_url: str) -> sqlite3.Connection:
    file = sqlite_url.removeprefix("sqlite:///")
    return sqlite3.connect(file, timeout=20, isolation_level=None, check_same_thread=False)


async def test_job_that_starts_jobs(url: str) -> None:
    """A job may start others and ask what is unfinished."""
    runs = Runs()
    seen: set[str] = set()

    async def plan() -> None:
        for part in range(3):
            await it.start("note", f"part:{part}", part)
        seen.update(await it.unfinished("plan"))

    async with engine(url, {"plan": plan, "note": runs.at_once}) as it:
        await it.start("plan", "plan:1")
        await all_done(it)

    assert sorted(runs.of) == [(0,), (1,), (2,)]
    assert seen == {"plan:1"}


async def test_two_at_once(url: str) -> None:
    """Two jobs run at a time; the third waits for one of them."""
    runs = Runs()
    async with engine(url, {"note": runs.held_up}, grace_seconds=20) as it:
        for number in range(3):
            await it.start("note", f"job:{number}", number)

        async def two_run() -> bool:
            return len(runs.of) == 2

        await until(two_run)
        assert await it.unfinished("job:") == {"job:0", "job:1", "job:2"}
        runs.may_go_on.set()
        await all_done(it)

    assert sorted(runs.of) == [(0,), (1,), (2,)]


async def test_jobs_of_other_kinds(url: str) -> None:
    """Jobs that never end keep no other kind from running, also when the next replica begins them again.

    So sending delays no closing, and neither do teams whose members cannot be listed.
    """
    slow, quick = Runs(), Runs()
    jobs: dict[str, Job] = {"send": slow.held_up, "close": quick.at_once}
    for number in range(2):
        async with engine(url, jobs, f"replica-{number}") as it:
            for part in range(3):
                await it.start("send", f"part:{part}", part)

            async def two_run(begun: int = 2 * (number + 1)) -> bool:
                return len(slow.of) == begun

            await until(two_run)
            await it.start("close", f"close:{number}", number)

            async def closed() -> bool:
                return not await it.unfinished("close:")

            await until(closed)
            assert await it.unfinished("part:") == {"part:0", "part:1", "part:2"}

    assert quick.of == [(0,), (1,)]


async def test_tried_again(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A job that raises is tried again until it succeeds, and is unfinished meanwhile."""
    unfinished: list[set[str]] = []

    async def third_time_lucky() -> None:
        unfinished.append(await it.unfinished("sur"))
        if len(unfinished) < 3:
            raise ConnectionError("the database is away")

    async with engine(url, {"try": third_time_lucky}) as it:
        await it.start("try", "survey:1")
        await all_done(it)

    assert unfinished == [{"survey:1"}] * 3
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_given_up(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A job that never succeeds is logged as an error, with what it raised, and is over."""
    attempts: list[int] = []

    async def fail() -> None:
        attempts.append(1)
        raise RuntimeError("this part cannot be sent")

    async with engine(url, {"fail": fail}, retry_seconds=0.001) as it:
        await it.start("fail", "survey:1")
        await all_done(it)

    (error,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert error.name == "jobs.engine"
    assert error.getMessage() == "the job fail, survey:1, is given up"
    assert "this part cannot be sent" in str(error.exc_info)
    assert len(attempts) == ATTEMPTS


def test_attempts_outlast_an_outage() -> None:
    """The pauses between the attempts add up to more than three minutes."""
    assert sum(RETRY_SECONDS * 2**pause for pause in range(ATTEMPTS - 1)) > 180


async def test_prefix(url: str) -> None:
    """Only ids that begin with the prefix are named, whatever characters are in it."""
    runs = Runs()
    async with engine(url, {"note": runs.held_up}) as it:
        for one in ("a_1", "ab1", "a%1", "b"):
            await it.start("note", one)

        assert await it.unfinished("a_") == {"a_1"}
        assert await it.unfinished("a%") == {"a%1"}
        assert await it.unfinished("") == {"a_1", "ab1", "a%1", "b"}


async def test_restart(url: str) -> None:
    """After a restart on the same database what is finished stays finished, and what waited is run."""
    runs = Runs()
    async with engine(url, {"note": runs.at_once}) as it:
        await it.start("note", "done", 1)
        await all_done(it)
    async with engine(url, {"note": runs.at_once}, "replica-2") as it:
        await it.start("note", "done", 2)
        await it.start("note", "new", 3)
        await all_done(it)

    assert runs.of == [(1,), (3,)]


async def test_closed_while_a_job_runs(url: str) -> None:
    """A job that runs when the engine closes is stopped and begun again by the next; nobody takes it over."""
    runs = Runs()
    async with engine(url, {"note": runs.held_up}) as it:
        await it.start("note", "long", 1)
        await runs.has_begun()

    runs.may_go_on.set()
    async with engine(url, {"note": runs.held_up}, "replica-2") as it:
        await all_done(it)

    assert runs.of == [(1,), (1,)]
    assert runs.ended == [(1,)]


async def test_closed_while_a_job_ends(url: str) -> None:
    """A job that ends while the engine closes has ended; it is not begun again."""
    runs = Runs()
    async with engine(url, {"note": runs.held_up}, grace_seconds=20) as it:
        await it.start("note", "short", 1)
        await runs.has_begun()
        asyncio.get_running_loop().call_later(0.1, runs.may_go_on.set)

    async with engine(url, {"note": runs.held_up}, "replica-2") as it:
        assert await it.unfinished("") == set()

    assert runs.of == [(1,)]


async def test_closed_right_after_start(url: str) -> None:
    """What is taken from the queue at the moment the engine closes is not lost."""
    runs = Runs()
    for number in range(6):
        async with engine(url, {"note": runs.at_once}, f"replica-{number}") as it:
            await it.start("note", f"job:{number}", number)
            await asyncio.sleep(0.04 * number)
    async with engine(url, {"note": runs.at_once}, "last") as it:
        await all_done(it)

    assert {number for (number,) in runs.of} == set(range(6))


async def test_forget(url: str) -> None:
    """What finished by then is forgotten and can be started again; later and unfinished work is kept."""
    runs = Runs()
    held = Runs()
    async with engine(url, {"note": runs.at_once, "hold": held.held_up}) as it:
        await it.start("hold", "held")
        await held.has_begun()
        await it.start("note", "old", 1)

        async def old_is_done() -> bool:
            return not await it.unfinished("old")

        await until(old_is_done)
        between = dt.datetime.now(dt.UTC)
        await asyncio.sleep(1.01)  # SQLite's clock counts whole seconds
        await it.start("note", "new", 2)
        held.may_go_on.set()
        await all_done(it)

        await it.forget(between)
        for one in ("old", "new", "held"):
            await it.start("note", one, 3)
        await all_done(it)

    assert runs.of == [(1,), (2,), (3,)]


async def test_forget_leaves_unfinished_work(url: str) -> None:
    """What still waits or runs is never forgotten."""
    runs = Runs()
    async with engine(url, {"note": runs.held_up}) as it:
        for number in range(3):
            await it.start("note", f"job:{number}")
        await runs.has_begun()

        await it.forget(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))

        assert await it.unfinished("") == {"job:0", "job:1", "job:2"}


async def test_other_writers(database_url: str) -> None:
    """Nothing is locked out while the bot writes answers and the engine notes what its jobs do."""
    runs = Runs()
    async with open_database(database_url) as database, engine(database_url, {"note": runs.at_once}) as it:
        check = await database.checks.open(ADA, "2021-10", NOW)

        async def answer(number: int) -> Check:
            return await record(database.checks, ADA, check, f"question-{number}", Level.DEFINED, "tap", NOW)

        await asyncio.gather(
            *(answer(number) for number in range(200)),
            *(it.start("note", f"job:{number}", number) for number in range(12)),
        )
        number = 0
        while await it.unfinished(""):
            await answer(number := number + 1)

    assert sorted(runs.of) == [(number,) for number in range(12)]


async def test_outage(postgresql_url: str) -> None:
    """While the database is away starting raises, it does not wait; jobs end when it is back."""
    runs = Runs()
    async with (
        open_database(postgresql_url),
        engine(postgresql_url, {"hold": runs.held_up}, grace_seconds=20) as it,
    ):
        for number in range(3):
            await it.start("hold", f"job:{number}", number)
        await runs.has_begun()

        with away(postgresql_url):
            with pytest.raises(OperationalError):
                async with asyncio.timeout(20):
                    await it.start("hold", "job:3", 3)
            runs.may_go_on.set()
            await asyncio.sleep(0.5)
        await all_done(it)

    assert sorted(runs.of) == [(0,), (1,), (2,)]


@contextmanager
def away(url: str) -> Iterator[None]:
    """Close all connections to the database, and let nobody in meanwhile."""
    name = conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"alter database {name} allow_connections false")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,)
        )
        try:
            yield
        finally:
            connection.execute(f"alter database {name} allow_connections true")


async def test_leaves_nothing_behind(url: str) -> None:
    """A closed engine leaves no thread of its own, and the loop can still use threads."""
    runs = Runs()
    before = set(threading.enumerate())
    async with engine(url, {"note": runs.at_once}) as it:
        await it.start("note", "one")
        await all_done(it)

    async def only_those_of_the_loop() -> bool:
        left = set(threading.enumerate()) - before
        return all(thread.name.startswith("asyncio") for thread in left)

    await until(only_those_of_the_loop)
    assert await asyncio.to_thread(threading.current_thread) is not threading.current_thread()


async def test_silent(url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """From opening to closing the engine says nothing, neither in the log nor past it."""
    caplog.set_level(logging.INFO)
    runs = Runs()
    async with engine(url, {"note": runs.at_once}) as it:
        await it.start("note", "one")
        await all_done(it)
        await it.take_over("nobody")
        await it.forget(dt.datetime.now(dt.UTC))

    assert [record.getMessage() for record in caplog.records if record.name.startswith("dbos")] == []
    assert capfd.readouterr() == ("", "")


PROCESS = """
import asyncio, sys
from jobs.engine import Engine

async def hold(part):
    print(part, flush=True)
    await asyncio.sleep(3600)

async def note(part):
    print(part, flush=True)

async def main(url, replica, job, *parts):
    async with Engine(url, replica, {"hold": hold, "note": note}) as engine:
        for part in parts:
            await engine.start(job, part, part)
        while await engine.unfinished(""):
            await asyncio.sleep(0.02)

print("here", flush=True)
sys.stdin.readline()
asyncio.run(main(*sys.argv[1:]))
"""


class Process:
    """A replica of the bot as a process of its own; it starts jobs and stays until they are done."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROCESS, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._next_line() == "here"

    async def says(self) -> str:
        return await asyncio.to_thread(self._next_line)

    async def ends(self) -> list[str]:
        """What it says until it has ended, and that it ended well."""
        said, _ = await asyncio.to_thread(self._process.communicate)
        assert self._process.returncode == 0
        return str(said).split()

    def begins(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def is_killed(self) -> None:
        """As by the kernel: no goodbye, nothing flushed."""
        self._process.kill()
        self._process.communicate()

    def _next_line(self) -> str:
        assert self._process.stdout is not None
        return str(self._process.stdout.readline()).strip()


@pytest.fixture
def process() -> Iterator[Callable[..., Process]]:
    running: list[Process] = []

    def start(*arguments: str) -> Process:
        running.append(Process(*arguments))
        return running[-1]

    yield start
    for one in running:
        one.is_killed()


async def test_killed(url: str, process: Callable[..., Process]) -> None:
    """What a killed process was at stays unfinished until somebody takes it over, and is then run once."""
    bot = process(url, "dead", "hold", "part:1", "part:2")
    bot.begins()
    assert {await bot.says(), await bot.says()} == {"part:1", "part:2"}
    bot.is_killed()

    runs = Runs()
    async with engine(url, {"hold": runs.at_once}, "alive") as it:
        await it.start("hold", "part:3", "part:3")

        async def only_theirs_is_left() -> bool:
            return await it.unfinished("part:") == {"part:1", "part:2"}

        await until(only_theirs_is_left)
        assert runs.of == [("part:3",)]

        await asyncio.gather(*(it.take_over("dead") for _ in range(3)))
        await all_done(it)

    assert sorted(runs.of) == [("part:1",), ("part:2",), ("part:3",)]


async def test_take_over_leaves_the_living_alone(url: str, process: Callable[..., Process]) -> None:
    """Taking over from one replica begins nothing again that another one is at."""
    bot = process(url, "alive", "hold", "part:1", "part:2")
    bot.begins()
    assert {await bot.says(), await bot.says()} == {"part:1", "part:2"}

    runs = Runs()
    async with engine(url, {"hold": runs.at_once}) as it:
        await it.take_over("dead")
        await it.start("hold", "part:3", "part:3")

        async def third_is_done() -> bool:
            return await it.unfinished("part:") == {"part:1", "part:2"}

        await until(third_is_done)

    assert runs.of == [("part:3",)]


async def test_replicas_at_once(database_url: str, process: Callable[..., Process]) -> None:
    """Replicas that open a new database at once and start the same work run it once."""
    async with open_database(database_url):
        pass
    parts = [f"part:{number}" for number in range(8)]
    replicas = [process(database_url, f"replica-{number}", "note", *parts) for number in range(3)]
    for one in replicas:
        one.begins()

    said = await asyncio.gather(*(one.ends() for one in replicas))

    assert sorted(part for one in said for part in one) == parts
