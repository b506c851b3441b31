"""Charts, each with a fallback that carries the same facts in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assessment.model import Level
from assessment.scoring import Standing
from assessment.team import Counts, DisciplineResult
from cards.elements import Element, blocks, facts, text
from cards.figures import numeral
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
