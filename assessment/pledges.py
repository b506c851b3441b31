"""Promises: who does what by when, when they are asked about it, and what a kept one says of the team.

The rules are the project's own and stand in docs/pledges.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment.model import Level, Person
from assessment.survey import Delivery, Team

MORNING = dt.time(9)
"""When somebody is asked, in their own time zone."""

BETWEEN_QUESTIONS = dt.timedelta(days=7)
MOST_QUESTIONS = 3
"""How often somebody is asked who does not answer. Then they are left alone."""

USUAL_DAYS = 28
LONGEST_DAYS = 366

_DAY = dt.timedelta(days=1)


class PledgeState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise as it is stored."""

    id: str
    owner: Person
    owner_name: str
    """"" where nobody knows it."""
    made_by: Person
    made_by_name: str
    team: Team | None
    """Whose channel hears of it; None where only the owner does."""
    channel_id: str | None
    edition: str
    discipline: str | None
    """None for an opportunity."""
    item: str
    """The id of the opportunity, or of the statement."""
    what: str
    """The words of that, as they were when it was promised."""
    due_on: dt.date
    zone: str
    """The IANA time zone in which the day is meant."""
    made_at: dt.datetime
    state: PledgeState = PledgeState.OPEN
    reason: str = ""
    """Why it was dropped, in the words of who did."""
    is_met: bool | None = None
    """Whether the statement was true when the promise was kept; None for an opportunity, and before."""
    closed_at: dt.datetime | None = None
    ask_at: dt.datetime | None = None
    """When the owner is written to next; None where they are left alone."""
    asked_at: dt.datetime | None = None
    times_asked: int = 0
    """Before its owner was told of a promise in their name, that is -1."""
    unanswered: int = 0
    """How many of the last questions got no answer."""
    outcome: Delivery | None = None
    """What became of the last message to the owner."""

    @property
    def in_anothers_name(self) -> bool:
        """Whether somebody else promised it for the owner."""
        return self.owner != self.made_by

    @property
    def is_to_be_told(self) -> bool:
        """Whether the owner has to hear first that somebody promised it in their name."""
        return self.times_asked < 0

    @property
    def is_known_to_owner(self) -> bool:
        """Whether the owner heard of it, or cannot be reached; what is on its way may still not arrive."""
        is_on_its_way = self.times_asked == 0 and self.outcome is Delivery.SENDING
        return self.state is not PledgeState.OPEN or not (self.is_to_be_told or is_on_its_way)

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether its owner was asked a week ago or earlier, as far as is known, and has not answered."""
        return (
            self.state is PledgeState.OPEN
            and self.unanswered > 0
            and self.outcome in {Delivery.DELIVERED, Delivery.UNKNOWN}
            and self.asked_at is not None
            and self.asked_at + BETWEEN_QUESTIONS <= now
        )


def question_at(
    due_on: dt.date, zone: dt.tzinfo, now: dt.datetime, asked_at: dt.datetime | None = None
) -> dt.datetime:
    """When the owner is asked about a day that was set `now`: on the morning of it.

    Never on the very day on which it was set, and never within a week of the question before, at `asked_at`.
    """
    day = max(due_on, now.astimezone(zone).date() + _DAY)
    morning = dt.datetime.combine(day, MORNING, zone).astimezone(dt.UTC)
    return max(morning, asked_at + BETWEEN_QUESTIONS) if asked_at else morning


def after_message(pledge: Pledge, zone: dt.tzinfo, now: dt.datetime) -> dt.datetime:
    """When the owner is written to again, whom a message reaches `now`."""
    if pledge.is_to_be_told:
        return question_at(pledge.due_on, zone, now, now)
    return now + BETWEEN_QUESTIONS


def is_given_up(pledge: Pledge) -> bool:
    """Whether the owner was asked as often as anybody is."""
    return pledge.unanswered >= MOST_QUESTIONS


Statements = Mapping[str, Mapping[Level, Sequence[str]]]
"""Discipline id to level to the ids of its statements."""


def working_picture(
    levels: Mapping[str, Level], statements: Statements, met: Collection[str]
) -> dict[str, Level]:
    """A survey's levels, raised where kept promises say so.

    A discipline rises to its next level once every statement of that level is among those `met` since the
    survey, and so on, step by step. Nothing is ever lowered, and a discipline without a level stays without.
    """
    return {one: _raised(level, statements[one], met) for one, level in levels.items()}


def _raised(level: Level, statements: Mapping[Level, Sequence[str]], met: Collection[str]) -> Level:
    while (above := level.next) and all(one in met for one in statements[above]):
        level = above
    return level


@dataclass(frozen=True, slots=True)
class Step:
    """What one kept statement did to a team's working picture."""

    was: Level
    """The discipline's level before it."""
    now: Level
    counted: Level
    """The level that the discipline reached, or else the one of the statement."""
    met: int
    """How many statements of that level are met."""
    of: int
    stage_was: Level | None
    stage_now: Level | None

    @property
    def moved(self) -> bool:
        """Whether the discipline rose."""
        return self.now > self.was
