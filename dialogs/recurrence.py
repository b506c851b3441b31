"""When a schedule comes round: a rule of RFC 5545 by the clock on a wall, as moments in UTC."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from assessment.schedules import Schedule

CYCLE = 400
"""Years after which the calendar repeats itself, weekdays and all."""

FORTY_YEARS_LEFT = dt.datetime(2360, 1, 1)  # noqa: DTZ001 - by the clock on a wall
"""Before the last cycle ends: long enough for any day that comes round at all, and soon searched."""

LONGEST_RULE = 200

_WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": "YEARLY|MONTHLY|WEEKLY|DAILY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "BYDAY": rf"(?:[+-]?[1-5])?{_WEEKDAY}",  # of a month; dateutil trips over larger numbers
    "BYMONTH": "[1-9]|1[0-2]",
    "BYMONTHDAY": r"[+-]?(?:[1-9]|[12]\d|3[01])",
    "BYYEARDAY": r"[+-]?[1-9]\d{0,2}",
    "BYWEEKNO": r"[+-]?[1-9]\d?",
    "BYSETPOS": r"[+-]?(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-6])",  # dateutil refuses larger ones with an error
    "WKST": _WEEKDAY,
}
_SINGLE = frozenset({"FREQ", "INTERVAL", "WKST"})
_MORE_THAN_DAILY = re.compile("(^|;)(FREQ=(HOURLY|MINUTELY|SECONDLY)|BYHOUR=|BYMINUTE=|BYSECOND=)")
_ENDS = re.compile("(^|;)(COUNT|UNTIL)=")


class Flaw(StrEnum):
    """What is wrong with a rule."""

    FORM = "form"
    """It is none of RFC 5545, or one with parts of no use here."""
    TOO_OFTEN = "too-often"
    """It asks for more than once a day, or for a time, which stands beside the rule."""
    ENDS = "ends"
    """It ends by itself; the last day stands beside the rule."""
    NEVER = "never"
    """No day fits it."""


class BadRule(ValueError):
    """A rule that is no good for a schedule."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule from a local start on, such as FREQ=MONTHLY;BYDAY=1MO, to the end of the last day.

    It fires at the start's time of the day, whatever daylight saving does. As RFC 5545 has it, a local time
    that the clock skips is taken by the offset before the gap: as much later as the clock jumps, an hour
    almost everywhere. One that exists twice is taken the first time.
    """

    rule: str
    """As `checked` returns it."""
    starts: dt.datetime
    """Without a time zone."""
    zone: ZoneInfo
    ends_on: dt.date | None = None

    def following(self, after: dt.datetime, count: int) -> list[dt.datetime]:
        """The next moments after a moment, in UTC, each later than the one before; fewer where it ends."""
        return list(islice((one for one in self._moments() if one > after), count))

    def _moments(self) -> Iterator[dt.datetime]:
        last = None
        for local in _local_times(self.rule, self.starts):
            if self.ends_on and local.date() > self.ends_on:
                return
            moment = local.replace(tzinfo=self.zone).astimezone(dt.UTC)
            # Where a zone crosses the date line, two local days may be one.
            if last is None or moment > last:
                yield moment
            last = moment


def dates_of(schedule: Schedule, after: dt.datetime, count: int) -> list[dt.datetime]:
    """The next dates of a schedule after a moment; fewer where it ends."""
    zone = ZoneInfo(schedule.zone)
    return Recurrence(schedule.rule, schedule.starts, zone, schedule.ends_on).following(after, count)


def checked(rule: str) -> str:
    """A rule as people type it, in the one form that is stored. Raises BadRule."""
    text = "".join(rule.upper().split()).removeprefix("RRULE:").rstrip(";")
    if _MORE_THAN_DAILY.search(text):
        raise BadRule(Flaw.TOO_OFTEN)
    if _ENDS.search(text):
        raise BadRule(Flaw.ENDS)
    parts = [part.partition("=") for part in text.split(";")]
    names = [name for name, _, _ in parts]
    if len(text) > LONGEST_RULE or "FREQ" not in names or len(set(names)) < len(names):
        raise BadRule(Flaw.FORM)
    if not all(_is_good(name, value) for name, _, value in parts):
        raise BadRule(Flaw.FORM)
    if next(_local_times(text, FORTY_YEARS_LEFT), None) is None:
        raise BadRule(Flaw.NEVER)
    return text


def zone_called(name: str) -> ZoneInfo | None:
    """A time zone by its IANA name; None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _is_good(name: str, value: str) -> bool:
    values = [value] if name in _SINGLE else value.split(",")
    return name in _PARTS and all(re.fullmatch(_PARTS[name], one) for one in values)


def _local_times(rule: str, starts: dt.datetime) -> Iterator[dt.datetime]:
    """The local times of a rule that was found to be of the right form; none after the year 2399.

    dateutil looks for the next one until the year 9999, which takes it many seconds where there is none. So
    it is asked in the last cycle of the calendar.
    """
    ahead = (dt.MAXYEAR - starts.year) // CYCLE * CYCLE
    for later in rrulestr(rule, dtstart=starts.replace(year=starts.year + ahead)):
        yield later.replace(year=later.year - ahead)
