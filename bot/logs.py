"""Logging for people at a terminal, or as one JSON object a line for machines."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import orjson

from dialogs.audit import AUDIT

QUIET = ("aiosqlite", "msal", "psycopg", "urllib3")
"""At DEBUG these write statements with their values, which are people's answers."""


_reference: ContextVar[str] = ContextVar("reference", default="")
_trace: ContextVar[str] = ContextVar("trace", default="")


def begin_reference() -> None:
    """From now on, all that is logged for this request, and for what it leaves running, has one reference."""
    _reference.set(f"{random.getrandbits(32):08x}")


def reference() -> str:
    """The one of this request, which a person may be told; "" outside of requests."""
    return _reference.get()


@contextmanager
def tracing(trace: str) -> Iterator[None]:
    """Until the block ends, JSON says to which trace a line belongs, also of what is left running."""
    before = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(before)


class TextFormatter(logging.Formatter):
    """For people at a terminal: the reference stands before the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(reference)s%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as text; a message has no line breaks, so that nobody can make up lines of their own."""
        record.reference = f"[{known}] " if (known := reference()) else ""
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """All but the trace of an error."""
        return "".join(one if one.isprintable() else repr(one)[1:-1] for one in super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """One line per record, with the reference of its request; of an audited act with all its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if known := reference():
            line["reference"] = known
        if trace := _trace.get():
            line["trace_id"] = trace
        if act := getattr(record, "audit", None):
            line |= {"message": act["action"], "audit": act}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def log_to_stderr(level: str, style: Literal["text", "json"]) -> None:
    """Send everything from `level` up to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("alembic", "psycopg.pool"):  # the pool writes three lines for each statement
        logging.getLogger(name).setLevel(logging.WARNING)
    # What leads did is kept at every level.
    logging.getLogger(AUDIT).setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))
