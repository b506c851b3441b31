"""What surveys have written to one person and are going to write, and what waits for the person's wishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assessment.model import Person
from storage.backend import Connect
from storage.columns import key, moment
from storage.contacts import Contact

NOT_SENT = frozenset({"waiting", "refused", "stopped"})
"""What a letter can be that never left, whatever was claimed for it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a survey."""

    at: dt.datetime
    kind: str
    """Of the round: `storage.surveys.INVITATION` and the like; or "result"."""
    survey_id: str
    survey: str
    """Its name."""
    lead: str


class Agenda:
    """Reads, and has what was put off looked at again."""

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def sent(self, person: Person, contacts: Iterable[Contact]) -> list[Entry]:
        """Those of some contacts that were messages of surveys, except what never left."""
        found = []
        for one in contacts:
            kind, _, rest = one.occasion.partition(":")
            survey_id, _, number = rest.rpartition(":")
            if kind == "survey":
                found += await self._sent(person, one.at, survey_id, int(number))
        return found

    async def planned(self, person: Person) -> list[Entry]:
        """The letters that wait, and the reminders of open surveys, finished or not; the next one first."""
        async with self._connect() as connection:
            rows = [row async for row in self._sql.waiting(connection, **key(person))]
            rows += [row async for row in self._sql.reminders(connection, **key(person))]
        entries = (Entry(moment(at), kind, id_, name, lead) for id_, kind, at, name, lead in rows)
        return sorted(entries, key=lambda one: one.at)

    async def results(self, lead: Person) -> list[Entry]:
        """The results that channels could not take and that wait for a lead."""
        async with self._connect() as connection:
            rows = [row async for row in self._sql.results(connection, **key(lead))]
        return [Entry(moment(at), "result", id_, name, lead_name) for id_, at, name, lead_name in rows]

    async def look_again(self, person: Person) -> None:
        """Have it decided anew when whatever waits for a person may go: their wishes have changed.

        Only the moment until which it was held goes, never the date at which it is due.
        """
        async with self._connect() as connection:
            await self._sql.look_again_at_letters(connection, **key(person))
            await self._sql.look_again_at_pledges(connection, **key(person))
            await self._sql.look_again_at_schedules(connection, **key(person))
            await self._sql.look_again_at_results(connection, **key(person))

    async def _sent(self, person: Person, at: dt.datetime, survey_id: str, number: int) -> list[Entry]:
        values = {"survey_id": survey_id, "round": number, "person_id": key(person)["person_id"]}
        async with self._connect() as connection:
            row = await self._sql.letter(connection, **values)
        if row is None or row[1] in NOT_SENT:
            return []
        kind, _, name, lead = row
        return [Entry(at, kind, survey_id, name, lead)]
