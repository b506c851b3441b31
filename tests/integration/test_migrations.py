"""What storage promises about opening a database, its shape, and its going away."""

import ast
import asyncio
import logging
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.command import upgrade
from alembic.config import Config
from psycopg_pool import AsyncConnectionPool

from assessment.model import Person
from storage import postgresql, sqlite
from storage.database import BadDatabaseUrl, Database, DatabaseNotReady, backend_for, open_database
from storage.migrating import engine
from storage.schema import MIGRATIONS
from tests.everything import tables

ROOT = Path(__file__).parents[2]
NEWEST = max(one.stem for one in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]
AFTER_THE_FIRST = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))[1:]
ADA = Person("tenant", "ada")


def run(url: str, *statements: str) -> None:
    with engine(backend_for(url)).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


async def ask_pragmas(database: Database) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    async with database._connect() as connection:
        return {name: next(iter(await connection.execute_fetchall(f"pragma {name}")))[0] for name in names}


async def test_opened_twice(database_url: str) -> None:
    """Opening a database that is at the newest migration leaves it as it is."""
    async with open_database(database_url) as database:
        assert await database.conversations.welcome("t", "a:1", datetime.now(UTC))
    async with open_database(database_url) as database:
        await database.ready()
        assert not await database.conversations.welcome("t", "a:1", datetime.now(UTC))


def test_opened_again_without_alembic(database_url: str) -> None:
    """Where no migration is due nothing is loaded that migrates: it would take as long as all else."""

    def opened() -> set[str]:
        command = [sys.executable, "-c", OPEN, database_url]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return set(told.split())

    driver = {"psycopg"} if database_url.startswith("postgresql") else set()
    assert opened() == driver | {"alembic", "sqlalchemy"}
    assert opened() == driver


OPEN = """
import asyncio, sys
from storage.database import open_database

async def main(url):
    async with open_database(url) as database:
        await database.ready()

asyncio.run(main(sys.argv[1]))
print(*{"alembic", "sqlalchemy", "psycopg"} & set(sys.modules))
"""


START = """
import asyncio, sys
from storage.database import open_database

async def main(url):
    async with open_database(url) as database:
        await database.ready()

print("here", flush=True)
sys.stdin.readline()
asyncio.run(main(sys.argv[1]))
"""


def migrated_to(database_url: str, revision: str) -> None:
    """Make a database as an older version of the bot left it, with somebody in it."""
    backend = backend_for(database_url)
    with engine(backend).begin() as connection:
        connection.exec_driver_sql(backend.lock)
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        upgrade(config, revision)
        connection.exec_driver_sql(
            "insert into checks (id, tenant_id, person_id, edition, started_at)"
            " values ('a', 'tenant', 'ada', '2021-10', 0)"
        )


@pytest.mark.parametrize("revision", ["", "0001", "0002"], ids=["new", "0001", "0002"])
def test_opened_by_processes_at_once(database_url: str, revision: str) -> None:
    """Several replicas can start at the same moment, on a new database and on one of an older version."""
    if revision:
        migrated_to(database_url, revision)
    command = [sys.executable, "-W", "error", "-c", START, database_url]
    pipe = subprocess.PIPE
    replicas = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)
    ]
    for one in replicas:
        assert one.stdout is not None
        assert one.stdout.readline() == "here\n"
    for one in replicas:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()

    assert [one.communicate()[1] for one in replicas] == [""] * 3
    assert [one.returncode for one in replicas] == [0] * 3
    kept = tables(database_url)
    assert kept["alembic_version"] == [{"version_num": NEWEST}]
    assert [one["id"] for one in kept["checks"]] == (["a"] if revision else [])


@pytest.mark.parametrize("migration", AFTER_THE_FIRST, ids=lambda one: one.stem)
def test_a_migration_takes_nothing_away(migration: Path) -> None:
    """Old replicas run on meanwhile: nothing is dropped or renamed, and new columns fill themselves."""
    code = ast.parse(migration.read_text("utf-8"))
    calls = [one for one in ast.walk(code) if isinstance(one, ast.Call)]
    done = {ast.unparse(one.func) for one in calls if ast.unparse(one.func).startswith("op.")}
    added = [ast.unparse(one.args[1]) for one in calls if ast.unparse(one.func) == "op.add_column"]

    assert done <= {"op.add_column", "op.create_index", "op.create_table", "op.execute", "op.get_bind"}
    assert all("server_default" in one or "nullable=False" not in one for one in added)
    executed = [ast.unparse(one) for one in calls if ast.unparse(one.func) == "op.execute"]
    assert not [
        one for one in executed if re.search(r"\b(alter|drop|rename|delete|update)\b", one, re.IGNORECASE)
    ]


