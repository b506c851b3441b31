"""Notes: one card to one person, begun by the bot, when they may be written to, and never twice.

Whoever has something to tell keeps a row of its own with the time at which it is due, and takes it by moving
that time on by LEASE. Everything that may last comes then, and claims nothing: the chat is opened, the turn
at Teams waited for. Only after that the note is counted, and the very next thing is to call Teams. So a
process that dies before it has counted the note leaves it due again in a few minutes. Between the count and
Teams' answer it is unknown whether the note arrived, and it is never sent again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from assessment.model import Person
from assessment.survey import Refusal
from cards.elements import Card
from dialogs.respect import Claim, Respect
from jobs.pacer import Pacer
from jobs.patience import in_time, persist
from jobs.port import Outcome, Port, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.database import UNAVAILABLE, Database

LEASE = dt.timedelta(minutes=5)
"""How long a row is left to who took it; also when it is tried again where Teams takes nothing now."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be told to whom."""

    person: Person
    occasion: str
    """Under which it is counted; there is one note for each."""
    zone: dt.tzinfo
    """Of somebody who has not told theirs."""
    card: Card
    claim: Claim | None = None
    """Counts it, where something else has to be kept in the same step."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Nothing was sent, and nothing is counted."""

    again_at: dt.datetime | None
    """When to try again; None where the person wishes to hear nothing."""
    counted_at: dt.datetime | None = None
    """When it had been counted that Teams did not take; what its claim kept besides is to be taken back."""


class Notes:
    """Brings notes to people; who calls has taken the row it is about."""

    def __init__(
        self,
        database: Database,
        port: Port,
        pacer: Pacer,
        respect: Respect,
        *,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._contacts = database.contacts
        self._conversations = database.conversations
        self._pledges = database.pledges
        self._port = port
        self._pacer = pacer
        self._respect = respect
        self._clock = clock

    async def bring(self, note: Note) -> Sent | Refused | Unknown | NotNow:
        """Send a note if now is the time for it; what was surely not sent is not counted.

        What raises before Teams is called has sent nothing.
        """
        if await self._contacts.is_counted(note.person, note.occasion):
            return Unknown("another process had begun it")
        now = self._clock()
        moment = await self._respect.moment(note.person, now, note.zone)
        if moment != now:
            return NotNow(moment)
        known = await self._conversations.of(note.person)
        chat = known or await self._opened(note.person)
        if isinstance(chat, RetryAfter | Unknown):
            return self._later()
        if isinstance(chat, Conversation) and not await self._has_its_turn(note.person):
            return self._later()
        now = self._clock()
        if not await self._is_counted_at(now, note):
            return self._later()
        outcome = await self._port.send_card(chat, note.card) if isinstance(chat, Conversation) else chat
        if known and isinstance(outcome, Refused) and outcome.reason is Refusal.GONE:
            # The chat that was known is gone, not the person: the next try opens a new one.
            await persist(lambda: self._conversations.lose(note.person, known))
            outcome = RetryAfter(None)
        if isinstance(outcome, Refused | RetryAfter):
            await persist(lambda: self._contacts.give_back(note.person, note.occasion))
        await self._pause(note.person, outcome)
        return NotNow(self._clock() + LEASE, now) if isinstance(outcome, RetryAfter) else outcome

    async def _opened(self, person: Person) -> Conversation | Refused | RetryAfter | Unknown:
        """Somebody's own chat, opened and remembered; or why it is not."""
        there = await self._pledges.on_a_roster(person)
        if there is None:
            return Refused(404, "NotOnARoster")
        if not await self._has_its_turn(person):
            return RetryAfter(None)
        home = there.home
        opened = await self._port.open_chat(home.service_url, home.bot_id, person.tenant_id, there.member_id)
        if not isinstance(opened, Sent):
            await self._pause(person, opened)
            return opened
        chat = Conversation(opened.id, home.service_url)
        await self._conversations.remember(person, chat)
        return chat

    async def _has_its_turn(self, person: Person) -> bool:
        return await in_time(self._pacer.turn(person.tenant_id))

    async def _is_counted_at(self, now: dt.datetime, note: Note) -> bool:
        """Count it, if that is still right after all the waiting."""
        try:
            return await self._respect.turn(note.person, note.occasion, now, note.zone, claim=note.claim)
        except BaseException:
            # It may be counted, but surely it was not sent.
            with suppress(*UNAVAILABLE):
                await self._contacts.give_back(note.person, note.occasion)
            raise

    async def _pause(self, person: Person, outcome: Outcome) -> None:
        if isinstance(outcome, RetryAfter) and outcome.seconds is not None:
            seconds = outcome.seconds
            await persist(lambda: self._pacer.pause(person.tenant_id, seconds))

    def _later(self) -> NotNow:
        return NotNow(self._clock() + LEASE)
