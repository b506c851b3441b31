"""How a survey is going: whom it has reached, who has finished, and what a lead can do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from assessment.survey import Numbers, Phase, Refusal, Survey
from cards.elements import (
    Card,
    Element,
    Notice,
    bullets,
    button,
    buttons,
    card,
    facts,
    heading,
    notices,
    progress_bar,
    text,
    verbatim,
)
from cards.figures import day, duration, numeral, percent
from cards.survey_presses import (
    AskToClose,
    AskToStop,
    CloseSurvey,
    RemindNow,
    ShowProgress,
    ShowTeamResult,
    StopSending,
)
from content.texts import Texts


def progress_card(
    texts: Texts,
    survey: Survey,
    numbers: Numbers,
    now: dt.datetime,
    *,
    seconds_left: float | None = None,
    notice: Notice | None = None,
    resultless: bool = False,
) -> Card:
    """A survey in numbers that add up, and what a lead can do.

    `seconds_left` is how long sending will still take; `resultless` that it closed with too few answers.
    """
    return card(
        texts,
        [
            heading(texts("survey.progress.heading", survey=verbatim(survey.plan.name))),
            *notices(notice),
            text(_phase(texts, survey, numbers, now, seconds_left=seconds_left, resultless=resultless)),
            *_finished(texts, survey, numbers),
            *_people(texts, numbers),
            *_invitations(texts, numbers),
            *_lead_buttons(texts, survey, resultless=resultless),
        ],
    )


def ask_to_close_card(texts: Texts, survey: Survey, numbers: Numbers) -> Card:
    """What closing means now, before it is done."""
    can_be_shown = numbers.finished >= survey.plan.smallest_group
    under_way = numbers.started - numbers.finished
    close = button(texts("survey.button.close_now"), CloseSurvey(survey.id), primary=can_be_shown)
    keep = button(texts("survey.button.keep_open"), ShowProgress(survey.id), primary=not can_be_shown)
    finished = texts(
        "survey.ask_to_close.finished",
        finished=numeral(texts, numbers.finished),
        invited=numeral(texts, numbers.invited),
    )
    started = texts.count("survey.ask_to_close.started", under_way, people=numeral(texts, under_way))
    result = (
        texts("survey.ask_to_close.result")
        if can_be_shown
        else texts("survey.ask_to_close.no_result", smallest=numeral(texts, survey.plan.smallest_group))
    )
    return card(
        texts,
        [
            heading(texts("survey.ask_to_close.heading", survey=verbatim(survey.plan.name))),
            text(f"{finished} {started}" if under_way else finished),
            text(result),
            text(texts("survey.ask_to_close.text")),
            buttons([close, keep]),
        ],
    )


def ask_to_stop_card(texts: Texts, survey: Survey, numbers: Numbers) -> Card:
    """What stopping means now, before it is done: it can't be taken back."""
    waiting = texts.count(
        "survey.ask_to_stop.waiting", numbers.waiting, people=numeral(texts, numbers.waiting)
    )
    return card(
        texts,
        [
            heading(texts("survey.ask_to_stop.heading", survey=verbatim(survey.plan.name))),
            text(waiting if numbers.waiting else texts("survey.ask_to_stop.nobody_waiting")),
            text(texts("survey.ask_to_stop.text", date=day(texts, survey.plan.closes_on))),
            buttons(
                [
                    button(texts("survey.button.stop_now"), StopSending(survey.id)),
                    button(texts("survey.button.go_on"), ShowProgress(survey.id), primary=True),
                ]
            ),
        ],
    )


def _phase(
    texts: Texts,
    survey: Survey,
    numbers: Numbers,
    now: dt.datetime,
    *,
    seconds_left: float | None,
    resultless: bool,
) -> str:
    """Where the survey is, and how long it stays open."""
    finished, invited = numeral(texts, numbers.finished), numeral(texts, numbers.invited)
    smallest = numeral(texts, survey.plan.smallest_group)
    if survey.phase is Phase.CLOSED:
        date = texts.date(survey.closed_at or survey.closes_at, ZoneInfo(survey.zone))
        return texts(
            "survey.phase.resultless" if resultless else "survey.phase.closed",
            date=date,
            finished=finished,
            invited=invited,
            smallest=smallest,
        )
    if survey.phase is Phase.CLOSING and numbers.finished < survey.plan.smallest_group:
        return texts("survey.phase.closing_resultless", finished=finished, invited=invited, smallest=smallest)
    if survey.phase is not Phase.OPEN:
        return texts(f"survey.phase.{survey.phase}")
    date, left = day(texts, survey.plan.closes_on), _left(texts, survey, now)
    if survey.stopped:
        return texts("survey.phase.stopped", date=date, left=left)
    if numbers.waiting == numbers.held:
        return texts("survey.phase.open", date=date, left=left)
    if seconds_left is None:
        return texts("survey.phase.sending", date=date, left=left)
    return texts("survey.phase.sending_for", date=date, left=left, time=duration(texts, seconds_left))