async def test_newer_database(database_url: str) -> None:
    """A database that a newer version has changed is left alone, and the message says what to do."""
    async with open_database(database_url):
        pass
    run(database_url, "update alembic_version set version_num = '9999'")

    with pytest.raises(DatabaseNotReady, match=r"migration 9999.*run that version again or restore a backup"):
        async with open_database(database_url):
            pass


async def test_migrated_while_open(database: Database, database_url: str) -> None:
    """A replica that a newer version has migrated under its feet goes on until it is replaced."""
    run(database_url, "update alembic_version set version_num = '9999'")

    await database.ready()


async def test_set_back_while_open(database: Database, database_url: str) -> None:
    """A database that is set back under the bot, as by a restore, is no longer ready."""
    run(database_url, "update alembic_version set version_num = '0001'")

    with pytest.raises(DatabaseNotReady, match="migration 0001"):
        await database.ready()


async def test_emptied_while_open(database: Database, database_url: str) -> None:
    """A database that lost its migration is not ready, and a restart is what helps."""
    run(database_url, "delete from alembic_version")

    with pytest.raises(DatabaseNotReady, match=r"migration None.*restart the bot"):
        await database.ready()


async def test_logging_stays(database_url: str) -> None:
    """Migrations leave the bot's logging as it was set up."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    mine = logging.getLogger("tests.mine")

    async with open_database(database_url):
        pass

    assert (root.level, root.handlers) == before
    assert not mine.disabled


@pytest.mark.parametrize(
    "url",
    [
        "mysql://someone:secret@host/name",
        "coach.db",
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://relative.db",
    ],
)
async def test_no_database(url: str) -> None:
    """A URL that names no database is refused with the forms that do, and without its password."""
    with pytest.raises(ValueError, match=r"sqlite:///.*postgresql://") as refusal:
        async with open_database(url):
            pass

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
async def test_spellings(postgresql_url: str, scheme: str) -> None:
    """PostgreSQL can be named in each of the spellings that hosters give out."""
    async with open_database(postgresql_url.replace("postgresql", scheme, 1)) as database:
        await database.ready()
        assert await database.checks.editions() == set()


async def test_nobody_there() -> None:
    """A server that does not answer stops the start with what to check, and without the password."""
    with pytest.raises(DatabaseNotReady, match="Check DATABASE_URL") as refusal:
        async with open_database("postgresql://someone:secret@127.0.0.1:1/coach"):
            pass

    assert "secret" not in str(refusal.value)


async def test_no_folder(tmp_path: Path) -> None:
    """A SQLite file where no folder can be stops the start with what to check."""
    (tmp_path / "file").touch()

    with pytest.raises(DatabaseNotReady, match="Check DATABASE_URL"):
        async with open_database(f"sqlite:///{tmp_path}/file/coach.db"):
            pass


async def test_sqlite_durability(sqlite_url: str) -> None:
    """SQLite writes ahead, flushes each commit to disk, keeps references whole, and waits for its turn."""
    async with open_database(sqlite_url) as database:
        assert await ask_pragmas(database) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
        }


async def test_sqlite_file_locked(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file that another program keeps locked stops the start after a while, with what to check."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.parent.mkdir()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")

        with pytest.raises(DatabaseNotReady, match=r"database is locked\. Check DATABASE_URL"):
            async with open_database(sqlite_url):
                pass


def test_sqlite_turned_away() -> None:
    """Of replicas that make the same new file at once, the one that SQLite turns away tries again."""
    tries: list[str] = []

    class TurnedAwayOnce(sqlite3.Connection):
        def execute(self, statement: str, *_: Any) -> sqlite3.Cursor:
            tries.append(statement)
            if len(tries) == 1:
                raise sqlite3.OperationalError("database is locked")
            return super().execute(statement)

    with closing(TurnedAwayOnce(":memory:")) as connection:
        sqlite._use_wal(connection)

    assert tries == ["pragma journal_mode = wal"] * 2


async def test_sqlite_file_gone(sqlite_url: str) -> None:
    """Nothing is written into a file that was deleted: the bot is not ready and an answer is refused."""
    async with open_database(sqlite_url) as database:
        Path(sqlite_url.removeprefix("sqlite:///")).unlink()  # noqa: ASYNC240 - nothing else runs in this loop

        with pytest.raises(DatabaseNotReady, match="the database file is gone"):
            await database.ready()
        with pytest.raises(FileNotFoundError):
            await database.overview.checks()  # on a connection of its own, which makes no new file
        with pytest.raises(FileNotFoundError):
            await database.checks.latest(ADA)


async def test_sqlite_file_replaced(sqlite_url: str, tmp_path: Path) -> None:
    """As by a backup that is put in its place while the bot runs."""
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    async with open_database(sqlite_url) as database:
        shutil.copy(file, tmp_path / "backup.db")
        shutil.move(tmp_path / "backup.db", file)

        with pytest.raises(DatabaseNotReady, match="the database file is gone"):
            await database.ready()
        with pytest.raises(FileNotFoundError):
            await database.checks.latest(ADA)


async def test_postgresql_gone(
    postgresql_url: str, postgresql_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that was dropped is not ready."""
    monkeypatch.setattr(postgresql, "PATIENCE_SECONDS", 0.2)
    async with open_database(postgresql_url) as database:
        run(postgresql_server.get_uri(), f"drop database {name_of(postgresql_url)} with (force)")

        with pytest.raises(DatabaseNotReady, match="Check DATABASE_URL"):
            await database.ready()


