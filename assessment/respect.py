"""When the bot may write to somebody by itself, so that nobody is nagged.

What people ask for is answered at any time. These rules are for what the bot begins: invitations, reminders,
and questions about pledges. They are the project's own and stand in docs/respect.md.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

WEEK = 7
"""Days in which `Limits.a_week` counts, whichever day they begin with."""

SATURDAY = 5
MIDNIGHT = dt.time()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the bot may begin, over all surveys and pledges."""

    a_day: int = 1
    """Messages to one person on one day in their own time zone; at least 1."""
    a_week: int = 3
    """Messages to one person within seven days in a row; at least 1."""
    quiet_from: dt.time = dt.time(18)
    quiet_until: dt.time = dt.time(8)
    """Nothing is sent from the one to the other, over midnight or not; where they are equal, at any hour."""
    rests_at_weekends: bool = True

    def is_quiet(self, at: dt.time) -> bool:
        """Whether nothing is sent at this time of the day."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person wants of the bot."""

    zone: dt.tzinfo
    """Theirs, as Teams last told it."""
    not_before: dt.datetime | None = None
    """They wish to hear nothing until then."""
    wants_nothing: bool = False
    """They said "stop reminding me", which holds until they take it back."""


def next_moment(
    now: dt.datetime, wishes: Wishes, written: Iterable[dt.datetime], limits: Limits
) -> dt.datetime | None:
    """The first moment from `now` on at which the bot may write; None where the person wants nothing.

    `written` are the moments at which it wrote before, of the last seven days or of more.
    """
    if wishes.wants_nothing:
        return None
    days = Counter(one.astimezone(wishes.zone).date() for one in written)
    moment = max(now, wishes.not_before or now).astimezone(wishes.zone)
    while later := _put_off(moment, days, limits):
        moment = later
    return moment.astimezone(dt.UTC)


def _put_off(moment: dt.datetime, days: Counter[dt.date], limits: Limits) -> dt.datetime | None:
    """A later moment where this one breaks a rule, though that one may break another; None where it may be.

    `moment` is in the person's own time zone.
    """
    day = moment.date()
    if limits.rests_at_weekends and day.weekday() >= SATURDAY:
        return _start_of(day + dt.timedelta(days=1), moment)
    if days[day] >= limits.a_day or _most_in_a_week_around(day, days) >= limits.a_week:
        return _start_of(day + dt.timedelta(days=1), moment)
    if limits.is_quiet(moment.time()):
        ends_today = moment.time() < limits.quiet_until
        ends_on = day if ends_today else day + dt.timedelta(days=1)
        return dt.datetime.combine(ends_on, limits.quiet_until, moment.tzinfo)
    return None


def _start_of(day: dt.date, moment: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, MIDNIGHT, moment.tzinfo)


def _most_in_a_week_around(day: dt.date, days: Counter[dt.date]) -> int:
    """The most messages in any seven days in a row that `day` is one of."""
    firsts = (day - dt.timedelta(days=back) for back in range(WEEK))
    return max(sum(days[first + dt.timedelta(days=on)] for on in range(WEEK)) for first in firsts)