def _left(texts: Texts, survey: Survey, now: dt.datetime) -> str:
    """How many days are left, by the calendar of who asks."""
    days = (survey.plan.closes_on - now.astimezone(ZoneInfo(survey.zone)).date()).days
    return texts.count("survey.left.days", days) if days > 0 else texts("survey.left.today")


def _finished(texts: Texts, survey: Survey, numbers: Numbers) -> Iterable[Element]:
    if not numbers.invited:
        return
    yield progress_bar(numbers.finished, numbers.invited)
    yield text(
        texts(
            "survey.progress.done",
            finished=numeral(texts, numbers.finished),
            invited=numeral(texts, numbers.invited),
            share=percent(texts, numbers.finished / numbers.invited),
        ),
        weight="Bolder",
        spacing="Small",
    )
    if numbers.all_done and survey.phase is Phase.OPEN:
        yield text(texts("survey.progress.all_done"))


def _people(texts: Texts, numbers: Numbers) -> Iterable[Element]:
    """What people made of their invitation; who has finished had started."""
    yield heading(texts("survey.progress.people"), size="Medium")
    yield facts(
        [
            (texts("survey.progress.started"), numeral(texts, numbers.started)),
            (
                texts("survey.progress.finished"),
                texts("survey.progress.of_them", people=numeral(texts, numbers.finished)),
            ),
            (texts("survey.progress.declined"), numeral(texts, numbers.declined)),
        ]
    )


def _invitations(texts: Texts, numbers: Numbers) -> Iterable[Element]:
    """What became of each invitation, as a sum, and what can be done about those that have not arrived."""
    parts = (
        (texts("survey.progress.waiting"), numbers.waiting),
        (texts("survey.progress.refused"), sum(numbers.refused.values())),
        (texts("survey.progress.unknown"), numbers.unknown),
        (texts("survey.progress.stopped"), numbers.stopped),
    )
    yield heading(texts("survey.progress.invitations"), size="Medium")
    yield facts(
        [
            (texts("survey.progress.delivered"), numeral(texts, numbers.delivered)),
            *((name, numeral(texts, people)) for name, people in parts if people),
            (
                texts("survey.progress.invited"),
                texts("survey.progress.sum", people=numeral(texts, numbers.invited)),
            ),
        ]
    )
    if troubles := list(_troubles(texts, numbers)):
        yield bullets(troubles)


def _troubles(texts: Texts, numbers: Numbers) -> Iterable[str]:
    if numbers.held:
        yield texts.count("survey.held", numbers.held, people=numeral(texts, numbers.held))
    for one in Refusal:
        if people := numbers.refused.get(one, 0):
            yield texts.count(f"survey.refused.{one}", people, people=numeral(texts, people))
    if numbers.unknown:
        yield texts.count("survey.unknown", numbers.unknown, people=numeral(texts, numbers.unknown))
    if numbers.stopped:
        yield texts.count("survey.not_sent", numbers.stopped, people=numeral(texts, numbers.stopped))


def _lead_buttons(texts: Texts, survey: Survey, *, resultless: bool) -> Iterable[Element]:
    """Two rows, since a row of four is cut off on a phone."""
    refresh = button(texts("survey.button.refresh"), ShowProgress(survey.id))
    close = button(texts("survey.button.close"), AskToClose(survey.id))
    match survey.phase:
        case Phase.OPEN if survey.stopped:
            yield buttons([refresh, close])
        case Phase.OPEN:
            yield buttons([refresh, button(texts("survey.button.remind"), RemindNow(survey.id))])
            yield buttons([close, button(texts("survey.button.stop"), AskToStop(survey.id))])
        case Phase.CLOSED if not resultless:
            yield buttons([button(texts("survey.button.result"), ShowTeamResult(survey.id), primary=True)])
        case Phase.CLOSED:
            return
        case _:
            yield buttons([refresh])