async def test_a_failed_transaction_locks_nothing(sqlite_url: str) -> None:
    """Whoever keeps the error, as a log does, keeps its cursors too; the file is free all the same."""
    async with open_database(sqlite_url) as database:
        kept: list[object] = []

        async def fails() -> None:
            async with database.privacy._transaction() as connection:
                kept.append(await connection.execute("select 1 union select 2"))
                raise LookupError

        with pytest.raises(LookupError):
            await fails()
        run(sqlite_url, "begin immediate", "rollback")
        assert len(kept) == 1


async def test_postgresql_restarted(postgresql_url: str) -> None:
    """After a restart of the server the next statement works, however many connections were lost."""
    async with open_database(postgresql_url) as database:
        await asyncio.gather(*(database.checks.latest(ADA) for _ in range(50)))
        run(
            postgresql_url,
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()",
        )

        assert await database.checks.latest(ADA) is None


async def test_postgresql_trusts_what_just_served(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked whether it is there only before a connection that was idle for a while is used."""
    asked: list[object] = []
    ask = AsyncConnectionPool.check_connection

    async def noted(connection: Any) -> None:
        asked.append(connection)
        await ask(connection)

    monkeypatch.setattr(AsyncConnectionPool, "check_connection", staticmethod(noted))
    monkeypatch.setattr(postgresql, "MAX_CONNECTIONS", 1)
    async with open_database(postgresql_url) as database:
        await database.checks.latest(ADA)
        asked.clear()
        await database.checks.latest(ADA)
        assert not asked

        monkeypatch.setattr(postgresql, "TRUSTED_SECONDS", -1.0)
        await database.checks.latest(ADA)
        assert asked


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:Sup3rS3cret%zz@127.0.0.1:1/d",
        "postgresql://u:Sup3rS3cret@[127.0.0.1:1/d",
        "postgresql://u:Sup3rS3cret x@127.0.0.1:1/d",
        "mysql://u:Sup3rS3cret@127.0.0.1/d",
    ],
)
async def test_a_mistyped_url_does_not_show_its_password(url: str) -> None:
    """The message says how to write it, and nothing of what was written."""
    with pytest.raises((BadDatabaseUrl, DatabaseNotReady)) as caught:
        async with open_database(url):
            pass

    assert "Sup3rS3cret" not in str(caught.value)
    assert "DATABASE_URL" in str(caught.value)
