"""A replica of an old version, while a new one has migrated the database and not replaced it yet."""

import pytest

from tests.acceptance.colleagues import ANSWERS, begins
from tests.acceptance.ledger import execute
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague
from tests.everything import KEYS

OFTEN = 6
"""After so many repetitions a PostgreSQL connection remembers how a statement's rows look."""


@on_both_databases
async def test_an_old_replica_goes_on(
    ada: Colleague, bot: RunningBot, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a new column in every table, what has begun goes on, and so does what reads whole rows."""
    monkeypatch.setattr("storage.postgresql.MAX_CONNECTIONS", 1)
    await bot.restarts()
    await begins(ada)
    for _ in range(OFTEN):
        await ada.says("my data")
    await ada.says("start")
    for table in KEYS:
        execute(database_url, f"alter table {table} add column newer text not null default ''")
    execute(database_url, "update alembic_version set version_num = '9999'")

    for answer in ANSWERS:
        await ada.picks(answer)
    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    await ada.says("my data")
    assert ada.last_card().heading == "What I keep about you"
