"""What the two databases have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Connect = Callable[[], AbstractAsyncContextManager[Any]]
"""Lends a connection until the block ends."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The ways to run statements, and one to be rid of what they deleted."""

    connect: Connect
    """Each statement is committed by itself."""
    transaction: Connect
    """All statements are committed when the block ends, or none where it raises. Keep it short: on SQLite
    nobody else writes meanwhile."""
    read: Connect
    """For reads that take long: whoever else runs statements does not wait for them. Nothing is written."""
    erase: Callable[[], Awaitable[None]]
    """Leaves nothing that was deleted in the files of the database, as far as they are the bot's."""


class BadDatabaseUrl(ValueError):
    """A URL that names no database; the message shows nothing of it, since it may hold a password."""


class Backend(Protocol):
    """A database the bot can keep its rows in."""

    @property
    def adapter(self) -> Any:
        """What aiosql drives this database with."""

    @property
    def lock(self) -> str:
        """The statement that makes a migration wait for the ones of other processes, until it commits."""

    @property
    def dialect(self) -> str:
        """What SQLAlchemy calls this database with its driver."""

    def connect(self) -> Any:
        """A connection apart, by the driver itself; used from a thread, and blocks it."""

    def connections(self) -> AbstractAsyncContextManager[Connections]:
        """Open the connections that statements run on, and close them afterwards."""
