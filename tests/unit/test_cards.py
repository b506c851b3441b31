"""Every card the bot can show: what it promises on each client, in each theme, and to each reader."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import scripts.cards as previewed
from assessment.model import Level
from cards.check import question_card
from cards.elements import Card, Notice
from cards.presses import parse
from cards.result import answers_card, lift_card, opportunities_card, result_card
from cards.talk import history_card
from content.loading import load
from content.model import (
    MOST_PER_STAGE,
    Discipline,
    Edition,
    EditionFile,
    LevelOfDiscipline,
    Link,
    LinkState,
    Opportunity,
    Stage,
    Statement,
    Successor,
)
from content.texts import Texts
from scripts.cards import ROOT, CannotPreview, answered, everywhere, preview, samples
from tests.card_rules import LARGEST_CARD, broken_rules
from tests.card_shape import classic_view, every_object, every_part, is_action, is_input

CARDS = samples()
OWN = samples("example-two-disciplines")
each_card = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
CONTENT = load()

ALARMING = {"good", "warning", "attention", "accent", "emphasis"}


@pytest.fixture
def texts() -> Texts:
    return CONTENT.texts


@pytest.fixture
def edition() -> Edition:
    return CONTENT.editions["2021-10"]


def words(part: Any) -> str:
    """All that can be read in a part, fallbacks left out."""
    keys = ("text", "title", "label", "legend", "x", "value")
    shown = every_object(part, with_fallbacks=False)
    return "\n".join(str(one[key]) for one in shown for key in keys if isinstance(one.get(key), str))


def charts(card: Card) -> Iterator[dict[str, Any]]:
    return (one for one in every_part(card, with_fallbacks=False) if one["type"].startswith("Chart."))


def told_by(chart: dict[str, Any]) -> list[tuple[str, int]]:
    """The names and levels a chart shows."""
    if chart["type"] == "Chart.Gauge":
        return [(chart["subLabel"], chart["value"])]
    if chart["type"] == "Chart.Line":
        return [(line["legend"], point["y"]) for line in chart["data"] for point in line["values"]]
    return [(row["title"].partition(":")[0], row["data"][0]["value"]) for row in chart["data"]]


def shows_levels(chart: dict[str, Any]) -> bool:
    """Whether the bars are levels, and not numbers of people."""
    return {part["legend"] for row in chart["data"] for part in row["data"]} == {"Reached", "Still ahead"}


def points(chart: dict[str, Any]) -> list[str]:
    """What the fallback of a line chart ought to say, day by day."""
    stages, complete = (line["values"] for line in chart["data"])
    return [f"{its['y']} {also['y']}" for its, also in zip(stages, complete, strict=True)]


def size(card: Card) -> int:
    return len(json.dumps(card, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize("card", OWN.values(), ids=OWN)
def test_the_cards_of_an_edition_of_ones_own_can_be_looked_at(card: Card) -> None:
    """The preview shows an edition with other disciplines and stages than the model's, each card as whole."""
    assert broken_rules(card) == []
    assert not re.search("Fusion Teams|Repeatable", words(card))


def test_every_edition_has_the_same_kinds_of_cards() -> None:
    """Apart from the questions, whose number is the edition's, an author sees every card."""

    def kinds(cards: dict[str, Card]) -> set[str]:
        return {name for name in cards if not re.fullmatch(r"question-\d+", name)}

    assert kinds(OWN) == kinds(CARDS)
    assert {"question-1", "question-2"} == OWN.keys() - kinds(OWN)


def test_an_edition_that_is_not_there_is_named_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """MATURITY_EDITION says whose cards are shown, and a wrong one what to write instead."""
    monkeypatch.setenv("MATURITY_EDITION", "mine")

    assert previewed.main() == 1
    assert (
        capsys.readouterr().err == "MATURITY_EDITION is mine; use one of 2021-10, example-two-disciplines\n"
    )


