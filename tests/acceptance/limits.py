"""How often a bot may call: the limits of Microsoft's page "Optimize your bot with rate limiting"."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Window = tuple[float, int]
"""In any so many seconds at most so many requests."""

PER_TENANT: tuple[Window, ...] = ((1, 50),)
WRITING: tuple[Window, ...] = ((1, 7), (2, 8), (30, 60), (3600, 1800))
OPENING = WRITING
READING_ROSTERS: tuple[Window, ...] = ((1, 14), (2, 16), (30, 120), (3600, 3600))


@dataclass(frozen=True)
class Bound:
    """What is counted, such as `writing in 19:…`, and how much of it Teams bears."""

    name: str
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Violation:
    """A request too many, and the seconds after which it would have been welcome."""

    bound: str
    window: Window
    wait: float

    def __str__(self) -> str:
        seconds, most = self.window
        return f"{self.bound}: more than {most} in {seconds:g} s"


@dataclass
class Limits:
    """Counts what was let in; `now` is in seconds."""

    now: Callable[[], float] = time.monotonic
    _let_in: dict[str, deque[float]] = field(default_factory=dict)

    def admit(self, bounds: Iterable[Bound]) -> Violation | None:
        """Count a request, or say what it violates."""
        now, bounds = self.now(), tuple(bounds)
        found = [violation for bound in bounds for violation in self._violations(bound, now)]
        if found:
            return max(found, key=lambda violation: violation.wait)
        for bound in bounds:
            most = max(most for _, most in bound.windows)
            self._let_in.setdefault(bound.name, deque(maxlen=most)).append(now)
        return None

    def forget(self, name: str) -> None:
        self._let_in.pop(name, None)

    def _violations(self, bound: Bound, now: float) -> Iterable[Violation]:
        times = self._let_in.get(bound.name, ())
        for seconds, most in bound.windows:
            if len(times) >= most and (wait := times[-most] + seconds - now) > 0:
                yield Violation(bound.name, (seconds, most), wait)


def most_in_a_second(times: Iterable[float]) -> int:
    """The largest number of these times within any one second."""
    largest, recent = 0, deque[float]()
    for at in sorted(times):
        recent.append(at)
        while recent[0] <= at - 1:
            recent.popleft()
        largest = max(largest, len(recent))
    return largest
