"""Charts, each with a fallback that carries the same facts in words."""

from __future__ import annotations

from assessment.model import Level
from assessment.scoring import Standing
from cards.elements import Element, blocks, facts, text
from cards.naming import answer_name
from content.model import Edition
from content.texts import Texts


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
    """One bar per answered discipline, in the order they were asked."""
    return {
        "type": "Chart.HorizontalBar",
        "title": texts("result.bars"),
        "showTitle": True,
        "displayMode": "AbsoluteNoAxis",
        "data": [
            {"x": edition.disciplines[one].name, "y": level, "color": "categoricalBlue"}
            for one, level in stands.levels.items()
        ],
        "fallback": {
            "type": "Container",
            "items": [
                text(texts("result.bars"), weight="Bolder"),
                facts(
                    (edition.disciplines[one].name, f"{answer_name(texts, edition, level)} {_bar(level)}")
                    for one, level in stands.levels.items()
                ),
            ],
        },
    }


def _bar(level: Level) -> str:
    return blocks(level // 100, len(Level))
