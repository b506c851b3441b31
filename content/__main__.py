"""`python -m content` checks all editions and texts as the start does, without starting the bot."""

from __future__ import annotations

import sys
from pathlib import Path

from content.loading import CONTENT, load
from content.yaml_source import ContentError


def main(folder: Path = CONTENT) -> int:
    """Say what is wrong, or that all is right. Returns a process exit status."""
    try:
        editions = load(folder).editions
    except ContentError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for a person at a terminal
        return 1
    print(f"All editions and texts are right: {', '.join(editions)}.")  # noqa: T201 - for a person, too
    return 0


if __name__ == "__main__":
    sys.exit(main())
