"""From a plan to an open survey: listing whom it asks, and opening it, for a lead's press or a schedule."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.survey import Member, Phase, Plan, Survey, Team
from content.texts import Texts
from dialogs.turn import RosterUnavailable
from storage.database import Database
from storage.surveys import Home, Post

log = logging.getLogger(__name__)


class Rosters(Protocol):
    """Where the members of teams come from."""

    def roster(self, home: Home) -> AsyncIterator[Sequence[Member]]:
        """A team's members, page by page. Raises RosterUnavailable."""

    async def team_name(self, home: Home) -> str:
        """What a team is called; "" where Teams does not say."""


class Launch:
    """Every step is committed before it returns; repeating one is harmless."""

    def __init__(
        self, texts: Texts, database: Database, rosters: Rosters, *, nudge: Callable[[], None]
    ) -> None:
        self._texts = texts
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._rosters = rosters
        self._nudge = nudge

    async def count(self, survey: Survey, now: dt.datetime) -> None:
        """Keep whom a draft asks: who is in its team now. Raises RosterUnavailable."""
        home = await self._surveys.home(survey.team)
        if home is None:
            raise RosterUnavailable(self._texts("survey.mistake.app_gone"))
        counting = uuid4().hex
        await self._surveys.begin_counting(survey, counting)
        await self._deliveries.replace_roster(survey, counting, self._rosters.roster(home))
        await self._surveys.counted(survey, counting, now)

    async def open(self, survey: Survey, now: dt.datetime, *, progress: Post | None = None) -> bool:
        """Have everybody who was counted asked; false as for `Surveys.open`."""
        secret = secrets.token_hex() if survey.plan.is_anonymous else None
        opened = await self._surveys.open(survey, secret, _reminders(survey, now), now, progress=progress)
        if opened:
            log.info("survey %s is open", survey.id)
            self._nudge()
        return opened

    async def other_under_way(self, team: Team, than: Survey | None = None) -> Survey | None:
        """Another survey that the team is not done with."""
        found = await self._surveys.under_way(team.tenant_id)
        return next((one for one in found if one.team.id == team.id and one.id != (than and than.id)), None)


def draft(
    survey_id: str, plan: Plan, zone: ZoneInfo, *, team: Team, channel_id: str, lead: Person, lead_name: str
) -> Survey:
    """A survey that is planned and no more; its last day ends at midnight in `zone`."""
    day_after = dt.datetime.combine(plan.closes_on + dt.timedelta(days=1), dt.time(), zone)
    return Survey(
        id=survey_id,
        team=team,
        channel_id=channel_id,
        plan=plan,
        zone=zone.key,
        closes_at=day_after.astimezone(dt.UTC),
        phase=Phase.DRAFT,
        asked_by=lead,
        asked_by_name=lead_name,
        opened_at=None,
        closed_at=None,
        counted=False,
        stopped=False,
        secret=None,
    )


def _reminders(survey: Survey, now: dt.datetime) -> list[dt.datetime]:
    """When those who have not finished are reminded, before the survey closes."""
    due = (now + dt.timedelta(days=day) for day in survey.plan.reminder_days)
    return [one for one in due if one < survey.closes_at]
