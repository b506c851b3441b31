"""The short form of `python -m tests.fuzz`; docs/security.md says what came of the long one."""

from pathlib import Path

from tests.acceptance.running import on_both_databases
from tests.fuzz.attack import attacked


@on_both_databases
async def test_a_hostile_client_breaks_nothing(database_url: str, tmp_path: Path) -> None:
    """Two thousand mutated activities: no 5xx, no turn that fails, each answered, and memory stays."""
    report = await attacked(tmp_path, database_url, activities=2000, seed=1, within=30)

    assert report.findings == []
    assert sum(report.statuses.values()) == 2000
    assert report.statuses[200] > 800
    assert list(report.memory) == [1000, 2000]
