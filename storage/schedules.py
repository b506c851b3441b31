"""What leads want to happen again and again."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import orjson

from assessment.model import Person
from assessment.schedules import Halt, PlainReminder, RepeatedSurvey, Schedule, State
from assessment.survey import Team
from storage.backend import Connect
from storage.columns import guid, key, milliseconds, moment
from storage.contacts import Known, row_of

SURVEY = "survey"
REMINDER = "reminder"

Row = tuple[Any, ...]


class Schedules:
    """Every change is one statement or one transaction; repeating one is harmless."""

    def __init__(self, sql: Any, contacts: Any, connect: Connect, transaction: Connect) -> None:
        self._sql = sql
        self._contacts = contacts
        self._connect = connect
        self._transaction = transaction

    async def save(self, schedule: Schedule, now: dt.datetime) -> None:
        """Keep an active schedule, in place of what it was before; one of another tenant stays as it is."""
        await self._change(
            self._sql.save,
            id=schedule.id,
            tenant_id=guid(schedule.team.tenant_id),
            team_id=schedule.team.id,
            team_name=schedule.team.name,
            channel_id=schedule.channel_id,
            kind=SURVEY if isinstance(schedule.what, RepeatedSurvey) else REMINDER,
            plan=orjson.dumps(asdict(schedule.what)).decode(),
            rule=schedule.rule,
            starts=schedule.starts.isoformat(),
            zone=schedule.zone,
            ends_on=schedule.ends_on and schedule.ends_on.isoformat(),
            lead_id=guid(schedule.lead.object_id),
            lead_name=schedule.lead_name,
            next_at=_milliseconds(schedule.next_at),
            now=milliseconds(now),
        )

    async def get(self, schedule_id: str) -> Schedule | None:
        """The schedule with this id, of whatever tenant."""
        return next(iter(await self._read(self._sql.get, id=schedule_id)), None)

    async def of_tenant(self, tenant_id: str) -> list[Schedule]:
        """All schedules of a tenant's teams, oldest first."""
        return await self._read(self._sql.of_tenant, tenant_id=guid(tenant_id))

    async def due(self, now: dt.datetime) -> list[Schedule]:
        """The active schedules whose next date has come."""
        return await self._read(self._sql.due, now=milliseconds(now))

    async def editions(self) -> set[str]:
        """The editions that repeated surveys ask in."""
        async with self._connect() as connection:
            return {
                orjson.loads(plan)["edition"] async for (plan,) in self._sql.plans(connection, kind=SURVEY)
            }

    async def advance(self, schedule: Schedule, next_at: dt.datetime | None) -> bool:
        """Go from a date that was dealt with to the next; without one the schedule ends.

        False where somebody did so before, or the schedule was changed meanwhile.
        """
        if next_at is None:
            return await self._move(schedule, State.ENDED, Halt.OVER, None)
        return await self._move(schedule, State.ACTIVE, None, next_at)

    async def suspend(self, schedule: Schedule) -> bool:
        """Pause a schedule that is due and whose lead is none any more; false as for `advance`."""
        return await self._move(schedule, State.PAUSED, Halt.NO_LEAD, None)

    async def pause(self, schedule: Schedule) -> None:
        """Let an active schedule bring nothing until it goes on."""
        await self._change(self._sql.pause, id=schedule.id)

    async def go_on(self, schedule: Schedule, lead: Person, name: str, next_at: dt.datetime) -> None:
        """Have a schedule that was paused or ended come round again, in the name of `lead`."""
        await self._change(
            self._sql.go_on,
            id=schedule.id,
            lead_id=guid(lead.object_id),
            lead_name=name,
            next_at=milliseconds(next_at),
        )

    async def delete(self, schedule: Schedule) -> None:
        """Drop a schedule."""
        await self._change(self._sql.delete, id=schedule.id)

    # Teams that are gone

    async def end_homeless(self, now: dt.datetime) -> int:
        """End the schedules whose teams have no app any more; how many. Their leads are to be told."""
        return await self._change(self._sql.end_homeless, now=milliseconds(now))

    async def untold(self, now: dt.datetime) -> list[Schedule]:
        """Those that ended so and whose leads are to be told now."""
        return await self._read(self._sql.untold, now=milliseconds(now))

    async def untold_of(self, lead: Person) -> list[Schedule]:
        """Those that ended so and of which this lead is still to be told."""
        return await self._read(self._sql.untold_of, **key(lead))

    async def take(self, schedule: Schedule, now: dt.datetime, until: dt.datetime) -> bool:
        """Have it to oneself until then to tell the lead; false where others came first."""
        times = {"now": milliseconds(now), "until": milliseconds(until)}
        return await self._change(self._sql.take, id=schedule.id, **times) == 1

    async def begin_telling(  # noqa: PLR0917 - each of a type of its own, but for two times
        self, schedule: Schedule, taken: dt.datetime, occasion: str, now: dt.datetime, known: Known
    ) -> bool:
        """Count a message of now to the lead, who is told so; false where something changed.

        Both are kept or neither. Only by who has taken it until `taken`, and while the lead is the same.
        """
        lead = key(schedule.lead)
        async with self._transaction() as connection:
            if not await self._contacts.claim(connection, **lead, **row_of(occasion, now, known)):
                return False
            if await self._sql.begin_telling(connection, id=schedule.id, taken=milliseconds(taken), **lead):
                return True
            await self._contacts.give_back(connection, **lead, occasion=occasion)
            return False

    async def take_back_telling(
        self, schedule: Schedule, taken: dt.datetime, occasion: str, begun_at: dt.datetime
    ) -> None:
        """Have the lead told as before the message that was begun at that time, and surely not sent.

        A schedule that goes on meanwhile does so without it.
        """
        lead, begun = key(schedule.lead), milliseconds(begun_at)
        times = {"taken": milliseconds(taken), "gone_at": _milliseconds(schedule.gone_at)}
        async with self._transaction() as connection:
            if await self._contacts.take_back(connection, **lead, occasion=occasion, at=begun):
                await self._sql.tell_again(connection, id=schedule.id, **times)

    async def tell_at(self, schedule: Schedule, taken: dt.datetime, at: dt.datetime | None) -> None:
        """Have the lead told at another time; None once that is done, or cannot be.

        Only by who has taken it until `taken`.
        """
        values = {"taken": milliseconds(taken), "tell_at": _milliseconds(at)}
        await self._change(self._sql.tell_at, id=schedule.id, **values)

    async def _move(
        self, schedule: Schedule, state: State, halt: Halt | None, next_at: dt.datetime | None
    ) -> bool:
        due = _milliseconds(schedule.next_at)
        values = {"state": state, "halt": halt, "next_at": _milliseconds(next_at)}
        return await self._change(self._sql.move, id=schedule.id, due=due, **values) == 1

    async def _change(self, statement: Any, **values: object) -> int:
        async with self._connect() as connection:
            changed: int = await statement(connection, **values)
            return changed

    async def _read(self, statement: Any, **values: object) -> list[Schedule]:
        async with self._connect() as connection:
            return [_schedule(row) async for row in statement(connection, **values)]


def _milliseconds(value: dt.datetime | None) -> int | None:
    return None if value is None else milliseconds(value)


def _schedule(row: Row) -> Schedule:
    id_, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on = row[:11]
    lead_id, lead_name, state, halt, next_at, gone_at = row[11:]
    return Schedule(
        id=id_,
        team=Team(tenant_id, team_id, team_name),
        channel_id=channel_id,
        what=_what(kind, orjson.loads(plan)),
        rule=rule,
        starts=dt.datetime.fromisoformat(starts),
        zone=zone,
        ends_on=None if ends_on is None else dt.date.fromisoformat(ends_on),
        lead=Person(tenant_id, lead_id),
        lead_name=lead_name,
        state=State(state),
        halt=None if halt is None else Halt(halt),
        next_at=None if next_at is None else moment(next_at),
        gone_at=None if gone_at is None else moment(gone_at),
    )


def _what(kind: str, plan: dict[str, Any]) -> RepeatedSurvey | PlainReminder:
    if kind == REMINDER:
        return PlainReminder(**plan)
    return RepeatedSurvey(**plan | {"reminder_days": tuple(plan["reminder_days"])})
