"""What befalls the bot, and when: the same kinds in the same order for the same seed."""

import asyncio
import datetime as dt
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.acceptance.clock import SharedClock
from tests.chaos.keeper import Keeper
from tests.chaos.stores import Store

AWAY, FULL, JUMP = "database away", "disk full", "clock jumps"

LASTS = (2.0, 10.0)
"""Seconds for which the database is away or the disk full."""

AT_ONCE = 1.5
"""Seconds; a kill that comes sooner than that finds a process that starts, any other one that is ready."""

GAPS = {(0.0, AT_ONCE): 0.45, (AT_ONCE, 5.0): 0.50, (20.0, 25.0): 0.05}
"""Seconds between two kills, and how often it is so many; some leave the time that it takes to miss a process
and take over what it had begun."""

FARTHEST = dt.timedelta(hours=36)
"""From where the clock was; reminders of a survey come later."""


@dataclass(frozen=True)
class Blow:
    """From when to when something was wrong, in seconds since 1970."""

    kind: str
    began: float
    ended: float


@dataclass
class Storm:
    store: Store
    keeper: Keeper
    clock: SharedClock
    chance: random.Random
    blows: list[Blow] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(blow.kind == kind for blow in self.blows)

    async def rages(self, kills: int, within: float) -> None:
        """Until so many were killed, or so many seconds are over; something else comes every seventh time."""
        others = [AWAY, FULL, JUMP, JUMP] * max(1, kills // 28)
        if not self.store.disk.can_be_full:
            others = [kind for kind in others if kind != FULL]
        self.chance.shuffle(others)
        gaps = [self._gap() for _ in range(kills)]
        with suppress(TimeoutError):
            async with asyncio.timeout(within), asyncio.TaskGroup() as raging:
                raging.create_task(self._kills(gaps))
                raging.create_task(self._others(others, sum(gaps)))

    async def ticks(self) -> None:
        """The clock goes on, from wherever it was set to."""
        while True:
            await asyncio.sleep(1)
            self.clock.moves(seconds=1)

    async def _kills(self, gaps: list[float]) -> None:
        for gap in gaps:
            if gap > AT_ONCE:
                await self.keeper.somebody_is_ready()
            await asyncio.sleep(gap)
            await self.keeper.kills_one()

    async def _others(self, kinds: list[str], lasts: float) -> None:
        began_at = self.clock()
        for kind in kinds:
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * lasts / len(kinds) / 2)
            with self._noted(kind):
                await self._strikes(kind, began_at)

    async def _strikes(self, kind: str, began_at: dt.datetime) -> None:
        lasts = self.chance.uniform(*LASTS)
        if kind == JUMP:
            self.clock.jumps_to(began_at + FARTHEST * self.chance.uniform(-1, 1))
        elif kind == AWAY:
            async with self.store.gone(self.chance):
                await asyncio.sleep(lasts)
        else:
            async with self.store.full(self.chance):
                await asyncio.sleep(lasts)

    def _gap(self) -> float:
        [between] = self.chance.choices(list(GAPS), list(GAPS.values()))
        return self.chance.uniform(*between)

    @contextmanager
    def _noted(self, kind: str) -> Iterator[None]:
        began = time.time()
        try:
            yield
        finally:
            self.blows.append(Blow(kind, began, time.time()))
