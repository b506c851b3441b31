"""The two programs of `make run`, on ports and a database of their own."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.acceptance.clock import SharedClock

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(rb"The Playground\s+(http://\S+)")
READY_WITHIN_SECONDS = 120
STOPPED_WITHIN_SECONDS = 60


class NotReady(Exception):
    """The script ended before it had both running; its log says why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the two listen."""

    bot: int
    playground: int

    @classmethod
    def free(cls) -> Self:
        """Two that nothing listens at."""
        return cls(_free_port(), _free_port())


@asynccontextmanager
async def serving(folder: Path, ports: Ports, clock: SharedClock | None = None) -> AsyncIterator[str]:
    """The Playground's address, for as long as both run; then they have to stop, and in peace.

    The database is in the folder, and there for the next time. Without a clock it is as late as it is.
    """
    program = ("-m", "tests.browser.playground_with_clock") if clock else ("scripts/playground.py",)
    log = folder / "bot.log"
    with log.open("wb") as errors:
        programs = await asyncio.create_subprocess_exec(
            sys.executable,
            *program,
            cwd=ROOT,
            env=_environment(folder, ports) | (clock.environment if clock else {}),
            stdout=PIPE,
            stderr=errors,
        )
    try:
        yield await asyncio.wait_for(_address(programs), READY_WITHIN_SECONDS)
    finally:
        status = await _stopped(programs)
        _insist_on_peace(log, status)


def _insist_on_peace(log: Path, status: int) -> None:
    told = log.read_text("utf-8")
    assert status == 0, told
    assert " ERROR " not in told, told


def _environment(folder: Path, ports: Ports) -> dict[str, str]:
    ours = {
        "HOST": "127.0.0.1",
        "PORT": str(ports.bot),
        "PLAYGROUND_PORT": str(ports.playground),
        "DATABASE_URL": f"sqlite:///{folder}/coach.db",
        "LOG_FORMAT": "text",
    }
    return os.environ | ours


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def _address(programs: Process) -> str:
    assert programs.stdout
    async for line in programs.stdout:
        if ready := READY.search(line):
            return ready[1].decode()
    raise NotReady


async def _stopped(programs: Process) -> int:
    """Ctrl-C, as a person would; the script ends the two it has started."""
    if programs.returncode is None:
        programs.send_signal(signal.SIGINT)
    await asyncio.wait_for(programs.communicate(), STOPPED_WITHIN_SECONDS)
    assert programs.returncode is not None
    return programs.returncode
