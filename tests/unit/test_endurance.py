"""What the long load run takes for a finding: `python -m benchmarks.endurance`."""

import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("benchmarks run on Linux only", allow_module_level=True)

from benchmarks.endurance import Round, Run, Wanted, Watch
from benchmarks.journal import Journal, Summary, together
from benchmarks.load import Outcome
from benchmarks.systems import Measured


def stage(begins: int = 0, took: float = 0.01, **statuses: int) -> Summary:
    """Turns of which each took so many seconds; s200=5 are five that were answered with 200."""
    journal = Journal()
    for status, many in statuses.items():
        for _ in range(many):
            journal.note(begins, took, int(status[1:]))
    [summary] = journal.by_second()
    return summary


HALF, TWICE, CALM = stage(s200=9), stage(s200=5, s503=4), stage(60, s200=9)


def outcome(*stages: Summary, seconds: tuple[Summary, ...] = ()) -> Measured:
    return Measured(Outcome(9, 60, [9], 1, 3, 9, [], list(stages), [*stages, *seconds]), 0)


def rounds(*bad: Summary) -> list[Round]:
    return [Round(700, outcome(one)) for one in (HALF, *bad)]


MEMORY = [(float(second), 190.0) for second in range(1920)]
GOOD = Run(
    Wanted("sqlite", 30, 60, None),
    rounds=rounds(),
    seconds=1800,
    afterwards=outcome(TWICE, CALM),
    watch=Watch(MEMORY, Counter({"/readyz 200": 1920})),
    errors=0,
    kept=3,
    finished=3,
)


def run(**other: Any) -> Run:
    """A good one, but for what is said."""
    return replace(GOOD, **other)


def test_a_good_run_finds_nothing() -> None:
    """Refusals under twice the load are what is wanted."""
    assert list(GOOD.findings()) == []
    assert "FOUND" not in "\n".join(GOOD.told())


@pytest.mark.parametrize(
    "bad, found",
    [
        (run(rounds=rounds(stage(s200=8, s503=1))), "at half of the capacity there was"),
        (run(rounds=rounds(stage(s503=9))), "at half of the capacity there was"),
        (run(rounds=rounds(stage(took=0.6, s200=1))), "99 of 100 took up to 0.60 s"),
        (run(afterwards=outcome(stage(s200=5, s500=1), CALM)), "there was {'200': 5, '500': 1}"),
        (run(afterwards=outcome(stage(took=5.5, s200=5), CALM)), "an answer took 5.50 s"),
        (run(afterwards=outcome(TWICE, CALM, seconds=(stage(75, took=0.6, s200=1),))), "only 16 s after"),
        (run(errors=2), "2 errors in the log"),
        (run(kept=2), "3 checks were finished, and 2 are kept"),
        (run(kept=4), "3 checks were finished, and 4 are kept"),
        (run(watch=Watch(MEMORY, Counter({"/readyz 503": 1}))), "it answered {'/readyz 503': 1}"),
        (run(watch=Watch([(0, 190), (600, 190), (1800, 210)])), "memory grew"),
    ],
)
def test_what_may_not_be_is_found(bad: Run, found: str) -> None:
    """Each by itself, in words."""
    assert [one for one in bad.findings() if found in one]


def test_percentiles_of_several_rounds_are_those_of_all_turns() -> None:
    """Not of the rounds' own."""
    whole = together([stage(took=0.01, s200=98), stage(took=0.5, s200=1), stage(took=2, s200=1, s503=1)])

    assert whole.statuses == {"200": 100, "503": 1}
    assert whole.waits == [0.01, 0.01, 2, 2]
