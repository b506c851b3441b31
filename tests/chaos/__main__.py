"""Kills, starves and misleads a bot that people use, and fails on an answer lost or somebody invited twice.

.venv/bin/python -m tests.chaos --database postgresql --kills 200 --people 5000 --seed 1
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import Plan
from tests.chaos.run import endured


def main() -> int:
    """Returns 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--answering", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=45, help="at most, of the faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--broken",
        action="store_const",
        dest="module",
        const="tests.chaos.broken_bot",
        help="with a bot that breaks two promises, which has to be found",
    )
    parser.add_argument("--keep", type=Path, help="a new folder for the logs")
    given = vars(parser.parse_args())
    keep = given.pop("keep")
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        kept = keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report = asyncio.run(endured(Plan(**given), kept))
    print(report.told())  # noqa: T201 - for the person at the terminal
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
