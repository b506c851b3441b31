"""All that is kept about one person: to show it, to forget it, and to drop what is old.

`storage/sql/privacy.sql` knows every table with somebody's id or name. A table that gets one is read and
forgotten here, or tests fail.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import orjson

from assessment.model import Person
from assessment.privacy import Forgotten, Held, Retention, Row
from assessment.survey import Phase, pseudonym
from storage.backend import Connect
from storage.columns import key, milliseconds, moment

TABLES = (
    "checks",
    "answers",
    "recipients",
    "deliveries",
    "wishes",
    "contacts",
    "pledges",
    "pledges_for_others",
    "news",
    "surveys",
    "schedules",
    "conversations",
    "welcomes",
)
"""Where rows about a person are, in the order in which they are shown; pledges are of two kinds.

What is shown is what is forgotten, row for row.
"""

UNDER_PSEUDONYM = frozenset({"checks", "answers"})

NOT_SENT_YET = frozenset({Phase.DRAFT, Phase.AWAITING, Phase.CANCELLED})

MOMENTS = frozenset({"at", "held_until", "not_before", "silent_since"})
"""Columns with milliseconds, besides those that end in _at."""

NEVER = 2**62
"""Milliseconds; later than any reminder."""

FORGOTTEN = "the person asked to be forgotten"

AT_ONCE = 500
"""Rows in one statement: on SQLite nobody else writes meanwhile."""


class Privacy:
    """Each change is one transaction, and repeating it is harmless."""

    def __init__(self, sql: Any, connect: Connect, transaction: Connect) -> None:
        self._sql = sql
        self._connect = connect
        self._transaction = transaction

    async def held(self, person: Person) -> Held:
        """Everything that is kept about a person, as of one moment.

        Answers in an anonymous survey are among it while the survey is open; then they are nobody's.
        """
        mine = key(person)
        async with self._transaction() as connection:
            tables = {
                name: await _read(getattr(self._sql, f"{name}_cursor")(connection, **mine), name)
                for name in TABLES
            }
            for respondent in await self._pseudonyms(connection, person):
                under = {"tenant_id": mine["tenant_id"], "respondent": respondent}
                for name in UNDER_PSEUDONYM:
                    tables[name] += await _read(
                        getattr(self._sql, f"{name}_under_cursor")(connection, **under), name
                    )
        return Held(Person(mine["tenant_id"], mine["person_id"]), tables)

    async def forget(self, person: Person, now: dt.datetime) -> Forgotten:
        """Delete everything about a person, or nothing where it fails.

        In the lists of surveys that were sent, a row without a name stays in their place, so that numbers add
        up; nothing more is sent to it. Until it is erased, the database's files still have what was deleted.
        """
        mine, sql = key(person), self._sql
        async with self._transaction() as connection:
            answers = await sql.forget_answers(connection, **mine)
            checks = await sql.forget_checks(connection, **mine)
            for respondent in await self._pseudonyms(connection, person):
                under = {"tenant_id": mine["tenant_id"], "respondent": respondent}
                answers += await sql.forget_answers_under(connection, **under)
                checks += await sql.forget_checks_under(connection, **under)
            lists, letters = await self._leave_lists(connection, mine, now)
            news, unnamed = await self._forget_news(connection, mine)
            pledges = await sql.forget_pledges(connection, **mine)
            # Before the contacts: who counts a message to a lead makes sure at once that they still are one.
            surveys = await sql.leave_surveys(connection, **mine)
            schedules = await sql.leave_schedules(connection, **mine)
            await sql.forget_welcomes(connection, **mine)
            return Forgotten(
                checks=checks,
                answers=answers,
                lists=lists,
                letters=letters,
                contacts=await sql.forget_contacts(connection, **mine),
                wishes=await sql.forget_wishes(connection, **mine),
                pledges=pledges,
                news=news,
                surveys=surveys,
                schedules=schedules,
                pledges_for_others=await sql.leave_pledges(connection, **mine),
                unnamed=unnamed,
                chats=await sql.forget_conversations(connection, **mine),
            )

    async def tidy(self, retention: Retention, now: dt.datetime) -> int:
        """Drop what is older than it may be, some rows at a time; how many. Numbers of surveys stay."""
        sql, old = self._sql, now - retention.deliveries
        drops = [(sql.drop_unfinished, now - retention.unfinished), (sql.drop_named, old)]
        drops += [(one, old) for one in (sql.drop_deliveries, sql.drop_recipients)]
        drops += [(one, old) for one in (sql.drop_contacts, sql.drop_news)]
        return sum([await self._drop(statement, before) for statement, before in drops])

    async def _drop(self, statement: Any, before: dt.datetime) -> int:
        dropped = 0
        while True:
            async with self._connect() as connection:
                some: int = await statement(connection, before=milliseconds(before), most=AT_ONCE)
            dropped += some
            if some < AT_ONCE:
                return dropped

    async def _pseudonyms(self, connection: Any, person: Person) -> list[str]:
        """Under which names the person answers in anonymous surveys that are open."""
        rows = self._sql.asked_in(connection, **key(person))
        return [pseudonym(secret, person) async for _, _, secret in rows if secret]

    async def _forget_news(self, connection: Any, mine: dict[str, str]) -> tuple[int, int]:
        """Delete what channels are told of the person, and take the name off what goes on: how many of each.

        Comes before what the news is about is changed.
        """
        deleted = unnamed = 0
        for row in await _read(self._sql.news_cursor(connection, **mine), "news"):
            if row["goes_on"]:
                facts = {name: fact for name, fact in orjson.loads(str(row["facts"])).items() if name != "by"}
                left = orjson.dumps(facts).decode()
                unnamed += await self._sql.leave_news(connection, id=row["id"], facts=left)
            else:
                deleted += await self._sql.forget_news(connection, id=row["id"])
        return deleted, unnamed

    async def _leave_lists(self, connection: Any, mine: dict[str, str], now: dt.datetime) -> tuple[int, int]:
        """Take the person off every list of people asked: how many, and how many letters waited."""
        sql, stopped, at = self._sql, 0, milliseconds(now)
        rows = [row async for row in sql.asked_in(connection, **mine)]
        for survey_id, phase, _ in rows:
            its = {"survey_id": survey_id, "person_id": mine["person_id"]}
            if phase in NOT_SENT_YET:
                await sql.leave_draft(connection, **its)
                continue
            nobody = f"forgotten-{uuid4().hex}"
            stopped += await sql.stop_letters(connection, **its, now=at)
            await sql.lose_letters(connection, **its, reason=FORGOTTEN, now=at)
            await sql.refuse(connection, **its)
            await sql.rename_deliveries(connection, **its, nobody=nobody)
            await sql.rename_recipient(connection, **its, nobody=nobody, never=NEVER)
        return len(rows), stopped


async def _read(query: Any, table: str) -> list[Row]:
    async with query as cursor:
        names = [column[0] for column in cursor.description]
        return [_row(table, dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


def _row(table: str, values: dict[str, Any]) -> Row:
    """A row with its moments as such. Where an invitation waits for nothing, that moment is none."""
    if table == "recipients":
        values["not_before"] = values["not_before"] or None
    return {
        name: moment(its) if its is not None and _is_moment(name, its) else its
        for name, its in values.items()
    }


def _is_moment(name: str, value: object) -> bool:
    return isinstance(value, int) and (name.endswith("_at") or name in MOMENTS)
