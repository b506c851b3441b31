"""What runs a deployment: it starts each process again that has ended."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import ClientSession, ClientTimeout

from tests.acceptance.killable import KillableBot

AFTER_AN_END = 1.0
"""Seconds until a process that ended by itself is started again."""

AFTER_A_KILL = 4.0
"""At most so many; half of the time it is started at once."""


class Keeper:
    """Keeps processes running, and can kill them."""

    def __init__(self, bots: Sequence[KillableBot], chance: random.Random) -> None:
        self.bots = bots
        self.kills = 0
        self.starts = 0
        self.ended: Counter[int] = Counter()
        self._chance = chance
        self._killed: set[KillableBot] = set()
        self._is_calm = False

    async def keeps(self, bot: KillableBot) -> None:
        """Until it is cancelled."""
        while True:
            status = await bot.ends()
            if bot in self._killed:
                self._killed.discard(bot)
                await asyncio.sleep(self._pause())
            else:
                self.ended[status] += 1
                await asyncio.sleep(AFTER_AN_END)
            await bot.launches()
            self.starts += 1

    async def somebody_is_ready(self) -> None:
        """Returns once a process is that can be used."""
        async with ClientSession(timeout=ClientTimeout(total=5)) as session:
            while True:
                for bot in self.bots:
                    with suppress(AssertionError, TimeoutError):
                        if await bot.is_ready(session):
                            return
                await asyncio.sleep(0.1)

    async def kills_one(self) -> None:
        """One that runs, as soon as there is one."""
        while not (running := [bot for bot in self.bots if bot.is_running]):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
        await self._kills(self._chance.choice(running))

    async def kills_all(self) -> None:
        """All at once, as soon as all run; from now on they are started without delay."""
        self._is_calm = True
        while not all(bot.is_running for bot in self.bots):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
        await self.somebody_is_ready()
        await asyncio.gather(*(self._kills(bot) for bot in self.bots))

    async def _kills(self, bot: KillableBot) -> None:
        self._killed.add(bot)
        self.kills += 1
        await bot.is_killed()

    def _pause(self) -> float:
        if self._is_calm or self._chance.random() < 0.5:
            return 0
        return self._chance.uniform(0, AFTER_A_KILL)
