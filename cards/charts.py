"""Charts, each with a fallback that carries the same facts in words."""

from __future__ import annotations

from assessment.model import Level
from assessment.scoring import Standing
from cards.elements import Element, blocks, facts, text
from cards.naming import answer_name, level_name
from content.model import Edition
from content.texts import Texts

# From cool to warm would say "bad" and "good" by color alone; these five only tell the segments apart.
_SEGMENT_COLORS = (
    "categoricalMarigold",
    "categoricalLime",
    "categoricalTeal",
    "categoricalBlue",
    "categoricalPurple",
)


def gauge(texts: Texts, edition: Edition, stage: Level) -> Element:
    """Where a stage stands among the five."""
    name = answer_name(texts, edition, stage)
    words = texts("result.gauge", bar=_bar(stage), stage=name, top=Level.EFFICIENT)
    # Half a step wider on both sides, so that the needle stands in the middle of its stage.
    return {
        "type": "Chart.Gauge",
        "value": stage,
        "min": Level.INITIAL - 50,
        "max": Level.EFFICIENT + 50,
        "valueFormat": "Fraction",
        "subLabel": edition.stages[stage].name,
        "showMinMax": False,
        "showLegend": False,
        "segments": [
            {"legend": level_name(texts, edition, one), "size": 100, "color": color}
            for one, color in zip(edition.stages, _SEGMENT_COLORS, strict=True)
        ],
        "fallback": text(words),
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
