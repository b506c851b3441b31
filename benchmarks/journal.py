"""What came of turns, and how long they took: by stage of a load, and by second."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

SHARES = (0.5, 0.95, 0.99)

Stage = Sequence[float]
"""Seconds, and turns that begin in each of them."""


@dataclass(frozen=True)
class Summary:
    """Turns that were due in some span of time."""

    begins: float
    """Seconds after the load has begun."""
    statuses: dict[str, int]
    waits: list[float]
    """Seconds from when they were due, of those answered with 2xx: percentiles 50, 95, 99 and 100. Of none
    they are 0."""
    longest_refusal: float
    """The same of all others."""
    lasting: dict[str, int]
    """How many of those answered with 2xx took how many milliseconds."""


class Journal:
    """Notes each turn in three numbers, since there may be millions."""

    def __init__(self) -> None:
        self._due = array("d")
        self._waited = array("d")
        self._status = array("H")

    def note(self, due: float, waited: float, status: int) -> None:
        """One turn, by seconds since the load has begun, and seconds until its answer."""
        self._due.append(due)
        self._waited.append(waited)
        self._status.append(status)

    @property
    def waits(self) -> list[float]:
        """Percentiles 50, 95, 99 and 100 of all that were answered with 2xx."""
        return self._summary(0, range(len(self._due))).waits

    def by_second(self) -> list[Summary]:
        """Of every second in which a turn was due."""
        ordered = sorted(range(len(self._due)), key=self._due.__getitem__)
        return [self._summary(one, turns) for one, turns in groupby(ordered, lambda n: int(self._due[n]))]

    def by_stage(self, stages: Iterable[Stage]) -> list[Summary]:
        """Of every stage."""
        summaries, begins = [], 0.0
        for seconds, _ in stages:
            ends = begins + seconds
            turns = (n for n, due in enumerate(self._due) if begins <= due < ends)
            summaries.append(self._summary(begins, turns))
            begins = ends
        return summaries

    def _summary(self, begins: float, turns: Iterable[int]) -> Summary:
        turns = list(turns)
        good = sorted(self._waited[n] for n in turns if _is_good(self._status[n]))
        others = (self._waited[n] for n in turns if not _is_good(self._status[n]))
        statuses = Counter(str(self._status[n]) for n in turns)
        lasting = Counter(str(round(one * 1000)) for one in good)
        return Summary(begins, dict(statuses), _percentiles(good), max(others, default=0.0), dict(lasting))


def together(parts: Sequence[Summary]) -> Summary:
    """All turns of several spans, their percentiles to the millisecond."""
    statuses, lasting = (
        sum((Counter(counted) for counted in each), Counter())
        for each in ((one.statuses for one in parts), (one.lasting for one in parts))
    )
    waits = sorted(int(one) / 1000 for one in lasting.elements())
    refusals = max(one.longest_refusal for one in parts)
    return Summary(parts[0].begins, dict(statuses), _percentiles(waits), refusals, dict(lasting))


def _percentiles(waits: Sequence[float]) -> list[float]:
    """50, 95, 99 and 100, of waits in order."""
    waits = waits or [0.0]
    return [*(waits[int(len(waits) * share)] for share in SHARES), waits[-1]]


def _is_good(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - HTTP
