"""Sending a survey's messages: to everybody they are meant for, to nobody twice, and every outcome kept.

A row of the ledger is claimed before Teams is called, and settled after. What is between the two when a
process dies is unknown, and stays so. The engine only says who does which part; the ledger knows who was sent
what.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from assessment.survey import Delivery, Phase, Refusal, Survey
from cards.elements import Card
from cards.invitation import invitation_card
from content.loading import Content
from dialogs.surveys import BETWEEN_REMINDERS
from jobs.courtesy import Courtesy, Turn
from jobs.pacer import Pacer
from jobs.patience import pauses, persist, to_its_end
from jobs.port import Outcome, Port, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.database import RAISED, Database
from storage.deliveries import Letter, Round
from storage.surveys import INVITATION, REMINDER, REMINDER_BY_HAND, Home

log = logging.getLogger(__name__)

NEXT_UP = 2
"""Letters of a part that are claimed and wait for their turn: enough that no turn is missed, few enough that
a process that dies leaves few in doubt. As many wait to have their chat opened: more would hold back the
letters whose chats are open already."""

TRIES = 7
"""How often a part's letters are tried, over half a minute. Then whoever comes next has the turn; a chat that
Teams gave no answer about all the while counts as refused."""

LONG_TURN = 1.0
"""Seconds of waiting after which it is asked again whether a letter is still to be sent."""

FRESH = dt.timedelta(minutes=5)
"""How long nobody is expected to have done already what an invitation asks for. Later, as on the morning
after, that is looked up for each."""


@dataclass(frozen=True, slots=True)
class _Errand:
    """What all letters of a part have in common."""

    survey: Survey
    home: Home
    card: Card
    is_reminder: bool
    turn: Turn
    next_up: asyncio.Semaphore
    next_to_open: asyncio.Semaphore


class Sender:
    """Plans rounds and sends their parts."""

    def __init__(
        self,
        content: Content,
        database: Database,
        port: Port,
        pacer: Pacer,
        *,
        courtesy: Courtesy,
        replica: str,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._content = content
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._conversations = database.conversations
        self._checks = database.checks
        self._port = port
        self._pacer = pacer
        self._courtesy = courtesy
        self._replica = replica
        self._clock = clock

    async def plan_round(self, survey_id: str, number: int) -> list[int]:
        """Write down who gets a round's message; the parts to be sent. Repeated, it goes on where it was."""
        survey, round_ = await self._surveys.get(survey_id), Round(survey_id, number)
        if survey is None:
            return []
        await self._deliveries.skip_missed(survey, self._clock())
        if not await self._deliveries.begin(round_):
            return await self._deliveries.waiting_parts(round_, self._clock())
        kind, due_at = await self._deliveries.kind_of(round_)
        since = due_at - BETWEEN_REMINDERS
        if kind == REMINDER and not await self._surveys.remind(survey, due_at, since, is_planned=True):
            await self._deliveries.skip(round_)
            return []
        if kind in {REMINDER, REMINDER_BY_HAND}:
            finished = await self._checks.finished_in(survey)
            await self._deliveries.plan(survey, round_, self._clock(), leave_out=finished)
        return await self._deliveries.begin_sending(round_, self._clock())

    async def send_part(self, survey_id: str, number: int, part: int) -> None:
        """Send a part's letters. What Teams does not take for a while is left, and handed out again later."""
        round_ = Round(survey_id, number)
        survey = await persist(lambda: self._surveys.get(survey_id))
        if survey is None:
            return
        home = await persist(lambda: self._surveys.home(survey.team))
        if home is None:
            log.warning("survey %s is stopped, since its team has no app any more", survey.id)
            await persist(lambda: self._surveys.stop(survey, self._clock()))
            return
        kind, _ = await persist(lambda: self._deliveries.kind_of(round_))
        for number_of_try, pause in zip(range(TRIES), pauses(), strict=False):
            letters = await persist(lambda: self._deliveries.waiting(survey, round_, part, self._clock()))
            if not letters:
                break
            turn = await self._courtesy.turn(survey, letters, part)
            if not turn.letters:
                break
            errand = self._errand(survey, home, turn, is_reminder=kind != INVITATION)
            gives_up = number_of_try == TRIES - 1
            async with asyncio.TaskGroup() as sending:
                for letter in turn.letters:
                    sending.create_task(self._send(errand, letter, pause, gives_up=gives_up))
        await persist(lambda: self._deliveries.end(round_))

    def _errand(self, survey: Survey, home: Home, turn: Turn, *, is_reminder: bool) -> _Errand:
        edition = self._content.editions[survey.plan.edition]
        card = invitation_card(self._content.texts, edition, survey, reminder=is_reminder)
        next_up, next_to_open = asyncio.Semaphore(NEXT_UP), asyncio.Semaphore(NEXT_UP)
        return _Errand(survey, home, card, is_reminder, turn, next_up, next_to_open)

    async def _send(self, errand: _Errand, letter: Letter, pause: float, *, gives_up: bool) -> None:
        """Try to send one letter, and keep what became of it; what Teams does not take now stays waiting."""
        claim = uuid4().hex
        chat = letter.home or await self._opened(errand, letter)
        if isinstance(chat, Conversation):
            async with errand.next_up, self._given_back_if_cancelled(letter, claim):
                if not await self._claimed(errand, letter, claim):
                    return
                if not await self._may_go(errand, letter, claim):
                    await persist(lambda: self._deliveries.release(letter, claim, self._clock()))
                    return
            outcome = await to_its_end(self._sent(errand, letter, chat, claim))
        else:
            outcome = Refused(0, chat.reason) if gives_up and isinstance(chat, Unknown) else chat
            if isinstance(outcome, Refused) and await self._claims(errand, letter, claim):
                await self._keep(letter, claim, outcome)
        if isinstance(outcome, RetryAfter) and outcome.seconds is not None:
            seconds = outcome.seconds
            await persist(lambda: self._pacer.pause(letter.person.tenant_id, seconds))
            await asyncio.sleep(pause)
        elif isinstance(outcome, RetryAfter | Unknown):
            await asyncio.sleep(pause)

    async def _sent(self, errand: _Errand, letter: Letter, chat: Conversation, claim: str) -> Outcome:
        outcome = await self._port.send_card(chat, errand.card)
        if letter.home and isinstance(outcome, Refused) and outcome.reason is Refusal.GONE:
            # The chat that was known is gone, not the person: the next try opens a new one.
            await persist(lambda: self._conversations.lose(letter.person, chat))
            outcome = RetryAfter(None)
        await self._keep(letter, claim, outcome)
        return outcome

    @asynccontextmanager
    async def _given_back_if_cancelled(self, letter: Letter, claim: str) -> AsyncIterator[None]:
        """As the bot stops; nothing was sent yet."""
        try:
            yield
        except asyncio.CancelledError:
            with suppress(*RAISED.unavailable):
                await self._deliveries.release(letter, claim, self._clock())
            raise

    async def _may_go(self, errand: _Errand, letter: Letter, claim: str) -> bool:
        """Wait for the turn of a claimed letter; whether it is still to be sent when that took long."""
        asked = asyncio.get_running_loop().time()
        await self._turn(letter)
        waited = asyncio.get_running_loop().time() - asked
        if waited < LONG_TURN:
            return True
        return await self._courtesy.still(errand.survey, letter) and await self._claimed(
            errand, letter, claim
        )

    async def _claims(self, errand: _Errand, letter: Letter, claim: str) -> bool:
        if not self._courtesy.is_good(errand.turn, letter):
            return False
        return await persist(lambda: self._deliveries.claim(letter, claim, self._replica, self._clock()))

    async def _claimed(self, errand: _Errand, letter: Letter, claim: str) -> bool:
        """Claim a letter that is still to be sent; one that is needed no more is settled."""
        if not await self._claims(errand, letter, claim):
            return False
        if not self._may_be_done(errand):
            return True
        survey = await persist(lambda: self._surveys.get(errand.survey.id))
        if survey is None or survey.phase is not Phase.OPEN:
            await self._courtesy.give_back(letter)
            await persist(lambda: self._deliveries.release(letter, claim, self._clock()))
            return False
        if await self._is_done(survey, letter):
            await self._leave_out(errand, letter, claim)
            return False
        return True

    async def _leave_out(self, errand: _Errand, letter: Letter, claim: str) -> None:
        if errand.is_reminder:
            await self._courtesy.give_back(letter)
            await self._settle(letter, claim, Delivery.STOPPED, "finished")
        else:
            # By `start` they got the survey's card. Kept like any other, it tells nobody who has finished.
            await self._settle(letter, claim, Delivery.DELIVERED)

    def _may_be_done(self, errand: _Errand) -> bool:
        opened_at = errand.survey.opened_at
        return errand.is_reminder or opened_at is None or self._clock() - opened_at > FRESH

    async def _is_done(self, survey: Survey, letter: Letter) -> bool:
        """Whether somebody has finished, or wishes to be left alone, since the round was planned."""
        check = await persist(lambda: self._checks.latest(survey.respondent(letter.person)))
        at = self._clock()
        wants_peace = await persist(lambda: self._deliveries.wants_peace(survey, letter.person, at))
        return wants_peace or bool(check and check.finished_at)

    async def _keep(self, letter: Letter, claim: str, outcome: Outcome) -> None:
        match outcome:
            case Sent():
                await self._settle(letter, claim, Delivery.DELIVERED)
            case Refused():
                survey_id = letter.round.survey_id
                log.info("survey %s: a message was refused: %d %s", survey_id, outcome.status, outcome.code)
                await self._courtesy.give_back(letter)
                await self._settle(letter, claim, Delivery.REFUSED, outcome.reason)
            case Unknown():
                survey_id = letter.round.survey_id
                log.warning("survey %s: whether a message arrived is unknown: %s", survey_id, outcome.reason)
                await self._settle(letter, claim, Delivery.UNKNOWN, outcome.reason)
            case RetryAfter():
                await self._courtesy.give_back(letter)
                await persist(lambda: self._deliveries.release(letter, claim, self._clock()))

    async def _settle(self, letter: Letter, claim: str, state: Delivery, reason: str = "") -> None:
        now = self._clock()
        await persist(lambda: self._deliveries.settle(letter, claim, state, now, reason=reason))

    async def _opened(self, errand: _Errand, letter: Letter) -> Conversation | Refused | RetryAfter | Unknown:
        """The person's own chat, opened and remembered; or why it is not."""
        home, tenant_id = errand.home, letter.person.tenant_id
        async with errand.next_to_open:
            await self._turn(letter)
        outcome = await self._port.open_chat(home.service_url, home.bot_id, tenant_id, letter.member_id)
        if not isinstance(outcome, Sent):
            return outcome
        chat = Conversation(outcome.id, home.service_url)
        await persist(lambda: self._conversations.remember(letter.person, chat))
        return chat

    async def _turn(self, letter: Letter) -> None:
        await persist(lambda: self._pacer.turn(letter.person.tenant_id))
