"""How a team's results follow each other. The rules are the project's own and stand in docs/scoring.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.model import Level
from assessment.survey import Survey
from assessment.team import Change, TeamResult, change


@dataclass(frozen=True, slots=True)
class Point:
    """One closed survey of a team."""

    survey: Survey
    closed_at: dt.datetime
    result: TeamResult | None
    """None where it may not be shown."""


@dataclass(frozen=True, slots=True)
class Course:
    """A team's way in one discipline, over the results that may be shown."""

    first: Level
    """At the first result that shows it."""
    before: Level | None
    """Last time; None where it was hidden then, or there was no last time."""
    now: Level | None
    """None where the latest result that is shown hides it."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The results of a team in one edition, and those that are not compared with them."""

    points: tuple[Point, ...]
    """From the first to the latest, hidden ones too; at least one."""
    apart: tuple[Point, ...]
    """Of other editions, from the first to the latest."""

    @property
    def shown(self) -> tuple[tuple[Point, TeamResult], ...]:
        """The points whose result may be shown."""
        return tuple((one, one.result) for one in self.points if one.result)

    @property
    def change(self) -> Change | None:
        """What moved between the two latest results that are shown; None with fewer than two."""
        if len(self.shown) < 2:  # noqa: PLR2004 - a way has two ends
            return None
        (_, before), (_, now) = self.shown[-2:]
        return change(now, before)

    @property
    def courses(self) -> Mapping[str, Course]:
        """Discipline id to its way, in the order in which results have them."""
        results = [its for _, its in self.shown]
        names = dict.fromkeys(one for its in reversed(results) for one in its.disciplines)
        return {name: _course(name, results) for name in names}

    @property
    def risers(self) -> tuple[str, ...]:
        """The disciplines that moved up furthest since last time; of several equally far ones all."""
        return self._furthest(up=True)

    @property
    def fallers(self) -> tuple[str, ...]:
        """The disciplines that moved down furthest since last time; of several equally far ones all."""
        return self._furthest(up=False)

    def _furthest(self, *, up: bool) -> tuple[str, ...]:
        moved = self.change.disciplines if self.change else {}
        ways = {one: now - was if up else was - now for one, (was, now) in moved.items()}
        most = max(ways.values(), default=0)
        return tuple(one for one, way in ways.items() if way == most > 0)


def trend(points: Iterable[Point]) -> Trend:
    """Put the results of one team in order; the edition asked last is the one that is compared.

    Raises ValueError without a point.
    """
    ordered = sorted(points, key=lambda one: one.closed_at)
    if not ordered:
        raise ValueError("a trend needs a closed survey")
    edition = ordered[-1].survey.plan.edition
    same = tuple(one for one in ordered if one.survey.plan.edition == edition)
    return Trend(same, tuple(one for one in ordered if one.survey.plan.edition != edition))


def _course(discipline: str, results: Sequence[TeamResult]) -> Course:
    levels = [its.disciplines[discipline].level for its in results if discipline in its.disciplines]
    before, now = (_level(its, discipline) for its in (results[-2:-1], results[-1:]))
    return Course(levels[0], before, now)


def _level(result: Sequence[TeamResult], discipline: str) -> Level | None:
    return next((its.disciplines[discipline].level for its in result if discipline in its.disciplines), None)
