"""Bringing the tables to the newest migration.

Alembic and SQLAlchemy take longer to load than a bot may take to start, and are needed after an upgrade only:
storage/database.py imports this module when a migration is due.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from storage.backend import Backend
from storage.errors import RAISED, Raised
from storage.schema import MIGRATIONS, DatabaseNotReady

RAISED.add(Raised(driver=(SQLAlchemyError,), unavailable=(), conflicts=()))


def engine(backend: Backend) -> Engine:
    """What migrations run on; used from a thread."""
    return create_engine(f"{backend.dialect}://", creator=backend.connect, poolclass=NullPool)


def migrate(backend: Backend) -> None:
    """Bring the database to the newest migration.

    Any number of processes may do this at once. Raises DatabaseNotReady when it cannot be done.
    """
    try:
        with engine(backend).begin() as connection:
            connection.exec_driver_sql(backend.lock)
            _upgrade(connection)
    except RAISED.driver as error:
        raise DatabaseNotReady.unreachable(error) from error


def _upgrade(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    _refuse_unknown(scripts, MigrationContext.configure(connection).get_current_revision())
    command.upgrade(config, "head")


def _refuse_unknown(scripts: ScriptDirectory, found: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseNotReady.at_other_migration(found, scripts.get_current_head())
