"""When a tenant's next requests may go out, over all replicas of the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storage.backend import Connect
from storage.columns import guid

SECOND = 1000.0
"""In the milliseconds that columns hold."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Slots that were taken, in seconds by the database's clock."""

    at: float
    """When they were."""
    first: float
    """The first one's instant; not before `at`."""


class Pacing:
    """Hands out slots: instants at which one request may go out. Nobody gets a slot that another one got.

    A tenant's row says how far `ahead` of the moment `as_of` slots are given away. Both are by the database's
    clock, so the clocks of replicas need not agree. It may jump: what it goes back counts as no time at all.
    Every statement commits by itself before its method returns.
    """

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def take(self, tenant_id: str, slots: int, spacing_ms: float) -> Taken:
        """Take slots that follow each other, `spacing_ms` apart, and keep as much clear behind the last.

        Time in which nobody took slots is never made up for.
        """
        cost = slots * spacing_ms
        async with self._connect() as connection:
            as_of, ahead = await self._sql.take(connection, tenant_id=guid(tenant_id), cost=cost)
        return Taken(at=as_of / SECOND, first=(as_of + max(0.0, ahead - cost)) / SECOND)

    async def pause(self, tenant_id: str, seconds: float) -> None:
        """No slot that is taken from now on is earlier than `seconds` from now."""
        async with self._connect() as connection:
            await self._sql.pause(connection, tenant_id=guid(tenant_id), pause=seconds * SECOND)
