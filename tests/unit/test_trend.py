"""How a team's results follow each other: what is compared, what moved, and what stays hidden."""

import datetime as dt
from dataclasses import replace

import pytest

from assessment.model import Level
from assessment.team import Counts, Group, Tallies, TeamResult, team_result
from assessment.trend import Course, Point, Trend, trend
from cards.trend import trend_card
from content.loading import load
from scripts.cards import samples, survey_of, trend_of
from tests.card_shape import every_part
from tests.unit.test_survey_cards import words

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["2021-10"]
FIRST, SECOND, THIRD, *_ = EDITION.order
JANUARY = dt.datetime(2026, 1, 16, 9, tzinfo=dt.UTC)
SAMPLES = samples()


def result(*levels: int | None) -> TeamResult:
    """A result whose disciplines stand at these levels; None for one that may not be shown."""
    shown = zip(EDITION.order, levels, strict=False)
    counts: dict[str, Counts] = {name: {Level(level): 5} for name, level in shown if level}
    found = team_result(Tallies(Group(5, counts), None, None), EDITION.order)
    assert found
    return found


def point(month: int, found: TeamResult | None, edition: str = EDITION.id) -> Point:
    survey = survey_of(EDITION)
    survey = replace(survey, plan=replace(survey.plan, edition=edition, name=f"Check {month}"))
    return Point(survey, JANUARY + dt.timedelta(days=30 * month), found)


def over(*results: TeamResult | None) -> Trend:
    return trend_of(EDITION, *results)


def test_results_stand_in_the_order_in_which_they_closed() -> None:
    """In whatever order they are read."""
    points = [point(month, result(100 * month)) for month in (2, 1, 3)]

    assert [one.survey.plan.name for one in trend(points).points] == ["Check 1", "Check 2", "Check 3"]


def test_no_survey_has_no_trend() -> None:
    with pytest.raises(ValueError, match="closed survey"):
        trend([])


def test_another_edition_is_not_compared() -> None:
    """The edition asked last counts, though an older one had more results."""
    found = trend([point(1, result(100)), point(2, result(200)), point(3, result(300), edition="2027")])

    assert [one.survey.plan.edition for one in found.points] == ["2027"]
    assert [one.survey.plan.name for one in found.apart] == ["Check 1", "Check 2"]
    assert found.change is None


def test_what_moved_is_between_the_last_two_that_are_shown() -> None:
    """A hidden result between them, or after them, is compared with nothing."""
    found = over(result(100, 400), result(200, 300), None, result(400, 300), None)
    assert found.change
    assert found.change.disciplines == {FIRST: (200, 400)}
    assert [len(found.points), len(found.shown)] == [5, 3]


def test_a_single_result_moved_nowhere() -> None:
    """Nor does one beside hidden ones."""
    for found in (over(result(300)), over(None, result(300)), over(None)):
        assert found.change is None
        assert (found.risers, found.fallers) == ((), ())


def test_each_discipline_has_its_first_its_last_and_the_one_before() -> None:
    """A discipline that a result hides has no level there."""
    found = over(result(100, 200), result(200, None, 300), result(300, 400, None))

    assert found.courses[FIRST] == Course(first=Level(100), before=Level(200), now=Level(300))
    assert found.courses[SECOND] == Course(first=Level(200), before=None, now=Level(400))
    assert found.courses[THIRD] == Course(first=Level(300), before=Level(300), now=None)


def test_the_furthest_up_and_down() -> None:
    """Of several equally far ones all; who moved less is not among them."""
    found = over(result(100, 200, 100, 500, 300), result(300, 400, 200, 200, 200))

    assert found.risers == (FIRST, SECOND)
    assert found.fallers == (EDITION.order[3],)


def test_nothing_moved_furthest_where_nothing_moved() -> None:
    found = over(result(300, 300), result(300, 300))
    assert (found.risers, found.fallers) == ((), ())


def test_the_words_say_what_the_line_shows() -> None:
    """Where the stage is, where it was and when, and what moved."""
    told = words(SAMPLES["trend"])

    assert "On Apr 17, 2023 the stage was 300 Defined, up from 200 Repeatable on Jan 16, 2023." in told
    assert "Moved down furthest: Admin and Governance from 400 to 300." in told


def test_a_hidden_result_has_no_point_and_is_named() -> None:
    """Neither zero nor anything else is drawn for it, and the fallback says that it is hidden."""
    card = SAMPLES["trend-hidden-between"]
    [chart] = [one for one in every_part(card, with_fallbacks=False) if one["type"] == "Chart.Line"]

    for line in chart["data"]:
        assert [one["x"] for one in line["values"]] == ["2023-01-16", "2023-07-17"]
        assert all(one["y"] >= 100 for one in line["values"])
    told = {one["title"]: one["value"] for one in chart["fallback"]["facts"]}
    assert told["Apr 17, 2023"] == "hidden, since too few people finished"
    assert "Hidden, since fewer than 5 people finished: “Q4 check”, closed on Apr 17, 2023." in words(card)


def test_a_first_result_says_when_there_will_be_a_line() -> None:
    card = SAMPLES["trend-first"]
    assert not [one for one in every_part(card) if one["type"] == "Chart.Line"]
    assert "A line begins once the team has a second result" in words(card)


def test_a_discipline_says_how_it_moved() -> None:
    """Up, down, not at all, or that one of the two results hides it; and where it began."""
    card = trend_card(
        TEXTS,
        EDITION,
        over(result(100, 100, 100), result(200, 300, 100, 300), result(300, 200, 100, None, 200)),
    )
    told = {
        one["title"]: one["value"]
        for part in every_part(card, with_fallbacks=False)
        if part["type"] == "FactSet"
        for one in part["facts"]
    }
    assert [told[EDITION.disciplines[one].name] for one in EDITION.order[:5]] == [
        "300, up from 200; 100 at first",
        "200, down from 300; 100 at first",
        "100, as last time; 100 at first",
        "not shown this time; 300 last time; 300 at first",
        "200; not shown last time; 200 at first",
    ]


def test_other_editions_are_listed_apart() -> None:
    told = words(SAMPLES["trend-another-edition"])
    assert "Not compared" in told
    assert "“Q4 check”, closed on Jan 16, 2023: 200" in told


def test_years_of_surveys_fit_on_a_card() -> None:
    """Twelve are drawn, the older ones counted."""
    card = SAMPLES["trend-of-years"]
    [chart] = [one for one in every_part(card, with_fallbacks=False) if one["type"] == "Chart.Line"]

    assert len(chart["fallback"]["facts"]) == 12
    assert "8 older surveys are not drawn here." in words(card)
