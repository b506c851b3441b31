"""What one person's device shows: the bot's messages, and the cards that presses replaced on it alone."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

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
    """The bot's endpoint, as Teams calls it."""

    session: ClientSession
    url: str
    token: str = ""

    async def deliver(self, activity: Json) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.post(self.url, json=activity, headers=headers) as response:
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

    def news_in(self, place: Conversation) -> list[Message]:
        return [m for m in self.connector.messages_in(place) if self.changed(m) > self.acted]

    def reads(self, message: Message) -> Seen:
        """The one card of a message, as this device shows it now."""
        activity = message.activity
        attachments = activity.get("attachments") or []
        if len(attachments) != 1 or activity.get("text"):
            raise AssertionError(f"expected one card and nothing beside it: {self.sketch(message)}")
        replaced = self._replacement(message)
        card = replaced.card if replaced.changed > message.changed else attachments[0]["content"]
        return Seen(card, message.id, message.conversation_id)

    def last_card_in(self, place: Conversation) -> Seen:
        for message in reversed(self.connector.messages_in(place)):
            if message.activity.get("attachments"):
                return self.reads(message)
        raise AssertionError(f"there is no card in this chat{self.complaints()}")

    def sketch(self, message: Message) -> str:
        cards = [Seen(a["content"]).text[:120] for a in message.activity.get("attachments") or []]
        return f"[{message.id}: {message.activity.get('text') or ''} {cards}]"

    def complaints(self) -> str:
        """What the connector refused; a silent bot has often tried to say something."""
        return "".join(f"\nthe connector refused: {refusal}" for refusal in self.connector.refusals)

    def _replacement(self, message: Message) -> Replaced:
        return self._replaced.get(message.id, Replaced({}, -1))
