"""What a lead wants to happen again and again: a survey of a team, or a reminder in its channel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from assessment.model import Person
from assessment.survey import Plan, Team

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
WEEKDAYS: tuple[Weekday, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""As RFC 5545 writes them, in the order of Python's."""


class Often(StrEnum):
    """How often, where the lead wrote no rule of their own."""

    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"


_RULES = {
    Often.QUARTER: "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1{weekday}",
    Often.MONTH: "FREQ=MONTHLY;BYDAY=1{weekday}",
    Often.WEEK: "FREQ=WEEKLY;BYDAY={weekday}",
}


class State(StrEnum):
    """Whether a schedule comes round."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Halt(StrEnum):
    """Why a schedule does not come round."""

    BY_LEAD = "by-lead"
    NO_LEAD = "no-lead"
    """Whose it is may not lead surveys any more."""
    TEAM_GONE = "team-gone"
    """The team has no app any more."""
    OVER = "over"
    """There is no further date."""


@dataclass(frozen=True, slots=True)
class RepeatedSurvey:
    """A survey that is planned anew each time."""

    name: str
    """What the date is appended to."""
    edition: str
    is_anonymous: bool
    smallest_group: int
    reminder_days: tuple[int, ...]
    days_open: int
    """The last of them is the last day on which answers count."""

    def plan(self, name: str, today: dt.date) -> Plan:
        """The plan of the survey that begins today."""
        return Plan(
            name=name,
            edition=self.edition,
            is_anonymous=self.is_anonymous,
            smallest_group=self.smallest_group,
            reminder_days=self.reminder_days,
            closes_on=today + dt.timedelta(days=self.days_open),
        )


@dataclass(frozen=True, slots=True)
class PlainReminder:
    """Words for the channel."""

    text: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it is stored."""

    id: str
    team: Team
    channel_id: str
    """Where the team sees what it brings."""
    what: RepeatedSurvey | PlainReminder
    rule: str
    """Of RFC 5545."""
    starts: dt.datetime
    """The first day that may be one of its dates, and the time of all of them; without a time zone."""
    zone: str
    """The IANA time zone that its dates are meant in."""
    ends_on: dt.date | None
    """The last day that may be one of its dates."""
    lead: Person
    """In whose name it acts."""
    lead_name: str
    state: State
    halt: Halt | None
    """Why it is not active; None where it is."""
    next_at: dt.datetime | None
    """The date that comes next; None unless it is active."""
    gone_at: dt.datetime | None = None
    """When it ended since its team was gone; None where it did not."""


def rule_of(often: Often, weekday: Weekday) -> str:
    """The rule for a weekday: each of them, or the first of each month or quarter."""
    return _RULES[often].format(weekday=weekday)


def habit_of(rule: str) -> tuple[Often, Weekday] | None:
    """What `rule_of` made a rule from; None for any other rule."""
    found = ((often, weekday) for often in Often for weekday in WEEKDAYS if rule_of(often, weekday) == rule)
    return next(found, None)
