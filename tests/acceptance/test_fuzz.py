"""The short form of `python -m tests.fuzz`; docs/security.md says what came of the long one."""

from pathlib import Path

import pytest

from tests.fuzz.attack import attacked


@pytest.mark.parametrize("seed", [1])
async def test_a_hostile_client_breaks_nothing(tmp_path: Path, seed: int) -> None:
    """Two thousand mutated activities: no 5xx, no turn that fails, each answered."""
    report = await attacked(tmp_path, activities=2000, seed=seed, within=30)

    assert report.findings == []
    assert sum(report.statuses.values()) == 2000
    assert report.statuses[200] > 800
