"""PostgreSQL: a server that several replicas of the bot share."""

from __future__ import annotations

import math
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from storage.backend import BadDatabaseUrl, Connections
from storage.errors import RAISED, Raised

RAISED.add(
    Raised(
        driver=(psycopg.Error,),
        unavailable=(psycopg.OperationalError, psycopg.InterfaceError),
        conflicts=(psycopg.IntegrityError,),
    )
)

MAX_CONNECTIONS = 8
"""Per replica. A statement takes a fraction of a millisecond, so few connections serve many people."""

PATIENCE_SECONDS = 5.0
"""How long a statement waits for a connection; Teams gives up on a pressed button after some ten seconds."""

MILLISECONDS = int(PATIENCE_SECONDS * 1000)
STATEMENT_LIMIT = f"-c statement_timeout={MILLISECONDS}"
"""Not for migrations, which take as long as they take."""

TRUSTED_SECONDS = 1.0
"""How long after a connection was lent it is lent again without asking the server first."""

MIGRATION_LOCK = 4_127_309_662
"""Any number that nothing else in the database locks."""


class _Connection(psycopg.AsyncConnection[Any]):
    """A connection that knows when it was lent last."""

    lent_at = -math.inf

    def is_surely_alive(self) -> bool:
        """Whether it served a moment ago and the server has not hung up: that would be there to read."""
        if time.monotonic() > self.lent_at + TRUSTED_SECONDS:
            return False
        return not self._to_read.poll(0)

    @cached_property
    def _to_read(self) -> select.poll:
        of_this = select.poll()
        of_this.register(self.fileno(), select.POLLIN)
        return of_this


Pool = AsyncConnectionPool[_Connection]


class PostgreSQL:
    """A database on a PostgreSQL server."""

    adapter = "apsycopg"
    lock = f"select pg_advisory_xact_lock({MIGRATION_LOCK})"
    dialect = "postgresql+psycopg"

    def __init__(self, url: str) -> None:
        """Raises BadDatabaseUrl."""
        try:
            self._url = make_conninfo(url, connect_timeout=int(PATIENCE_SECONDS))
        except psycopg.ProgrammingError:
            raise BadDatabaseUrl(
                "DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/name, "
                "with %40 for @, %20 for a space and %25 for % in the password."
            ) from None

    def connect(self) -> psycopg.Connection[Any]:
        """A connection apart from the pool."""
        return psycopg.connect(self._url)

    @asynccontextmanager
    async def connections(self) -> AsyncIterator[Connections]:
        """Open a pool that outlives restarts of the server."""

        async def check(connection: _Connection) -> None:
            if not connection.is_surely_alive():
                try:
                    await pool.check_connection(connection)
                except psycopg.Error:
                    # The server was restarted: the idle connections are dead too, and finding out one by one
                    # takes the pool a second and more for each.
                    await pool.drain()
                    raise
            connection.lent_at = time.monotonic()

        pool: Pool = AsyncConnectionPool(
            self._url,
            connection_class=_Connection,
            kwargs={"autocommit": True, "options": STATEMENT_LIMIT, "tcp_user_timeout": MILLISECONDS},
            min_size=1,
            max_size=MAX_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            # The pause between attempts doubles up to this; the default would add minutes to a long outage.
            reconnect_timeout=PATIENCE_SECONDS,
            check=check,
            open=False,
        )

        @asynccontextmanager
        async def lend() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
            # As `pool.connection`, without a commit of what each statement has committed by itself.
            connection = await pool.getconn()
            try:
                yield connection
            finally:
                await pool.putconn(connection)

        @asynccontextmanager
        async def transaction() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
            async with pool.connection() as connection:
                # Some read whole rows, and what the server has prepared fails once a migration adds a column.
                # Nothing that is often done is done in a transaction.
                connection.prepare_threshold, prepared_after = None, connection.prepare_threshold
                try:
                    async with connection.transaction():
                        yield connection
                finally:
                    connection.prepare_threshold = prepared_after

        async with pool:
            yield Connections(lend, transaction, lend, _leave_it_to_the_server)


async def _leave_it_to_the_server() -> None:
    """Its files, its log and its backups are in the hands of who runs it; autovacuum frees deleted rows."""
