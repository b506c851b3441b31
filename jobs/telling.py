"""Results that a channel could not take, told to the leads who asked for them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from assessment.survey import Survey
from dialogs.respect import Respect, held_until
from dialogs.survey_views import SurveyViews
from jobs.notes import LEASE, Note, Notes, NotNow
from jobs.pacer import Pacer
from jobs.patience import persist
from jobs.port import Port
from jobs.posting import RESULT_FOR_LEAD
from storage.database import Database

log = logging.getLogger(__name__)


class Teller:
    """Brings each result once, when its lead may be written to."""

    def __init__(
        self,
        database: Database,
        views: SurveyViews,
        port: Port,
        pacer: Pacer,
        *,
        respect: Respect,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._surveys = database.surveys
        self._views = views
        self._notes = Notes(database, port, pacer, respect, clock=clock)
        self._clock = clock

    async def look(self) -> None:
        """Tell the leads whose time has come; whatever fails is due again in a few minutes."""
        surveys = await self._surveys.owed(RESULT_FOR_LEAD, self._clock())
        done = await asyncio.gather(*(self._tell(one) for one in surveys), return_exceptions=True)
        for survey, error in zip(surveys, done, strict=True):
            if isinstance(error, Exception):
                log.error("survey %s: its lead could not be told the result", survey.id, exc_info=error)

    async def _tell(self, survey: Survey) -> None:
        now = self._clock()
        taken = now + LEASE
        if not await self._surveys.take_owed(survey, RESULT_FOR_LEAD, now, taken):
            return
        occasion = f"result:{survey.id}"
        outcome = await self._notes.bring(
            Note(
                survey.asked_by,
                occasion,
                ZoneInfo(survey.zone),
                await self._views.result(survey),
                partial(self._surveys.begin_owed, survey, RESULT_FOR_LEAD, taken, occasion),
                partial(self._surveys.take_back_owed, survey, RESULT_FOR_LEAD, taken, occasion),
            )
        )
        if not isinstance(outcome, NotNow):
            log.info("survey %s: the lead got the result instead of the channel: %s", survey.id, outcome)
            return
        if outcome.again_at is None:
            log.info("survey %s: the lead wishes no messages, and finds the result by “results”", survey.id)
        due_at = outcome.again_at and held_until(outcome.again_at, self._clock())
        await persist(lambda: self._surveys.put_off_owed(survey, RESULT_FOR_LEAD, taken, due_at))