@each_card
def test_every_card_keeps_the_rules_for_cards(card: Card) -> None:
    """Teams shows each card on every client, to everyone."""
    assert broken_rules(card) == []


def test_every_kind_of_card_is_among_the_samples() -> None:
    """A new card function is not forgotten in the preview, and so not in these tests."""
    rooms = (ROOT / "cards").glob("*.py")
    built = {
        one.name
        for room in rooms
        for one in ast.parse(room.read_text("utf-8")).body
        if isinstance(one, ast.FunctionDef) and one.name.endswith("_card") and not one.name.startswith("_")
    }
    called = {
        one.func.id
        for one in ast.walk(ast.parse(Path(previewed.__file__).read_text("utf-8")))
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }

    assert built, "no card function found"
    assert built <= called


def test_the_largest_edition_fits_into_a_message(texts: Texts) -> None:
    """An edition that uses every limit of the content rules to the full makes no card over 28 KB."""
    edition = largest_edition()
    for level in Level:
        check = everywhere(edition, level)
        for card in (
            result_card(texts, edition, check, notice=Notice("x" * 300)),
            lift_card(texts, edition, check),
            answers_card(texts, edition, check),
            opportunities_card(texts, edition, level, check),
            question_card(texts, edition, check, edition.order[0], notice=Notice("x" * 300)),
            history_card(texts, [(check, edition)] * 20, UTC),
        ):
            assert size(card) <= LARGEST_CARD


def largest_edition() -> Edition:
    """As many of everything, and as long, as `content.model` lets through."""
    most = {
        one.json_schema()["title"]: one.json_schema()["properties"]
        for one in (
            TypeAdapter(shape) for shape in (EditionFile, LevelOfDiscipline, Opportunity, Link, Stage)
        )
    }
    name, url = (
        "n" * most["Link"]["title"]["maxLength"],
        "https://" + "u" * (most["Link"]["url"]["maxLength"] - 8),
    )
    link = Link(name, url, LinkState.RENAMED, Successor(name, url))
    links = (link,) * most["Opportunity"]["links"]["maxItems"]
    sentence = "s" * most["LevelOfDiscipline"]["answer"]["maxLength"]
    paragraph = "p" * most["Opportunity"]["text"]["maxLength"]
    statements = (Statement("a", sentence, links),) * most["LevelOfDiscipline"]["statements"]["maxItems"]
    levels = {one: LevelOfDiscipline(one, sentence, statements) for one in Level}
    ids = [f"{number:d>60}" for number in range(most["EditionFile"]["disciplines"]["maxItems"])]
    return Edition(
        id="largest",
        name=sentence,
        published=date(2026, 1, 1),
        source=url,
        stages={one: Stage(one, name, paragraph) for one in Level},
        opportunities=tuple(
            Opportunity("a", one, name, paragraph, links) for one in Level for _ in range(MOST_PER_STAGE)
        ),
        disciplines={one: Discipline(one, name, sentence, levels) for one in ids},
    )


def test_a_history_of_years_shows_the_newest_and_counts_the_rest() -> None:
    """However many checks there are, the history card stays small and says how many it leaves out."""
    card = CARDS["history-of-years"]

    assert words(card).count(": Level ") == 8
    assert "and 28 older checks" in words(card)
    assert size(card) <= LARGEST_CARD


@each_card
def test_a_chart_and_its_fallback_tell_the_same(card: Card) -> None:
    """Whoever sees the fallback of a chart learns every name and every level that the chart shows."""
    for chart in charts(card):
        said = words(chart["fallback"])
        for name, level in told_by(chart):
            assert name in said
            assert str(int(level)) in said


@each_card
def test_every_name_in_a_bar_chart_keeps_its_own_level(card: Card) -> None:
    """The fallback of a bar chart pairs each discipline with the level its bar has."""
    for chart in charts(card):
        if chart["type"] == "Chart.HorizontalBar.Stacked" and shows_levels(chart):
            told = {one["title"]: one["value"] for one in chart["fallback"]["facts"]}

            assert list(told) == [name for name, _ in told_by(chart)]
            assert all(str(int(level)) in told[name].split() for name, level in told_by(chart))
            assert all(str(row["data"][0]["value"]) in row["title"] for row in chart["data"])


