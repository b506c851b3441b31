"""What no log of the bot may hold, whatever people did."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot.logs import JsonFormatter

OURS = ("app", "audit", "bot", "dialogs", "jobs", "storage")

PRIVATE = re.compile(
    r"eyJ[\w-]{10,}\.\w*"  # a token
    r"|a secret of the bot|the secret of the bot|a token of the bot"
    r"|Ada Lovelace|Bo Diddley|Cy Twombly|Di Caprio|Ed Sheeran|Flo Rida|Mallory Archer|Maker \d"
    r"|Contoso|Fabrikam|Autumn check|Winter check|Closed check|Open check"
    r"|No budget|Look at the backlog|I make apps"
    r"|Repeatable|Efficient|\bDefined\b"
)
"""Tokens and secrets; the names of people, teams and surveys; what people typed and answered."""


def private_in(log: str) -> list[str]:
    """What stands in a log that may not."""
    return sorted(set(PRIVATE.findall(log)))


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def nothing_private_is_logged() -> Iterator[None]:
    """Fails at the end where something of the bot's own wrote what it may not, at INFO or above."""
    kept = _Kept()
    loggers = [logging.getLogger(name) for name in OURS]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(kept)
        one.setLevel(logging.INFO)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(kept)
            one.setLevel(level)
    found = [line for line in kept.lines if private_in(line)]
    assert not found, f"the log has {private_in(' '.join(found))}: {found[:3]}"
