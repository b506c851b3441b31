"""People who answer one check after another, repeat what had no answer, and remember what was confirmed."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError

from cards.presses import GiveAnswer, PickRole, Start, UnknownPress, encode, parse
from cards.survey_presses import TakeSurvey
from content.loading import load
from tests.acceptance.device import Door, Reply
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague, Teams

Json = dict[str, Any]

THINKS = (0.5, 4.0)
"""Seconds before somebody presses the next button."""

TRIES_AGAIN = (0.2, 2.0)
"""Seconds after a press that brought nothing."""

CHANGES_MIND = 0.1
"""How often somebody goes back to the card they have just answered and answers otherwise."""

FAILED = load().texts("problem.error.heading")
STRANGE = load().texts("problem.stale.heading")


@dataclass
class Memory:
    """What one person was told; `confirmed` is the answer last confirmed by check and question."""

    confirmed: dict[tuple[str, str], str] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    is_at_rest: bool = False


class Answerer:
    """Somebody who presses buttons over real HTTP, until it is over and their check is finished."""

    def __init__(self, teams: Teams, colleague: Colleague, chance: random.Random) -> None:
        self.memory = Memory()
        self.colleague = colleague
        self._teams = teams
        self._chance = chance
        self._took_part = False

    async def answers(self, over: asyncio.Event) -> None:
        card = await self._presses(self.colleague.last_card(), Start(), {})
        while not over.is_set() or self._is_amid(card):
            await self._pauses(THINKS)
            card = await self._goes_on(card)
        self.memory.is_at_rest = True

    async def _goes_on(self, card: Seen) -> Seen:
        """Presses the first button that leads on; with none, looks at the invitation, or begins anew."""
        for press in _presses_on(card):
            match press:
                case GiveAnswer(check, question):
                    return await self._answers_question(card, check, question)
                case PickRole():
                    return await self._presses(card, press, {})
                case TakeSurvey():
                    self._took_part = True
                    return await self._presses(card, press, {})
        if not self._took_part and (invitation := self._invitation()):
            return invitation
        return await self._presses(card, Start(), {})

    async def _answers_question(self, card: Seen, check: str, question: str) -> Seen:
        shown = await self._answers_with(card, check, question)
        while self._chance.random() < CHANGES_MIND:
            await self._pauses(THINKS)
            shown = await self._answers_with(card, check, question)
        return shown

    async def _answers_with(self, card: Seen, check: str, question: str) -> Seen:
        [offered] = card.inputs
        answer = str(self._chance.choice(offered["choices"])["value"])
        shown = await self._presses(card, GiveAnswer(check, question), {offered["id"]: answer})
        self.memory.confirmed[check, question] = answer
        if not any(isinstance(one, GiveAnswer) for one in _presses_on(shown)):
            self.memory.finished.add(check)
        return shown

    async def _presses(self, card: Seen, press: Any, inputs: Json) -> Seen:
        """The card that answers; until there is one, Teams delivers again, or the person presses again."""
        action = {"verb": press.do, "data": encode(press)}
        activity = self.colleague.writer.execute(action, inputs, card)
        while (shown := await self._delivers(activity, card)) is None:
            await self._pauses(TRIES_AGAIN)
            if self._chance.random() < 0.5:
                activity = self.colleague.writer.execute(action, inputs, card)
        self.memory.checks |= {
            one.check for one in _presses_on(shown) if isinstance(one, GiveAnswer | PickRole)
        }
        return shown

    async def _delivers(self, activity: Json, card: Seen) -> Seen | None:
        self._teams.connector.somebody_acts_in(self.colleague.place)
        reply = await delivered(self._teams.door, activity)
        outcome = _outcome(reply)
        self.memory.tries[outcome] += 1
        if reply is None or outcome != "answered":
            return None
        return Seen(reply.card, card.message_id, card.conversation_id)

    def _invitation(self) -> Seen | None:
        for message in self._teams.connector.messages_in(self.colleague.place):
            if "asks everybody in" in message.first:
                [attachment] = message.activity["attachments"]
                return Seen(attachment["content"], message.id, message.conversation_id)
        return None

    def _is_amid(self, card: Seen) -> bool:
        return any(isinstance(one, GiveAnswer | PickRole) for one in _presses_on(card))

    async def _pauses(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self._chance.uniform(*between))


async def delivered(door: Door, activity: Json) -> Reply | None:
    """What the bot answers, if anybody does."""
    try:
        return await door.deliver(activity)
    except (ClientError, OSError, TimeoutError):
        return None


async def first_answer(door: Door, colleague: Colleague) -> float:
    """Seconds until a press is answered with a card again, from now on."""
    began, card = time.monotonic(), colleague.last_card()
    action = {"verb": "start", "data": encode(Start())}
    while _outcome(await delivered(door, colleague.writer.execute(action, {}, card))) != "answered":  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def _outcome(reply: Reply | None) -> str:
    if reply is None:
        return "no answer"
    if problem := reply.card_problem:
        return problem[:100]
    heading = Seen(reply.card).heading
    if heading == FAILED:
        return "an apology"
    return "a stale card" if heading == STRANGE else "answered"


def _presses_on(card: Seen) -> list[Any]:
    found = []
    for action in card.actions:
        try:
            found.append(parse(action.get("data")))
        except UnknownPress:
            continue
    return found
