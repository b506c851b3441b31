"""The bot as a process of its own, killed without warning."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest
from aiohttp import ClientError, ClientSession

from tests.acceptance.colleagues import ANSWERS, begins
from tests.acceptance.running import on_both_databases
from tests.acceptance.teams import Colleague

ROOT = Path(__file__).parents[2]


class KillableBot:
    """`python app.py`, as a deployment runs it."""

    def __init__(self, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "PORT": str(self._port),
            "LOG_LEVEL": "ERROR",
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def starts(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, ROOT / "app.py", cwd=ROOT, env=self._environment
        )
        async with asyncio.timeout(30), ClientSession() as session:
            while not await self._is_ready(session):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)
        return self

    async def is_killed(self) -> None:
        """As by the kernel: no goodbye, nothing flushed."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def _is_ready(self, session: ClientSession) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, "the bot did not start"
        try:
            async with session.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except ClientError:
            return False


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[KillableBot]:
    running = await KillableBot(database_url).starts()
    yield running
    await running.is_killed()


@on_both_databases
async def test_killed_after_any_answer_the_check_goes_on_where_it_was(
    ada: Colleague, bot: KillableBot
) -> None:
    """After each answer the process dies at once; started again, the next question is open, none is lost."""
    await begins(ada)
    for number, answer in enumerate(ANSWERS, start=1):
        assert ada.last_card().heading.startswith(f"Question {number} of 7")
        await ada.picks(answer)
        await bot.is_killed()
        await bot.starts()
        await ada.says("result" if number == len(ANSWERS) else "start")

    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    assert "4 of 7 disciplines have reached 300" in ada.sees_one_card().text
