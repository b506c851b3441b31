"""What a survey's channel sees: one card that fills up, and the result."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import TypeVar

from assessment.survey import Phase, Survey
from cards.elements import Card
from dialogs.survey_views import SurveyViews
from jobs.pacer import Pacer
from jobs.patience import pauses, persist
from jobs.port import Outcome, Port, Refused, RetryAfter, Sent
from storage.database import Database
from storage.surveys import PROGRESS, Post

log = logging.getLogger(__name__)

Result = TypeVar("Result", bound=Outcome | Post)

RESULT = "result"
RESULT_FOR_LEAD = "result-for-lead"
AWAITING = "awaiting"

TRIES = 6
"""Over half a minute. What is not posted by then is tried again at a later look."""

PATIENCE_SECONDS = 60.0

SHOWN_AFTERWARDS = dt.timedelta(hours=1)
"""How long a closed survey's card is looked after, in case its last edit was lost."""

EDIT_EVERY = dt.timedelta(seconds=10)
"""Shorter would count against the few messages that Teams allows in one conversation."""


class Poster:
    """Posts each thing once, whatever happens, and edits it as often as it may."""

    def __init__(
        self,
        database: Database,
        views: SurveyViews,
        port: Port,
        pacer: Pacer,
        *,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._views = views
        self._port = port
        self._pacer = pacer
        self._clock = clock

    async def post_result(self, survey: Survey) -> None:
        """Post the result of a closed survey; what the channel cannot take the lead is told, in good time."""
        if not await self._post_once(survey, RESULT, await self._views.result(survey)):
            await persist(lambda: self._surveys.owe(survey, RESULT_FOR_LEAD, self._clock()))

    async def post_awaiting(self, survey: Survey) -> None:
        """Post, once, that a survey waits for a second lead; its button is the way to agree."""
        await self._post_once(survey, AWAITING, await self._views.now(survey, self._clock()))

    async def show_progress(self) -> None:
        """Bring the progress cards that may be edited now up to date, and post those that are missing."""
        at = self._clock()
        surveys = await self._surveys.running() + await self._surveys.just_closed(at - SHOWN_AFTERWARDS)
        editable = await self._surveys.editable(PROGRESS, EDIT_EVERY) if surveys else set()
        # Each by itself: one channel that Teams holds back keeps no other one waiting for long.
        shown = await asyncio.gather(*(self._show(one, editable) for one in surveys), return_exceptions=True)
        for survey, error in zip(surveys, shown, strict=True):
            if error:
                log.error("survey %s: its card could not be made", survey.id, exc_info=error)

    async def _show(self, survey: Survey, editable: set[str]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if survey.id in editable:
                    await self.edit_progress(survey)
                elif survey.phase is Phase.OPEN and await self._surveys.post(survey, PROGRESS) is None:
                    await self._post_once(survey, PROGRESS, await self._progress(survey))
        except TimeoutError:
            log.warning("survey %s: its card could not be brought up to date in time", survey.id)

    async def edit_progress(self, survey: Survey, *, at_once: bool = False) -> None:
        """Have the progress card show what is true now, if it does not."""
        post = await self._surveys.post(survey, PROGRESS)
        home = await self._surveys.home(survey.team)
        if post is None or home is None:
            return
        card = await self._progress(survey)
        pause = dt.timedelta() if at_once else EDIT_EVERY
        # The turn first: what is claimed is edited at once, so that edits keep the distance of their claims.
        await self._pacer.turn(survey.team.tenant_id)
        if not await self._surveys.claim_edit(survey, PROGRESS, _digest(card), pause):
            return
        outcome: Outcome | None = None
        try:
            outcome = await self._port.edit_card(home.service_url, post, card)
        finally:
            if not isinstance(outcome, Sent | Refused):
                # Nobody knows what it shows now, so that the next look edits it again.
                await self._surveys.claim_edit(survey, PROGRESS, "", dt.timedelta())
                log.warning("survey %s: its card was not edited: %s", survey.id, outcome)

    async def _progress(self, survey: Survey) -> Card:
        if survey.phase is Phase.CLOSED:
            return await self._views.ended(survey, self._clock())
        now = self._clock()
        return self._views.progress(survey, await self._deliveries.numbers_at(survey, now), now)

    async def _post_once(self, survey: Survey, kind: str, card: Card) -> bool:
        """Whether it is posted, or will be, or may be; not where Teams refuses it or the team has no app."""
        home = await self._surveys.home(survey.team)
        if home is None:
            return False
        if not await self._surveys.claim_post(survey, kind):
            return True
        posted = await self._patiently(survey, lambda: self._port.post_card(home, survey.channel_id, card))
        if isinstance(posted, Post):
            await self._surveys.keep_post(survey, kind, posted)
            return True
        log.warning("survey %s: its %s was not posted: %s", survey.id, kind, posted)
        if isinstance(posted, RetryAfter):
            await self._surveys.forget_post(survey, kind)
        return not isinstance(posted, Refused)

    async def _patiently(self, survey: Survey, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Call Teams; while it says "later", again, a few times."""
        for pause in islice(pauses(), TRIES - 1):
            await self._pacer.turn(survey.team.tenant_id)
            outcome = await attempt()
            if not isinstance(outcome, RetryAfter):
                return outcome
            await asyncio.sleep(pause)
        await self._pacer.turn(survey.team.tenant_id)
        return await attempt()


def _digest(card: Card) -> str:
    return hashlib.sha256(json.dumps(card, sort_keys=True).encode()).hexdigest()
