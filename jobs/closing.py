"""Closing a survey: its result is made once, and what ties answers to people is destroyed."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace

from assessment.survey import Phase, Survey
from assessment.team import tallies
from jobs.announcing import Announcer
from jobs.posting import Poster
from storage.database import Database

log = logging.getLogger(__name__)

SETTLING_SECONDS = 30
"""How long closing waits for messages that are on their way this moment; Teams' answer takes at most 15."""

LOOK_EVERY = 0.5


class Closer:
    """Closes surveys."""

    def __init__(
        self, database: Database, poster: Poster, announcer: Announcer, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self._database = database
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._checks = database.checks
        self._turns = database.turns
        self._poster = poster
        self._announcer = announcer
        self._clock = clock

    async def close(self, survey_id: str) -> None:
        """Make a survey's result and post it. Repeated after a crash, it goes on where it was."""
        survey = await self._surveys.get(survey_id)
        if survey is None or survey.phase not in {Phase.CLOSING, Phase.CLOSED}:
            return
        if not await self._surveys.has_result(survey):
            await self._settle(survey)
            answers, finished = await self._checks.tally(survey)
            kept = tallies(answers, finished, survey.plan.smallest_group)
            numbers = replace(await self._deliveries.numbers(survey), finished=sum(finished.values()))
            await self._surveys.keep_result(survey, numbers, kept)
        if survey.plan.is_anonymous:
            await self._checks.delete_in(survey)
            await self._turns.blur(survey)
            await self._deliveries.forget_reminders(survey)
        if await self._surveys.close(survey):
            log.info("survey %s is closed", survey.id)
        closed = await self._surveys.get(survey_id) or survey
        await self._poster.post_result(closed)
        await self._announcer.tell_moves(closed)
        await self._poster.edit_progress(closed, at_once=True)
        if survey.plan.is_anonymous:
            await self._database.erase()

    async def _settle(self, survey: Survey) -> None:
        """Wait until nothing is on its way any more."""
        for _ in range(int(SETTLING_SECONDS / LOOK_EVERY)):
            await self._surveys.begin_closing(survey, self._clock())
            if not (await self._deliveries.numbers(survey)).waiting:
                return
            await asyncio.sleep(LOOK_EVERY)
        log.warning("survey %s is closed while messages are still on their way", survey.id)
