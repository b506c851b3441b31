"""Waiting: for the database to come back, and for Teams to take what it did not take now."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

from storage.database import RAISED

log = logging.getLogger(__name__)

Value = TypeVar("Value")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
"""Seconds between two tries."""

SOON = 5.0
"""Seconds. Who has not had its turn by then is kept waiting by a pause that Teams asked for."""


def pauses() -> Iterator[float]:
    """Seconds to wait before the next try, doubling, with jitter so that not all come back at once."""
    pause = FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        pause = min(2 * pause, LONGEST_PAUSE)


async def persist(call: Callable[[], Awaitable[Value]]) -> Value:
    """Repeat a call that is harmless to repeat for as long as the database is away."""
    for pause in pauses():
        try:
            return await call()
        except RAISED.unavailable as error:
            log.warning("the database cannot be used, trying again: %s", error)
            await asyncio.sleep(min(pause, 5))
    raise AssertionError("pauses never end")


async def in_time(turn: Awaitable[None]) -> bool:
    """Wait for a turn that comes soon; false where it does not, so that nobody else waits behind it."""
    try:
        async with asyncio.timeout(SOON):
            await turn
    except TimeoutError:
        return False
    return True


async def to_its_end(work: Coroutine[Any, Any, Value]) -> Value:
    """Do all of it, though whoever waits be cancelled: what Teams was asked for is then known, and kept."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
