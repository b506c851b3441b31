"""How numbers, shares, days and spans of time are written for people."""

from __future__ import annotations

import datetime as dt
from math import ceil
from typing import Literal

from babel.dates import format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal, format_percent

from assessment.respect import Limits
from content.texts import Texts

UNLIMITED = 100
"""Messages to one person in a week that nobody ever gets: this limit, or a higher one, limits nothing."""


def numeral(texts: Texts, number: int) -> str:
    """A number as people write it: "1,240"."""
    return format_decimal(number, locale=texts.locale)


def percent(texts: Texts, share: float) -> str:
    """A share between 0 and 1 in whole percent: "78%". Only nothing is 0, and only all is 100."""
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return format_percent(whole / 100, locale=texts.locale)


def day(texts: Texts, one: dt.date) -> str:
    """A day as people write it: "Nov 23, 2026"."""
    return texts.date(dt.datetime.combine(one, dt.time(), dt.UTC), dt.UTC)


def weekday(texts: Texts, number: int) -> str:
    """A day of the week, counted from Monday as 0: "Monday"."""
    return str(get_day_names("wide", locale=texts.locale)[number])


def hour(texts: Texts, at: dt.time) -> str:
    """A time of the day as people write it: "9:00 AM"."""
    return format_time(at, "short", locale=texts.locale)


def date_with_weekday(texts: Texts, one: dt.date) -> str:
    """A day with its weekday: "Mon, Jan 4, 2027"."""
    return format_skeleton("yMMMEd", one, locale=texts.locale)


def duration(texts: Texts, seconds: float) -> str:
    """About how long something takes: "about 2 minutes"; never shorter than it is."""
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return texts("duration.short")
    return texts.count("duration.minutes", ceil(seconds / 60))


def how_often(texts: Texts, limits: Limits) -> str:
    """How often the bot writes to somebody: "once a day and 3 times a week"; "" where nothing limits it."""
    day = [texts.count("respect.a_day", limits.a_day)] if limits.a_day < UNLIMITED else []
    week = [texts.count("respect.a_week", limits.a_week)] if limits.a_week < UNLIMITED else []
    return texts.join(day + week)


def is_ever_quiet(limits: Limits) -> bool:
    """Whether there are hours or days at which the bot begins nothing."""
    return limits.quiet_from != limits.quiet_until or limits.rests_at_weekends


def when_allowed(texts: Texts, limits: Limits, *, whose: Literal["each", "own"]) -> str:
    """At which hours and on which days the bot writes by itself: "from Monday to Friday, from 8:00 ...".

    `whose` says whether one person reads about themselves, or somebody about each of many.
    """
    zone = texts(f"respect.zone.{whose}")
    start, end = (
        format_time(one, "short", locale=texts.locale) for one in (limits.quiet_until, limits.quiet_from)
    )
    match limits.quiet_from != limits.quiet_until, limits.rests_at_weekends:
        case True, True:
            return texts("respect.when.hours_on_weekdays", start=start, end=end, zone=zone)
        case True, False:
            return texts("respect.when.hours", start=start, end=end, zone=zone)
        case False, True:
            return texts("respect.when.weekdays", zone=zone)
        case _:
            return texts("respect.when.always")
