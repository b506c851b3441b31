"""The door to everything that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosql

from storage.agenda import Agenda
from storage.backend import Backend, BadDatabaseUrl, Connections
from storage.checks import Checks
from storage.contacts import Contacts
from storage.conversations import Conversations
from storage.deliveries import Deliveries
from storage.errors import RAISED
from storage.news import Newsstand
from storage.overview import Overview
from storage.pacing import Pacing
from storage.pledges import Pledges
from storage.privacy import Privacy
from storage.schedules import Schedules
from storage.schema import DatabaseNotReady, is_older, migration, newest_migration
from storage.sqlite import SQLite
from storage.surveys import Surveys
from storage.turns import Turns

__all__ = ["RAISED", "BadDatabaseUrl", "Database", "DatabaseNotReady", "open_database"]

SQL = Path(__file__).parent / "sql"


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Bring the database at `url` to the newest migration and open it, until the block ends.

    Raises BadDatabaseUrl for a URL that names no database, DatabaseNotReady for one that cannot be used.
    """
    backend = backend_for(url)
    newest = newest_migration()
    await asyncio.to_thread(_bring_to, newest, backend)
    async with backend.connections() as connections:
        yield Database(backend, connections, newest)


def _bring_to(newest: str, backend: Backend) -> None:
    if migration(backend) != newest:
        from storage.migrating import migrate  # noqa: PLC0415 - loads Alembic and SQLAlchemy

        migrate(backend)


def backend_for(url: str) -> Backend:
    """The database that a URL names."""
    scheme, _, rest = url.partition("://")
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        from storage.postgresql import PostgreSQL  # noqa: PLC0415 - loads its driver

        return PostgreSQL(f"postgresql://{rest}")
    path = rest.removeprefix("/")
    if scheme == "sqlite" and path not in (rest, "", ":memory:"):
        return SQLite(Path(path))
    # The URL itself stays out of the message: it may hold a password.
    raise BadDatabaseUrl(
        "DATABASE_URL names no database. Use sqlite:///folder/file.db, sqlite:////absolute/path/file.db "
        "or postgresql://user:password@host:5432/name."
    )


class Database:
    """An open database."""

    def __init__(self, backend: Backend, connections: Connections, newest: str) -> None:
        connect, transaction = connections.connect, connections.transaction
        self._connect = connect
        self._erase = connections.erase
        self._newest = newest
        self._sql = _statements("database", backend)
        checks, deliveries = _statements("checks", backend), _statements("deliveries", backend)
        self.checks = Checks(checks, connections)
        contacts = _statements("contacts", backend)
        self.contacts = Contacts(contacts, connect)
        self.conversations = Conversations(_statements("conversations", backend), connect)
        self.surveys = Surveys(_statements("surveys", backend), deliveries, contacts, connections)
        self.deliveries = Deliveries(deliveries, checks, connections)
        self.agenda = Agenda(_statements("agenda", backend), connect)
        self.turns = Turns(_statements("turns", backend), connect, transaction)
        self.news = Newsstand(_statements("news", backend), connect, transaction)
        self.schedules = Schedules(_statements("schedules", backend), contacts, connect, transaction)
        self.pledges = Pledges(_statements("pledges", backend), contacts, connect, transaction)
        self.privacy = Privacy(_statements("privacy", backend), connect, transaction)
        self.overview = Overview(_statements("overview", backend), connections.read)
        self.pacing = Pacing(_statements("pacing", backend), connect)

    async def erase(self) -> None:
        """Leave nothing that was deleted in the database's files; for PostgreSQL that is the server's matter.

        Raises one of RAISED.unavailable where it has to be done again.
        """
        await self._erase()

    async def ready(self) -> None:
        """Raise DatabaseNotReady unless the database answers and has the newest migration.

        It may have further ones, of a version that is taking over: they leave alone what this one uses.
        """
        try:
            async with self._connect() as connection:
                (found,) = await self._sql.revision(connection) or (None,)
        except RAISED.driver as error:
            raise DatabaseNotReady.unreachable(error) from error
        if is_older(found, self._newest):
            raise DatabaseNotReady.at_other_migration(found, self._newest)


def _statements(name: str, backend: Backend) -> Any:
    # Any: aiosql makes a method of each named statement as it reads the file.
    return aiosql.from_path(SQL / f"{name}.sql", backend.adapter)
