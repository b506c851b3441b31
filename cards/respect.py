"""What the bot sends somebody by itself, and how they change that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from babel.dates import format_time

from assessment.respect import Limits, Wishes
from cards.elements import (
    Card,
    Element,
    Notice,
    bullets,
    button,
    buttons,
    card,
    day_input,
    heading,
    notices,
    stacked,
    text,
    verbatim,
)
from cards.figures import how_often, numeral, when_allowed
from cards.respect_presses import NothingBefore, StopReminding, WriteAgain
from content.texts import Texts

SHOWN = 8
"""Messages listed under one heading; others are counted, so that the card stays small."""

Kind = Literal["invitation", "reminder", "later", "pledge", "told", "schedule", "result", "other"]
"""The first three are a survey's; "told" is about a pledge that somebody made in the person's name."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that the bot began, or will begin, and what it is about."""

    at: dt.datetime
    kind: Kind
    survey: str = ""
    lead: str = ""
    """Who asks in the survey, or pledged something in the person's name."""
    about: str = ""
    """The words of the pledge, or the team of the schedule; "" where they are not known any more."""


def reminders_card(
    texts: Texts,
    wishes: Wishes,
    limits: Limits,
    now: dt.datetime,
    *,
    weeks: int,
    sent: Sequence[Told],
    planned: Sequence[Told],
    notice: Notice | None = None,
) -> Card:
    """What was sent in the last `weeks`, latest first; what is planned, next first; the person's wishes.

    To who wants nothing it says only that, with what was sent before and the way back.
    """
    was_sent = [
        heading(texts("respect.sent", weeks=numeral(texts, weeks)), size="Medium"),
        _listed(texts, sent, texts("respect.nothing_sent"), lambda one: _was(texts, wishes, one)),
    ]
    rest = (
        [text(texts("respect.silent")), *was_sent, buttons([_again(texts)])]
        if wishes.wants_nothing
        else [
            text(_rules(texts, limits)),
            heading(texts("respect.wishes"), size="Medium"),
            text(_wish(texts, wishes, now)),
            heading(texts("respect.planned"), size="Medium"),
            _listed(
                texts, planned, texts("respect.nothing_planned"), lambda one: _will_be(texts, wishes, one)
            ),
            *was_sent,
            *_quiet_until(texts, now.astimezone(wishes.zone).date() + dt.timedelta(days=1)),
            buttons(_choices(texts, wishes, now)),
        ]
    )
    return card(texts, [heading(texts("respect.heading")), *notices(notice), *rest])


def _rules(texts: Texts, limits: Limits) -> str:
    when, often = when_allowed(texts, limits, whose="own"), how_often(texts, limits)
    if not often:
        return texts("respect.rules.unlimited", when=when)
    return texts("respect.rules.limited", when=when, often=often)


def _quiet_until(texts: Texts, tomorrow: dt.date) -> Iterable[Element]:
    yield day_input(
        "until", label=texts("respect.until"), missing=texts("respect.pick_a_day"), value=tomorrow
    )
    yield from stacked([button(texts("respect.button.until"), NothingBefore(), takes_inputs=True)])


def _choices(texts: Texts, wishes: Wishes, now: dt.datetime) -> Iterable[Element]:
    yield button(texts("respect.button.silent"), StopReminding())
    if _is_quiet(wishes, now):
        yield _again(texts)


def _again(texts: Texts) -> Element:
    return button(texts("respect.button.again"), WriteAgain(), primary=True)


def _wish(texts: Texts, wishes: Wishes, now: dt.datetime) -> str:
    if wishes.not_before and _is_quiet(wishes, now):
        return texts("respect.quiet_until", date=texts.date(wishes.not_before, wishes.zone))
    return texts("respect.nothing_wished")


def _is_quiet(wishes: Wishes, now: dt.datetime) -> bool:
    return wishes.not_before is not None and wishes.not_before > now


def _listed(texts: Texts, told: Sequence[Told], empty: str, line: Callable[[Told], str]) -> Element:
    lines = [line(one) for one in told[:SHOWN]]
    if further := len(told) - len(lines):
        lines.append(texts.count("respect.more", further))
    return bullets(lines) if lines else text(empty)


def _was(texts: Texts, wishes: Wishes, one: Told) -> str:
    return texts("respect.line_of", date=texts.date(one.at, wishes.zone), what=_what(texts, one))


def _will_be(texts: Texts, wishes: Wishes, one: Told) -> str:
    time = format_time(one.at.astimezone(wishes.zone).time(), "short", locale=texts.locale)
    date = texts.date(one.at, wishes.zone)
    return texts("respect.earliest", date=date, time=time, what=_what(texts, one))


def _what(texts: Texts, one: Told) -> str:
    match one.kind:
        case "pledge" | "schedule" | "result" | "other" if not (one.about or one.survey):
            return texts(f"respect.what.{one.kind}")
        case "schedule":
            return texts("respect.about.schedule", team=verbatim(one.about))
        case _:
            lead = verbatim(one.lead) if one.lead.strip() else texts("survey.a_lead")
            return texts(f"respect.about.{one.kind}", survey=verbatim(one.survey), lead=lead, what=one.about)
