"""What every dialog gets and gives: a visit, and a reply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assessment.model import Person
from assessment.survey import Survey
from cards.elements import Card
from cards.survey_talk import not_a_lead_card
from cards.talk import stale_card
from content.texts import Texts
from storage.surveys import Home, Post


class RosterUnavailable(Exception):
    """Teams does not tell who is in a team; the message says why."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where in a team something was said or pressed."""

    home: Home
    id: str
    """Of the channel, without a thread."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who speaks, when, where, and in which message."""

    person: Person
    activity_id: str
    at: dt.datetime
    zone: dt.tzinfo
    """The person's own time zone, for dates on cards."""
    name: str = ""
    channel: Channel | None = None
    """None outside of teams."""
    pressed: Post | None = None
    """The message whose button was pressed."""
    in_own_chat: bool = False
    """Whether it is the person's own chat with the bot."""
    leads: bool = False
    """Whether the person may lead surveys."""
    survey: Survey | None = None
    """The survey whose check this is about; None for the person's own checks."""

    @property
    def respondent(self) -> Person:
        """Under whom the check's answers are kept."""
        return self.survey.respondent(self.person) if self.survey else self.person


def surveys_here(visit: Visit, surveys: Iterable[Survey]) -> list[Survey]:
    """In a channel only its own team's surveys."""
    channel = visit.channel
    return [one for one in surveys if channel is None or one.team.id == channel.home.team.id]


Outcome = Literal["done", "second-lead-asked", "mistaken", "refused", "not-a-lead", "unknown"]
"""What became of what was asked for, for logs: shown or done; left for a second lead; wrongly filled in; not
possible now; only leads may; not there, or not the person's.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """The card a person gets."""

    card: Card
    public: bool = False
    """Whether others may see it; what is not public goes to the person's own chat."""
    settled: bool = False
    """Whether everybody who sees the message should see this card too, on all their devices."""
    at_home: Card | None = None
    """One more card, for the person's own chat."""
    export: Survey | Person | None = None
    """What is handed over as a file in the person's own chat: a closed survey, or all about the person."""
    forgets: bool = False
    """Whether everything about the person was deleted, so that nothing of this turn is remembered."""
    outcome: Outcome = "done"


def stale(texts: Texts) -> Reply:
    """What answers a press on something that is not there, or is not the presser's."""
    return Reply(stale_card(texts), outcome="unknown")


def not_a_lead(texts: Texts) -> Reply:
    """What answers somebody who may not lead."""
    return Reply(not_a_lead_card(texts), outcome="not-a-lead")
