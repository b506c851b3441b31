"""The shape of the tables: which migration the database is at, and which one is the newest."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from storage.backend import Backend
from storage.errors import RAISED

MIGRATIONS = Path(__file__).parent / "migrations"

REVISION = "select version_num from alembic_version"


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


def newest_migration() -> str:
    """The id of the newest migration, with which its file's name begins."""
    return max(path.stem.partition("_")[0] for path in MIGRATIONS.glob("versions/*.py"))


def migration(backend: Backend) -> str | None:
    """The migration the database is at; None where that cannot be read, as in a new one.

    Raises DatabaseNotReady when there is no connection to be had.
    """
    try:
        connection = backend.connect()
    except RAISED.driver as error:
        raise DatabaseNotReady.unreachable(error) from error
    with closing(connection):
        try:
            (found,) = connection.execute(REVISION).fetchone() or (None,)
        except RAISED.driver:
            return None
    return found


def is_older(found: str | None, needed: str) -> bool:
    """Whether a database lacks a migration; their ids are numbers that count up."""
    return int(found or 0) < int(needed)
