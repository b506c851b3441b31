"""Whose turn it is to be written to, for a part of a survey's round at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.survey import Refusal, Survey
from storage.backend import Connect
from storage.columns import guid, key, milliseconds, moment
from storage.contacts import REMEMBERED, Contact, Known, row_of, wishes_of
from storage.deliveries import Letter, Round

NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who of some people gets a message now, who is decided about again when, and who never gets one."""

    at: dt.datetime
    kept: frozenset[Person]
    """They have their turn already."""
    dropped: frozenset[Person]
    """They had a turn that is good no more."""
    claimed: Mapping[Person, Known]
    held: Mapping[Person, dt.datetime]
    refused: frozenset[Person]


class Turns:
    """The rules of `storage.contacts` for many people at once, in few statements."""

    def __init__(self, sql: Any, connect: Connect, transaction: Connect) -> None:
        self._sql = sql
        self._connect = connect
        self._transaction = transaction

    async def known(
        self, survey: Survey, letters: Sequence[Letter], part: int, now: dt.datetime
    ) -> dict[Person, Known]:
        """What decides about each letter of a part; people who never told their zone have the survey's."""
        values = _of_part(survey, letters[0].round, part)
        written: defaultdict[str, list[Contact]] = defaultdict(list)
        since = milliseconds(now - REMEMBERED)
        async with self._connect() as connection:
            wishes = {row[0]: row[1:] async for row in self._sql.wishes(connection, **values)}
            rows = self._sql.written(connection, **values, since=since)
            async for person_id, occasion, at, day, slot in rows:
                written[person_id].append(Contact(occasion, moment(at), day, slot))
        usual = ZoneInfo(survey.zone)
        return {
            letter.person: Known(
                wishes_of(*wishes.get(guid(letter.person.object_id), ("", None, None)), usual=usual),
                tuple(written[guid(letter.person.object_id)]),
            )
            for letter in letters
        }

    async def settle(
        self, survey: Survey, letters: Sequence[Letter], part: int, decision: Decision
    ) -> set[Person]:
        """Keep a decision about a part's letters; the people who have their turn after it.

        Of several processes that claim somebody's last turn one gets it.
        """
        round_ = letters[0].round
        occasion = occasion_of(round_)
        drops = [
            {"occasion": occasion, **key(one), **_of_letter(round_, one)}
            for one in sorted(decision.dropped, key=_by_id)
        ]
        claims = [
            {**row_of(occasion, decision.at, known), **key(one), **_of_letter(round_, one)}
            for one, known in decision.claimed.items()
        ]
        holds = [
            _of_letter(round_, one) | {"due_at": milliseconds(due)} for one, due in decision.held.items()
        ]
        told = {"reason": Refusal.OPTED_OUT.value, "now": milliseconds(decision.at)}
        refusals = [_of_letter(round_, one) | told for one in sorted(decision.refused, key=_by_id)]
        async with self._transaction() as connection:
            for change, rows in (
                # In this order: what is held or refused here, nobody else can begin to send any more.
                (self._sql.hold, holds),
                (self._sql.refuse, refusals),
                (self._sql.drop, drops),
                (self._sql.claim, claims),
            ):
                if rows:
                    await change(connection, rows)
            of_part = _of_part(survey, round_, part)
            granted = {
                person_id
                async for (person_id,) in self._sql.granted(connection, **of_part, occasion=occasion)
            }
        return {one.person for one in letters if guid(one.person.object_id) in granted}

    async def blur(self, survey: Survey) -> None:
        """Make nobody differ by the reminders they got: everybody asked counts as written to on their days.

        So no limit is broken, and nothing tells who had not finished. Whoever had no time zone gets the
        survey's, so that having one does not tell that somebody pressed a button. What people had asked for
        themselves, to be asked later, counts no more. Repeating it changes nothing.
        """
        of_survey = {"survey_id": survey.id, "tenant_id": guid(survey.team.tenant_id)}
        async with self._transaction() as connection:
            days = [dt.date.fromisoformat(day) async for (day,) in self._sql.days(connection, **of_survey)]
            asked = [row async for row in self._sql.asked(connection, **of_survey)]
            await self._sql.give_zones(connection, zone=survey.zone, **of_survey)
            await self._sql.drop_reminders(connection, **of_survey)
            for day in days:
                rows = [_counted(survey, person_id, zone, day) for person_id, zone in asked]
                await self._sql.count_for_all(connection, rows)


def _counted(survey: Survey, person_id: str, zone: str, day: dt.date) -> dict[str, str | int]:
    """A message to somebody at noon of a day, whatever it was."""
    noon = dt.datetime.combine(day, NOON, ZoneInfo(zone or survey.zone))
    return {
        "tenant_id": guid(survey.team.tenant_id),
        "person_id": person_id,
        "day": day.isoformat(),
        "occasion": f"a-survey:{survey.id}:{day}",
        "at": milliseconds(noon),
    }


def occasion_of(round_: Round) -> str:
    """Under which a round's messages are counted."""
    return f"survey:{round_.survey_id}:{round_.number}"


def _of_part(survey: Survey, round_: Round, part: int) -> dict[str, str | int]:
    tenant_id = guid(survey.team.tenant_id)
    return {"survey_id": round_.survey_id, "round": round_.number, "part": part, "tenant_id": tenant_id}


def _by_id(person: Person) -> str:
    return person.object_id


def _of_letter(round_: Round, person: Person) -> dict[str, str | int]:
    person_id = guid(person.object_id)
    return {"survey_id": round_.survey_id, "round": round_.number, "person_id": person_id}
