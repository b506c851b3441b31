"""What durable work needs of Teams: cards are sent, edited and posted, and each call says what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assessment.survey import Refusal
from cards.elements import Card
from storage.conversations import Conversation
from storage.surveys import Home, Post


@dataclass(frozen=True, slots=True)
class Sent:
    """Teams has it."""

    id: str
    """Of the activity, or of the conversation that was opened."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Teams did not take it now (412, 429), or could not be reached at all."""

    seconds: float | None
    """As Teams asked for; None where it did not say."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Teams will not take it; asking again does not help."""

    status: int
    code: str

    @property
    def reason(self) -> Refusal:
        """What the status and Teams' own code mean; real codes differ from the documented ones."""
        code = self.code.lower()
        if "disabled" in code or "notregistered" in code:
            return Refusal.DISABLED
        if "blocked" in code:
            return Refusal.BLOCKED
        if self.status == 404:  # noqa: PLR2004 - HTTP
            return Refusal.GONE
        return Refusal.NOT_INSTALLED if self.status == 403 else Refusal.OTHER  # noqa: PLR2004 - HTTP


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or a 5xx: it may have arrived. Sending it again could double it."""

    reason: str


Outcome = Sent | RetryAfter | Refused | Unknown


class Port(Protocol):
    """The way to Teams. No call raises for what Teams or the network does."""

    async def send_card(self, home: Conversation, card: Card) -> Outcome:
        """Send a card to a conversation."""

    async def edit_card(self, service_url: str, post: Post, card: Card) -> Outcome:
        """Replace a card that was sent before; repeating it is harmless."""

    async def open_chat(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        """The 1:1 chat with a person; each call leads to the same chat."""

    async def post_card(self, home: Home, channel_id: str, card: Card) -> Outcome | Post:
        """Begin a new thread in a channel."""
