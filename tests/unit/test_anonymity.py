"""What is kept of a survey, attacked: whoever has all of it learns nothing about too small a group."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.model import Answer, Level, NoLevel, Role
from assessment.team import SMALLEST_GROUP, Group, Tallies, tallies

DISCIPLINES = ("a", "b")
SOME_LEVEL = Level.DEFINED


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of the people who finished."""

    role: Role
    answers: tuple[Answer, ...]


def kept_of(team: list[Colleague], smallest: int) -> Tallies:
    """What stays of a team's survey."""
    given_answers = Counter(
        (one.role, discipline, answer)
        for one in team
        for discipline, answer in zip(DISCIPLINES, one.answers, strict=True)
    )
    rows = [(*row, people) for row, people in given_answers.items()]
    return tallies(rows, Counter(one.role for one in team), smallest)


levels, no_levels = st.sampled_from(Level), st.sampled_from(NoLevel)
habits = st.sampled_from([levels, no_levels, st.one_of(levels, no_levels)])
"""How some colleagues answer one discipline. Chance alone would hardly ever make groups that may be shown."""


@st.composite
def colleagues(draw: st.DrawFn, roles: list[Role]) -> list[Colleague]:
    """Up to two crowds of people with the same roles; each crowd has its habits."""
    crowds = draw(st.lists(st.tuples(*[habits for _ in DISCIPLINES]), max_size=2))
    return [
        Colleague(draw(st.sampled_from(roles)), tuple(draw(habit) for habit in crowd))
        for crowd in crowds
        for _ in range(draw(st.integers(1, 6)))
    ]


teams = st.tuples(
    colleagues([Role.COE, Role.SPONSOR]), colleagues([Role.MAKER]), colleagues([Role.IT, Role.UNSAID])
).map(lambda parts: [one for part in parts for one in part])
thresholds = st.integers(SMALLEST_GROUP, 5)


def reckoned(kept: Tallies) -> Iterator[Group]:
    """Every set of people whose answers follow from what is kept, by adding and subtracting the groups.

    A set is made of leaders, makers and the rest, each wholly in or wholly out.
    """
    everybody, leaders, makers = kept.everybody, kept.leaders, kept.makers
    for signs in product((1, 0, -1), repeat=3):
        used = [
            (sign, group) for sign, group in zip(signs, (everybody, leaders, makers), strict=True) if sign
        ]
        in_parts = {signs[0], signs[0] + signs[1], signs[0] + signs[2]}
        if used and in_parts <= {0, 1} and all(group for _, group in used):
            yield combined([(sign, group) for sign, group in used if group])


def combined(used: list[tuple[int, Group]]) -> Group:
    """The sum of some groups, each times its sign, in the disciplines that all of them show."""
    shown = set.intersection(*(set(group.counts) for _, group in used))
    return Group(
        sum(sign * group.people for sign, group in used),
        {
            one: {
                answer: sum(sign * group.counts[one].get(answer, 0) for sign, group in used)
                for answer in (*Level, *NoLevel)
            }
            for one in shown
        },
    )


def kinds(counts: Mapping[Answer, int]) -> list[int]:
    """How many people have a level in this distribution, and how many have another answer in it."""
    return [sum(counts[answer] for answer in kind) for kind in (Level, NoLevel)]


@settings(max_examples=500)
@given(teams, thresholds)
def test_no_subtraction_leads_to_a_small_group(team: list[Colleague], smallest: int) -> None:
    """Every set of people that can be reckoned is empty or large enough."""
    small = [group for group in reckoned(kept_of(team, smallest)) if 0 < group.people < smallest]

    assert small == []


@settings(max_examples=500)
@given(teams, thresholds)
def test_no_subtraction_leads_to_a_distribution_of_a_few(team: list[Colleague], smallest: int) -> None:
    """In each discipline the levels, and the answers without one, come from nobody or from enough people."""
    for group in reckoned(kept_of(team, smallest)):
        few = {one: its for one, its in group.counts.items() if any(0 < n < smallest for n in kinds(its))}
        assert few == {}


@settings(max_examples=500)
@given(teams, thresholds)
def test_no_comparison_shows_how_few_of_a_part_named_a_level_or_none(
    team: list[Colleague], smallest: int
) -> None:
    """Where leaders are set beside makers, not even the number of a few follows, in either or in the rest."""
    kept = kept_of(team, smallest)
    if not (kept.everybody and kept.leaders and kept.makers):
        return
    rest = combined([(1, kept.everybody), (-1, kept.leaders), (-1, kept.makers)])
    for part, one in product((kept.leaders, kept.makers, rest), kept.leaders.counts):
        named = sum(people for answer, people in part.counts[one].items() if isinstance(answer, Level))
        assert not 0 < named < smallest
        assert not 0 < part.people - named < smallest


@given(teams, thresholds)
def test_leaders_and_makers_come_together(team: list[Colleague], smallest: int) -> None:
    """One is never shown without the other, nor where the discipline itself is not."""
    kept = kept_of(team, smallest)
    shown = [set(group.counts) if group else set() for group in (kept.everybody, kept.leaders, kept.makers)]

    assert (kept.leaders is None) == (kept.makers is None)
    assert shown[1] == shown[2] <= shown[0]


@settings(max_examples=300)
@given(teams, thresholds)
def test_what_is_missing_says_nothing_about_levels(team: list[Colleague], smallest: int) -> None:
    """Whether something is shown hangs on how many named a level, never on which one."""
    alike = [
        Colleague(
            one.role,
            tuple(SOME_LEVEL if isinstance(answer, Level) else answer for answer in one.answers),
        )
        for one in team
    ]

    assert outline(kept_of(team, smallest)) == outline(kept_of(alike, smallest))


def outline(kept: Tallies) -> list[tuple[int, set[str]] | None]:
    """Which numbers are there, without the answers."""
    groups = (kept.everybody, kept.leaders, kept.makers)
    return [(group.people, set(group.counts)) if group else None for group in groups]


@given(teams, thresholds)
def test_what_is_kept_is_true(team: list[Colleague], smallest: int) -> None:
    """Nothing is blurred: a number that is kept is the number of people who gave this answer."""
    kept = kept_of(team, smallest)
    roles = (set(Role), {Role.COE, Role.SPONSOR}, {Role.MAKER})
    for group, its_roles in zip((kept.everybody, kept.leaders, kept.makers), roles, strict=True):
        if group is None:
            continue
        people = [one for one in team if one.role in its_roles]
        assert group.people == len(people)
        for (one, counts), answer in product(group.counts.items(), Level):
            said = [each.answers[DISCIPLINES.index(one)] for each in people]
            assert counts.get(answer, 0) == said.count(answer)


@pytest.mark.parametrize("smallest", [2, 1, 0, -1])
def test_no_threshold_below_three_is_taken(smallest: int) -> None:
    """Of two, each would learn what the other said."""
    with pytest.raises(ValueError, match=f"{smallest}; it has to be at least 3"):
        tallies([], {}, smallest)
