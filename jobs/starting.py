"""The survey of a schedule's date: planned, counted and opened as by a lead, or left out with a word why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from assessment.news import News
from assessment.schedules import RepeatedSurvey, Schedule
from assessment.survey import Phase, Survey
from content.texts import Texts
from dialogs.due_schedules import nobody_to_ask, skipped, survey_for
from dialogs.recurrence import dates_of
from jobs.means import Means
from jobs.posting import Poster
from storage.columns import milliseconds
from storage.database import Database


class NotReady(Exception):
    """Somebody else lists the same team at the same time; to be tried again."""


class Starter:
    """Begins the survey of a date: a job of the engine, which may run more than once."""

    def __init__(
        self,
        texts: Texts,
        database: Database,
        poster: Poster,
        means: Means,
        *,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._texts = texts
        self._schedules = database.schedules
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._launch = means.launch
        self._newsroom = means.newsroom
        self._poster = poster
        self._rules = means.rules
        self._clock = clock

    async def start(self, schedule_id: str, due: int) -> None:
        """Begin the survey of a schedule's date, given in milliseconds, and go on to the next date.

        Repeated after a crash, it goes on where it was. Raises RosterUnavailable.
        """
        schedule = await self._schedules.get(schedule_id)
        if not (schedule and schedule.next_at and milliseconds(schedule.next_at) == due):
            return
        now = self._clock()
        if isinstance(schedule.what, RepeatedSurvey):
            await self._begin(schedule, schedule.what, now)
        await self._schedules.advance(schedule, next(iter(dates_of(schedule, now, 1)), None))

    async def _begin(self, schedule: Schedule, what: RepeatedSurvey, now: dt.datetime) -> None:
        planned = survey_for(self._texts, schedule, what, now)
        survey = await self._surveys.get(planned.id)
        if survey is None or survey.phase is Phase.DRAFT:
            if news := await self._send(schedule, what, planned, now=now):
                await self._newsroom.tell(news, ZoneInfo(schedule.zone))
                return
            survey = await self._surveys.get(planned.id)
        if survey and survey.phase is Phase.DRAFT:
            raise NotReady(survey.id)
        if survey and survey.phase is Phase.AWAITING:
            await self._poster.post_awaiting(survey)

    async def _send(
        self, schedule: Schedule, what: RepeatedSurvey, survey: Survey, *, now: dt.datetime
    ) -> News | None:
        """Send a survey, or ask for a second lead; what the channel is told where it is left out."""
        if other := await self._launch.other_under_way(schedule.team, than=survey):
            return skipped(self._texts, schedule, what, other=other, now=now)
        await self._surveys.plan(survey, now)
        await self._launch.count(survey, now)
        reach = await self._deliveries.reach(survey)
        listed = await self._surveys.get(survey.id)
        if listed is None or not listed.counted:
            raise NotReady(survey.id)
        if not reach.people:
            return nobody_to_ask(self._texts, schedule, what, now)
        if self._rules.needs_second(reach):
            await self._surveys.ask_second(survey, schedule.lead, schedule.lead_name)
        else:
            await self._launch.open(survey, now)
        return None
