"""What a team's survey says: its stage, how far people agree, and what to talk about and do next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import accumulate
from zoneinfo import ZoneInfo

from assessment.model import Level, NoLevel
from assessment.survey import Numbers, Survey
from assessment.team import Change, DisciplineResult, TeamResult
from cards.charts import gauge, level_bars, spread_bars
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
    stacked,
    text,
    verbatim,
)
from cards.figures import numeral, percent
from cards.naming import answer_name, discipline_names, level_name
from cards.result import opportunities, why, why_complete
from cards.survey_presses import ExportSurvey, SetUpSurvey, ShowSpread, ShowTeamResult
from cards.trend_presses import ShowTrend
from content.model import Edition
from content.texts import Texts

CLOSE_TOGETHER = 0.75
"""Agreement from which most people name one level or one beside it: 2, 3 and 1 at 200, 300, 400 are 0.77."""

FAR_APART = 0.5
"""Agreement below which people contradict each other: everything said equally often is 0.43."""


ROOM_FOR_OPPORTUNITIES = 10 * 1024
"""Bytes. With the longest names that an edition may have, all else takes the rest of what a message holds."""


def team_result_card(  # noqa: PLR0917 - each fact of a type of its own, so none is taken for another
    texts: Texts,
    edition: Edition,
    survey: Survey,
    numbers: Numbers,
    result: TeamResult | None,
    change: Change | None,
) -> Card:
    """The team's stage, why, where people differ, and what to do; or what is missing for it.

    Without a result, and so with too few answers, the card reveals nothing of what was answered.
    """
    if result is None:
        return _too_few_card(texts, survey, numbers)
    stands = result.standing
    stage, complete = stands.stage, stands.complete_stage
    if stage is None or complete is None:
        top = _no_stage(texts, survey, numbers, result)
    else:
        top = [
            heading(
                texts(
                    "team.heading", team=verbatim(survey.team.name), stage=level_name(texts, edition, stage)
                ),
                size="ExtraLarge",
            ),
            *_about(texts, survey, numbers),
            gauge(texts, edition, stage),
            heading(texts("result.why"), size="Medium"),
            text(why(texts, edition, stands, stage)),
            text(why_complete(texts, edition, stands, complete)),
        ]
    return card(
        texts,
        [
            *top,
            *(_moves(texts, edition, change) if change else []),
            *_disciplines(texts, edition, survey, result),
            *_debated(texts, edition, result),
            *(_next_steps(texts, edition, survey, stage) if stage else []),
            *_after_result(texts, survey),
        ],
    )


def spread_card(texts: Texts, edition: Edition, survey: Survey, result: TeamResult) -> Card:
    """How the answers of each discipline spread over the levels."""
    return card(
        texts,
        [
            heading(texts("team.spread.heading", team=verbatim(survey.team.name))),
            *labels(_about_survey(texts, survey)),
            *([spread_bars(texts, edition, result.disciplines)] if result.disciplines else []),
            small(_meaning(texts)),
            *(
                one
                for discipline, its in result.disciplines.items()
                for one in _spread(texts, edition, discipline, its)
            ),
            *_hidden(texts, edition, survey, result),
            buttons([button(texts("survey.button.back_to_result"), ShowTeamResult(survey.id), primary=True)]),
        ],
    )


def _too_few_card(texts: Texts, survey: Survey, numbers: Numbers) -> Card:
    return card(
        texts,
        [
            heading(texts("team.too_few.heading", team=verbatim(survey.team.name))),
            text(
                texts(
                    "team.too_few.text",
                    survey=verbatim(survey.plan.name),
                    finished=numeral(texts, numbers.finished),
                    invited=numeral(texts, numbers.invited),
                    smallest=numeral(texts, survey.plan.smallest_group),
                )
            ),
            text(texts("team.too_few.hint")),
            *stacked(
                [
                    button(texts("survey.button.next"), SetUpSurvey(), primary=True),
                    button(texts("trend.button.show"), ShowTrend(survey.id)),
                ]
            ),
        ],
    )


def _no_stage(texts: Texts, survey: Survey, numbers: Numbers, result: TeamResult) -> list[Element]:
    stands = result.standing
    return [
        heading(texts("team.no_stage.heading", team=verbatim(survey.team.name))),
        *_about(texts, survey, numbers),
        text(texts.count("team.no_stage.text", stands.missing, answered=len(stands.levels), of=stands.asked)),
        text(texts("team.no_stage.hint")),
    ]


def _about(texts: Texts, survey: Survey, numbers: Numbers) -> Iterable[Element]:
    """Which survey, and how many of those asked it speaks for."""
    yield from labels(_about_survey(texts, survey))
    if numbers.invited:
        yield text(
            texts(
                "team.response",
                finished=numeral(texts, numbers.finished),
                invited=numeral(texts, numbers.invited),
                share=percent(texts, numbers.finished / numbers.invited),
                reached=numeral(texts, numbers.delivered),
            )
        )


def _about_survey(texts: Texts, survey: Survey) -> str:
    closed = texts.date(survey.closed_at or survey.closes_at, ZoneInfo(survey.zone))
    return texts("team.survey", survey=verbatim(survey.plan.name), date=closed)


def _moves(texts: Texts, edition: Edition, change: Change) -> Iterable[Element]:
    """What differs from the survey before."""
    yield heading(texts("team.change.heading"), size="Medium")
    moved = [
        *([_stage_move(texts, edition, change)] if change.stage_before is not change.stage_now else []),
        *(
            texts(
                "history.up" if now > was else "history.down",
                discipline=edition.disciplines[discipline].name,
                then=was,
                now=now,
            )
            for discipline, (was, now) in change.disciplines.items()
        ),
    ]
    yield bullets(moved) if moved else text(texts("team.change.still"))


def _stage_move(texts: Texts, edition: Edition, change: Change) -> str:
    then, now = (
        texts("history.no_stage") if one is None else answer_name(texts, edition, one)
        for one in (change.stage_before, change.stage_now)
    )
    return texts("team.change.stage", then=then, now=now)


def _disciplines(texts: Texts, edition: Edition, survey: Survey, result: TeamResult) -> Iterable[Element]:
    """Each discipline's level, and how far people agree on it."""
    if result.disciplines:
        yield heading(texts("team.bars", top=Level.EFFICIENT), size="Medium", apart=True)
        yield level_bars(texts, edition, result.standing)
        yield heading(texts("team.agreement.heading"), size="Medium")
        yield facts(
            (edition.disciplines[one].name, _agreement_and_sides(texts, its))
            for one, its in result.disciplines.items()
        )
        yield small(_meaning(texts))
    yield from _hidden(texts, edition, survey, result)


