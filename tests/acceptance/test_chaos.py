"""The short form of `python -m tests.chaos`; docs/reliability.md says what came of the long one."""

from pathlib import Path

import pytest

from tests.chaos.report import Plan
from tests.chaos.run import endured
from tests.chaos.stores import Kind


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_nothing_is_lost_and_nobody_is_asked_twice(database: Kind, tmp_path: Path) -> None:
    """Killed eight times, the database away, the disk full, the clock set: all confirmed is there."""
    plan = Plan(database, kills=8, people=200, answering=15, share=0.2, answers_within=60, minutes=3)
    report = await endured(plan, tmp_path)

    assert report.findings == []
    assert report.kills >= 4
    assert report.confirmed >= 15
    assert report.states.total() == 200
