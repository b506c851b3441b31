"""What a team's channel hears of promises: made, kept, overdue, and what a kept one moved."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from assessment.news import News, NewsKind
from assessment.pledges import Pledge, PledgeState, Step
from dialogs.news import Newsroom
from dialogs.pictures import Pictures
from storage.pledges import Pledges


class Tidings:
    """Tells news of promises that a channel knows of; telling something again changes nothing."""

    def __init__(self, newsroom: Newsroom, pictures: Pictures, pledges: Pledges) -> None:
        self._newsroom = newsroom
        self._pictures = pictures
        self._pledges = pledges

    async def tell(self, pledge: Pledge) -> None:
        """Tell that a promise was made, and, where it was, kept; and keep that this is told."""
        await self._news(pledge, f"pledge-made:{pledge.id}", NewsKind.PLEDGE_MADE, pledge.made_at)
        if pledge.state is PledgeState.KEPT and pledge.closed_at:
            await self._kept(pledge, pledge.closed_at)
        await self._pledges.told(pledge)

    async def overdue(self, pledge: Pledge, now: dt.datetime) -> None:
        """Tell that a promise is overdue, once for each day it was due."""
        id_ = f"pledge-overdue:{pledge.id}:{pledge.due_on}"
        await self._news(pledge, id_, NewsKind.PLEDGE_OVERDUE, now)

    async def _kept(self, pledge: Pledge, at: dt.datetime) -> None:
        step = await self._pictures.step(pledge)
        id_, kind = f"pledge-kept:{pledge.id}", NewsKind.PLEDGE_KEPT
        if step and step.moved:
            id_, kind = f"statement-met:{pledge.id}", NewsKind.MOVED_UP
        await self._news(pledge, id_, kind, at, step)

    async def _news(  # noqa: PLR0917 - each of a type of its own
        self, pledge: Pledge, id_: str, kind: NewsKind, at: dt.datetime, step: Step | None = None
    ) -> None:
        if pledge.team is None or pledge.channel_id is None:
            return
        facts = _facts(pledge) | (_facts_of_step(step) if step else {})
        await self._newsroom.tell(
            News(id_, kind, pledge.team, pledge.channel_id, at, facts), ZoneInfo(pledge.zone)
        )


def _facts(pledge: Pledge) -> dict[str, str | int]:
    discipline = {"discipline": pledge.discipline} if pledge.discipline else {}
    return {
        "pledge": pledge.id,
        "who": pledge.owner_name,
        "what": pledge.what,
        "due": pledge.due_on.isoformat(),
        "edition": pledge.edition,
        **discipline,
    }


def _facts_of_step(step: Step) -> dict[str, str | int]:
    """How many statements of `level` are met; and what rose, where something did."""
    facts: dict[str, str | int] = {"level": int(step.counted), "met": step.met, "of": step.of}
    if step.moved:
        facts |= {"from": int(step.was), "to": int(step.now)}
    if step.stage_now and step.stage_now is not step.stage_was:
        facts |= {"stage": int(step.stage_now)}
        if step.stage_was:
            facts |= {"stage_before": int(step.stage_was)}
    return facts
