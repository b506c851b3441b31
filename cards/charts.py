"""Charts, each with a fallback that carries the same facts in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from assessment.model import Level
from assessment.scoring import Standing
from assessment.team import Counts, DisciplineResult
from cards.elements import Element, blocks, facts, text
from cards.figures import day, numeral
from cards.naming import answer_name
from content.model import Edition
from content.texts import Texts

SHADES = {level: f"sequential{number}" for level, number in zip(Level, (1, 3, 5, 7, 8), strict=True)}
"""From one end of a scale to the other, so that the order shows without colors too."""


def gauge(texts: Texts, edition: Edition, stage: Level) -> Element:
    """How far a stage is along the way; the needle stands where the reached part ends."""
    name = answer_name(texts, edition, stage)
    top = Level.EFFICIENT
    reached = {"legend": texts("gauge.reached", stage=name), "size": stage, "color": "categoricalBlue"}
    ahead = {"legend": texts("gauge.ahead"), "size": top - stage, "color": "neutral"}
    return {
        "type": "Chart.Gauge",
        "value": stage,
        "min": 0,
        "max": top,
        "valueFormat": "Fraction",
        "subLabel": edition.stages[stage].name,
        "segments": [reached, ahead] if stage < top else [reached],
        "fallback": text(texts("gauge.words", bar=_bar(stage), stage=name, top=top)),
    }


def level_bars(texts: Texts, edition: Edition, stands: Standing) -> Element:
    """One bar per answered discipline, in the order they were asked, each as long as the way to the top."""
    names = {one: answer_name(texts, edition, level) for one, level in stands.levels.items()}
    return {
        "type": "Chart.HorizontalBar.Stacked",
        "data": [
            {
                "title": texts("bars.row", discipline=edition.disciplines[one].name, stage=names[one]),
                "data": _parts(texts("bars.reached"), texts("gauge.ahead"), level),
            }
            for one, level in stands.levels.items()
        ],
        "fallback": facts(
            (edition.disciplines[one].name, f"{names[one]} {_bar(level)}")
            for one, level in stands.levels.items()
        ),
    }


def spread_bars(texts: Texts, edition: Edition, results: Mapping[str, DisciplineResult]) -> Element:
    """One bar per discipline, with a part for each level, as long as those who named it are many.

    Empty parts keep the legend in the order of the levels. It folds where room is short: so its names are
    short too, and a level that nobody named is left out.
    """
    levels = [level for level in Level if any(its.counts.get(level) for its in results.values())]
    return {
        "type": "Chart.HorizontalBar.Stacked",
        "data": [
            {
                "title": texts(
                    "bars.row",
                    discipline=edition.disciplines[one].name,
                    stage=answer_name(texts, edition, its.level),
                ),
                "data": [
                    {"legend": str(level), "value": its.counts.get(level, 0), "color": SHADES[level]}
                    for level in levels
                ],
            }
            for one, its in results.items()
        ],
        "fallback": facts(
            (
                edition.disciplines[one].name,
                texts.join(
                    texts(
                        "team.spread.part",
                        level=level,
                        people=numeral(texts, people),
                    )
                    for level, people in _named(its.counts)
                ),
            )
            for one, its in results.items()
        ),
    }


def stage_lines(texts: Texts, edition: Edition, stands: Sequence[tuple[dt.date, Standing | None]]) -> Element:
    """The stage over time, and the complete stage beside it; oldest first.

    A day whose standing may not be shown (None), or names no stage, has no point; the fallback says so.
    """
    named = [(on, its.stage, its.complete_stage) for on, its in stands if its and its.stage is not None]
    stages = [{"x": on.isoformat(), "y": stage} for on, stage, _ in named]
    complete = [{"x": on.isoformat(), "y": stage} for on, _, stage in named]
    return {
        "type": "Chart.Line",
        "title": texts("line.title"),
        "yMin": min(Level),
        "yMax": max(Level),
        "data": [
            {"legend": texts("line.stage"), "values": stages, "color": "categoricalBlue"},
            {"legend": texts("line.complete"), "values": complete, "color": "categoricalTeal"},
        ],
        "fallback": facts((day(texts, on), _told(texts, edition, its)) for on, its in stands),
    }


def _told(texts: Texts, edition: Edition, stands: Standing | None) -> str:
    """A point of the lines in words."""
    if stands is None:
        return texts("line.hidden")
    if stands.stage is None or stands.complete_stage is None:
        return texts("history.no_stage")
    stage, complete = (answer_name(texts, edition, one) for one in (stands.stage, stands.complete_stage))
    return texts("line.words", stage=stage, complete=complete)


def _named(counts: Counts) -> Iterable[tuple[Level, int]]:
    """The levels that somebody named, from the lowest, with how many did."""
    return ((level, counts[level]) for level in Level if counts.get(level))


def _parts(reached: str, ahead: str, level: Level) -> list[Element]:
    return [
        {"legend": reached, "value": level, "color": "categoricalBlue"},
        {"legend": ahead, "value": Level.EFFICIENT - level, "color": "neutral"},
    ]


def _bar(level: Level) -> str:
    return blocks(level // 100, len(Level))
