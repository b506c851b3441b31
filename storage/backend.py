"""What the two databases have in common."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import Engine

Connect = Callable[[], AbstractAsyncContextManager[Any]]
"""Lends a connection on which each statement is committed by itself."""


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

    def engine(self) -> Engine:
        """What migrations run on; used from a thread."""

    def connections(self) -> AbstractAsyncContextManager[Connect]:
        """Open the connections that statements run on, and close them afterwards."""
