"""How a team's results follow each other: its stages as lines, and in words what moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from assessment.model import Level
from assessment.scoring import Standing
from assessment.survey import Survey
from assessment.team import Change, TeamResult
from assessment.trend import Course, Point, Trend
from cards.charts import stage_lines
from cards.elements import (
    Card,
    Element,
    bullets,
    button,
    buttons,
    card,
    facts,
    heading,
    labels,
    small,
    text,
    verbatim,
)
from cards.figures import day, numeral
from cards.naming import answer_name
from cards.presses import Start
from cards.survey_presses import SetUpSurvey, ShowProgress
from cards.trend_presses import LeaveTrend
from content.model import Edition
from content.texts import Texts

POINTS_SHOWN = 12
"""Surveys that are drawn: three years of one a quarter. Older ones are counted."""

APART_SHOWN = 5


def trend_card(texts: Texts, edition: Edition, trend: Trend) -> Card:
    """The stages of a team over time; with one result only, when there will be a line."""
    latest = trend.points[-1].survey
    drawn = trend.points[-POINTS_SHOWN:]
    older = len(trend.points) - len(drawn)
    return card(
        texts,
        [
            heading(texts("trend.heading", team=verbatim(latest.team.name))),
            *labels(edition.name),
            *_words(texts, edition, trend),
            *(_lines(texts, edition, drawn) if trend.change else []),
            *([small(texts.count("trend.older", older))] if older else []),
            *_hidden(texts, drawn),
            *_disciplines(texts, edition, trend),
            *_apart(texts, trend),
            buttons([button(texts("trend.button.back"), LeaveTrend(latest.id), primary=True)]),
        ],
    )


def no_trend_card(texts: Texts, *, leads: bool, under_way: Survey | None = None) -> Card:
    """For a team without a closed survey: a lead sees the one `under_way`, or may set one up.

    Anybody may do the own check meanwhile.
    """
    if not leads:
        helps = button(texts("button.start"), Start(), primary=True)
    elif under_way:
        helps = button(texts("survey.button.show"), ShowProgress(under_way.id), primary=True)
    else:
        helps = button(texts("survey.button.set_up"), SetUpSurvey(), primary=True)
    return card(
        texts,
        [
            heading(texts("trend.nothing.heading")),
            text(texts("trend.nothing.text")),
            *([] if leads else [text(texts("trend.nothing.meanwhile"))]),
            buttons([helps]),
        ],
    )


def _words(texts: Texts, edition: Edition, trend: Trend) -> Iterable[Element]:
    """What the lines and the disciplines show, as somebody would say it."""
    if not trend.shown:
        yield text(texts("trend.hidden.all"))
        return
    last, result = trend.shown[-1]
    stage = _stage(texts, edition, result)
    if trend.change is None:
        yield text(texts(f"trend.first.{'stage' if stage else 'none'}", date=_on(texts, last), stage=stage))
        yield text(texts("trend.first.when"))
        return
    earlier, its = trend.shown[-2]
    yield text(
        texts(
            f"trend.moved.{_way(its.standing.stage, result.standing.stage)}",
            date=_on(texts, last),
            earlier=_on(texts, earlier),
            stage=stage,
            before=_stage(texts, edition, its),
        )
    )
    if complete := result.standing.complete_stage:
        yield text(texts("trend.complete", stage=answer_name(texts, edition, complete)))
    if trend.risers:
        yield text(texts("trend.up", names=_steps(texts, edition, trend.change, trend.risers)))
    if trend.fallers:
        yield text(texts("trend.down", names=_steps(texts, edition, trend.change, trend.fallers)))


def _stage(texts: Texts, edition: Edition, result: TeamResult) -> str:
    stage = result.standing.stage
    return "" if stage is None else answer_name(texts, edition, stage)


def _way(was: Level | None, now: Level | None) -> str:
    """From the one to the other stage, each None where none could be named."""
    if was is None:
        return "none" if now is None else "named"
    if now is None:
        return "lost"
    return "same" if was is now else _direction(was, now)


def _direction(was: Level, now: Level) -> str:
    return "up" if now > was else "down"


def _steps(texts: Texts, edition: Edition, change: Change, disciplines: Iterable[str]) -> str:
    """Disciplines with the levels that they moved between."""
    moves = ((edition.disciplines[one].name, change.disciplines[one]) for one in disciplines)
    return texts.join(texts("trend.step", discipline=name, before=was, now=now) for name, (was, now) in moves)


def _lines(texts: Texts, edition: Edition, drawn: Iterable[Point]) -> Iterable[Element]:
    stands = [(_day(one), _standing(one)) for one in drawn]
    yield heading(texts("trend.lines", top=Level.EFFICIENT), size="Medium", apart=True)
    yield stage_lines(texts, edition, stands)


def _standing(point: Point) -> Standing | None:
    return point.result.standing if point.result else None


def _hidden(texts: Texts, drawn: Iterable[Point]) -> list[Element]:
    """The surveys whose result may not be shown; nothing says where they stood."""
    return [
        small(
            texts(
                "trend.hidden.survey",
                survey=verbatim(one.survey.plan.name),
                date=_on(texts, one),
                smallest=numeral(texts, one.survey.plan.smallest_group),
            )
        )
        for one in drawn
        if one.result is None
    ]


def _disciplines(texts: Texts, edition: Edition, trend: Trend) -> Iterable[Element]:
    if trend.courses:
        several = len(trend.shown) > 2  # noqa: PLR2004 - the first is neither the last nor the one before
        words = texts("trend.disciplines" if trend.change else "trend.levels")
        yield heading(words, size="Medium", apart=True)
        yield facts(
            (edition.disciplines[one].name, _course(texts, its, trend, several=several))
            for one, its in trend.courses.items()
        )


def _course(texts: Texts, its: Course, trend: Trend, *, several: bool) -> str:
    words = texts(f"trend.course.{_kind(its, is_first=trend.change is None)}", now=its.now, before=its.before)
    return texts("trend.course.since", course=words, first=its.first) if several else words


def _kind(its: Course, *, is_first: bool) -> str:
    if is_first:
        return "first"
    if its.before is None:
        return "long_gone" if its.now is None else "new"
    if its.now is None:
        return "gone"
    return "still" if its.before is its.now else _direction(its.before, its.now)


def _apart(texts: Texts, trend: Trend) -> Iterable[Element]:
    """The surveys of other editions, each for itself."""
    if not trend.apart:
        return
    yield heading(texts("trend.apart.heading"), size="Medium", apart=True)
    yield text(texts("trend.apart.why"))
    yield bullets(_alone(texts, one) for one in reversed(trend.apart[-APART_SHOWN:]))
    if more := len(trend.apart[:-APART_SHOWN]):
        yield small(texts.count("trend.apart.older", more))


def _alone(texts: Texts, point: Point) -> str:
    survey, stands = verbatim(point.survey.plan.name), _standing(point)
    if stands is None:
        smallest = numeral(texts, point.survey.plan.smallest_group)
        return texts("trend.apart.hidden", survey=survey, date=_on(texts, point), smallest=smallest)
    stage = str(int(stands.stage)) if stands.stage else texts("history.no_stage")
    return texts("trend.apart.stage", survey=survey, date=_on(texts, point), stage=stage)


def _day(point: Point) -> dt.date:
    return point.closed_at.astimezone(ZoneInfo(point.survey.zone)).date()


def _on(texts: Texts, point: Point) -> str:
    return day(texts, _day(point))
