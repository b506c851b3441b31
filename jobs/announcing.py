"""What channels are told besides surveys' own cards: found, bundled, and each told once."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessment.news import (
    WHILE_OPEN,
    WHILE_PLEDGED,
    News,
    NewsKind,
    is_out_of_date,
    milestones,
    survey_facts,
    worth_telling,
)
from assessment.pledges import Pledge
from assessment.survey import Numbers, Phase, Survey
from cards.elements import Card
from cards.naming import answer_name
from cards.news import news_card
from content.texts import Texts
from dialogs.news import Newsroom
from dialogs.survey_views import SurveyViews
from jobs.pacer import Pacer
from jobs.patience import in_time, persist
from jobs.port import Outcome, Port, Refused, RetryAfter
from storage.database import RAISED, Database
from storage.news import Address, Told
from storage.surveys import PROGRESS, Home, Post

log = logging.getLogger(__name__)

AGAIN_AFTER = 60.0
"""Seconds until what Teams did not take is tried again, unless Teams asks for more."""

CARD_WITHIN = dt.timedelta(minutes=1)
"""How long the start of a survey waits for its progress card, which may have told the channel already."""


class Announcer:
    """Every replica finds the same news and tells what is due; of all of them one gets to do it."""

    def __init__(
        self,
        texts: Texts,
        database: Database,
        views: SurveyViews,
        port: Port,
        *,
        pacer: Pacer,
        replica: str,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._texts = texts
        self._surveys = database.surveys
        self._pledges = database.pledges
        self._deliveries = database.deliveries
        self._newsstand = database.news
        self._newsroom = Newsroom(database.news)
        self._views = views
        self._port = port
        self._pacer = pacer
        self._replica = replica
        self._clock = clock

    async def announce(self) -> None:
        """Find what there is to tell of the surveys that are open, and tell each channel what is due."""
        surveys = [one for one in await self._surveys.running() if one.phase is Phase.OPEN]
        await _each("a survey's news", *(self._find(one) for one in surveys))
        addresses = await self._newsstand.due(self._clock())
        # Each by itself: one channel that Teams holds back keeps no other one waiting.
        await _each("a channel's news", *(self._tell(one) for one in addresses))

    async def tell_moves(self, survey: Survey) -> None:
        """Have the channel told where the team's result of a closed survey is higher than the one before."""
        change = (await self._views.outcome(survey))[2]
        if change is None:
            return
        edition, at = self._views.edition(survey), self._clock()
        moved: dict[str, dict[str, str | int]] = {}
        if change.raised_stage:
            before, now = (answer_name(self._texts, edition, one) for one in change.raised_stage)
            moved[""] = {"stage_from": before, "stage_to": now}
        for discipline, levels in change.raised.items():
            before, now = (answer_name(self._texts, edition, one) for one in levels)
            name = edition.disciplines[discipline].name
            moved[f":{discipline}"] = {"discipline": name, "from": before, "to": now}
        news = [_news(survey, NewsKind.MOVED_UP, at, facts, part=part) for part, facts in moved.items()]
        await self._newsroom.tell_together(news, ZoneInfo(survey.zone))

    async def lose(self, replica: str) -> None:
        """What a process that died had claimed may have been told, and is never told again."""
        await self._newsstand.lose(replica, self._clock())

    async def lose_old(self, before: dt.datetime) -> None:
        """The same for what was claimed so long ago that its process must have lost it."""
        await self._newsstand.lose_old(before, self._clock())

    async def _find(self, survey: Survey) -> None:
        at = self._clock()
        numbers = await self._deliveries.numbers(survey)
        for kind in milestones(survey, numbers, at):
            if not await self._newsstand.is_known(_id(survey, kind)):
                await self._add(survey, kind, numbers, at)

    async def _add(self, survey: Survey, kind: NewsKind, numbers: Numbers, at: dt.datetime) -> None:
        seen = False
        if kind is NewsKind.STARTED:
            at, now = survey.opened_at or at, at
            progress = await self._surveys.post(survey, PROGRESS)
            if progress is None and now < at + CARD_WITHIN:
                return
            seen = progress is not None and progress.begins_its_thread
        news = _news(survey, kind, at, survey_facts(kind, survey, numbers))
        await self._newsroom.tell(news, ZoneInfo(survey.zone), seen=seen)

    async def _tell(self, address: Address) -> None:
        """Tell a channel all that is due, on one card, unless another replica does."""
        claim = uuid4().hex
        try:
            claimed = await self._newsstand.claim(address, claim, self._replica, self._clock())
            ready = await self._prepared(address, claim, claimed)
        except BaseException:
            # Surely nothing was sent.
            with suppress(*RAISED.unavailable):
                await self._put_back(claim, AGAIN_AFTER)
            raise
        if ready:
            home, card = ready
            outcome = await self._port.post_card(home, address.channel_id, card)
            await self._keep(address, claim, outcome)

    async def _prepared(self, address: Address, claim: str, claimed: list[News]) -> tuple[Home, Card] | None:
        """Where and what to post, when it is its turn; None where there is nothing to tell, or nobody."""
        news = await self._worth_telling(claimed, claim)
        if not news:
            return None
        home = await self._surveys.home(address.team)
        if home is None:
            log.warning("news of the team %s are not told, since it has no app any more", address.team.id)
            await self._settle(claim, Told.REFUSED)
            return None
        card = news_card(self._texts, home.team, news)
        if not await in_time(self._pacer.turn(address.team.tenant_id)):
            await persist(lambda: self._put_back(claim, AGAIN_AFTER))
            return None
        return home, card

    async def _worth_telling(self, claimed: list[News], claim: str) -> list[News]:
        """Of what is due, what is neither out of date nor outdone; the rest is dropped."""
        now = self._clock()
        surveys = {one.subject for one in claimed if one.kind in WHILE_OPEN}
        pledges = {one.subject for one in claimed if one.kind in WHILE_PLEDGED}
        about: dict[str, Survey | Pledge | None] = {id_: await self._surveys.get(id_) for id_ in surveys}
        about |= {id_: await self._pledges.get(id_) for id_ in pledges}
        current = [one for one in claimed if not is_out_of_date(one, now, about.get(one.subject))]
        news = worth_telling(current)
        if dropped := [one for one in claimed if one not in news]:
            await self._newsstand.drop(dropped, claim, now)
        return news

    async def _keep(self, address: Address, claim: str, outcome: Outcome | Post) -> None:
        if isinstance(outcome, Post):
            await self._settle(claim, Told.SENT)
            return
        log.warning("news of the team %s were not posted: %s", address.team.id, outcome)
        if isinstance(outcome, RetryAfter):
            await persist(lambda: self._put_back(claim, max(outcome.seconds or 0, AGAIN_AFTER)))
        else:
            await self._settle(claim, Told.REFUSED if isinstance(outcome, Refused) else Told.UNKNOWN)

    async def _settle(self, claim: str, told: Told) -> None:
        await persist(lambda: self._newsstand.settle(claim, told, self._clock()))

    async def _put_back(self, claim: str, seconds: float) -> None:
        now = self._clock()
        await self._newsstand.put_back(claim, now + dt.timedelta(seconds=seconds), now)


def _id(survey: Survey, kind: NewsKind, part: str = "") -> str:
    return f"{kind}:{survey.id}{part}"


def _news(
    survey: Survey, kind: NewsKind, at: dt.datetime, facts: Mapping[str, str | int], *, part: str = ""
) -> News:
    return News(_id(survey, kind, part), kind, survey.team, survey.channel_id, at, facts)


async def _each(what: str, *work: Awaitable[None]) -> None:
    """Do all of it; what fails is logged and keeps nothing else from being done."""
    for error in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(error, Exception):
            log.error("%s could not be told", what, exc_info=error)
