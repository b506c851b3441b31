"""From an activity to a dialog, and back as a card."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.schema import ActivityTypes, ChannelAccount

from assessment.model import Person
from bot.adapter import NotSent
from bot.incoming import person_of, place_of, words_of, zone_of
from bot.messages import as_json, card_activity, invoke_answer, invoke_refusal
from bot.redelivery import Redelivery
from bot.teams import Outcome, Refused, Sent, Teams, Unknown, patiently
from cards.elements import Card
from cards.presses import UnknownPress, parse
from cards.talk import Delivery, apology_card, elsewhere_card, nobody_card, stale_card
from content.texts import Texts
from dialogs.survey import Reply, Survey, Visit
from storage.conversations import Conversation, Conversations

log = logging.getLogger(__name__)

CARD_PRESS = "adaptiveCard/action"
REMOVED = "remove"
"""Not "remove-upgrade", which a new version of the app brings."""


class Handler(ActivityHandler):
    """One turn: find out who speaks and where, ask the survey, deliver its card.

    In their own chat people get the card in place; anywhere else it is sent to their own chat.
    """

    def __init__(
        self,
        survey: Survey,
        texts: Texts,
        conversations: Conversations,
        teams: Teams,
        *,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._survey = survey
        self._texts = texts
        self._conversations = conversations
        self._teams = teams
        self._clock = clock
        self._redelivery = Redelivery()
        # One turn of a person after the other: typed answers belong to the question open before them.
        self._turns: WeakValueDictionary[Person, asyncio.Lock] = WeakValueDictionary()
        self._background: set[asyncio.Task[None]] = set()

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Run one turn. Whatever goes wrong is logged under a reference that the person is told."""
        with self._redelivery.watching(turn_context.activity) as is_new:
            if is_new:
                try:
                    await super().on_turn(turn_context)
                except NotSent as refusal:
                    log.warning("a reply was not sent: %s", refusal)
                except Exception as error:  # noqa: BLE001 - the one place where any error becomes an answer
                    await self._apologise(turn_context, error)

    async def close(self) -> None:
        """Let what was begun in the background end."""
        await asyncio.gather(*self._background)

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
        if activity.name != CARD_PRESS:
            await turn_context.send_activity(invoke_refusal(f"This bot does not offer {activity.name}."))
            return
        value = activity.value if isinstance(activity.value, dict) else {}
        action = value.get("action")
        await self._pressed(turn_context, action.get("data") if isinstance(action, dict) else None)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """The app was added."""
        await self._welcome(turn_context)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """The app was removed; it greets again when it is back."""
        if turn_context.activity.action == REMOVED:
            place = place_of(turn_context.activity)
            await self._conversations.forget(place.tenant_id, place.greeting_id)

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
        if not await self._conversations.welcome(place.tenant_id, place.greeting_id, self._clock()):
            return
        try:
            await context.send_activity(card_activity(self._survey.welcome(in_public=not place.is_personal)))
        except NotSent as error:
            if not isinstance(error.outcome, Unknown):
                await self._conversations.forget(place.tenant_id, place.greeting_id)
            raise

    async def _said(self, context: TurnContext, words: str) -> None:
        place = place_of(context.activity)
        public = None if place.is_personal else self._survey.said_in_public(words)
        if public:
            await self._show(context, public)
            return
        await self._for_person(context, lambda visit: self._survey.said(visit, words))

    async def _pressed(self, context: TurnContext, data: object) -> None:
        try:
            press = parse(data)
        except UnknownPress as error:
            log.info("unknown press: %s", error)
            await self._show(context, stale_card(self._texts))
            return
        await self._for_person(context, lambda visit: self._survey.pressed(visit, press))

    async def _for_person(
        self, context: TurnContext, ask: Callable[[Visit], Coroutine[Any, Any, Reply]]
    ) -> None:
        """Have the survey answer the person, and deliver the card where only they see it."""
        activity, place = context.activity, place_of(context.activity)
        person = person_of(activity)
        if person is None:
            await self._show(context, nobody_card(self._texts))
            return
        async with self._turns.setdefault(person, asyncio.Lock()):
            reply = await ask(Visit(person, activity.id or "", self._clock(), zone_of(activity)))
        if not place.is_personal:
            await self._show(context, await self._send_home(context, person, reply.card))
            return
        if activity.type == ActivityTypes.message:
            await self._conversations.remember(person, place.conversation)
        await self._show(context, reply.card)
        if reply.settled and activity.type == ActivityTypes.invoke and activity.reply_to_id:
            self._later(self._settle(place.conversation, activity.reply_to_id, reply.card))

    async def _show(self, context: TurnContext, card: Card) -> None:
        """Put a card where the person looks: in place of the pressed one, or below what they typed."""
        activity = context.activity
        if activity.type == ActivityTypes.invoke:
            await context.send_activity(invoke_answer(card))
        elif isinstance(activity.value, dict) and not activity.text and activity.reply_to_id:
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

    async def _sent_home(self, context: TurnContext, person: Person, card: Card) -> Outcome:
        """What became of a card for the person's own chat, which is opened where it is not known yet."""
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

    async def _settle(self, conversation: Conversation, activity_id: str, card: Card) -> None:
        """An invoke's answer shows on one device only; the finished result is for all of them."""
        message = as_json(card_activity(card))
        # Once only: by a later try the person may have gone on in the same card.
        outcome = await self._teams.update(conversation.service_url, conversation.id, activity_id, message)
        if not isinstance(outcome, Sent):
            log.warning("the result was not shown on other devices: %s", outcome)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _apologise(self, context: TurnContext, error: Exception) -> None:
        reference = secrets.token_hex(4)
        log.error("turn failed, reference %s", reference, exc_info=error, extra={"reference": reference})
        try:
            if context.activity.type in {ActivityTypes.message, ActivityTypes.invoke}:
                await self._show(context, apology_card(self._texts, reference))
        except NotSent as refusal:
            log.warning("the apology could not be sent: %s", refusal)


def _delivery(outcome: Outcome) -> Delivery:
    match outcome:
        case Sent():
            return "sent"
        case Refused():
            return "no_app"
    return "try_again"
