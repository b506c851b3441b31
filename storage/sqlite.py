"""SQLite: one file, and one connection that all tasks of the process share."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from aiosql.adapters.aiosqlite import AioSQLiteAdapter
from aiosqlite import Connection

from storage.backend import Connections

BUSY_SECONDS = 5.0
"""How long a statement waits for another process that is writing."""


class OneCallAdapter(AioSQLiteAdapter):
    """aiosql's adapter, with reads that are over in one call, and SQLite's name for string_agg.

    All tasks share the connection, and a cursor left open between two awaits pins it to a snapshot. As soon
    as anybody else writes to the file, SQLite refuses (SQLITE_BUSY_SNAPSHOT) what other tasks write here.
    """

    def process_sql(self, _query_name: str, _op_type: Any, sql: str) -> str:
        """The statement as SQLite has understood it for ever; it has known string_agg since 3.44 only."""
        return sql.replace("string_agg(", "group_concat(")

    async def select(
        self,
        conn: Connection,
        _query_name: str,
        sql: str,
        parameters: Any,
        record_class: None = None,  # noqa: ARG002 - rows stay tuples here
    ) -> AsyncIterator[Any]:
        for row in await conn.execute_fetchall(sql, parameters):
            yield row

    async def select_one(
        self,
        conn: Connection,
        _query_name: str,
        sql: str,
        parameters: Any,
        record_class: None = None,  # noqa: ARG002 - rows stay tuples here
    ) -> Any:
        rows = await conn.execute_fetchall(sql, parameters)
        return next(iter(rows), None)


class SQLite:
    """A database file. Its folder and the file are made as it is opened."""

    adapter = OneCallAdapter
    lock = "begin immediate"
    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> sqlite3.Connection:
        """A connection apart, to a file that is made where there is none."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return _set_up(self._path, sqlite3.Connection)

    @asynccontextmanager
    async def connections(self) -> AsyncIterator[Connections]:
        """Open the one connection that all tasks share; transactions and long reads get their own."""
        async with Connection(self._connect, iter_chunk_size=64) as shared:
            yield Connections(
                lambda: nullcontext(shared), self._transaction, self._read, lambda: self._erase(shared)
            )

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        async with self._read() as own:
            await own.execute("begin immediate")
            try:
                yield own
            except BaseException:
                # To close it is not enough: SQLite waits for whoever still holds a cursor, as an error may.
                await own.rollback()
                raise
            await own.commit()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Connection]:
        async with Connection(self._connect, iter_chunk_size=64) as own:
            yield own

    async def _erase(self, shared: Connection) -> None:
        """Empty the write-ahead log, which has old pages in it long after they were written to the file."""
        [(is_busy, *_)] = await shared.execute_fetchall("pragma wal_checkpoint(truncate)")
        if is_busy:
            raise sqlite3.OperationalError("the write-ahead log is in use and could not be emptied")

    def _connect(self) -> sqlite3.Connection:
        return _set_up(self._path, _ConnectionToAFile)


class _ConnectionToAFile(sqlite3.Connection):
    """It runs a statement only while the file it was opened with is there, and makes none.

    A file that was deleted or replaced can still be written to for as long as it is open, and then everything
    is lost.
    """

    def __init__(self, path: Path, **options: Any) -> None:
        self._path, self._file = path, _file_at(path)
        super().__init__(f"{path.absolute().as_uri()}?mode=rw", uri=True, **options)

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """As sqlite3 does, or raise FileNotFoundError; in a thread, so that the loop waits for neither."""
        if _file_at(self._path) != self._file:
            raise _gone(self._path)
        return super().execute(statement, values)


def _file_at(path: Path) -> tuple[int, int]:
    """Which file stands there now. Raises FileNotFoundError."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise _gone(path) from None
    return found.st_dev, found.st_ino


def _gone(path: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "the database file is gone", str(path))


def _set_up(path: Path, kind: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, factory=kind)
    try:
        _use_wal(connection)
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        # Else what is deleted stays readable in the file until something else needs the room.
        connection.execute("pragma secure_delete = on")
        # What PostgreSQL has of these names; there a migration makes clock_ms.
        connection.create_function("clock_ms", 0, lambda: time.time() * 1000)
        connection.create_function("greatest", 2, max, deterministic=True)
        connection.create_function("split_part", 3, _split_part, deterministic=True)
    except (sqlite3.Error, OSError):
        connection.close()
        raise
    return connection


def _split_part(text: str, by: str, number: int) -> str:
    parts = text.split(by)
    return parts[number - 1] if number <= len(parts) else ""


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to a write-ahead log; it stays so."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError:
            # Of two processes that do this to a new file at once SQLite turns one away without waiting.
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)
        else:
            return
