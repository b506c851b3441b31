"""Sends mutated activities to a running bot over real HTTP, and fails on what a hostile client may not cause.

.venv/bin/python -m tests.fuzz --activities 100000 --seed 1 --database postgresql
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import running_server
from tests.fuzz.attack import attacked


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a new one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/coach.db"
        return
    with running_server(folder / "pg") as server:
        yield server.get_uri()


def main() -> int:
    """Returns 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="a folder for the log, the database and what was found")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        with database(given.database, kept) as url:
            report = asyncio.run(attacked(kept, url, given.activities, given.seed))
    print(json.dumps(report.told(), indent=2))  # noqa: T201 - for the person at the terminal
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
