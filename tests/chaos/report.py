"""What came of a run, for a person and for a page."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.stores import Kind
from tests.chaos.storm import AWAY, FULL, JUMP


@dataclass(frozen=True)
class Plan:
    """What is tried; the same seed gives the same faults in the same order."""

    database: Kind
    kills: int = 200
    people: int = 5000
    answering: int = 50
    share: float = 0.08
    """Of the requests to Teams' connector that go wrong."""
    answers_within: float = 10
    """Seconds from the last fault until somebody is answered again."""
    minutes: float = 45
    """The storm lasts no longer, though it has not killed as often."""
    seed: int = 1
    module: str | None = None
    """What is run in place of the bot."""


@dataclass
class Report:
    """`findings` are what may not be; all else is there to be read."""

    plan: Plan
    seconds: float = 0
    sending_seconds: float = 0
    kills: int = 0
    starts: int = 0
    ended: Counter[int] = field(default_factory=Counter)
    blows: Counter[str] = field(default_factory=Counter)
    disk_cannot_be_full: bool = False
    """Since nobody here may mount one of its own."""
    weather: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    """How often the log says that the database was away or full, by what it said."""
    tries: Counter[str] = field(default_factory=Counter)
    confirmed: int = 0
    finished: int = 0
    lost: int = 0
    lost_in_files: int = 0
    doubled: int = 0
    invitations: Counter[int] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    answered_after: float = 0
    """Seconds from the last fault, which ended all processes, until one has answered."""
    all_answered_after: float = 0
    largest_second: int = 0
    over_limits: int = 0
    findings: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        """What docs/reliability.md has of it."""
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items()))
        ways = f"{sum(map(bool, self.weather.values()))} of {len(self.weather)}"
        answers = f"{self.answered_after:.1f}, {self.all_answered_after:.1f}"
        unanswered = self.tries.total() - self.tries["answered"]
        return [
            ("processes killed", f"{self.kills} of {self.plan.kills}, and {self.starts} starts"),
            (
                "database away, disk full, clock set",
                ", ".join(f"{self.blows[one]}" for one in (AWAY, FULL, JUMP)),
            ),
            ("requests to Teams that went wrong", f"{self.weather.total():,} in {ways} ways"),
            ("presses", f"{self.tries.total():,}, of which {unanswered:,} were not answered and repeated"),
            ("answers confirmed", f"{self.confirmed:,} in {self.finished:,} finished checks"),
            ("confirmed answers lost: in the database, in `my data`", f"{self.lost}, {self.lost_in_files}"),
            ("checks doubled", f"{self.doubled}"),
            ("people with two invitations", f"{sum(n for got, n in self.invitations.items() if got > 1)}"),
            ("invitations kept as", states),
            ("seconds from the last fault to an answer, and to one of every process", answers),
            (
                "requests over a limit of Teams",
                f"{self.over_limits}; {self.largest_second} in the largest second",
            ),
            ("sending took, and all of it", f"{self.sending_seconds:.0f} s, {self.seconds:.0f} s"),
            ("findings", f"{len(self.findings)}"),
        ]

    def told(self) -> str:
        """A table in Markdown, the kinds of faults, and what was found."""
        head = f"| {self.plan} | |\n|---|---|\n"
        table = "".join(f"| {what} | {came_of_it} |\n" for what, came_of_it in self.rows())
        counts: dict[str, Counter[Any]] = {
            "presses": self.tries,
            "the connector": self.weather,
            "the database": self.said,
            "processes that ended by themselves, by status": self.ended,
        }
        lists = "".join(
            f"\n{title}:\n" + "".join(f"- {count:,} {one}\n" for one, count in counter.most_common())
            for title, counter in counts.items()
        )
        return head + table + lists + "".join(f"\nFOUND: {one}\n" for one in self.findings)
