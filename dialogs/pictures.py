"""Where a team stands today: its last survey, raised by the promises that were kept since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from assessment.model import Level
from assessment.pledges import Pledge, Step, working_picture
from assessment.scoring import Standing
from assessment.survey import Team
from assessment.team import team_result
from cards.pledge_lists import Picture
from content.loading import Content
from content.model import Edition
from storage.pledges import Pledges
from storage.surveys import Surveys


@dataclass(frozen=True, slots=True)
class _Surveyed:
    """What a team's last survey with a result says."""

    edition: Edition
    since: dt.datetime
    """When it was closed."""
    standing: Standing

    @property
    def statements(self) -> dict[str, dict[Level, list[str]]]:
        return {one: statements_of(self.edition, one) for one in self.edition.order}


class Pictures:
    """Shows what is stored, and changes nothing."""

    def __init__(self, content: Content, surveys: Surveys, pledges: Pledges) -> None:
        self._editions = content.editions
        self._surveys = surveys
        self._pledges = pledges

    async def of(self, team: Team) -> Picture | None:
        """A team's working picture; None before its first result."""
        surveyed = await self._surveyed(team)
        if surveyed is None:
            return None
        met = await self._pledges.met_since(team, surveyed.edition.id, surveyed.since)
        return Picture(surveyed.edition, surveyed.standing, _with(surveyed, met))

    async def step(self, pledge: Pledge) -> Step | None:
        """What a kept statement did to its team's working picture; None where it has no place in it.

        It is held against the statements that were met before, so that it says the same whenever it is asked
        for, and of several pledges only one moves what they all were about.
        """
        surveyed = await self._surveyed(pledge.team) if pledge.team and pledge.is_met else None
        if (
            surveyed is None
            or pledge.team is None
            or pledge.discipline is None
            or pledge.discipline not in surveyed.standing.levels
            or pledge.edition != surveyed.edition.id
            or pledge.closed_at is None
            or pledge.closed_at < surveyed.since
        ):
            return None
        met = await self._pledges.met_before(pledge, surveyed.since)
        before, after = _with(surveyed, met), _with(surveyed, met | {pledge.item})
        return _step(pledge, pledge.discipline, before, after, met | {pledge.item}, surveyed)

    async def _surveyed(self, team: Team) -> _Surveyed | None:
        for record in await self._surveys.closed(team.tenant_id):
            survey = record.survey
            edition = self._editions[survey.plan.edition]
            if survey.team.id != team.id or survey.closed_at is None:
                continue
            if result := team_result(record.tallies, edition.order):
                return _Surveyed(edition, survey.closed_at, result.standing)
        return None


def _with(surveyed: _Surveyed, met: set[str]) -> Standing:
    levels = working_picture(surveyed.standing.levels, surveyed.statements, met)
    return Standing(levels, surveyed.standing.asked)


def _step(  # noqa: PLR0917 - each of a type of its own, or named by its place in time
    pledge: Pledge, discipline: str, before: Standing, after: Standing, met: set[str], surveyed: _Surveyed
) -> Step | None:
    was, now = before.levels[discipline], after.levels[discipline]
    levels: Mapping[Level, list[str]] = surveyed.statements[discipline]
    own = next((level for level, its in levels.items() if pledge.item in its), None)
    if own is None:
        return None
    counted = now if now > was else own
    return Step(
        was=was,
        now=now,
        counted=counted,
        met=sum(one in met for one in levels[counted]),
        of=len(levels[counted]),
        stage_was=before.stage,
        stage_now=after.stage,
    )


def statements_of(edition: Edition, discipline: str) -> dict[Level, list[str]]:
    """The ids of a discipline's statements by level."""
    levels = edition.disciplines[discipline].levels
    return {level: [one.id for one in its.statements] for level, its in levels.items()}
