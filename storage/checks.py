"""People's checks and the answers in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import uuid4

from assessment.check import ROLE, Check
from assessment.model import Answer, Person, Role, parse_answer
from storage.backend import Connect
from storage.columns import key, milliseconds, moment


class Checks:
    """Every statement commits by itself before its method returns; repeating a change is harmless."""

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def open(self, person: Person, edition: str, now: dt.datetime) -> Check:
        """The person's open check, or a new one in `edition`; nobody ever has two."""
        new = {"id": uuid4().hex, "edition": edition, "now": milliseconds(now)}
        async with self._connect() as connection:
            await self._sql.open(connection, **new, **key(person))
            [check] = await _read(self._sql.latest(connection, **key(person)))
            return check

    async def latest(self, person: Person) -> Check | None:
        """The person's open check, else the one started last."""
        async with self._connect() as connection:
            return _only(await _read(self._sql.latest(connection, **key(person))))

    async def get(self, person: Person, check_id: str) -> Check | None:
        """The check with this id, if it is this person's."""
        async with self._connect() as connection:
            return _only(await _read(self._sql.get(connection, id=check_id, **key(person))))

    async def finished(self, person: Person) -> list[Check]:
        """The person's finished checks, newest first."""
        async with self._connect() as connection:
            return await _read(self._sql.finished(connection, **key(person)))

    async def editions(self) -> set[str]:
        """The editions that stored checks were answered in."""
        async with self._connect() as connection:
            return {edition async for (edition,) in self._sql.editions(connection)}

    async def set_role(self, check: Check, role: Role) -> Check:
        """Keep the person's role; they are no longer back at that question."""
        return await self._change(check, self._sql.set_role, role=role.value, question=ROLE)

    async def revisit(self, check: Check, question: str | None) -> Check:
        """Take the person back to a question, or with None to the first open one."""
        return await self._change(check, self._sql.revisit, question=question)

    async def finish(self, check: Check, now: dt.datetime) -> Check:
        """Close the check; one that is finished keeps its time."""
        return await self._change(check, self._sql.finish, now=milliseconds(now))

    async def record(  # noqa: PLR0917 - the columns of a row
        self, check: Check, discipline: str, answer: Answer, activity_id: str, now: dt.datetime
    ) -> Check:
        """Keep an answer in place of any earlier one; the person is no longer back at that question."""
        row = {"discipline": discipline, "answer": str(answer), "activity_id": activity_id}
        async with self._connect() as connection:
            await self._sql.record(connection, id=check.id, **row, now=milliseconds(now))
            if check.revisiting == discipline:
                await self._sql.leave(connection, id=check.id, question=discipline)
            return await self._fresh(connection, check)

    async def _change(self, check: Check, statement: Any, **values: object) -> Check:
        async with self._connect() as connection:
            await statement(connection, id=check.id, **values)
            return await self._fresh(connection, check)

    async def _fresh(self, connection: Any, check: Check) -> Check:
        fresh = _only(await _read(self._sql.fresh(connection, id=check.id)))
        if fresh is None:
            raise LookupError(f"check {check.id} is no longer stored")
        return fresh


Row = tuple[Any, ...]


async def _read(rows: AsyncIterable[Row]) -> list[Check]:
    """The checks in rows of one check and one of its answers each; a check's rows follow each other."""
    return [_check(list(group)) for _, group in groupby([row async for row in rows], key=itemgetter(0))]


def _check(rows: Sequence[Row]) -> Check:
    check_id, edition, role, revisiting, started_at, finished_at, *_ = rows[0]
    answers = [row[6:] for row in rows if row[6] is not None]
    return Check(
        id=check_id,
        edition=edition,
        role=None if role is None else Role(role),
        answers={discipline: parse_answer(answer) for discipline, answer, _ in answers},
        given_by={discipline: activity_id for discipline, _, activity_id in answers},
        revisiting=revisiting,
        started_at=moment(started_at),
        finished_at=None if finished_at is None else moment(finished_at),
    )


def _only(checks: Sequence[Check]) -> Check | None:
    return checks[0] if checks else None
