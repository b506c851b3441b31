"""A survey: everybody in a team is asked for a check, until it closes and the team gets its result."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.model import Person


class Phase(StrEnum):
    """Where a survey is on its way."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    """A second lead has to agree."""
    OPEN = "open"
    CLOSING = "closing"
    """No answer counts any more, and the result is being made."""
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def is_under_way(self) -> bool:
        """Whether a team has to be done with this survey before it can have another."""
        return self in {Phase.AWAITING, Phase.OPEN, Phase.CLOSING}


@dataclass(frozen=True, slots=True)
class Team:
    """A team that has the app."""

    tenant_id: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lead decides about a survey."""

    name: str
    edition: str
    is_anonymous: bool
    smallest_group: int
    """People; no result is shown of fewer."""
    reminder_days: tuple[int, ...]
    """Days after the opening on which those who have not finished are reminded."""
    closes_on: dt.date
    """The last day on which answers count, in the zone of who asks."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey as it is stored."""

    id: str
    team: Team
    channel_id: str
    """Where the team sees how it goes."""
    plan: Plan
    zone: str
    """The IANA time zone of who asks, in which its dates are meant."""
    closes_at: dt.datetime
    phase: Phase
    asked_by: Person
    asked_by_name: str
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    counted: bool
    """Whether it is known who is in the team."""
    stopped: bool
    """Whether a lead has stopped invitations and reminders."""
    secret: str | None = field(repr=False)
    """Of an anonymous survey, while it is open: what ties a person to their answers."""

    def respondent(self, person: Person) -> Person:
        """Under whom a person's answers to this survey are kept, apart from their own checks.

        In an anonymous one that is a pseudonym that nobody can undo once the secret is gone; then it raises
        LookupError.
        """
        if not self.plan.is_anonymous:
            return Person(person.tenant_id, f"{person.object_id}@{self.id}".lower())
        if self.secret is None:
            raise LookupError("the survey's secret is destroyed")
        return Person(person.tenant_id, pseudonym(self.secret, person))


def pseudonym(secret: str, person: Person) -> str:
    """Under what a person's answers to an anonymous survey are kept; `secret` is the survey's, in hex."""
    named = f"{person.tenant_id}/{person.object_id}".lower().encode()
    return hmac.digest(bytes.fromhex(secret), named, hashlib.sha256).hex()


class Exclusion(StrEnum):
    """Why a member of the team is not asked."""

    GUEST = "guest"
    NO_ADDRESS = "no-address"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a team's roster."""

    id: str
    """As Teams calls them, such as 29:..."""
    object_id: str | None
    name: str
    is_guest: bool

    @property
    def exclusion(self) -> Exclusion | None:
        """Why this member cannot be asked; None where they can."""
        if self.id.startswith("28:"):
            return Exclusion.BOT
        if self.is_guest:
            return Exclusion.GUEST
        return None if self.object_id else Exclusion.NO_ADDRESS


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a survey would reach, as far as the roster tells."""

    people: int
    known_chats: int
    """How many of them the bot has a chat with already."""
    excluded: Mapping[Exclusion, int]

    @property
    def requests(self) -> int:
        """Calls to Teams that inviting them takes: one message each, and one to open an unknown chat."""
        return 2 * self.people - self.known_chats


class Delivery(StrEnum):
    """What became of one message to one person; each is in exactly one of these states."""

    WAITING = "waiting"
    SENDING = "sending"
    """Claimed by a process, before Teams is called."""
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Sent, and no reply: it may have arrived, and is never sent again by itself."""
    STOPPED = "stopped"
    """Not sent, since the survey was stopped or closed first."""


class Refusal(StrEnum):
    """Why a message was not delivered."""

    NOT_INSTALLED = "not-installed"
    BLOCKED = "blocked"
    GONE = "gone"
    DISABLED = "disabled"
    OPTED_OUT = "opted-out"
    """It was not Teams: the person has told the bot not to write."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A survey in numbers, none of them guessed from another."""

    waiting: int
    """Not sent yet, or on their way this moment."""
    delivered: int
    refused: Mapping[Refusal, int]
    unknown: int
    stopped: int
    declined: int
    """Said that they are not the right person."""
    started: int
    finished: int
    reached_later: int = 0
    """Whose invitation did not arrive, while a reminder did, or may have."""
    held: int = 0
    """Of those waiting, how many wait for a time at which the bot may write to them."""

    @property
    def invited(self) -> int:
        """Everybody the survey set out to ask."""
        return self.waiting + self.delivered + sum(self.refused.values()) + self.unknown + self.stopped

    @property
    def expected(self) -> int:
        """Who can be reached, as far as is known, and did not say that they are the wrong person."""
        return self.waiting + self.delivered + self.unknown + self.reached_later - self.declined

    @property
    def all_done(self) -> bool:
        """Whether nobody who could still answer is missing.

        Who wants no messages is not expected to answer, but may: nobody else's answer can stand for theirs.
        """
        others = self.refused.get(Refusal.OPTED_OUT, 0)
        return self.waiting == 0 and self.finished > 0 and self.finished >= self.expected + others
