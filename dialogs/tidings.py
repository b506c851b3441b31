"""What a team's channel hears of promises: made, kept, overdue, and what a kept one moved."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from assessment.model import Level
from assessment.news import News, NewsKind, overdue_id
from assessment.pledges import Pledge, PledgeState, Step
from cards.naming import answer_name
from content.loading import Content
from content.model import Edition
from dialogs.news import Newsroom
from dialogs.pictures import Pictures
from storage.pledges import Pledges


class Tidings:
    """Tells news of promises that a channel knows of; telling something again changes nothing."""

    def __init__(self, content: Content, newsroom: Newsroom, pictures: Pictures, pledges: Pledges) -> None:
        self._content = content
        self._newsroom = newsroom
        self._pictures = pictures
        self._pledges = pledges

    async def tell(self, pledge: Pledge, *, heard_at: dt.datetime | None = None) -> None:
        """Tell that a promise was made, and, where it was, kept; and keep that this is told.

        Nobody hears of what was promised in somebody else's name before they do, nor of it at all where they
        dropped it. `heard_at` is when its owner heard by themselves what somebody else promised.
        """
        if not pledge.is_known_to_owner:
            return
        if pledge.state is not PledgeState.DROPPED:
            told_at = pledge.asked_at if pledge.in_anothers_name else None
            at = heard_at or told_at or pledge.made_at
            await self._news(pledge, f"pledge-made:{pledge.id}", NewsKind.PLEDGE_MADE, at)
        if pledge.state is PledgeState.KEPT and pledge.closed_at:
            await self._kept(pledge, pledge.closed_at)
        await self._pledges.told(pledge)

    async def overdue(self, pledge: Pledge, now: dt.datetime) -> None:
        """Tell that a promise is overdue, once for each day it was due."""
        await self._news(pledge, overdue_id(pledge), NewsKind.PLEDGE_OVERDUE, now)

    async def _kept(self, pledge: Pledge, at: dt.datetime) -> None:
        """One occasion, whether it moved the team or not."""
        step = await self._pictures.step(pledge)
        kind = NewsKind.MOVED_UP if step and step.moved else NewsKind.PLEDGE_KEPT
        await self._news(pledge, f"pledge-kept:{pledge.id}", kind, at, step)

    async def _news(  # noqa: PLR0917 - each of a type of its own
        self, pledge: Pledge, id_: str, kind: NewsKind, at: dt.datetime, step: Step | None = None
    ) -> None:
        if pledge.team is None or pledge.channel_id is None:
            return
        facts = _facts(pledge) | (self._facts_of_step(pledge, step) if step else {})
        await self._newsroom.tell(
            News(id_, kind, pledge.team, pledge.channel_id, at, facts), ZoneInfo(pledge.zone)
        )

    def _facts_of_step(self, pledge: Pledge, step: Step) -> dict[str, str | int]:
        """How many statements of a level are met; and what rose, where something did."""
        facts: dict[str, str | int] = {"met": step.met, "of": step.of}
        edition = self._content.editions[pledge.edition]
        if step.moved and pledge.discipline:
            facts["discipline"] = edition.disciplines[pledge.discipline].name
            facts |= {"from": self._name(edition, step.was), "to": self._name(edition, step.now)}
        if step.moved and step.stage_was and step.stage_now and step.stage_now is not step.stage_was:
            stages = self._name(edition, step.stage_was), self._name(edition, step.stage_now)
            facts |= {"stage_from": stages[0], "stage_to": stages[1]}
        return facts

    def _name(self, edition: Edition, level: Level) -> str:
        return answer_name(self._content.texts, edition, level)


def _facts(pledge: Pledge) -> dict[str, str | int]:
    return {"name": pledge.owner_name, "what": pledge.what, "due_on": pledge.due_on.isoformat()}
