"""Logging for people at a terminal, or as one JSON object a line for machines."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Literal

import orjson

QUIET = ("aiosqlite", "msal", "psycopg", "urllib3")
"""At DEBUG these write statements with their values, which are people's answers."""


class JsonFormatter(logging.Formatter):
    """One line per record, with the reference of a failed turn where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if reference := getattr(record, "reference", None):
            line["reference"] = reference
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def log_to_stderr(level: str, style: Literal["text", "json"]) -> None:
    """Send everything from `level` up to standard error."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if style == "json" else text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("alembic", "psycopg.pool"):  # the pool writes three lines for each statement
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))
