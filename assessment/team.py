"""What a team's finished checks say together, and how much of that may be known.

The rules are the project's own and stand in docs/scoring.md. `tallies` alone sees small groups; all that
follows works on what it lets through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2
from statistics import median_low

from assessment.model import Answer, Level, Role
from assessment.scoring import Standing

SMALLEST_GROUP = 3
"""No group below this is ever shown: who took part can take away their own answer, and two must remain."""

LEADERS = frozenset({Role.COE, Role.SPONSOR})
MAKERS = frozenset({Role.MAKER})
REST = frozenset(Role) - LEADERS - MAKERS

Counts = Mapping[Answer, int]
"""How many people gave each answer."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of people answered."""

    people: int
    counts: Mapping[str, Counts]
    """Discipline id to counts; a discipline that may not be shown is absent."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """What is kept of a closed survey; None for a group that may not be shown."""

    everybody: Group | None
    leaders: Group | None
    makers: Group | None


def tallies(
    answers: Iterable[tuple[Role, str, Answer, int]], finished: Mapping[Role, int], smallest: int
) -> Tallies:
    """Keep what shows no group of fewer than `smallest` people, not even by subtraction.

    `answers` are rows of role, discipline id, answer and people, `finished` the people per role; both count
    finished checks only. Take them once, at closing: two tallies that are one person apart show that person.

    Raises ValueError where `smallest` is below SMALLEST_GROUP.
    """
    if smallest < SMALLEST_GROUP:
        raise ValueError(f"the smallest group shown is {smallest}; it has to be at least {SMALLEST_GROUP}")
    rows = tuple(answers)
    everybody = _group(rows, finished, frozenset(Role))
    if everybody.people < smallest:
        return Tallies(None, None, None)
    kept = Group(everybody.people, _kept(everybody, smallest))
    parts = leaders, makers, rest = [_group(rows, finished, roles) for roles in (LEADERS, MAKERS, REST)]
    if min(leaders.people, makers.people) < smallest or not _hides_nobody(rest.people, smallest):
        return Tallies(kept, None, None)
    compared = [one for one in kept.counts if all(_may_be_compared(part, one, smallest) for part in parts)]
    return Tallies(kept, _only(leaders, compared), _only(makers, compared))


def _group(
    rows: Iterable[tuple[Role, str, Answer, int]], finished: Mapping[Role, int], roles: frozenset[Role]
) -> Group:
    """The people of some roles, with all they answered."""
    counts: dict[str, Counter[Answer]] = {}
    for role, discipline, answer, people in rows:
        if role in roles:
            counts.setdefault(discipline, Counter())[answer] += people
    return Group(
        sum(people for role, people in finished.items() if role in roles),
        {discipline: dict(its) for discipline, its in counts.items()},
    )


def _hides_nobody(people: int, smallest: int) -> bool:
    """Whether a group is empty or large enough. Below zero (more answers than people) is neither."""
    return people == 0 or people >= smallest


def _sides(group: Group, discipline: str) -> tuple[int, int]:
    """How many of a group named a level, and how many did not."""
    named = _levels(group.counts.get(discipline, {})).total()
    return named, group.people - named


def _may_be_compared(part: Group, discipline: str, smallest: int) -> bool:
    """Whether both those who named a level and those who did not are none or enough."""
    return all(_hides_nobody(people, smallest) for people in _sides(part, discipline))


def _kept(everybody: Group, smallest: int) -> dict[str, Counts]:
    """The disciplines with enough levels; what a few others answered instead of a level is left out."""
    kept: dict[str, Counts] = {}
    for discipline, counts in everybody.counts.items():
        named, not_named = _sides(everybody, discipline)
        if named >= smallest:
            may_keep_all = _hides_nobody(not_named, smallest)
            kept[discipline] = {
                answer: people
                for answer, people in counts.items()
                if may_keep_all or isinstance(answer, Level)
            }
    return kept


def _only(group: Group, disciplines: Iterable[str]) -> Group:
    return Group(group.people, {one: group.counts.get(one, {}) for one in disciplines})


def _levels(counts: Counts) -> Counter[Level]:
    """How many people named each level."""
    return Counter({answer: people for answer, people in counts.items() if isinstance(answer, Level)})


def agreement(counts: Counts) -> float:
    """How far the people who named a level agree: 1 where all named the same, 0 where half are at each end.

    This is the consensus of Tastle and Wierman (2007), "Consensus and dissention: A measure of ordinal
    dispersion", Int. J. Approximate Reasoning 45(3), 531-545: 1 + sum of p_i * log2(1 - |x_i - mean| / d),
    where d is the way from the lowest level to the highest. Whole numbers up to the division keep ties exact.
    """
    levels = _levels(counts)
    named = levels.total()
    summed = sum(level * people for level, people in levels.items())
    width = (max(Level) - min(Level)) * named
    return 1 + fsum(
        people / named * log2(1 - abs(level * named - summed) / width) for level, people in levels.items()
    )


@dataclass(frozen=True, slots=True)
class DisciplineResult:
    """Where a team stands in one discipline."""

    counts: Counts
    level: Level
    """The lower median of those who named a level: the highest that more than half of them have reached."""
    lowest: Level
    highest: Level
    agreement: float
    """Between 0 and 1, as `agreement` says."""
    named: int
    """How many people named a level."""
    leaders: Level | None
    """The leaders' level; None where it may not be shown or none of them named one."""
    makers: Level | None

    @property
    def gap(self) -> int:
        """How far leaders and makers are apart; 0 where they are not compared."""
        return 0 if self.leaders is None or self.makers is None else abs(self.leaders - self.makers)


