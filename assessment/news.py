"""What a team's channel is told about, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessment.survey import Team

MONDAY_MORNING = dt.time(9)
WEEK = dt.timedelta(days=7)


class NewsKind(StrEnum):
    """An occasion to tell a channel something."""

    STARTED = "started"
    HALF = "half"
    THREE_QUARTERS = "three-quarters"
    TWO_DAYS_LEFT = "two-days-left"
    MOVED_UP = "moved-up"
    """The team's stage, or its level of a discipline."""
    PLEDGE_MADE = "pledge-made"
    PLEDGE_KEPT = "pledge-kept"
    PLEDGE_OVERDUE = "pledge-overdue"
    REMINDER = "reminder"
    """A lead's schedule says that it is time."""


class Preference(StrEnum):
    """What a lead wants their channel told at once; the rest waits for Monday's digest."""

    ALL_AT_ONCE = "all-at-once"
    MOVES_AT_ONCE = "moves-at-once"
    ALL_ON_MONDAY = "all-on-monday"


PUNCTUAL = frozenset({NewsKind.REMINDER})
"""Has its own date, which a lead chose."""

MOVES = frozenset({NewsKind.MOVED_UP})


@dataclass(frozen=True, slots=True)
class News:
    """One occasion, told once."""

    id: str
    """Names the occasion, such as "half:<survey id>"; what is added again under it changes nothing."""
    kind: NewsKind
    team: Team
    channel_id: str
    at: dt.datetime
    facts: Mapping[str, str | int]
    """What its words need."""


def due(kind: NewsKind, at: dt.datetime, preference: Preference, zone: dt.tzinfo) -> dt.datetime:
    """When a channel is told of what happened `at`: then, or on the next Monday at 09:00 in its zone."""
    at_once = {
        Preference.ALL_AT_ONCE: frozenset(NewsKind),
        Preference.MOVES_AT_ONCE: MOVES | PUNCTUAL,
        Preference.ALL_ON_MONDAY: PUNCTUAL,
    }
    return at if kind in at_once[preference] else _next_monday(at.astimezone(zone)).astimezone(dt.UTC)


def _next_monday(local: dt.datetime) -> dt.datetime:
    """Monday at 09:00 after a moment, in the same zone."""
    monday = local.date() - dt.timedelta(days=local.weekday())
    morning = dt.datetime.combine(monday, MONDAY_MORNING, local.tzinfo)
    return morning if local < morning else dt.datetime.combine(monday + WEEK, MONDAY_MORNING, local.tzinfo)
