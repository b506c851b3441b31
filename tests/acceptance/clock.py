"""The time as a test sets it."""

import datetime as dt
from pathlib import Path

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class Clock:
    """Stands still until it is moved; call it for the time, with its zone UTC."""

    def __init__(self, now: dt.datetime = MONDAY) -> None:
        self._now = now

    def __call__(self) -> dt.datetime:
        return self._now

    def moves(self, **by: float) -> None:
        """Forward by so much, as `clock.moves(days=3)`, in the words of timedelta."""
        self.moves_to(self() + dt.timedelta(**by))

    def moves_to(self, time: dt.datetime) -> None:
        if time < self():
            raise ValueError(f"it is {self()} already; a clock does not go back to {time}")
        self.jumps_to(time)

    def jumps_to(self, time: dt.datetime) -> None:
        """Forward or back, as the clock of a machine that is set."""
        self._now = time.astimezone(dt.UTC)


class SharedClock(Clock):
    """A clock in a file, which processes of their own read: `tests.acceptance.bot_with_clock`."""

    def __init__(self, file: Path, now: dt.datetime = MONDAY) -> None:
        super().__init__(now)
        self._file = file
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """What such a process has to be told."""
        return {"CLOCK_FILE": str(self._file)}

    def jumps_to(self, time: dt.datetime) -> None:
        super().jumps_to(time)
        self._write()

    def _write(self) -> None:
        """At once, so that nobody reads half a time."""
        new = self._file.with_suffix(".new")
        new.write_text(self().isoformat(), encoding="utf-8")
        new.replace(self._file)


def time_in(file: Path) -> dt.datetime:
    """What a shared clock shows."""
    return dt.datetime.fromisoformat(file.read_text(encoding="utf-8"))
