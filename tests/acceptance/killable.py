"""The bot as processes of its own, which can be frozen, and killed without warning."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from aiohttp import ClientError, ClientSession

from tests.acceptance.clock import SharedClock

ROOT = Path(__file__).parents[2]

STARTS_WITHIN = 90.0
"""Seconds; on a machine with nothing else to do it is one."""

UNHURRIED = {
    "QUIET_HOURS": "none",
    "QUIET_WEEKENDS": "false",
    "MESSAGES_A_DAY": "1000",
    "MESSAGES_A_WEEK": "1000",
}
"""Settings with which the bot writes at any time: of a bot in real time nobody knows when a test runs."""

TIRELESS = {"TURNS_A_MINUTE": "1000000"}
"""Who acts in a test is quicker than any person's fingers."""


BY_A_CLOCK = "tests.acceptance.bot_with_clock"
"""The module that is `app.py` at the time of a shared clock."""


class KillableBot:
    """`python app.py`, as a deployment runs it; each start is on the same port and adds to the same log.

    With a clock it runs at that clock's time and with the usual rules of when people are written to. In
    `root` lies what it runs; `module` is run in place of it.
    """

    def __init__(
        self,
        database_url: str,
        log: Path,
        clock: SharedClock | None = None,
        *,
        root: Path = ROOT,
        module: str | None = None,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._log = log
        self._root = root
        self._environment = TIRELESS | {"DATABASE_URL": database_url, "PORT": str(self.port)}
        self._environment |= UNHURRIED if clock is None else clock.environment
        module = module or (BY_A_CLOCK if clock else None)
        self._program = ("-m", module) if module else ("app.py",)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url,)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def memory(self) -> int:
        """What the process keeps in memory, in MiB; 0 where the system does not tell."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status")
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) // 1024 if found else 0

    async def starts(self, **environment: str) -> Self:
        """Returns once it is ready; what `environment` says stays so for later starts."""
        await self.launches(**environment)
        async with asyncio.timeout(STARTS_WITHIN), ClientSession() as session:
            while not await self.is_ready(session):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)
        return self

    async def launches(self, **environment: str) -> None:
        """Returns at once, while it starts."""
        self._environment |= environment
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                cwd=self._root,
                env=os.environ | self._environment,
                stdout=log,
                stderr=log,
            )

    async def is_killed(self) -> None:
        """As by the kernel: no goodbye, nothing flushed."""
        if self.is_running:
            self._signals(signal.SIGKILL)
            await self.ends()

    async def stops(self) -> int:
        """As a deployment asks for it; its exit status, when it has ended by itself."""
        self.is_told_to_stop()
        return await self.ends()

    def is_told_to_stop(self) -> None:
        """As the first thing a deployment does; it may still have something to end."""
        self._signals(signal.SIGTERM)

    async def ends(self) -> int:
        """Returns its exit status, once it has one."""
        assert self._process is not None
        return await self._process.wait()

    def freezes(self) -> None:
        """Stands still, as a machine that swaps; connections stay open."""
        self._signals(signal.SIGSTOP)

    def thaws(self) -> None:
        self._signals(signal.SIGCONT)

    def _signals(self, how: signal.Signals) -> None:
        assert self._process is not None
        assert self.is_running, f"the bot has ended:\n{self.log}"
        self._process.send_signal(how)

    async def is_ready(self, session: ClientSession) -> bool:
        """Whether it can be used; fails where it has ended."""
        assert self.is_running, f"the bot did not start:\n{self.log}"
        try:
            async with session.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except ClientError:
            return False


class Replicas:
    """Several bots on one database; at the end they are killed, and pytest shows their logs of a failure."""

    def __init__(self, bots: Iterable[KillableBot]) -> None:
        self.bots = tuple(bots)

    def __getitem__(self, number: int) -> KillableBot:
        return self.bots[number]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for number, bot in enumerate(self.bots):
            await bot.is_killed()
            if bot.log:
                sys.stdout.write(f"--- log of replica {number} ---\n{bot.log}\n")

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(bot.url for bot in self.bots)

    async def start(self, **environment: str) -> Self:
        """One after the other, so that the first alone migrates the database."""
        for bot in self.bots:
            await bot.starts(**environment)
        return self
