"""People's checks and the answers in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from assessment.check import ROLE, Check
from assessment.model import Answer, Person, Role, parse_answer
from assessment.survey import Survey
from storage.backend import Connections
from storage.columns import key, milliseconds, moment
from storage.errors import RAISED

COMMA = "\n"
"""Stands between the parts of a list in one text; no id of an activity or an edition has it."""

DELETED_AT_ONCE = 500
"""Checks in one statement: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as somebody gives it."""

    discipline: str
    answer: Answer
    activity_id: str
    """What they said it with; by this an answer that Teams delivers twice is known."""
    at: dt.datetime


class Checks:
    """Every statement commits by itself before its method returns; repeating a change is harmless."""

    def __init__(self, sql: Any, connections: Connections) -> None:
        self._sql = sql
        self._connect = connections.connect
        self._connect_to_read = connections.read

    async def open(self, person: Person, edition: str, now: dt.datetime) -> Check:
        """The person's open check, or a new one in `edition`; nobody ever has two."""
        new = {"id": uuid4().hex, "edition": edition, "now": milliseconds(now)}
        while True:
            async with self._connect() as connection:
                await self._sql.open(connection, **new, **key(person))
            latest = await self.latest(person)
            # It may have been finished on another device in this very moment.
            if latest and latest.finished_at is None:
                return latest

    async def open_in(self, survey: Survey, person: Person, now: dt.datetime) -> Check:
        """The check of somebody whom a survey asks, begun now if it was not before.

        Raises LookupError where the survey is not open.
        """
        respondent = survey.respondent(person)
        new = {
            "id": survey_check_id(survey, respondent),
            "survey_id": survey.id,
            "edition": survey.plan.edition,
        }
        async with self._connect() as connection:
            await self._sql.open_in_survey(connection, **new, **key(respondent), now=milliseconds(now))
        check = await self.get(respondent, new["id"])
        if check is None:
            raise LookupError(f"survey {survey.id} is not open")
        return check

    async def latest(self, person: Person) -> Check | None:
        """The person's open check, else the one started last."""
        async with self._connect() as connection:
            return _found(await self._sql.latest(connection, **key(person), comma=COMMA))

    async def latest_and_asked(self, person: Person) -> tuple[Check | None, bool]:
        """The latest check, and in the same statement whether an open survey may ask the person.

        Where there is no check one may, and the surveys have to be looked through.
        """
        async with self._connect() as connection:
            row = await self._sql.latest_and_asked(connection, **key(person), comma=COMMA)
        return (None, True) if row is None else (_check(*row[:-1]), bool(row[-1]))

    async def get(self, person: Person, check_id: str) -> Check | None:
        """The check with this id, if it is this person's."""
        async with self._connect() as connection:
            return _found(await self._sql.get(connection, id=check_id, **key(person), comma=COMMA))

    async def finished(self, person: Person) -> list[Check]:
        """The person's finished checks, newest first."""
        async with self._connect() as connection:
            return [_check(*row) async for row in self._sql.finished(connection, **key(person), comma=COMMA)]

    async def touched_at(self, check: Check) -> dt.datetime:
        """When a check was last answered, or else begun."""
        async with self._connect() as connection:
            (answered_at,) = await self._sql.last_touched(connection, check_id=check.id)
            return max(check.started_at, moment(answered_at))

    async def finished_in(self, survey: Survey) -> set[str]:
        """The object ids of the respondents who have finished."""
        async with self._connect() as connection:
            rows = self._sql.finished_in_survey(connection, survey_id=survey.id)
            return {respondent async for (respondent,) in rows}

    async def tally(self, survey: Survey) -> tuple[list[tuple[Role, str, Answer, int]], dict[Role, int]]:
        """The finished checks of a survey: people by role, discipline and answer; and people by role."""
        async with self._connect_to_read() as connection:
            answers = [row async for row in self._sql.answers_in_survey(connection, survey_id=survey.id)]
            roles = [row async for row in self._sql.roles_in_survey(connection, survey_id=survey.id)]
        return (
            [(Role(role), one, parse_answer(answer), people) for role, one, answer, people in answers],
            {Role(role): people for role, people in roles},
        )

    async def named_answers(self, survey: Survey) -> list[tuple[str, Role, str, Answer]]:
        """Of a survey that is not anonymous: name, role, discipline and answer, by name."""
        async with self._connect_to_read() as connection:
            rows = self._sql.named_answers(connection, survey_id=survey.id)
            return [(name, Role(role), one, parse_answer(answer)) async for name, role, one, answer in rows]

    async def delete_in(self, survey: Survey) -> None:
        """Delete all checks of a survey."""
        deleted = DELETED_AT_ONCE
        while deleted == DELETED_AT_ONCE:
            async with self._connect() as connection:
                deleted = await self._sql.delete_some(connection, survey_id=survey.id, most=DELETED_AT_ONCE)

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

    async def record(
        self, person: Person, check_id: str, given: Given, editions: Iterable[str]
    ) -> Check | None:
        """Keep an answer in place of any earlier one, and return the whole check.

        None, and nothing is kept, unless the check is this person's and in one of the editions, which are
        those that have the question.
        """
        row = {"discipline": given.discipline, "answer": str(given.answer), "activity_id": given.activity_id}
        row |= {"editions": f"{COMMA}{COMMA.join(editions)}{COMMA}", "comma": COMMA}
        async with self._connect() as connection:
            try:
                kept = await self._sql.record(
                    connection, id=check_id, **row, **key(person), now=milliseconds(given.at)
                )
            except RAISED.conflicts:
                # The check was deleted in this very moment.
                return None
        if kept is None:
            return None
        *others, answers = kept
        this = f"{given.discipline} {given.answer} {given.activity_id}"
        return _found([check_id, *others, f"{this}{COMMA}{answers}" if answers else this])

    async def _change(self, check: Check, statement: Any, **values: object) -> Check:
        async with self._connect() as connection:
            changed = _found(await statement(connection, id=check.id, **values, comma=COMMA))
        if changed is None:
            raise LookupError(f"check {check.id} is no longer stored")
        return changed


def survey_check_id(survey: Survey, respondent: Person) -> str:
    """The id of a respondent's one check in a survey; it begins with the survey's own."""
    return f"{survey.id}.{sha256(key(respondent)['person_id'].encode()).hexdigest()[:32]}"


def survey_of(check_id: str) -> str:
    """The id of the survey that a check belongs to; "" where it belongs to none."""
    return check_id.rpartition(".")[0]


def _found(row: Sequence[Any] | None) -> Check | None:
    return None if row is None else _check(*row)


def _check(  # noqa: PLR0917 - the columns of a row
    check_id: str,
    edition: str,
    role: str | None,
    revisiting: str | None,
    started_at: int,
    finished_at: int | None,
    given: str | None,
) -> Check:
    """A row; in `given` stand discipline, answer and activity id of each answer."""
    answers = [one.split(" ", 2) for one in given.split(COMMA)] if given else []
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
