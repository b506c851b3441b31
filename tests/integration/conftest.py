"""What the tests of storage/ have in common."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database, open_database
from tests.databases import database_url, postgresql_server, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_server", "postgresql_url", "sqlite_url"]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as database:
        yield database


@pytest.fixture
async def replica(database_url: str) -> AsyncIterator[Database]:
    """The same database, opened by another replica of the bot."""
    async with open_database(database_url) as database:
        yield database
