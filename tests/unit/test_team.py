"""A team's result: what is kept of a survey, and what is read from it."""

from collections import Counter
from math import log2
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.model import Answer, Level, NoLevel, Role
from assessment.team import (
    Group,
    Tallies,
    TeamResult,
    agreement,
    change,
    tallies,
    team_result,
)
from tests.tables import section, table

DISCIPLINES = ("a", "b", "c", "d")
DONT_KNOW, NOT_APPLICABLE = NoLevel
PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text("utf-8")
EXAMPLES = table(section(PAGE, "Examples of a team"))

some_levels = st.lists(st.sampled_from(Level), min_size=1, max_size=40)


def counted(*answers: int | Answer) -> dict[Answer, int]:
    """Each person's answer, as counts."""
    return dict(Counter(one if isinstance(one, NoLevel) else Level(one) for one in answers))


def kept_of(answers: dict[Role, list[int | Answer]], smallest: int) -> Tallies:
    """What stays of a survey with the one discipline "a"."""
    rows = [
        (role, "a", answer, people)
        for role, its in answers.items()
        for answer, people in counted(*its).items()
    ]
    return tallies(rows, {role: len(its) for role, its in answers.items()}, smallest)


def kept(**answers: list[int | Answer]) -> Tallies:
    """What a survey might have kept of everybody, by discipline."""
    people = max(len(its) for its in answers.values())
    return Tallies(Group(people, {one: counted(*its) for one, its in answers.items()}), None, None)


def split(leaders: dict[str, list[int | Answer]], makers: dict[str, list[int | Answer]]) -> Tallies:
    """What a survey of leaders and makers might have kept."""
    shown = {one: counted(*leaders[one], *makers[one]) for one in leaders}
    parts = [
        Group(len(part["a"]), {one: counted(*its) for one, its in part.items()}) for part in (leaders, makers)
    ]
    return Tallies(Group(sum(part.people for part in parts), shown), parts[0], parts[1])


def read(tallied: Tallies) -> TeamResult:
    result = team_result(tallied, DISCIPLINES)
    assert result is not None
    return result


def test_a_team_below_the_threshold_keeps_nothing() -> None:
    """Two of three that are wanted leave no number behind."""
    assert kept_of({Role.MAKER: [300, 300]}, 3) == Tallies(None, None, None)


def test_a_team_at_the_threshold_is_kept() -> None:
    """The threshold itself is enough, whatever roles the people have."""
    tallied = kept_of({Role.MAKER: [300, 200], Role.UNSAID: [300]}, 3)

    assert tallied == Tallies(Group(3, {"a": counted(300, 300, 200)}), None, None)


@pytest.mark.parametrize(
    "answers, shown",
    [
        ([300, 300, 400], [300, 300, 400]),
        ([300, 400, DONT_KNOW, DONT_KNOW, DONT_KNOW], None),  # two levels are too few
        ([300, 300, 400, DONT_KNOW], [300, 300, 400]),  # what one person said instead is not kept
        ([300, 300, 400, DONT_KNOW, NOT_APPLICABLE], [300, 300, 400]),
        ([300] * 3 + [DONT_KNOW] * 2 + [NOT_APPLICABLE], [300] * 3 + [DONT_KNOW] * 2 + [NOT_APPLICABLE]),
        ([DONT_KNOW] * 6, None),
    ],
)
def test_a_discipline_needs_enough_levels(
    answers: list[int | Answer], shown: list[int | Answer] | None
) -> None:
    """Of each kind, levels and answers without one, there is what enough people said, or nothing."""
    everybody = kept_of({Role.MAKER: answers}, 3).everybody

    assert everybody == Group(len(answers), {"a": counted(*shown)} if shown else {})


@pytest.mark.parametrize(
    "leaders, makers, others, shown",
    [
        (3, 3, 0, True),
        (3, 3, 3, True),
        (2, 3, 3, False),
        (3, 2, 3, False),
        (3, 3, 1, False),  # everybody without leaders and makers is one person
        (3, 3, 2, False),
        (0, 6, 0, False),
    ],
)
def test_leaders_and_makers_are_set_apart_where_all_parts_are_large_enough(
    leaders: int, makers: int, others: int, shown: bool
) -> None:
    """Both need enough people, and those who are neither must be none or enough."""
    team: dict[Role, list[int | Answer]] = {
        Role.SPONSOR: [400] * leaders,
        Role.MAKER: [200] * makers,
        Role.IT: [300] * others,
    }
    tallied = kept_of(team, 3)

    assert tallied.leaders == (Group(leaders, {"a": {Level.CAPABLE: leaders}}) if shown else None)
    assert tallied.makers == (Group(makers, {"a": {Level.REPEATABLE: makers}}) if shown else None)


