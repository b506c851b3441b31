"""How fast requests go out: never more than Teams takes, whatever this process was busy with."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Protocol

from storage.pacing import Taken

RATE = 47.5
"""Requests per second and tenant, over all replicas. Teams takes 50 in any second; the rest is for delays
that differ from request to request, and so bring some closer together on their way."""

MOST = 5
"""Slots taken at once, when that many callers wait: a tenth of a second's worth."""

LATE = 0.030
"""Seconds for which a slot is still good. Used later, it would run into those that follow."""


class Slots(Protocol):
    """Where slots come from; `storage.pacing.Pacing` says what is promised."""

    async def take(self, tenant_id: str, slots: int, spacing_ms: float) -> Taken:
        """Slots that nobody else gets."""

    async def pause(self, tenant_id: str, seconds: float) -> None:
        """No slots for so long."""


class _Offset:
    """How far the loop's clock is ahead of the database's, in seconds, from all that was read of both.

    A single reading knows it no better than the answer took, and that is long just when this process is busy.
    But each one bounds it from both sides. A reading that contradicts the earlier ones is of a clock that has
    drifted or was set: it starts anew.
    """

    def __init__(self) -> None:
        self._low, self._high = -math.inf, math.inf

    def read(self, asked: float, database: float, answered: float) -> float:
        """The offset, rather too large than too small, after one more reading."""
        low, high = asked - database, answered - database
        self._low, self._high = max(low, self._low), min(high, self._high)
        if self._low > self._high:
            self._low, self._high = low, high
        return self._high


@dataclass(slots=True, eq=False)
class _Lane:
    """One tenant's callers in this process, and the slots taken for them, by the loop's clock."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    slots: deque[float] = field(default_factory=deque)
    owed: int = 0
    """Requests that waited for nobody while there was no slot to use up."""
    refill: asyncio.Task[None] | None = None
    closed_until: float = -math.inf


class Pacer:
    """Tells callers when to send; those of one tenant are served in the order they came."""

    def __init__(self, pacing: Slots, *, rate: float = RATE) -> None:
        self._pacing = pacing
        self._spacing = 1 / rate
        self._offset = _Offset()
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)

    async def turn(self, tenant_id: str) -> None:
        """Return at the instant when one request may go out; the caller sends it at once.

        A caller that is cancelled takes at most its own slot with it.
        """
        lane = self._lanes[tenant_id]
        lane.waiting += 1
        try:
            async with lane.turn:
                while not await _comes(lane, await self._next(tenant_id, lane)):
                    pass
        finally:
            lane.waiting -= 1

    def spend(self, tenant_id: str) -> None:
        """Count a request that waits for nobody: while others wait in this process, it uses up the next slot.

        Where that one is not taken yet, it is owed; of very many requests only a few slots are.
        """
        lane = self._lanes.get(tenant_id)
        if lane and lane.slots:
            lane.slots.popleft()
        elif lane and lane.waiting:
            lane.owed = min(lane.owed + 1, MOST)

    async def pause(self, tenant_id: str, seconds: float) -> None:
        """Let no request go out for so long. Other replicas may use up the few slots they have taken."""
        lane = self._lanes[tenant_id]
        lane.closed_until = max(lane.closed_until, _now() + seconds)
        await self._pacing.pause(tenant_id, seconds)

    async def _next(self, tenant_id: str, lane: _Lane) -> float:
        while not lane.slots:
            if lane.refill is None:
                lane.refill = self._refill(tenant_id, lane, lane.waiting)
            # Whoever is cancelled meanwhile leaves the slots to the next one.
            await asyncio.shield(lane.refill)
        slot = lane.slots.popleft()
        behind = lane.waiting - 1
        if behind and not lane.slots and lane.refill is None:
            # While this slot is waited for: a slow database costs no slots.
            lane.refill = self._refill(tenant_id, lane, behind)
        return slot

    def _refill(self, tenant_id: str, lane: _Lane, wanted: int) -> asyncio.Task[None]:
        refill = asyncio.create_task(self._take(tenant_id, lane, min(wanted, MOST)))
        # When nobody awaits it any more, its error is nobody's either: the next caller tries anew.
        refill.add_done_callback(lambda done: done.cancelled() or done.exception())
        return refill

    async def _take(self, tenant_id: str, lane: _Lane, count: int) -> None:
        try:
            asked = _now()
            taken = await self._pacing.take(tenant_id, count, self._spacing * 1000)
            first = taken.first + self._offset.read(asked, taken.at, _now())
            paid = min(lane.owed, count)
            lane.owed -= paid
            lane.slots.extend(first + number * self._spacing for number in range(paid, count))
        finally:
            lane.refill = None


async def _comes(lane: _Lane, slot: float) -> bool:
    """Wait for the instant of a slot; False when it is not to be used, for a pause or for being late."""
    await asyncio.sleep(slot - _now())
    return lane.closed_until <= slot and _now() <= slot + LATE


def _now() -> float:
    return asyncio.get_running_loop().time()
