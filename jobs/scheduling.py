"""Schedules whose date has come: each brings what it is for once, whatever dies and however many look.

What was missed while nothing ran is caught up once: the next date is always one that is still to come.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from assessment.schedules import RepeatedSurvey, Schedule
from cards.schedules import team_gone_card
from content.texts import Texts
from dialogs.due_schedules import gone_occasion, lead_is_gone, reminder
from dialogs.recurrence import dates_of
from dialogs.respect import held_until
from jobs.means import Means
from jobs.notes import LEASE, Note, Notes, NotNow
from jobs.pacer import Pacer
from jobs.patience import persist
from jobs.port import Port
from jobs.watch import have_done
from storage.columns import milliseconds
from storage.database import RAISED, Database

if TYPE_CHECKING:
    from jobs.engine import Engine

log = logging.getLogger(__name__)

JOB = "scheduled"


class Scheduling:
    """Looks which dates have come, and which leads have to hear that a team is gone."""

    def __init__(
        self,
        texts: Texts,
        database: Database,
        engine: Engine,
        means: Means,
        *,
        port: Port,
        pacer: Pacer,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._texts = texts
        self._schedules = database.schedules
        self._engine = engine
        self._newsroom = means.newsroom
        self._notes = Notes(database, port, pacer, means.respect, clock=clock)
        self._rules = means.rules
        self._clock = clock

    async def look(self) -> None:
        """Bring what is due."""
        now = self._clock()
        if ended := await self._schedules.end_homeless(now):
            log.warning("%d schedules have ended, since their teams have no app any more", ended)
        await self._each(await self._schedules.due(now), self._bring)
        await self._each(await self._schedules.untold(now), self._tell_lead)

    async def _each(self, schedules: Sequence[Schedule], act: Callable[[Schedule], Awaitable[None]]) -> None:
        """One that cannot be dealt with keeps no other waiting."""
        acts = [act(one) for one in schedules]
        for one, error in zip(schedules, await asyncio.gather(*acts, return_exceptions=True), strict=True):
            if isinstance(error, RAISED.unavailable):
                raise error
            if error:
                log.error("schedule %s: its date could not be dealt with", one.id, exc_info=error)

    async def _bring(self, schedule: Schedule) -> None:
        """What comes first can be repeated; only then the date counts as dealt with."""
        now, zone = self._clock(), ZoneInfo(schedule.zone)
        if not self._rules.may_lead(schedule.lead):
            await self._newsroom.tell(lead_is_gone(self._texts, schedule, now), zone)
            await self._schedules.suspend(schedule)
            return
        if schedule.ends_on and now.astimezone(zone).date() > schedule.ends_on:
            await self._schedules.advance(schedule, None)
        elif isinstance(schedule.what, RepeatedSurvey):
            due = milliseconds(schedule.next_at) if schedule.next_at else 0
            await have_done(self._engine, JOB, schedule.id, due)
        else:
            await self._newsroom.tell(reminder(schedule, schedule.what.text, now), zone)
            await self._schedules.advance(schedule, next(iter(dates_of(schedule, now, 1)), None))

    async def _tell_lead(self, schedule: Schedule) -> None:
        """Tell a lead once, in their own chat and when they may be written to, that the team is gone."""
        now = self._clock()
        taken = now + LEASE
        if not await self._schedules.take(schedule, now, taken):
            return
        occasion = gone_occasion(schedule)
        outcome = await self._notes.bring(
            Note(
                schedule.lead,
                occasion,
                ZoneInfo(schedule.zone),
                team_gone_card(self._texts, schedule),
                partial(self._schedules.begin_telling, schedule, taken, occasion),
                partial(self._schedules.take_back_telling, schedule, taken, occasion),
            )
        )
        if isinstance(outcome, NotNow):
            again_at = held_until(outcome.again_at, self._clock())
            await persist(lambda: self._schedules.tell_at(schedule, taken, again_at))
        else:
            log.info("schedule %s: the lead was told that the team is gone: %s", schedule.id, outcome)
