"""The README's SQL that deletes a person, on both databases."""

import datetime as dt
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from assessment.model import Level, Person
from storage.conversations import Conversation
from storage.database import Database, open_database
from tests.tables import section

PRIVACY = section((Path(__file__).parents[2] / "README.md").read_text("utf-8"), "Privacy")
NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
TENANT = "6f1c0c1e-0000-4000-8000-00000000000e"
ADA = Person(TENANT, "a0000000-0000-4000-8000-00000000000a")
BOB = Person(TENANT, "b0000000-0000-4000-8000-00000000000b")
PEOPLE = "select person_id from checks union all select person_id from conversations"
REST = "select check_id from answers union all select conversation_id from welcomes"


@pytest.fixture
async def filled_url(database_url: str) -> str:
    """A database that two people have used."""
    async with open_database(database_url) as database:
        for person in (ADA, BOB):
            await uses_the_bot(person, database)
    return database_url


async def uses_the_bot(person: Person, database: Database) -> None:
    chat = Conversation(f"a:1{person.object_id}", "https://smba.trafficmanager.net/emea/")
    await database.conversations.remember(person, chat)
    await database.conversations.welcome(TENANT, chat.id, NOW)
    check = await database.checks.open(person, "2021-10", NOW)
    await database.checks.record(check, "vision", Level.DEFINED, "tap", NOW)


def deletion_of(person: Person) -> str:
    """What the README tells the operator to run."""
    statements = str(*re.findall(r"```sql\n(.*?)```", PRIVACY, re.DOTALL))
    return statements.replace("<tenant id>", person.tenant_id).replace("<object id>", person.object_id)


def run(url: str, statements: str) -> tuple[list[str], int]:
    """Run it with the database's own client; then whose rows are left, and how many of no named person."""
    if url.startswith("sqlite"):
        [pragma] = re.findall(r"`(pragma [^`]*)`", PRIVACY)
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.executescript(pragma + statements)
            people, rest = (database.execute(one).fetchall() for one in (PEOPLE, REST))
    else:
        with psycopg.connect(url) as connection:
            connection.execute(statements.encode())
            people, rest = (connection.execute(one).fetchall() for one in (PEOPLE, REST))
    return [one for (one,) in people], len(rest)


async def test_it_deletes_all_of_one_person_and_nobody_else(filled_url: str) -> None:
    """Checks, answers, the chat and its greeting are gone, and a colleague's are all there."""
    assert run(filled_url, deletion_of(ADA)) == ([BOB.object_id] * 2, 2)
    assert run(filled_url, deletion_of(BOB)) == ([], 0)
