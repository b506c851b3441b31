"""The time as a test sets it."""

import datetime as dt

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class Clock:
    """Stands still until it is moved; call it for the time, with its zone UTC."""

    def __init__(self, now: dt.datetime = MONDAY) -> None:
        self._now = now

    def __call__(self) -> dt.datetime:
        return self._now

    def moves(self, **by: float) -> None:
        """Forward by so much, as `clock.moves(days=3)`, in the words of timedelta."""
        self.moves_to(self._now + dt.timedelta(**by))

    def moves_to(self, time: dt.datetime) -> None:
        if time < self._now:
            raise ValueError(f"it is {self._now} already; a clock does not go back to {time}")
        self._now = time.astimezone(dt.UTC)