def _hidden(texts: Texts, edition: Edition, survey: Survey, result: TeamResult) -> list[Element]:
    """The disciplines that too few people named a level for."""
    hidden = [one for one in edition.order if one not in result.disciplines]
    if not hidden:
        return []
    smallest = numeral(texts, survey.plan.smallest_group)
    return [small(texts("team.hidden", smallest=smallest, names=discipline_names(texts, edition, hidden)))]


def _meaning(texts: Texts) -> str:
    """What agreement is a measure of."""
    return texts(
        "team.agreement.meaning",
        all=percent(texts, 1),
        none=percent(texts, 0),
        lowest=Level.INITIAL,
        highest=Level.EFFICIENT,
    )


def _agreement_and_sides(texts: Texts, its: DisciplineResult) -> str:
    agreement = _agreement(texts, its)
    if its.leaders is None or its.makers is None:
        return agreement
    return texts("team.agreement.compared", agreement=agreement, leaders=its.leaders, makers=its.makers)


def _agreement(texts: Texts, its: DisciplineResult) -> str:
    """In percent and in words."""
    share = percent(texts, its.agreement)
    if its.lowest is its.highest:
        return texts("team.agreement.same", share=share)
    if its.agreement >= CLOSE_TOGETHER:
        return texts("team.agreement.close", share=share)
    return texts("team.agreement.apart" if its.agreement >= FAR_APART else "team.agreement.far", share=share)


def _debated(texts: Texts, edition: Edition, result: TeamResult) -> Iterable[Element]:
    """The discipline that people agree on least, and a question that gets them talking."""
    if result.most_debated is None:
        return
    discipline, its = edition.disciplines[result.most_debated], result.disciplines[result.most_debated]
    lowest, highest = (answer_name(texts, edition, one) for one in (its.lowest, its.highest))
    yield heading(texts("team.debated.heading", discipline=discipline.name), size="Medium", apart=True)
    share = percent(texts, its.agreement)
    yield text(texts("team.debated.why", lowest=lowest, highest=highest, share=share))
    if its.gap:
        yield text(texts("team.debated.gap", leaders=its.leaders, makers=its.makers))
    yield text(texts("team.debated.question", lowest=its.lowest, highest=its.highest))


def _next_steps(texts: Texts, edition: Edition, survey: Survey, stage: Level) -> Iterable[Element]:
    yield heading(
        texts("result.opportunities", stage=answer_name(texts, edition, stage)), size="Medium", apart=True
    )
    every = list(opportunities(texts, edition, stage, survey=survey.id))
    fitting = list(_fitting(every))
    yield from fitting
    if more := len(every) - len(fitting):
        yield small(texts.count("team.more_opportunities", more))
    yield small(texts("result.edition", edition=edition.name))


def _fitting(elements: Sequence[Element]) -> Iterable[Element]:
    """Those before the first for which there is no room."""
    sizes = accumulate(len(json.dumps(one, ensure_ascii=False).encode()) for one in elements)
    return (one for one, size in zip(elements, sizes, strict=True) if size <= ROOM_FOR_OPPORTUNITIES)


def _after_result(texts: Texts, survey: Survey) -> list[Element]:
    return stacked(
        [
            button(texts("survey.button.spread"), ShowSpread(survey.id), primary=True),
            button(texts("trend.button.show"), ShowTrend(survey.id)),
            button(texts("survey.button.export"), ExportSurvey(survey.id)),
            button(texts("survey.button.next"), SetUpSurvey()),
        ]
    )


def _spread(texts: Texts, edition: Edition, discipline: str, its: DisciplineResult) -> Iterable[Element]:
    """How many people named which level of a discipline, and how many named none."""
    named = numeral(texts, its.named)
    at = (
        texts("team.spread.part", people=numeral(texts, people), level=level)
        for level in Level
        if (people := its.counts.get(level, 0))
    )
    levels = (
        texts.count(
            "team.spread.all_at", its.named, people=named, level=answer_name(texts, edition, its.lowest)
        )
        if its.lowest is its.highest
        else texts.count("team.spread.named", its.named, people=named, parts=texts.join(at))
    )
    without = (
        texts.count(f"team.spread.without.{one}", people, people=numeral(texts, people))
        for one in NoLevel
        if (people := its.counts.get(one, 0))
    )
    agreement = texts("team.spread.agreement", agreement=_agreement(texts, its))
    yield text(edition.disciplines[discipline].name, weight="Bolder")
    yield text(" ".join([levels, agreement, *without]), spacing="None")
