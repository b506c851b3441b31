"""What the dashboard, the alerts and their page name is what the bot measures."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from bot.telemetry.measures import MEASURES, Measure
from tests.acceptance.collector import SPANS
from tests.tables import section, table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/observability.md").read_text("utf-8")
DASHBOARD = json.loads((ROOT / "infra/dashboard.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "infra/alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]

SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def in_prometheus(measure: Measure) -> Iterator[str]:
    """What a metric is called there, by OpenTelemetry's rules: a unit in braces leaves nothing behind."""
    name = measure.name.replace(".", "_") + ("_seconds" if measure.unit == "s" else "")
    return (name + suffix for suffix in SUFFIXES[measure.kind])


BY_NAME = {name: one for one in MEASURES for name in in_prometheus(one)}

EXPRESSIONS = [
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])),
    *(rule["expr"] for rule in RULES),
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_asks_for_what_there_is(expression: str) -> None:
    """Each metric, each attribute that it is picked by, and each value."""
    named = re.findall(r"(maturity_coach_\w+)(?:\{(.*?)\})?", expression)

    assert named
    for name, picked in named:
        measure = BY_NAME[name]
        for attribute, values in re.findall(r'(\w+)=~?"(.*?)"', picked):
            assert set(values.split("|")) <= set(measure.attributes[attribute])
    grouped = {one.strip() for by in re.findall(r"by \((.*?)\)", expression) for one in by.split(",")}
    assert grouped - {"le"} <= {attribute for name, _ in named for attribute in BY_NAME[name].attributes}


@pytest.mark.skipif(which("promtool") is None, reason="promtool, of Debian's package prometheus, is not here")
def test_each_alert_comes_when_it_should() -> None:
    """And not for what only looks like it: infra/alerts_test.yaml has a story for each."""
    command = ("promtool", "test", "rules", "infra/alerts_test.yaml")
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_metric_is_on_the_dashboard() -> None:
    """What is measured is also shown."""
    shown = " ".join(EXPRESSIONS)

    assert [one.name for one in MEASURES if not any(name in shown for name in in_prometheus(one))] == []


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_all_replicas_say_alike_is_not_added_up(expression: str) -> None:
    """A gauge is of the database, so the largest counts; the rest is each replica's own."""
    for function, name in re.findall(r"\b(\w+)(?: by \(\w+\))? \(?\(?(maturity_coach_\w+)", expression):
        assert BY_NAME[name].kind != "gauge" or function in {"max", "count"}


def test_the_alerts() -> None:
    """Each says what is the matter, what to do, and where more about it is."""
    assert [rule["alert"] for rule in RULES] == [
        "MaturityCoachBacklogOld",
        "MaturityCoachTeamsOutOfReach",
        "MaturityCoachSendsUnknown",
        "MaturityCoachAuthFails",
        "MaturityCoachTurnsFail",
    ]
    headings = re.findall(r"^### (.*)", section(PAGE, "Alerts"), re.MULTILINE)
    anchors = [f"docs/observability.md#{one.lower().replace(' ', '-')}" for one in headings]
    assert [rule["annotations"]["runbook"] for rule in RULES] == anchors
    assert all(rule["annotations"].keys() == {"summary", "description", "runbook"} for rule in RULES)


def test_the_page_has_every_metric() -> None:
    """With its unit, its attributes and its meaning, in the order of the code."""
    rows = table(section(PAGE, "Metrics"))[: len(MEASURES)]

    assert rows == [
        [f"`{one.name}`", one.unit, ", ".join(f"`{name}`" for name in one.attributes), one.meaning]
        for one in MEASURES
    ]


def test_the_page_has_every_value() -> None:
    """Of every attribute of every metric."""
    expected = [(name, tuple(values)) for one in MEASURES for name, values in one.attributes.items()]
    rows = table(section(PAGE, "Values"))[: len(expected)]

    assert [(row[0].split("`")[1], tuple(re.findall(r"`([\w-]+)`", row[1]))) for row in rows] == expected


def test_the_page_has_every_attribute_of_a_span() -> None:
    """The ones that the tests' collector takes."""
    rows = table(section(PAGE, "Traces"))
    told = {row[0].split("`")[1].split()[0]: set(re.findall(r"`(\w+)`", row[1])) for row in rows}

    assert told == SPANS


def test_panels_lie_beside_each_other() -> None:
    """None on another one, and each with an id of its own."""
    places: list[tuple[int, int]] = []
    for panel in DASHBOARD["panels"]:
        at: dict[str, Any] = panel["gridPos"]
        places += [(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])]

    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
