"""The shape of the tables: which migration the database is at, and bringing it to the newest."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage.backend import Backend

MIGRATIONS = Path(__file__).parent / "migrations"

DRIVER_ERRORS = (SQLAlchemyError, psycopg.Error, sqlite3.Error, OSError)
"""What a database that cannot be used raises, for whatever reason."""

UNAVAILABLE = (psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError, OSError)
"""What a database raises that is away, or busy, and may be back in a moment."""

CONFLICTS = (psycopg.IntegrityError, sqlite3.IntegrityError)
"""What a row raises that another row forbids."""


class DatabaseNotReady(Exception):
    """The database cannot be used as it is; the message says what to do."""

    @classmethod
    def unreachable(cls, cause: Exception) -> DatabaseNotReady:
        """The database does not answer."""
        # SQLAlchemy wraps what the driver said in the statement and a link of its own.
        said = str(getattr(cause, "orig", None) or cause).strip()
        return cls(
            f"The database cannot be used: {said}. Check DATABASE_URL, that the server runs or the file is "
            "there, and that the bot may write to it."
        )

    @classmethod
    def at_other_migration(cls, found: str | None, needed: str | None) -> DatabaseNotReady:
        """The tables have another shape than this version of the bot works with."""
        return cls(
            f"The database is at migration {found}, and this version of the bot needs {needed}. If a newer "
            "version of the bot was here, run that version again or restore a backup from before it; "
            "otherwise restart the bot: it migrates the database as it starts."
        )


def migrate(backend: Backend) -> str | None:
    """Bring the database to the newest migration, and return that migration's id.

    Any number of processes may do this at once. Raises DatabaseNotReady when it cannot be done.
    """
    try:
        with backend.engine().begin() as connection:
            connection.exec_driver_sql(backend.lock)
            return _upgrade(connection)
    except DRIVER_ERRORS as error:
        raise DatabaseNotReady.unreachable(error) from error


def _upgrade(connection: Connection) -> str | None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    _refuse_unknown(scripts, MigrationContext.configure(connection).get_current_revision())
    command.upgrade(config, "head")
    return scripts.get_current_head()


def _refuse_unknown(scripts: ScriptDirectory, found: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseNotReady.at_other_migration(found, scripts.get_current_head())


def is_older(found: str | None, needed: str | None) -> bool:
    """Whether a database lacks a migration; their ids are numbers that count up."""
    return int(found or 0) < int(needed or 0)
