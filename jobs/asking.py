"""Asking people about what they promised: one thing at a time, when they work, and never again and again.

A question is begun in the ledger of promises and counted in that of contacts, in one step, right before Teams
is called. What is between that and its outcome when a process dies is unknown, and the same question is never
asked again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, after_message, is_given_up
from assessment.survey import Delivery
from cards.elements import Card
from cards.pledge import in_your_name_card, pledge_question_card
from content.texts import Texts
from dialogs.respect import Respect, held_until
from dialogs.tidings import Tidings
from jobs.notes import LEASE, Note, Notes, NotNow
from jobs.pacer import Pacer
from jobs.patience import persist
from jobs.port import Port, Refused, Sent, Unknown
from jobs.watch import LOST
from storage.contacts import Known
from storage.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Promises that one look takes up; the next look takes the next ones."""


class Asker:
    """Writes to the owners of promises, and tells channels what they have not been told."""

    def __init__(
        self,
        texts: Texts,
        database: Database,
        port: Port,
        pacer: Pacer,
        *,
        respect: Respect,
        tidings: Tidings,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._texts = texts
        self._pledges = database.pledges
        self._tidings = tidings
        self._notes = Notes(database, port, pacer, respect, clock=clock)
        self._clock = clock

    async def look(self) -> None:
        """Take up what is due; whatever fails is due again at the next look."""
        await _each(await self._pledges.untold(AT_ONCE), self._tidings.tell)
        await _each(await self._pledges.due(self._clock(), AT_ONCE), self._take_up)
        # Last, so that a process that had lost the database can take back before what it never sent.
        await self._pledges.lose_old(self._clock() - LOST)

    async def _take_up(self, pledge: Pledge) -> None:
        now = self._clock()
        if pledge.is_overdue(now):
            await self._tidings.overdue(pledge, now)
        if is_given_up(pledge):
            await self._pledges.ask_no_more(pledge)
            return
        taken = now + LEASE
        if await self._pledges.take(pledge, now, taken):
            await self._ask(pledge, taken)

    async def _ask(self, pledge: Pledge, taken: dt.datetime) -> None:
        """Ask the one question, or tell the owner what was promised in their name."""
        zone = ZoneInfo(pledge.zone)
        claim, undo = partial(self._begin, pledge, taken), partial(self._take_back, pledge, taken)
        note = Note(pledge.owner, occasion_of(pledge), zone, self._card(pledge), claim, undo)
        outcome = await self._notes.bring(note)
        match outcome:
            case NotNow(again_at):
                await persist(lambda: self._pledges.hold(pledge, taken, held_until(again_at, self._clock())))
            case Sent():
                await self._settle(pledge, Delivery.DELIVERED)
            case Unknown(reason):
                log.warning("pledge %s: whether its owner was asked is unknown: %s", pledge.id, reason)
                await self._settle(pledge, Delivery.UNKNOWN)
            case Refused(status, code):
                log.info("pledge %s: a message was refused: %d %s", pledge.id, status, code)
                await self._settle(pledge, Delivery.REFUSED)

    async def _begin(self, pledge: Pledge, taken: dt.datetime, now: dt.datetime, known: Known) -> bool:
        """Count the question, unless the promise is not the same any more."""
        ask_at = after_message(pledge, ZoneInfo(pledge.zone), now)
        return await self._pledges.begin(pledge, taken, occasion_of(pledge), now, known, ask_at)

    async def _take_back(self, pledge: Pledge, taken: dt.datetime, begun_at: dt.datetime) -> None:
        await self._pledges.take_back(pledge, taken, occasion_of(pledge), begun_at)

    async def _settle(self, pledge: Pledge, outcome: Delivery) -> None:
        await persist(lambda: self._pledges.settle(pledge, outcome))

    def _card(self, pledge: Pledge) -> Card:
        make = in_your_name_card if pledge.is_to_be_told else pledge_question_card
        return make(self._texts, pledge)


async def _each(pledges: Sequence[Pledge], act: Callable[[Pledge], Awaitable[None]]) -> None:
    """Do something for each by itself: one that fails keeps no other one waiting."""
    done = await asyncio.gather(*(act(one) for one in pledges), return_exceptions=True)
    for pledge, error in zip(pledges, done, strict=True):
        if isinstance(error, Exception):
            log.error("pledge %s could not be taken up", pledge.id, exc_info=error)


def occasion_of(pledge: Pledge) -> str:
    """What the next message about a promise is called: it has the number of the question, 0 for telling."""
    return f"pledge:{pledge.id}:{pledge.times_asked + 1}"