@dataclass(frozen=True, slots=True)
class TeamResult:
    """Where a team stands."""

    people: int
    """How many finished."""
    disciplines: Mapping[str, DisciplineResult]
    """Discipline id to result, in the edition's order; only those that may be shown."""
    asked: int
    """How many disciplines the edition has."""

    @property
    def standing(self) -> Standing:
        """The stages that follow from the team's levels, by the same rules as for one person."""
        return Standing({one: its.level for one, its in self.disciplines.items()}, self.asked)

    @property
    def most_debated(self) -> str | None:
        """The discipline most worth talking about; None where each has one level that all named.

        The one with the lowest agreement; of several the one where leaders and makers are furthest apart, and
        then the first.
        """
        debated = (one for one, its in self.disciplines.items() if its.lowest < its.highest)
        return min(debated, key=self._harmony, default=None)

    def _harmony(self, discipline: str) -> tuple[float, int]:
        its = self.disciplines[discipline]
        return its.agreement, -its.gap


def team_result(tallies: Tallies, disciplines: Sequence[str]) -> TeamResult | None:
    """Read what was kept of a survey in an edition's order; None where nothing may be shown."""
    if tallies.everybody is None:
        return None
    shown = [one for one in disciplines if one in tallies.everybody.counts]
    results = {one: _discipline_result(tallies, tallies.everybody.counts[one], one) for one in shown}
    return TeamResult(tallies.everybody.people, results, len(disciplines))


def _discipline_result(tallies: Tallies, counts: Counts, discipline: str) -> DisciplineResult:
    levels = _levels(counts)
    return DisciplineResult(
        counts=counts,
        level=median_low(levels.elements()),
        lowest=min(levels),
        highest=max(levels),
        agreement=agreement(counts),
        named=levels.total(),
        leaders=_level(tallies.leaders, discipline),
        makers=_level(tallies.makers, discipline),
    )


def _level(group: Group | None, discipline: str) -> Level | None:
    """A group's lower median; None where the group or its answers are not shown, or none named a level."""
    levels = _levels(group.counts.get(discipline, {})) if group else None
    return median_low(levels.elements()) if levels else None


@dataclass(frozen=True, slots=True)
class Change:
    """What moved from one result of a team to its next."""

    disciplines: Mapping[str, tuple[Level, Level]]
    """Discipline id to the level before and now; only those that both results show and that differ."""
    stage_before: Level | None
    stage_now: Level | None

    @property
    def raised(self) -> Mapping[str, tuple[Level, Level]]:
        """The disciplines that are higher now, with the level before and now."""
        return {one: (before, now) for one, (before, now) in self.disciplines.items() if now > before}

    @property
    def raised_stage(self) -> tuple[Level, Level] | None:
        """The stage before and now, where it is higher; None where either is not known."""
        if self.stage_before is None or self.stage_now is None or self.stage_now <= self.stage_before:
            return None
        return self.stage_before, self.stage_now


def change(now: TeamResult, before: TeamResult) -> Change:
    """Compare two results of the same edition."""
    both = ((one, before.disciplines.get(one), its) for one, its in now.disciplines.items())
    moved = {
        one: (earlier.level, its.level)
        for one, earlier, its in both
        if earlier and earlier.level != its.level
    }
    return Change(moved, before.standing.stage, now.standing.stage)
