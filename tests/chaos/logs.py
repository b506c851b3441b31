"""What processes logged, as records, and which errors no fault explains."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from tests.chaos.storm import AWAY, FULL, Blow

AFTERWARDS = 20.0
"""Seconds for which an error may be a database's that was away: what was begun then fails later."""

STARTS_WITHIN = 40.0
"""Seconds between the first record of a process and the end of its start."""

STRAY = "STRAY"
"""The level of what is no record."""

OF_THE_DATABASE = re.compile(
    r"(The database cannot be used|couldn't get a connection|disk is full|is locked|OperationalError"
    r"|InterfaceError|DBAPIError|AdminShutdown|CrashShutdown|CannotConnectNow|DiskFull|PoolTimeout"
    r"|DatabaseNotReady|ConnectionFailure|ConnectionRefusedError|ConnectionTimeout)\b"
)
"""What SQLite, PostgreSQL and what stands before them raise for a database that is away or full."""

SAYINGS = {
    "the disk is full": re.compile(r"database or disk is full|No space left|disk I/O error|could not extend"),
    "the file is locked": re.compile("database is locked"),
    "the server is away": re.compile(
        r"connection (to server|is bad|failed)|server closed|terminating connection"
    ),
    "the server is starting": re.compile("starting up|recovery mode|shutting down"),
}
"""What databases say, by what the report calls it."""


@dataclass(frozen=True)
class Entry:
    """`line` is what tells the kind of the error: its logger, message and the last line of its trace."""

    at: float
    level: str
    line: str
    trace: str


def entries(log: str) -> Iterator[Entry]:
    """The records, and between them what is none: it counts as an error of the time of the record before."""
    at, stray = 0.0, list[str]()
    for line in log.splitlines():
        try:
            record = orjson.loads(line)
            when = dt.datetime.fromisoformat(record["time"]).timestamp()
        except (orjson.JSONDecodeError, KeyError, TypeError):
            stray.append(line)
            continue
        if stray:
            yield Entry(at, STRAY, "\n".join(stray), "")
        at, stray = when, []
        trace = record.get("exception", "")
        last = trace.strip().rpartition("\n")[2]
        yield Entry(at, record["level"], f"{record['logger']}: {record['message']} {last}".strip(), trace)
    if stray:
        yield Entry(at, STRAY, "\n".join(stray), "")


def unexplained(logs: Iterable[str], blows: Sequence[Blow]) -> Counter[str]:
    """The errors, by kind, that are not the database's while it was away or its disk full."""
    faults = [blow for blow in blows if blow.kind in {AWAY, FULL}]
    return Counter(
        one.line[-500:]
        for log in logs
        for one in entries(log)
        if one.level in {"ERROR", "CRITICAL", STRAY} and not _is_explained(one, faults)
    )


def _is_explained(error: Entry, faults: Sequence[Blow]) -> bool:
    # What ends as it starts says so without a record, some time after its first one.
    before = STARTS_WITHIN if error.level == STRAY else 0
    if error.level == STRAY and not error.line.startswith("Maturity Coach cannot start. "):
        return False
    meanwhile = any(blow.began - before <= error.at <= blow.ended + AFTERWARDS for blow in faults)
    return meanwhile and OF_THE_DATABASE.search(f"{error.line}\n{error.trace}") is not None


def said_of_the_database(logs: Iterable[str]) -> Counter[str]:
    """How many records say what of it."""
    return Counter(
        name
        for log in logs
        for one in entries(log)
        for name, words in SAYINGS.items()
        if words.search(f"{one.line}\n{one.trace}")
    )
