"""From an activity to a dialog, and back as a card."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Literal
from weakref import WeakValueDictionary

from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount

from assessment.model import Person
from assessment.survey import Survey
from bot.adapter import NotSent
from bot.exports import Exports
from bot.familiar import Familiar
from bot.incoming import Place, person_of, place_of, visit_of, words_of, zone_named
from bot.logs import reference
from bot.messages import as_json, card_activity, invoke_answer, invoke_done, invoke_refusal
from bot.redelivery import Redelivery
from bot.teams import Teams, patiently
from cards.elements import Card
from cards.presses import UnknownPress, parse
from cards.talk import Delivery, apology_card, elsewhere_card, nobody_card, stale_card
from content.texts import Texts
from dialogs.coach import Coach
from dialogs.turn import Reply, Visit
from jobs.pacer import Pacer
from jobs.port import Outcome, Refused, Sent, Unknown
from storage.conversations import Conversation
from storage.database import Database

log = logging.getLogger(__name__)

CARD_PRESS = "adaptiveCard/action"
FILE_CONSENT = "fileConsent/invoke"
GRACE_SECONDS = 5.0

Ending = Literal["answered", "duplicate", "not-sent", "apologised"]
"""How a turn ended: the first delivery of a duplicate is answered; not sent is what Teams did not take."""

REMOVED = "remove"
"""Not "remove-upgrade", which a new version of the app brings."""


class Handler(ActivityHandler):
    """One turn: find out who speaks and where, ask the dialog, deliver its card.

    In their own chat people get the card in place; anywhere else it is sent to their own chat.
    """

    def __init__(
        self,
        coach: Coach,
        texts: Texts,
        database: Database,
        teams: Teams,
        *,
        pacer: Pacer,
        exports: Exports,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._coach = coach
        self._texts = texts
        self._conversations = database.conversations
        self._contacts = database.contacts
        self._surveys = database.surveys
        self._teams = teams
        self._pacer = pacer
        self._exports = exports
        self._clock = clock
        self._redelivery = Redelivery()
        self._familiar = Familiar()
        # One turn of a person after the other: typed answers belong to the question open before them.
        self._turns: WeakValueDictionary[Person, asyncio.Lock] = WeakValueDictionary()
        self._background: set[asyncio.Task[None]] = set()

    async def on_turn(self, turn_context: TurnContext) -> Ending:
        """Run one turn. Whatever goes wrong is logged under a reference that the person is told."""
        with self._redelivery.watching(turn_context.activity) as is_new:
            if not is_new:
                return "duplicate"
            try:
                await super().on_turn(turn_context)
            except NotSent as refusal:
                log.warning("a reply was not sent: %s", refusal)
                return "not-sent"
            except Exception as error:  # noqa: BLE001 - the one place where any error becomes an answer
                await self._apologise(turn_context, error)
                return "apologised"
            return "answered"

    async def close(self) -> None:
        """Let what was begun in the background end, for a while."""
        if self._background:
            await asyncio.wait(self._background, timeout=GRACE_SECONDS)
        for task in self._background:
            task.cancel()

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Somebody typed, or pressed a button in a client that cannot replace cards."""
        activity = turn_context.activity
        if isinstance(activity.value, dict) and not activity.text:
            await self._pressed(turn_context, activity.value)
        else:
            await self._said(turn_context, words_of(activity))

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """Somebody pressed a button."""
        activity = turn_context.activity
        if activity.name == FILE_CONSENT:
            self._later(self._consent(turn_context))
            await turn_context.send_activity(invoke_done())
            return
        if activity.name != CARD_PRESS:
            await turn_context.send_activity(invoke_refusal(f"This bot does not offer {activity.name}."))
            return
        value = activity.value if isinstance(activity.value, dict) else {}
        action = value.get("action")
        await self._pressed(turn_context, action.get("data") if isinstance(action, dict) else None)

    async def _consent(self, context: TurnContext) -> None:
        """Bring a file to somebody who accepted it, or not."""
        activity, place = context.activity, place_of(context.activity)
        person = person_of(activity)
        if person and place.is_personal:
            outcome = await self._exports.consent(activity.value, person, place.conversation)
            if not isinstance(outcome, Sent):
                log.warning("a file was not handed over: %s", outcome)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """The app was added."""
        await self._welcome(turn_context)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """The app was removed; it greets again when it is back."""
        if turn_context.activity.action == REMOVED:
            place = place_of(turn_context.activity)
            await self._conversations.forget(place.tenant_id, place.greeting_id)
            if place.channel:
                await self._surveys.forget_team(place.channel.home.team, self._clock())

    async def on_members_added_activity(
        self, members_added: list[ChannelAccount], turn_context: TurnContext
    ) -> None:
        """The bot itself was added; other people's coming is no occasion to speak."""
        if any(one.id == turn_context.activity.recipient.id for one in members_added):
            await self._welcome(turn_context)

    async def _welcome(self, context: TurnContext) -> None:
        """Greet a place once, though Teams tells of an installation twice."""
        place = place_of(context.activity)
        person = person_of(context.activity)
        if person and place.is_personal:
            await self._conversations.remember(person, place.conversation)
        if place.channel:
            await self._surveys.remember_team(place.channel.home)
        if not await self._conversations.welcome(place.tenant_id, place.greeting_id, self._clock()):
            return
        try:
            await context.send_activity(card_activity(self._coach.welcome(in_public=not place.is_personal)))
        except NotSent as error:
            if not isinstance(error.outcome, Unknown):
                await self._conversations.forget(place.tenant_id, place.greeting_id)
            raise

    async def _said(self, context: TurnContext, words: str) -> None:
        place = place_of(context.activity)
        if place.channel:
            await self._surveys.remember_team(place.channel.home)
        in_public = not place.is_personal
        await self._answer(context, lambda visit: self._coach.said(visit, words, in_public=in_public))

    async def _pressed(self, context: TurnContext, data: object) -> None:
        try:
            press = parse(data)
        except UnknownPress as error:
            log.info("unknown press: %s", error)
            await self._show(context, stale_card(self._texts))
            return
        await self._answer(context, lambda visit: self._coach.pressed(visit, press))

    async def _answer(self, context: TurnContext, ask: Callable[[Visit], Coroutine[Any, Any, Reply]]) -> None:
        """Have the coach answer, and deliver the card where nobody sees it who should not."""
        activity, place = context.activity, place_of(context.activity)
        person = person_of(activity)
        if person is None:
            log.info("refused: somebody without an Entra account")
            await self._show(context, nobody_card(self._texts))
            return
        async with self._turns.setdefault(person, asyncio.Lock()):
            reply = await ask(visit_of(activity, place, person, self._clock()))
        if activity.type == ActivityTypes.message:
            self._pacer.spend(place.tenant_id)
        if reply.forgets:
            self._familiar.forget(person)
        else:
            await self._remember(person, activity, place)
        seen_by_all = place.is_personal or reply.public
        card = reply.card if seen_by_all else await self._send_home(context, person, reply.card)
        await self._show(context, card, for_all=reply.settled)
        if reply.settled and seen_by_all and activity.type == ActivityTypes.invoke and activity.reply_to_id:
            self._later(self._settle(place, activity.reply_to_id, card))
        if reply.at_home:
            self._later(self._also_home(context, person, reply.at_home))
        if reply.export:
            self._later(self._hand_over(context, person, reply.export))

    async def _remember(self, person: Person, activity: Activity, place: Place) -> None:
        """Keep where a person can be written to, and when their day begins and ends, unless just done."""
        now, zone = self._clock(), activity.local_timezone
        if zone and self._familiar.is_new(person, "zone", zone, now) and zone_named(zone):
            await self._contacts.remember_zone(person, zone)
            self._familiar.keep(person, "zone", zone, now)
        is_chat = place.is_personal and activity.type == ActivityTypes.message
        if is_chat and self._familiar.is_new(person, "chat", place.conversation, now):
            await self._conversations.remember(person, place.conversation)
            self._familiar.keep(person, "chat", place.conversation, now)

    async def _show(self, context: TurnContext, card: Card, *, for_all: bool = False) -> None:
        """Put a card where the person looks: in place of the pressed one, or below what they typed.

        A client that cannot replace a card for one person alone gets a new one where others see the old,
        unless the card is for all of them.
        """
        activity = context.activity
        if activity.type == ActivityTypes.invoke:
            await context.send_activity(invoke_answer(card))
        elif (
            isinstance(activity.value, dict)
            and not activity.text
            and activity.reply_to_id
            and (for_all or place_of(activity).is_personal)
        ):
            await self._replace(context, activity.reply_to_id, card)
        else:
            await context.send_activity(card_activity(card))

    async def _replace(self, context: TurnContext, activity_id: str, card: Card) -> None:
        """Update a sent card; where it is gone, send the new one."""
        message = card_activity(card)
        message.id = activity_id
        try:
            await context.update_activity(message)
        except NotSent as error:
            if not isinstance(error.outcome, Refused):
                raise
            await context.send_activity(card_activity(card))

    async def _send_home(self, context: TurnContext, person: Person, card: Card) -> Card:
        """Send a card to the person's own chat; the card that says so, or what to do where that failed."""
        outcome = await self._sent_home(context, person, card)
        if not isinstance(outcome, Sent):
            log.warning("a card did not reach the own chat: %s", outcome)
        url = f"https://teams.microsoft.com/l/chat/0/0?users={context.activity.recipient.id}"
        return elsewhere_card(self._texts, url, _delivery(outcome))

    async def _also_home(self, context: TurnContext, person: Person, card: Card) -> None:
        outcome = await self._sent_home(context, person, card)
        if not isinstance(outcome, Sent):
            log.warning("a card did not reach the own chat: %s", outcome)

    async def _hand_over(self, context: TurnContext, person: Person, asked: Survey | Person) -> None:
        """Offer a file in the own chat of who asked for it."""
        home = await self._conversations.of(person) or await self._opened(context, person)
        outcome = await self._exports.offer(home, asked) if isinstance(home, Conversation) else home
        if not isinstance(outcome, Sent):
            log.warning("a file was not offered: %s", outcome)

    async def _sent_home(self, context: TurnContext, person: Person, card: Card) -> Outcome:
        """What became of a card for the person's own chat, which is opened where it is not known yet."""
        self._pacer.spend(person.tenant_id)
        home = await self._conversations.of(person)
        message = as_json(card_activity(card))
        if home:
            outcome = await self._send(home, message)
            if not isinstance(outcome, Refused):
                return outcome
        opened = await self._opened(context, person)
        return await self._send(opened, message) if isinstance(opened, Conversation) else opened

    async def _opened(self, context: TurnContext, person: Person) -> Conversation | Outcome:
        """The person's own chat, opened and remembered; or why it cannot be."""
        activity = context.activity
        bot, member, url = activity.recipient.id, activity.from_property.id, activity.service_url
        opened = await patiently(lambda: self._teams.open_chat(url, bot, person.tenant_id, member))
        if not isinstance(opened, Sent):
            return opened
        home = Conversation(opened.id, url)
        await self._conversations.remember(person, home)
        return home

    async def _send(self, home: Conversation, message: dict[str, Any]) -> Outcome:
        return await patiently(lambda: self._teams.send(home.service_url, home.id, message))

    async def _settle(self, place: Place, activity_id: str, card: Card) -> None:
        """An invoke's answer shows on one device only; what is settled is for all of them."""
        conversation, message = place.conversation, as_json(card_activity(card))
        # At once: later it could hide what the person has done since.
        self._pacer.spend(place.tenant_id)
        # Once only: by a later try the person may have gone on in the same card.
        outcome = await self._teams.update(conversation.service_url, conversation.id, activity_id, message)
        if not isinstance(outcome, Sent):
            log.warning("the result was not shown on other devices: %s", outcome)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("what was to happen after a turn failed", exc_info=error)

    async def _apologise(self, context: TurnContext, error: Exception) -> None:
        log.error("turn failed", exc_info=error)
        try:
            if context.activity.type in {ActivityTypes.message, ActivityTypes.invoke}:
                await self._show(context, apology_card(self._texts, reference()))
        except NotSent as refusal:
            log.warning("the apology could not be sent: %s", refusal)


def _delivery(outcome: Outcome) -> Delivery:
    match outcome:
        case Sent():
            return "sent"
        case Refused():
            return "no_app"
    return "try_again"