@pytest.mark.parametrize("roles", [(Role.COE, Role.SPONSOR), (Role.SPONSOR, Role.COE)])
def test_leaders_are_of_the_coe_or_sponsors(roles: tuple[Role, Role]) -> None:
    """Two of the one and one of the other are three leaders."""
    tallied = kept_of({roles[0]: [300, 300], roles[1]: [400], Role.MAKER: [200] * 3}, 3)

    assert tallied.leaders == Group(3, {"a": counted(300, 300, 400)})


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize(
    "answers, shown",
    [
        ([DONT_KNOW] * 3, True),
        ([300] * 3 + [DONT_KNOW] * 3, True),
        ([300] * 3 + [DONT_KNOW], False),
        ([300] * 2 + [DONT_KNOW] * 3, False),
    ],
)
def test_a_discipline_is_compared_where_all_kinds_are_none_or_enough(
    which: int, answers: list[int | Answer], shown: bool
) -> None:
    """Leaders, makers and the rest each decide for all: those who named a level, and those who did not."""
    team: dict[Role, list[int | Answer]] = {role: [200] * 3 for role in (Role.COE, Role.MAKER, Role.IT)}
    team[[*team][which]] = answers
    tallied = kept_of(team, 3)

    assert tallied.everybody is not None
    assert tallied.leaders is not None
    assert tallied.makers is not None
    assert [*tallied.everybody.counts] == ["a"]
    assert [*tallied.leaders.counts] == [*tallied.makers.counts] == (["a"] if shown else [])


def test_answers_of_more_people_than_finished_compare_nobody() -> None:
    """Rows that do not fit the number of people are not trusted for a subtraction."""
    rows = [(role, "a", Level.DEFINED, 4) for role in (Role.COE, Role.MAKER)]
    tallied = tallies(rows, {Role.COE: 3, Role.MAKER: 4}, 3)

    assert tallied.leaders == Group(3, {})


def test_nothing_to_show_is_no_result() -> None:
    """Without everybody there is nothing to read."""
    assert team_result(Tallies(None, None, None), DISCIPLINES) is None


def test_a_result_is_in_the_editions_order_and_of_its_disciplines() -> None:
    """The order of what was kept does not matter, and a discipline that the edition lacks is left out."""
    result = read(kept(c=[300] * 3, gone=[500] * 3, a=[200] * 3))

    assert [*result.disciplines] == ["a", "c"]
    assert (result.people, result.asked) == (3, 4)


@pytest.mark.parametrize(
    "answers, level",
    [
        ([300], 300),
        ([100, 500], 100),
        ([200, 300, 500], 300),
        ([200, 300, 400, 500], 300),
        ([100, 100, 500, 500], 100),
        ([100, 100, 500, 500, 500], 500),
        ([400, DONT_KNOW, NOT_APPLICABLE, DONT_KNOW], 400),
    ],
)
def test_a_teams_level_is_the_lower_median(answers: list[int | Answer], level: int) -> None:
    """The lower of the two in the middle; who named no level is not among them."""
    assert read(kept(a=answers)).disciplines["a"].level == level


@given(some_levels)
def test_more_than_half_have_reached_the_teams_level_and_no_higher_one(levels: list[Level]) -> None:
    """A team's level is found as a stage is: the highest that more than half have reached."""
    reached = [level for level in Level if 2 * sum(one >= level for one in levels) > len(levels)]

    assert read(kept(a=[*levels])).disciplines["a"].level is max(reached)


@given(some_levels, st.lists(st.sampled_from(NoLevel), max_size=5))
def test_a_discipline_tells_what_its_people_said(levels: list[Level], others: list[NoLevel]) -> None:
    """Counts, their ends and the number of levels are those of the people."""
    its = read(kept(a=[*levels, *others])).disciplines["a"]

    assert its.counts == Counter([*levels, *others])
    assert (its.lowest, its.highest, its.named) == (min(levels), max(levels), len(levels))
    assert its.agreement == agreement(counted(*levels))


@given(some_levels)
def test_agreement_is_the_consensus_of_tastle_and_wierman(levels: list[Level]) -> None:
    """Reckoned person by person from the definition it is the same, and it lies between 0 and 1."""
    mean = fmean(levels)
    defined = 1 + fmean(log2(1 - abs(level - mean) / 400) for level in levels)

    assert agreement(counted(*levels)) == pytest.approx(defined, abs=1e-12)
    assert 0 <= agreement(counted(*levels)) <= 1


@given(st.sampled_from(Level), st.integers(1, 1000))
def test_agreement_is_full_where_all_say_the_same(level: Level, people: int) -> None:
    """Exactly 1, however many they are."""
    assert agreement({level: people}) == 1


@given(st.integers(1, 1000))
def test_agreement_is_none_between_two_halves_at_the_ends(people: int) -> None:
    """Half at 100 and half at 500 is as far apart as a team can be: exactly 0."""
    assert agreement({Level.INITIAL: people, Level.EFFICIENT: people}) == 0


