"""How much the bot takes on at once; beyond that it says no within seconds, and goes on with what it took."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from botbuilder.schema import Activity, ActivityTypes

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds a turn waits for a place."""

AT_WORK = 32
WITH_TEAMS = 128
"""Turns at once that need only processor and database, and turns that also wait for Teams.

The slowest bot that answers within Teams' five seconds whoever it takes sets their sum: at 50 turns a second,
a tenth of what the slowest measured one did, 160 take 3.2 s, after PATIENCE. Fewer would not keep the
processor busy: those with Teams are away for some 0.3 s, so 128 of them are 400 a second.
"""

WAITING = 400
"""Turns that wait for a place, in each room: what a quick bot does within half of PATIENCE."""

COME_BACK_AFTER = 5
"""Seconds after which somebody who was turned away may try again."""

TOLD_EVERY = 1.0
"""Seconds between two lines of the log about what was turned away."""


class Crowded(Exception):
    """There is no place now, nor will there be one soon."""


class Room:
    """Places for turns, given in the order of arrival."""

    def __init__(self, places: int, waiting: int, *, patience: float = PATIENCE) -> None:
        self._places = asyncio.Semaphore(places)
        self._left = places + waiting
        self._patience = patience

    @property
    def is_full(self) -> bool:
        """Whether nobody more may even wait."""
        return self._left == 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place until the block ends. Raises Crowded: at once in a full room, else when patience ends."""
        if self.is_full:
            raise Crowded
        self._left -= 1
        try:
            await self._sits_down()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._left += 1

    async def _sits_down(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise Crowded from None


class Rooms:
    """A room for what the bot answers by itself, and one for what has to wait for Teams."""

    def __init__(self) -> None:
        self._own = Room(AT_WORK, WAITING)
        self._with_teams = Room(WITH_TEAMS, WAITING)

    def of(self, activity: Activity) -> Room:
        """Where a turn takes its place: a press in one's own chat is answered without asking Teams."""
        is_press = activity.type == ActivityTypes.invoke
        in_own_chat = activity.conversation.conversation_type == "personal"
        return self._own if is_press and in_own_chat else self._with_teams


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
