"""All that a database has, and rows of everything that can be kept about somebody."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg.rows import dict_row

from assessment.model import Person

Tables = dict[str, list[dict[str, Any]]]

Row = dict[str, str | int]

Keyed = dict[tuple[Any, ...], dict[str, Any]]
"""Rows by table and primary key."""

NEVER = 4102444800000
"""The year 2100, in milliseconds: a bot that runs meanwhile leaves it alone."""

KEYS = {
    "answers": ("check_id", "discipline"),
    "checks": ("id",),
    "contacts": ("tenant_id", "person_id", "day", "slot"),
    "conversations": ("tenant_id", "person_id"),
    "deliveries": ("survey_id", "round", "person_id"),
    "news": ("id",),
    "pledges": ("id",),
    "recipients": ("survey_id", "person_id"),
    "schedules": ("id",),
    "surveys": ("id",),
    "welcomes": ("tenant_id", "conversation_id"),
    "wishes": ("tenant_id", "person_id"),
}
"""The primary keys of all tables with rows about people."""


def keyed(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Keyed:
    """Rows about people, whatever else there is; pledges in somebody else's name are pledges too."""
    kinds = {"pledges_for_others": "pledges"} | {table: table for table in KEYS}
    return {
        (kinds[name], *(row[column] for column in KEYS[kinds[name]])): dict(row)
        for name, rows in found.items()
        if name in kinds
        for row in rows
    }


def promise(
    url: str, person: Person, name: str, number: int, *, made_by: Person | None = None, by_name: str = ""
) -> None:
    """A pledge, a schedule, what was told of both, a contact and a wish, as rows of this person."""
    tenant: Row = {"tenant_id": person.tenant_id.lower()}
    mine = tenant | {"person_id": person.object_id.lower()}
    led = tenant | {"lead_id": person.object_id.lower(), "lead_name": name}
    there: Row = {"team_id": "t", "channel_id": "t"}
    due: Row = {"at": 1, "due_at": NEVER, "state": "waiting", "changed_at": 1}
    pledge, schedule = f"pledge-{number}", f"schedule-{number}"
    by = (made_by or person).object_id.lower()
    promised: Row = {
        "id": pledge,
        "person_name": name,
        "made_by": by,
        "made_by_name": name if made_by is None else by_name,
        "edition": "2021-10",
        "made_at": number,
    }
    thing: Row = {"item": "Write it down", "due_on": "2026-12-01", "state": "open"}
    planned: Row = {
        "id": schedule,
        "team_name": "Team",
        "kind": "reminder",
        "rule": "R",
        "starts": "s",
        "zone": "UTC",
    }
    plan: Row = {"plan": '{"text":"Look"}', "made_at": number, "state": "ended"}
    made: Row = {"id": f"pledge-made:{pledge}", "kind": "pledge-made", "facts": f'{{"name":"{name}"}}'}
    told: Row = {"id": f"reminder:{schedule}:1", "kind": "reminder", "facts": f'{{"by":"{name}"}}'}
    wrote: Row = {"day": "2026-11-23", "slot": 1, "occasion": "survey:x:0", "at": 1795424400000}
    add(url, "pledges", [mine | promised | thing])
    add(url, "schedules", [led | there | planned | plan])
    add(url, "news", [tenant | there | due | one for one in (made, told)])
    add(url, "contacts", [mine | wrote])
    add(url, "wishes", [mine | {"zone": "UTC", "not_before": 1}])


def add(url: str, table: str, rows: Sequence[Row]) -> None:
    """Add rows that are not there yet, with the database's own client."""
    names = list(rows[0])
    values = [tuple(one.values()) for one in rows]
    into = f"insert into {table} ({', '.join(names)}) values"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(url), timeout=10)) as file, file:
            file.executemany(f"{into} ({', '.join('?' for _ in names)}) on conflict do nothing", values)
        return
    with psycopg.connect(url) as server:
        server.cursor().executemany(
            f"{into} ({', '.join('%s' for _ in names)}) on conflict do nothing".encode(), values
        )


def execute(url: str, statement: str) -> None:
    """Change something behind the bot's back."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(url), timeout=10)) as file, file:
            file.execute(statement)
        return
    with psycopg.connect(url) as server:
        server.execute(statement.encode())


def tables(url: str, *wanted: str) -> Tables:
    """Every row of every table of the bot's own, or of those that are wanted, in a steady order."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(url), timeout=10)) as file:
            file.row_factory = sqlite3.Row
            of_sqlite = "select name from sqlite_master where type = 'table'"
            names = wanted or [name for (name,) in file.execute(of_sqlite)]
            found = {name: [dict(row) for row in file.execute(_all(name))] for name in names}
    else:
        with psycopg.connect(url, row_factory=dict_row) as server:
            listed = "select tablename from pg_tables where schemaname = 'public'"
            names = wanted or [row["tablename"] for row in server.execute(listed)]
            found = {name: server.execute(_all(name).encode()).fetchall() for name in names}
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def rows_with(found: Tables, *words: str) -> list[tuple[str, dict[str, Any]]]:
    """The rows in which one of these words stands, with the name of their table."""
    return [
        (name, row)
        for name, rows in found.items()
        for row in rows
        if any(word in str(cell) for cell in row.values() for word in words)
    ]


def _all(table: str) -> str:
    return f'select * from "{table}"'  # noqa: S608 - the database's own name


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")