@each_card
def test_every_point_of_a_line_is_told_in_its_order(card: Card) -> None:
    """The fallback of a line has the levels of each day, and a day without a point has none."""
    for chart in charts(card):
        if chart["type"] == "Chart.Line":
            told = [" ".join(re.findall(r"\d+", one["value"])) for one in chart["fallback"]["facts"]]

            assert [one for one in told if one] == points(chart)
            assert all(
                point["x"] == other["x"]
                for point, other in zip(*(line["values"] for line in chart["data"]), strict=True)
            )
            assert all(Level(point["y"]) for line in chart["data"] for point in line["values"])


def test_a_result_has_a_gauge_and_bars() -> None:
    """The result is drawn as well as told."""
    assert [one["type"] for one in charts(CARDS["result"])] == ["Chart.Gauge", "Chart.HorizontalBar.Stacked"]


@each_card
def test_nothing_is_told_by_color_alone(card: Card) -> None:
    """Every part that is colored has words that say the same; how far a bar goes stands on the card."""
    for part in every_object(card, with_fallbacks=False):
        if part.get("type") == "ProgressBar":
            done, of = part["value"], part["max"]
            assert f"Question {done + 1} of {of}" in words(card) or f"{done} of {of}" in words(card)
        elif "color" in part or part.get("style") in ALARMING:
            assert words(part).strip(), part


@each_card
def test_parts_of_a_chart_differ_in_their_names(card: Card) -> None:
    """No two segments or bars of a chart can be told apart by color only."""
    for chart in charts(card):
        groups = [
            chart.get("segments", []),
            chart.get("data", []),
            *(row.get("data", []) for row in chart.get("data", [])),
        ]
        for names in ([one.get("legend") or one.get("title") for one in group] for group in groups):
            assert len(names) == len(set(names))


@each_card
def test_the_first_line_is_a_heading_and_what_notifications_show(card: Card) -> None:
    """Screen readers jump to the first line, and a notification shows the same words."""
    first = card["body"][0]

    assert first["style"] == "heading"
    assert first["text"] == card["fallbackText"]


@each_card
def test_every_placeholder_is_filled(card: Card) -> None:
    """No person reads a {name} from a text file."""
    assert "{" not in words(card)


@each_card
def test_every_button_is_understood_when_it_comes_back(card: Card) -> None:
    """What a button carries, with what the card's input adds to it, is a press that the parser knows."""
    inputs = [one for one in every_part(card) if is_input(one)]
    filled = {
        one["id"]: one["choices"][0]["value"] if "choices" in one else str(one["value"])
        for one in inputs
        if "choices" in one or "value" in one
    }
    for action in every_part(card):
        if is_action(action) and action["type"] not in {"Action.OpenUrl", "Action.ToggleVisibility"}:
            added = filled if action["associatedInputs"] == "auto" else {}

            assert parse(action["data"] | added).do == action["data"]["do"]


@each_card
def test_only_one_button_insists_on_the_choice(card: Card) -> None:
    """Back, Pause and the like work with nothing picked."""
    asks = any(is_input(one) for one in every_part(card))
    insisting = [
        one for one in every_part(card, with_fallbacks=False) if one.get("associatedInputs") == "auto"
    ]

    assert len(insisting) == int(asks)


def test_a_question_offers_five_levels_and_two_ways_out(edition: Edition) -> None:
    """Each discipline is asked in its own words, with its own five answers."""
    for number, discipline in enumerate(edition.disciplines.values(), 1):
        card = CARDS[f"question-{number}"]
        [choice] = [one for one in every_part(card) if is_input(one)]

        assert discipline.question in words(card)
        assert [one["value"] for one in choice["choices"]] == [
            *map(str, Level),
            "dont-know",
            "not-applicable",
        ]
        assert all(its.answer in words(card) for its in discipline.levels.values())