@given(some_levels, st.integers(2, 7))
def test_the_same_shape_is_the_same_agreement(levels: list[Level], times: int) -> None:
    """Turned upside down, or said by several times as many, it is equal to the last digit: ties are ties."""
    shape = agreement(counted(*levels))

    assert agreement(counted(*(600 - level for level in levels))) == shape
    assert agreement(counted(*(levels * times))) == shape


def test_only_full_agreement_is_1() -> None:
    """One person in a thousand who is one level off is seen."""
    assert agreement({Level.DEFINED: 999, Level.CAPABLE: 1}) < 1


@pytest.mark.parametrize("example", EXAMPLES, ids=[one[-1] for one in EXAMPLES])
def test_an_example_of_the_scoring_page_comes_out_as_it_says(example: list[str]) -> None:
    """Level, range and agreement of each distribution on the page are what the rules give."""
    given_counts: dict[Answer, int] = dict(zip([*Level, DONT_KNOW], map(int, example[:6]), strict=True))
    its = read(kept(a=[answer for answer, people in given_counts.items() for _ in range(people)]))
    found = its.disciplines["a"]

    assert example[6:9] == [
        str(int(found.level)),
        f"{int(found.lowest)} to {int(found.highest)}",
        f"{found.agreement:.2f}",
    ]


def test_a_teams_stages_follow_the_rules_of_one_person() -> None:
    """The stage is what more than half of the team's levels have reached; the lowest holds it back."""
    stands = read(kept(a=[300, 400, 500], b=[300] * 3, c=[200, 200, 500])).standing

    assert (stands.stage, stands.complete_stage, stands.held_back_by) == (300, 200, ("c",))


def test_with_too_few_disciplines_shown_there_is_no_stage() -> None:
    """A discipline that may not be shown counts as one without an answer: one of four is too few."""
    stands = read(kept(a=[500] * 3)).standing

    assert (stands.stage, stands.missing) == (None, 1)


def test_leaders_and_makers_have_their_levels() -> None:
    """Each group's lower median stands beside that of all."""
    its = read(split({"a": [300, 400, 500, 500]}, {"a": [100, 200, 300, 400]})).disciplines["a"]

    assert (its.level, its.leaders, its.makers, its.gap) == (300, 400, 200, 200)


def test_a_group_that_named_no_level_has_none() -> None:
    """All leaders may say they do not know: the makers still have their level, and there is no gap."""
    its = read(split({"a": [DONT_KNOW] * 3}, {"a": [300] * 3})).disciplines["a"]

    assert (its.leaders, its.makers, its.gap) == (None, 300, 0)


def test_a_discipline_that_is_not_compared_has_neither() -> None:
    """Leaders and makers of another discipline do not stand in."""
    everybody = Group(6, {"a": {Level.DEFINED: 6}, "b": {Level.DEFINED: 6}})
    part = Group(3, {"a": {Level.DEFINED: 3}})
    its = read(Tallies(everybody, part, part)).disciplines

    assert (its["a"].leaders, its["b"].leaders, its["b"].makers) == (300, None, None)


@pytest.mark.parametrize(
    "answers, debated",
    [
        ({"a": [300, 300, 400], "b": [100, 300, 500], "c": [300] * 3}, "b"),
        ({"a": [300] * 3, "b": [400] * 3}, None),
        ({"a": [300] * 3, "b": [300, 300, 400]}, "b"),
        ({"b": [300, 300, 400], "a": [400, 400, 300]}, "a"),  # as far apart: the first of the edition
    ],
)
def test_the_most_debated_discipline_has_the_lowest_agreement(
    answers: dict[str, list[int | Answer]], debated: str | None
) -> None:
    """Of several the first; none where each has one level that all named."""
    assert read(kept(**answers)).most_debated == debated


def test_of_two_debated_disciplines_the_one_with_the_larger_gap_is_named() -> None:
    """Leaders against makers is more to talk about than each group in two halves."""
    tallied = split({"a": [200, 400, 200, 400], "b": [400] * 4}, {"a": [200, 400, 200, 400], "b": [200] * 4})
    result = read(tallied)

    assert result.disciplines["a"].agreement == result.disciplines["b"].agreement
    assert result.most_debated == "b"


def test_a_change_names_what_moved() -> None:
    """Up and down, each with both levels; what stayed or is shown only once is not among them."""
    before = read(kept(a=[300] * 3, b=[200] * 3, c=[300] * 3, d=[300] * 3))
    now = read(kept(a=[400] * 3, b=[100] * 3, c=[300] * 3))

    moved = change(now, before)

    assert moved.disciplines == {"a": (300, 400), "b": (200, 100)}
    assert (moved.stage_before, moved.stage_now) == (300, 300)


def test_a_change_tells_both_stages() -> None:
    """A stage that could not be named is None."""
    before, now = read(kept(a=[300] * 3)), read(kept(a=[400] * 3, b=[400] * 3))

    moved = change(now, before)

    assert (moved.stage_before, moved.stage_now) == (None, 400)
