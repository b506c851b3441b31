"""`make run` with the bot whose clock stands in a file: `tests.acceptance.bot_with_clock`."""

import sys
from dataclasses import replace

from scripts import playground

_the_bot = playground.the_bot


def the_bot(settings: playground.Settings) -> playground.Program:
    """The same bot with another clock."""
    return replace(_the_bot(settings), command=(sys.executable, "-m", "tests.acceptance.bot_with_clock"))


if __name__ == "__main__":
    playground.the_bot = the_bot
    sys.exit(playground.main())