def test_an_answer_given_before_is_picked_already() -> None:
    """Whoever goes back sees what they said."""
    [choice] = [one for one in every_part(CARDS["question-answered-before"]) if is_input(one)]

    assert choice["value"] == "300"


def test_next_with_nothing_picked_says_so_in_words() -> None:
    """The card that comes back tells what is missing and still asks the question."""
    again, before = words(CARDS["question-nothing-picked"]), words(CARDS["question-1"])

    assert "Nothing is picked yet" in again
    assert set(before.splitlines()) <= set(again.splitlines())


def test_a_late_change_is_confirmed_before_the_next_question() -> None:
    """Whoever presses an old card reads what was saved."""
    assert "Saved: Strategy and Vision is now “200 Repeatable”." in words(CARDS["question-after-late-change"])


def test_every_opportunity_keeps_its_links(edition: Edition) -> None:
    """All links of a stage stand on its card; a renamed or retired one says so and names its successor."""
    for level in Level:
        shown = words(CARDS[f"opportunities-{level}"])
        for link in (link for one in edition.opportunities_at(level) for link in one.links):
            assert f"[{link.title}]({link.url})" in shown
            assert link.state == "current" or f"]({link.url}) ({link.state}" in shown
            assert link.successor is None or f"[{link.successor.title}]({link.successor.url})" in shown


def test_a_result_without_a_stage_says_what_is_missing() -> None:
    """Too few answers bring no stage, and the card counts what a stage still needs."""
    shown = words(CARDS["result-too-few-answers"])

    assert "You named one for 2 of 7: 2 more are missing." in shown
    assert "Not counted, since it does not apply: Nurture and Citizen Makers." in shown
    assert "You are at" not in shown


def test_a_client_that_knows_no_charts_still_sees_the_whole_result() -> None:
    """On a phone the fallbacks show each discipline's level."""
    shown = words(classic_view(CARDS["result"]))

    for fact in ("Level 300 Defined", "Strategy and Vision", "Fusion Teams", "400 Capable", "200 Repeatable"):
        assert fact in shown


def test_the_sample_of_unequal_ways_up_offers_a_choice(texts: Texts, edition: Edition) -> None:
    """Where several disciplines are equally close, the card says that one of them is enough."""
    card = lift_card(texts, edition, answered(edition, "300 300 300 200 400 400 400"))

    assert card == CARDS["lift-with-choice"]
    assert "One of these has to reach 400" in words(card)


def test_the_preview_writes_every_card_the_page_and_its_renderer(tmp_path: Path) -> None:
    """A designer finds each card as JSON and all of them on one page that needs no network."""
    preview(tmp_path)

    page = (tmp_path / "index.html").read_text("utf-8")
    assert {one.stem for one in tmp_path.glob("*.json")} == set(CARDS)
    assert {one.name for one in tmp_path.iterdir()} - {f"{one}.json" for one in CARDS} == {
        "adaptivecards.min.js",
        "index.html",
    }
    assert json.loads((tmp_path / "result.json").read_text("utf-8")) == CARDS["result"]
    assert all(f'"{name}":' in page for name in CARDS)
    assert '<script src="adaptivecards.min.js">' in page


def test_a_card_that_is_gone_leaves_no_file_behind(tmp_path: Path) -> None:
    """The preview shows what is there today, not what a former version wrote."""
    (tmp_path / "gone.json").write_text("{}")
    preview(tmp_path)

    assert not (tmp_path / "gone.json").exists()


def test_a_missing_renderer_is_named_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lacks node_modules is told which command brings it."""
    monkeypatch.setattr(previewed, "RENDERER", tmp_path / "missing.js")

    with pytest.raises(CannotPreview, match="make cards"):
        preview(tmp_path)
