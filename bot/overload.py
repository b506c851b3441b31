"""How much the bot takes on at once; beyond that it says no within seconds, and goes on with what it took."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from contextvars import ContextVar

log = logging.getLogger(__name__)

AT_WORK = 32
"""Turns at once. So many keep processor and database busy, and even a bot that does ten turns a second, a
fiftieth of what the slowest measured one did, does within Teams' five seconds what stands before it."""

PATIENCE = 1.0
"""Seconds a turn waits for a place."""

WAITING = 400
"""Turns that wait: what a quick bot does within half of PATIENCE."""

ASKING_TEAMS = 256
"""Turns in the house that wait for Teams at some time: 850 a second where that takes 0.3 s. If Teams hangs,
for 15 s each, no more of these are let in, and presses that are answered without it go on."""

COME_BACK_AFTER = 5
"""Seconds after which somebody who was turned away may try again."""

TOLD_EVERY = 1.0
"""Seconds between two lines of the log about what was turned away."""


class Crowded(Exception):
    """There is no place now, nor will there be one soon."""


_stands_up: ContextVar[Callable[[], None]] = ContextVar("stands_up", default=lambda: None)


def waits_for_teams() -> None:
    """The turn that says this is away until its end, and somebody else may have its place."""
    _stands_up.get()()


class Room:
    """Places to work at, given in the order of arrival."""

    def __init__(
        self,
        places: int = AT_WORK,
        waiting: int = WAITING,
        asking_teams: int = ASKING_TEAMS,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._places = asyncio.Semaphore(places)
        self._left = places + waiting
        self._left_to_ask_teams = asking_teams
        self._patience = patience

    def is_full(self, *, asks_teams: bool = False) -> bool:
        """Whether such a turn may not even wait."""
        return self._left == 0 or (asks_teams and self._left_to_ask_teams == 0)

    def turns_away_if_full(self, *, asks_teams: bool = False) -> None:
        """Raise Crowded where such a turn may not even wait."""
        if self.is_full(asks_teams=asks_teams):
            raise Crowded

    @asynccontextmanager
    async def place(self, *, asks_teams: bool) -> AsyncIterator[None]:
        """A place until the block ends, or waits for Teams.

        Raises Crowded: at once where the room is full, else when patience ends.
        """
        self.turns_away_if_full(asks_teams=asks_teams)
        self._left -= 1
        self._left_to_ask_teams -= asks_teams
        try:
            with ExitStack() as place:
                place.callback(self._leaves)
                await self._sits_down()
                place.callback(self._places.release)
                _stands_up.set(place.close)
                yield
        finally:
            self._left_to_ask_teams += asks_teams

    def _leaves(self) -> None:
        self._left += 1

    async def _sits_down(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise Crowded from None


class Tally:
    """Counts what is turned away, and says so in one line a second, however many they are."""

    def __init__(self, words: str, *, every: float = TOLD_EVERY) -> None:
        self._words = words
        self._every = every
        self._count = 0
        self._is_telling = False

    def add(self) -> None:
        """One more: told at once, or together with the others of this second."""
        self._count += 1
        if not self._is_telling:
            self._tell()

    def _tell(self) -> None:
        self._is_telling = self._count > 0
        if self._is_telling:
            log.warning("%s: %d", self._words, self._count)
            self._count = 0
            asyncio.get_running_loop().call_later(self._every, self._tell)
