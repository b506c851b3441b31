"""What storage tells an operator, on both databases: what has been due for how long, how far surveys are."""

import datetime as dt
import re
import sqlite3
from contextlib import closing

from assessment.survey import Delivery
from storage.columns import milliseconds
from storage.database import SQL, Database, open_database
from storage.overview import KINDS
from tests.everything import execute, promise
from tests.integration.test_surveys import DAY, NOW, finish, letters, opened, person

HOUR = dt.timedelta(hours=1)
NOTHING = dict.fromkeys(KINDS, dt.timedelta())


async def test_nothing_is_due(database: Database) -> None:
    """Each kind is told all the same, and so is each state of an invitation."""
    assert await database.overview.backlog(NOW) == NOTHING
    assert await database.overview.invitations() == dict.fromkeys(map(str, Delivery), 0)
    assert await database.overview.checks() == {"started": 0, "finished": 0}


async def test_letters(database: Database) -> None:
    """Due since their round is, or since they were held back until; not while people are left alone."""
    survey = await opened(database)
    assert (await database.overview.backlog(NOW + HOUR))["letter"] == HOUR

    await hold(database, until=NOW + 8 * HOUR)
    assert (await database.overview.backlog(NOW + 7 * HOUR))["letter"] == dt.timedelta()
    assert (await database.overview.backlog(NOW + 10 * HOUR))["letter"] == 2 * HOUR
    await database.surveys.stop(survey, NOW)
    assert await database.overview.backlog(NOW + 10 * HOUR) == NOTHING


async def test_a_round_that_nobody_begins(database: Database) -> None:
    """Where the engine does not work, a reminder that is due grows old though it has no letters yet."""
    survey = await opened(database)
    await hold(database, until=NOW + 9 * DAY)

    assert (await database.overview.backlog(NOW + 3 * DAY + HOUR))["letter"] == HOUR
    await database.surveys.begin_closing(survey, NOW + 3 * DAY)
    assert (await database.overview.backlog(NOW + 3 * DAY + HOUR))["letter"] == dt.timedelta()


async def test_what_else_falls_due(database: Database, database_url: str) -> None:
    """News, questions and schedules, each by itself; what waits until later is not overdue."""
    promise(database_url, person(1), "Ada", 1)
    hour = int(HOUR / dt.timedelta(milliseconds=1))
    now = milliseconds(NOW)
    execute(database_url, f"update news set due_at = {now - hour}")  # noqa: S608 - a number
    execute(database_url, f"update pledges set ask_at = {now - 9 * hour}, held_until = {now - 2 * hour}")  # noqa: S608
    execute(database_url, f"update schedules set state = 'active', next_at = {now - 3 * hour}")  # noqa: S608

    due = {"letter": 0 * HOUR, "news": HOUR, "question": 2 * HOUR, "schedule": 3 * HOUR}
    assert await database.overview.backlog(NOW) == due
    assert await database.overview.backlog(NOW - 4 * HOUR) == NOTHING


async def test_how_far_surveys_are(database: Database) -> None:
    """Open ones alone count: invitations by state, checks by whether they are finished."""
    survey = await opened(database)
    await finish(database, survey, person(1))
    await database.checks.open_in(survey, person(2), NOW)
    letter, *_ = await letters(database, survey)
    await database.deliveries.claim(letter, "claim", "replica", NOW)
    await database.deliveries.settle(letter, "claim", Delivery.UNKNOWN, NOW)

    told = {state: number for state, number in (await database.overview.invitations()).items() if number}
    assert told == {"waiting": 2, "unknown": 1}
    assert await database.overview.checks() == {"started": 2, "finished": 1}
    await database.surveys.begin_closing(survey, NOW)
    assert not any((await database.overview.invitations()).values())
    assert await database.overview.checks() == {"started": 0, "finished": 0}


async def test_large_tables_are_not_walked_through(sqlite_url: str) -> None:
    """However many letters, checks, news, pledges and schedules are kept, an index finds what counts."""
    text = (SQL / "overview.sql").read_text("utf-8")
    statements = re.findall(r"^-- name:.*\n((?:.+\n)+)", text, re.MULTILINE)
    async with open_database(sqlite_url):
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as file:
            plans = [file.execute(f"explain query plan {one}", {"now": 0}).fetchall() for one in statements]

    assert len(statements) == 3
    steps = [row[-1] for plan in plans for row in plan]
    read = [one for one in steps if re.match("(SCAN|SEARCH) (deliveries|checks|news|pledges|schedules)", one)]
    assert len(read) == 6
    assert [one for one in read if "INDEX" not in one] == []


async def hold(database: Database, *, until: dt.datetime) -> None:
    """Everybody's letter waits until then."""
    async with database._connect() as connection:
        await connection.execute(f"update deliveries set due_at = {milliseconds(until)}")  # noqa: S608 - a number
