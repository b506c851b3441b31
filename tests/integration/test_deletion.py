"""The SQL of docs/privacy.md that deletes a person, on both databases."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assessment.model import Level, Person
from storage.conversations import Conversation
from storage.database import Database, open_database
from tests.everything import promise
from tests.integration.answers import record
from tests.integration.test_surveys import LEAD, NOW, TENANT, finish, opened, person

PRIVACY = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")
ADA, BOB = person(0), person(1)
PEOPLE = {ADA: "Person 0", BOB: "Person 1", LEAD: "Ada Lovelace"}

Rows = list[tuple[str, str]]
"""Each with the name of its table."""


@pytest.fixture
async def filled_url(database_url: str) -> str:
    """A database that two people have used, who were also asked by a lead in a named survey."""
    async with open_database(database_url) as database:
        for one in (ADA, BOB):
            await uses_the_bot(one, database)
        survey = await opened(database, people=2, anonymous=False)
        for one in (ADA, BOB):
            await finish(database, survey, one)
    for number, one in enumerate((ADA, BOB)):
        promise(database_url, one, PEOPLE[one], number)
    return database_url


async def uses_the_bot(one: Person, database: Database) -> None:
    chat = Conversation(f"a:1{one.object_id}", "https://smba.trafficmanager.net/emea/")
    await database.conversations.remember(one, chat)
    await database.conversations.welcome(TENANT, chat.id, NOW)
    check = await database.checks.open(one, "2021-10", NOW)
    await record(database.checks, one, check, "vision", Level.DEFINED, "tap", NOW)


def deletion_of(one: Person) -> str:
    """What the page tells the operator to run."""
    statements = str(*re.findall(r"```sql\n(.*?)```", PRIVACY, re.DOTALL))
    return statements.replace("<tenant id>", one.tenant_id).replace("<object id>", one.object_id)


def run(url: str, statements: str = "") -> Rows:
    """Run it with the database's own client; then all that is left in all tables."""
    if url.startswith("sqlite"):
        [pragma] = re.findall(r"`(pragma [^`]*)`", PRIVACY)
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.executescript(pragma + statements)
            return rows(database, "select name from sqlite_master where type = 'table'")
    with psycopg.connect(url) as connection:
        connection.execute(statements.encode())
        return rows(connection, "select tablename from pg_tables where schemaname = 'public'")


def rows(database: Any, tables: str) -> Rows:
    return [
        (table, str(row))
        for (table,) in database.execute(tables).fetchall()
        for row in database.execute(f"select * from {table}").fetchall()  # noqa: S608 - the table's own name
    ]


def about(one: Person, rows: Iterable[tuple[str, str]]) -> Rows:
    """The rows in which the person's id or name stands."""
    return sorted(row for row in rows if one.object_id in row[1] or PEOPLE[one] in row[1])


def answers(rows: Rows) -> int:
    return sum(table == "answers" for table, _ in rows)


async def test_it_deletes_all_of_one_person_and_nobody_else(filled_url: str) -> None:
    """Checks, those in a named survey too, promises, the chat and the ledger are gone; a colleague's stay."""
    before = run(filled_url)
    assert {table for table, _ in about(ADA, before)} == {
        "checks",
        "contacts",
        "conversations",
        "deliveries",
        "news",
        "pledges",
        "recipients",
        "schedules",
        "welcomes",
        "wishes",
    }

    after = run(filled_url, deletion_of(ADA))
    assert about(ADA, after) == []
    assert about(BOB, after) == about(BOB, before)
    assert (answers(before), answers(after)) == (4, 2)


async def test_it_deletes_a_lead_and_keeps_what_they_led(filled_url: str) -> None:
    """The survey stays, for the people in it, and does not say any more who asked."""
    before = run(filled_url)
    assert [table for table, _ in about(LEAD, before)] == ["surveys"]

    after = run(filled_url, deletion_of(LEAD))
    assert about(LEAD, after) == []
    assert len(after) == len(before)
