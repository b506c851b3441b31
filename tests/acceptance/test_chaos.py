"""The short form of `python -m tests.chaos`; docs/reliability.md says what came of the long one."""

from pathlib import Path

import pytest

from tests.chaos.report import Plan
from tests.chaos.run import endured
from tests.chaos.stores import Kind
from tests.chaos.storm import AWAY, FULL, JUMP


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_nothing_is_lost_and_nobody_is_asked_twice(database: Kind, tmp_path: Path) -> None:
    """Killed eight times, the database away, the disk full, the clock set: all confirmed is there.

    A minute to the first answer afterwards: other tests have the processor too.
    """
    plan = Plan(database, kills=8, people=500, answering=15, share=0.2, answers_within=60, minutes=3)
    report = await endured(plan, tmp_path)

    assert report.findings == []
    assert report.kills >= 4
    assert report.blows.keys() == {AWAY, JUMP, FULL} - ({FULL} if report.disk_cannot_be_full else set())
    assert report.weather.total() > 0
    assert report.confirmed >= 15
    assert report.states.total() == 500


async def test_a_bot_that_breaks_its_promises_is_found(tmp_path: Path) -> None:
    """Else the test above says nothing."""
    module = "tests.chaos.broken_bot"
    plan = Plan("sqlite", kills=1, people=60, answering=15, module=module)
    report = await endured(plan, tmp_path)

    for words in ("confirmed answers are not in the database", "were invited twice"):
        assert any(words in one for one in report.findings), report.findings
