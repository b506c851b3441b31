"""Where a set of answers stands: stage, complete stage, and what would lift them.

The rules are the project's own and stand in docs/scoring.md. The complete stage follows the staged
representation of CMMI appraisals: a level counts once everything has reached it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.model import Answer, Level


@dataclass(frozen=True, slots=True)
class Standing:
    """The levels of the answered disciplines, in the edition's order, and what follows from them."""

    levels: Mapping[str, Level]
    """Discipline id to level; don't-knows and not-applicables are not among them."""
    asked: int
    """How many disciplines the edition has."""

    @property
    def missing(self) -> int:
        """How many more disciplines need a level before a stage can be named: half of all, rounded up."""
        return max(0, (self.asked + 1) // 2 - len(self.levels))

    @property
    def stage(self) -> Level | None:
        """The highest level that more than half of the answered disciplines have reached.

        None while fewer than half of all disciplines have a level.
        """
        if self.missing or not self.levels:
            return None
        # In falling order, those up to this one are just more than half.
        return sorted(self.levels.values(), reverse=True)[len(self.levels) // 2]

    @property
    def complete_stage(self) -> Level | None:
        """The highest level that every answered discipline has reached; None where no stage is named."""
        return None if self.stage is None else min(self.levels.values())

    @property
    def held_back_by(self) -> tuple[str, ...]:
        """The disciplines that keep the complete stage from being higher; none at the top."""
        complete = self.complete_stage
        if complete in (None, Level.EFFICIENT):
            return ()
        return tuple(one for one, level in self.levels.items() if level is complete)

    def reached(self, level: Level) -> tuple[str, ...]:
        """The disciplines at a level or above."""
        return tuple(one for one, its in self.levels.items() if its >= level)


def standing(answers: Mapping[str, Answer], disciplines: Sequence[str]) -> Standing:
    """Read the answers to an edition's disciplines; answers to anything else are left out."""
    given = ((one, answers.get(one)) for one in disciplines)
    return Standing({one: answer for one, answer in given if isinstance(answer, Level)}, len(disciplines))


@dataclass(frozen=True, slots=True)
class Lift:
    """The shortest way to the next stage."""

    target: Level
    needed: int
    """How many more disciplines have to reach the target."""
    nearest: tuple[str, ...]
    """The disciplines closest below the target: at least `needed`, more where several are equally close."""

    @property
    def is_certain(self) -> bool:
        """Whether it is exactly these disciplines, with no tie to choose among."""
        return len(self.nearest) == self.needed


def lift(standing: Standing) -> Lift | None:
    """What would bring the next stage with the fewest steps; None at the top or where no stage is named."""
    if standing.stage is None or (target := standing.stage.next) is None:
        return None
    needed = len(standing.levels) // 2 + 1 - len(standing.reached(target))
    below = sorted((level for level in standing.levels.values() if level < target), reverse=True)
    cut = below[needed - 1]
    nearest = tuple(one for one, level in standing.levels.items() if cut <= level < target)
    return Lift(target, needed, nearest)
