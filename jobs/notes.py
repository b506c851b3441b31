"""Notes: one card to one person, begun by the bot, when they may be written to, and never twice.

Whoever has something to tell keeps a row of its own with the time at which it is due, and takes it by moving
that time on by LEASE. Everything that may last comes then, and claims nothing: the chat is opened, the turn
at Teams waited for. Only after that the note is counted, in one step with its row, which is due no more, and
the very next thing is to call Teams. So a process that dies before it has counted the note leaves it due once
more in a few minutes. Between the count and Teams' answer it is unknown whether the note arrived, and it is
never sent again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
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
from storage.database import RAISED, Database

Undo = Callable[[dt.datetime], Awaitable[None]]

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
    claim: Claim
    """Counts it and keeps in the same step that its row is due no more; false where the row has changed."""
    undo: Undo
    """Takes back all that a claim of that time kept, in one step, and nothing of anybody else's."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Nothing was sent, nothing is counted, and the row is as it was taken, unless others changed it."""

    again_at: dt.datetime | None
    """When to try again; None where the person wishes to hear nothing."""


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
        # Where a chat that was known is gone the person is not: the next try opens a new one.
        is_chat_gone = known and isinstance(outcome, Refused) and outcome.reason is Refusal.GONE
        if is_chat_gone or isinstance(outcome, RetryAfter):
            await persist(lambda: note.undo(now))
        elif isinstance(outcome, Refused):
            await persist(lambda: self._contacts.take_back(note.person, note.occasion, now))
        if known and is_chat_gone:
            await persist(lambda: self._conversations.lose(note.person, known))
            return self._later()
        await self._pause(note.person, outcome)
        return self._later() if isinstance(outcome, RetryAfter) else outcome

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
        """Count it, if that is still right after all the waiting.

        Where that fails it may be counted, but surely it was not sent.
        """
        try:
            return await self._respect.turn(note.person, note.occasion, now, note.zone, claim=note.claim)
        except RAISED.unavailable:
            await persist(lambda: note.undo(now))
            raise
        except BaseException:
            # Perhaps this process is to stop: it does not wait for a database that is away.
            with suppress(*RAISED.unavailable):
                await note.undo(now)
            raise

    async def _pause(self, person: Person, outcome: Outcome) -> None:
        if isinstance(outcome, RetryAfter) and outcome.seconds is not None:
            seconds = outcome.seconds
            await persist(lambda: self._pacer.pause(person.tenant_id, seconds))

    def _later(self) -> NotNow:
        return NotNow(self._clock() + LEASE)
