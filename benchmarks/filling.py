"""Very many rows at once, by the database itself."""

from storage.database import backend_for
from storage.migrating import engine

NUMBERED = """
with recursive numbers (i) as (
    select cast(0 as bigint) union all select i + 1 from numbers where i + 1 < {checks}
),
people (i, key) as (
    select i, '0000000000000000000000' || (1000000000 + i * 2654435761 % 4294967296) from numbers
)
"""
"""Numbered people with a key each that, as a real one, has nothing to do with the order they came in."""


def execute(url: str, statements: str) -> None:
    """Run statements, with a semicolon between them, in one transaction."""
    is_postgresql = url.startswith("postgresql")
    with engine(backend_for(url)).begin() as connection:
        for statement in statements.split(";"):
            # To the driver of PostgreSQL a % begins a parameter.
            connection.exec_driver_sql(statement.replace("%", "%%") if is_postgresql else statement)
    if is_postgresql:
        with engine(backend_for(url)).begin() as connection:
            # As autovacuum would have done in the days since people answered.
            connection.exec_driver_sql("analyze")


def count(url: str, what: str) -> int:
    """How many rows there are of what follows "from" in a query."""
    with engine(backend_for(url)).begin() as connection:
        found: int = connection.exec_driver_sql(f"select count(*) from {what}").scalar_one()  # noqa: S608
        return found
