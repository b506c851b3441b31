"""What one person's device shows: the bot's messages, and the cards that presses replaced on it alone."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientConnectorError, ClientSession

from tests.acceptance.activity_rules import FILE_CONSENT, FILE_INFO
from tests.acceptance.connector import Connector, Message
from tests.acceptance.directory import Conversation
from tests.acceptance.seen import Seen
from tests.card_rules import broken_rules
from tests.card_shape import CARD_TYPE

Json = dict[str, Any]

GOOD_STATUS = frozenset({200, 201, 202})


@dataclass(frozen=True)
class Reply:
    """What the bot's endpoint answered."""

    status: int
    body: str

    @property
    def problem(self) -> str | None:
        """Why Teams could not use this answer to a message."""
        return None if self.status in GOOD_STATUS else f"the bot answered {self.status}: {self.body[:500]}"

    @property
    def card_problem(self) -> str | None:
        """Why Teams could not show this answer to a press."""
        if self.status != 200:
            return f"the bot answered the press with {self.status}: {self.body[:500]}"
        answer = self._answer()
        if answer.keys() != {"statusCode", "type", "value"}:
            return f"the answer to the press is not {{statusCode, type, value}}: {self.body[:500]}"
        if (
            answer["statusCode"] != 200
            or answer["type"] != CARD_TYPE
            or not isinstance(answer["value"], dict)
        ):
            return f"the answer to the press is no card: {self.body[:500]}"
        broken = broken_rules(answer["value"])
        return "the card that answers the press breaks our rules: " + "; ".join(broken) if broken else None

    @property
    def card(self) -> Json:
        card: Json = self._answer()["value"]
        return card

    def _answer(self) -> Json:
        try:
            answer = json.loads(self.body)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}


@dataclass(frozen=True)
class Door:
    """The bot's endpoint, as Teams calls it; with `replicas`, several that take turns."""

    session: ClientSession
    url: str
    token: str = ""
    replicas: tuple[str, ...] = ()
    _turns: Iterator[int] = field(default_factory=itertools.count)

    async def deliver(self, activity: Json) -> Reply:
        """To the next endpoint that takes the call at all, as a load balancer does."""
        urls = (self.url, *self.replicas)
        turn = next(self._turns)
        for number in range(len(urls) - 1):
            try:
                return await self._post(urls[(turn + number) % len(urls)], activity)
            except ClientConnectorError:
                continue
        return await self._post(urls[(turn - 1) % len(urls)], activity)

    async def _post(self, url: str, activity: Json) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.post(url, json=activity, headers=headers) as response:
            return Reply(response.status, await response.text())


@dataclass(frozen=True)
class Replaced:
    card: Json
    changed: int


@dataclass
class Device:
    """`acted` is the connector's count at the person's last act here: what changed later is news."""

    connector: Connector
    door: Door
    acted: int = 0
    is_old: bool = False
    blocked: Seen | None = None
    problems: list[str] = field(default_factory=list)
    last_sent: tuple[Json, ...] = ()
    _replaced: dict[str, Replaced] = field(default_factory=dict)
    _forwarded: list[tuple[Conversation, Message]] = field(default_factory=list)

    def begins_to_act(self) -> None:
        self.fails_on_problems()
        self.acted, self.blocked = self.connector.next_change(), None

    def fails_on_problems(self) -> None:
        if self.problems:
            problems, self.problems = self.problems, []
            raise AssertionError("; ".join(problems))

    def shows(self, reply: Reply, message_id: str) -> None:
        """Takes the answer to a press: the card changes here, and on no other device."""
        if reply.card_problem:
            self.problems.append(reply.card_problem)
        else:
            self._replaced[message_id] = Replaced(reply.card, self.connector.next_change())

    def takes(self, reply: Reply) -> None:
        if reply.problem:
            self.problems.append(reply.problem)

    def changed(self, message: Message) -> int:
        return max(message.changed, self._replacement(message).changed)

    def messages_in(self, place: Conversation) -> list[Message]:
        """The bot's messages, and then the copies that this person forwarded there."""
        return self.connector.messages_in(place) + [copy for where, copy in self._forwarded if where is place]

    def news_in(self, place: Conversation) -> list[Message]:
        return [m for m in self.messages_in(place) if self.changed(m) > self.acted]

    def cards_in(self, place: Conversation) -> list[Seen]:
        return [self.reads(message) for message in self.messages_in(place) if has_card(message)]

    def forwards(self, card: Seen, place: Conversation) -> Seen:
        """A copy there, in a message that is not the bot's."""
        attachments = [{"contentType": CARD_TYPE, "content": card.card}]
        body = json.dumps({"type": "message", "attachments": attachments})
        id_ = self.connector.directory.new_activity_id()
        copy = Message(id_, place.id, body, self.connector.next_change())
        self._forwarded.append((place, copy))
        return self.reads(copy)

    def is_forwarded(self, card: Seen) -> bool:
        return any(copy.id == card.message_id for _, copy in self._forwarded)

    def offer_in(self, place: Conversation) -> tuple[Message, Json]:
        """The newest offer of a file, and the message it came with."""
        for message in reversed(self.connector.messages_in(place)):
            for attachment in message.activity.get("attachments") or []:
                if attachment["contentType"] == FILE_CONSENT:
                    return message, attachment
        raise AssertionError(f"no file is offered in this chat{self.complaints()}")

    def files_in(self, messages: list[Message]) -> list[Json]:
        every = (one for message in messages for one in message.activity.get("attachments") or [])
        return [one for one in every if one["contentType"] == FILE_INFO]

    def reads(self, message: Message) -> Seen:
        """The one card of a message, as this device shows it now."""
        activity = message.activity
        attachments = activity.get("attachments") or []
        if len(attachments) != 1 or not has_card(message) or activity.get("text"):
            raise AssertionError(f"expected one card and nothing beside it: {self.sketch(message)}")
        replaced = self._replacement(message)
        card = replaced.card if replaced.changed > message.changed else attachments[0]["content"]
        return Seen(card, message.id, message.conversation_id)

    def last_card_in(self, place: Conversation) -> Seen:
        for message in reversed(self.messages_in(place)):
            if has_card(message):
                return self.reads(message)
        raise AssertionError(f"there is no card in this chat{self.complaints()}")

    def sketch(self, message: Message) -> str:
        cards = [_sketched(attachment) for attachment in message.activity.get("attachments") or []]
        return f"[{message.id}: {message.activity.get('text') or ''} {cards}]"

    def complaints(self) -> str:
        """What the connector refused; a silent bot has often tried to say something."""
        return "".join(f"\nthe connector refused: {refusal}" for refusal in self.connector.refusals)

    def _replacement(self, message: Message) -> Replaced:
        return self._replaced.get(message.id, Replaced({}, -1))


def has_card(message: Message) -> bool:
    return any(one["contentType"] == CARD_TYPE for one in message.activity.get("attachments") or [])


def _sketched(attachment: Json) -> str:
    if attachment["contentType"] != CARD_TYPE:
        return f"{attachment['contentType'].rpartition('.')[2]} of {attachment['name']}"
    return Seen(attachment["content"]).text[:120]
