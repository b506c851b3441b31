"""What one person may take of the bot, so that no one client takes all of it."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.overload import AT_WORK

Who = tuple[str, str]
"""Tenant and person."""

MINUTE = 60.0
IN_A_ROW = MINUTE / 10
"""Seconds' worth of turns that may come in one go: 30 of 300 a minute. A whole check is nine presses, and
whoever taps as fast as they can, five times a second, never gets there."""

TOGETHER = 30
"""That part of a minute's turns may be under way at once: 10 of 300. A person's turns run one after the
other, so that is somebody who tapped ten times before the first was answered."""

MOST_TOGETHER = AT_WORK // 3
"""Whatever is allowed in a minute, one person has no more of the places at one time."""

ASK_AGAIN = 1.0
"""Seconds to wait where too many are under way."""


class TooMuch(Exception):
    """This person has had their share for now."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"for {wait:.1f} s")
        self.wait = wait


class Shares:
    """Counts each person's turns, and forgets whoever has their whole share again.

    For each one moment is kept: when all turns so far are paid off at the rate that is allowed.
    """

    def __init__(self, a_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._price = MINUTE / a_minute
        self._together = min(a_minute // TOGETHER, MOST_TOGETHER)
        self._seconds = seconds
        self._paid_off_at: OrderedDict[Who, float] = OrderedDict()
        self._under_way: Counter[Who] = Counter()

    def __len__(self) -> int:
        """People in mind."""
        return len(self._paid_off_at.keys() | self._under_way.keys())

    @contextmanager
    def of(self, who: Who) -> Iterator[None]:
        """One turn, until the block ends. Raises TooMuch, and then it does not count."""
        if self._under_way[who] >= self._together:
            raise TooMuch(ASK_AGAIN)
        self._charge(who, self._seconds())
        self._under_way[who] += 1
        try:
            yield
        finally:
            self._under_way[who] -= 1
            if not self._under_way[who]:
                del self._under_way[who]

    def _charge(self, who: Who, now: float) -> None:
        self._forget_the_quiet(now)
        owed = max(0.0, self._paid_off_at.get(who, now) - now)
        if owed >= IN_A_ROW:
            raise TooMuch(owed - IN_A_ROW + self._price)
        self._paid_off_at[who] = now + owed + self._price
        self._paid_off_at.move_to_end(who)

    def _forget_the_quiet(self, now: float) -> None:
        """From whoever was longest without a turn: later ones keep nobody for longer than IN_A_ROW."""
        while self._paid_off_at and next(iter(self._paid_off_at.values())) <= now:
            self._paid_off_at.popitem(last=False)
