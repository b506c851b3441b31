"""Asking people about what they promised: one thing at a time, when they work, and never again and again.

A question is begun in the ledger of promises and claimed in that of contacts before Teams is called. What is
between that and its outcome when a process dies is unknown, and the same question is never asked again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, PledgeState, after_message, is_given_up
from assessment.survey import Delivery, Refusal
from cards.elements import Card
from cards.pledge import in_your_name_card, pledge_question_card
from content.texts import Texts
from dialogs.respect import Respect, held_until
from dialogs.tidings import Tidings
from jobs.pacer import Pacer
from jobs.patience import persist
from jobs.port import Outcome, Port, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.database import UNAVAILABLE, Database

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Promises that one look takes up; the next look takes the next ones."""

LATER = dt.timedelta(minutes=5)
"""When it is tried again where Teams does not take a message now."""


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
        self._contacts = database.contacts
        self._conversations = database.conversations
        self._respect = respect
        self._tidings = tidings
        self._port = port
        self._pacer = pacer
        self._clock = clock

    async def look(self) -> None:
        """Take up what is due; whatever fails is due again at the next look."""
        await _each(await self._pledges.untold(AT_ONCE), self._tidings.tell)
        await _each(await self._pledges.due(self._clock(), AT_ONCE), self._take_up)

    async def _take_up(self, pledge: Pledge) -> None:
        now = self._clock()
        if pledge.is_overdue(now):
            await self._tidings.overdue(pledge, now)
        if is_given_up(pledge):
            await self._pledges.postpone(pledge, None)
            return
        moment = await self._respect.moment(pledge.owner, now, ZoneInfo(pledge.zone))
        if moment != now:
            await self._pledges.hold(pledge, held_until(moment, now))
            return
        await self._ask(pledge)

    async def _ask(self, pledge: Pledge) -> None:
        """Ask the one question, or tell the owner what was promised in their name."""
        known = await self._conversations.of(pledge.owner)
        chat = known or await self._opened(pledge)
        now, zone = self._clock(), ZoneInfo(pledge.zone)
        if not isinstance(chat, Conversation | Refused):
            await self._pledges.postpone(pledge, now + LATER)
            return
        if not await self._pledges.begin(pledge, now, after_message(pledge, zone, now)):
            return
        if isinstance(chat, Refused):
            log.info("pledge %s: its owner cannot be reached: %d %s", pledge.id, chat.status, chat.code)
            await self._pledges.settle(pledge, Delivery.REFUSED)
            return
        try:
            may_go = await self._has_its_turn(pledge, now, zone)
        except BaseException:
            with suppress(*UNAVAILABLE):
                await self._not_sent(pledge, now)
            raise
        if not may_go:
            await self._not_sent(pledge, now)
            return
        outcome = await self._port.send_card(chat, self._card(pledge))
        if known and isinstance(outcome, Refused) and outcome.reason is Refusal.GONE:
            # The chat that was known is gone, not the person: the next try opens a new one.
            await persist(lambda: self._conversations.lose(pledge.owner, chat))
            outcome = RetryAfter(None)
        await self._keep(pledge, outcome)

    async def _has_its_turn(self, pledge: Pledge, now: dt.datetime, zone: dt.tzinfo) -> bool:
        """Whether it is right to send now, also after a long wait for Teams."""
        occasion = occasion_of(pledge)
        if not await persist(lambda: self._respect.turn(pledge.owner, occasion, now, zone)):
            return False
        await persist(lambda: self._pacer.turn(pledge.owner.tenant_id))
        current = await persist(lambda: self._pledges.get(pledge.id))
        if current is None or current.state is not PledgeState.OPEN:
            return False
        return await persist(lambda: self._respect.still(pledge.owner, occasion, self._clock(), zone))

    async def _keep(self, pledge: Pledge, outcome: Outcome) -> None:
        match outcome:
            case Sent():
                await persist(lambda: self._pledges.settle(pledge, Delivery.DELIVERED))
            case Unknown():
                log.warning(
                    "pledge %s: whether its owner was asked is unknown: %s", pledge.id, outcome.reason
                )
                await persist(lambda: self._pledges.settle(pledge, Delivery.UNKNOWN))
            case Refused():
                log.info("pledge %s: a message was refused: %d %s", pledge.id, outcome.status, outcome.code)
                await persist(lambda: self._contacts.give_back(pledge.owner, occasion_of(pledge)))
                await persist(lambda: self._pledges.settle(pledge, Delivery.REFUSED))
            case RetryAfter(seconds):
                if seconds is not None:
                    await persist(lambda: self._pacer.pause(pledge.owner.tenant_id, seconds))
                await persist(lambda: self._not_sent(pledge, self._clock()))

    async def _not_sent(self, pledge: Pledge, now: dt.datetime) -> None:
        """Count nothing, and try again later."""
        await self._contacts.give_back(pledge.owner, occasion_of(pledge))
        await self._pledges.take_back(pledge, now + LATER)

    def _card(self, pledge: Pledge) -> Card:
        make = in_your_name_card if pledge.is_to_be_told else pledge_question_card
        return make(self._texts, pledge)

    async def _opened(self, pledge: Pledge) -> Conversation | Outcome:
        """The owner's own chat, opened and remembered; or why it is not."""
        there = await self._pledges.on_a_roster(pledge.owner)
        if there is None:
            return Refused(404, "NotOnARoster")
        await self._pacer.turn(pledge.owner.tenant_id)
        home = there.home
        opened = await self._port.open_chat(
            home.service_url, home.bot_id, pledge.owner.tenant_id, there.member_id
        )
        if not isinstance(opened, Sent):
            return opened
        chat = Conversation(opened.id, home.service_url)
        await self._conversations.remember(pledge.owner, chat)
        return chat


async def _each(pledges: Sequence[Pledge], act: Callable[[Pledge], Awaitable[None]]) -> None:
    """Do something for each by itself: one that fails keeps no other one waiting."""
    done = await asyncio.gather(*(act(one) for one in pledges), return_exceptions=True)
    for pledge, error in zip(pledges, done, strict=True):
        if isinstance(error, Exception):
            log.error("pledge %s could not be taken up", pledge.id, exc_info=error)


def occasion_of(pledge: Pledge) -> str:
    """What the next message about a promise is called: it has the number of the question, 0 for telling."""
    return f"pledge:{pledge.id}:{pledge.times_asked + 1}"
