"""How a team's results follow each other: for everybody in its channels, and for leads in their own chat."""

from __future__ import annotations

from assessment.survey import Phase, Survey
from assessment.team import team_result
from assessment.trend import Point, trend
from cards.survey_talk import no_team_card, pick_survey_card
from cards.trend import no_trend_card, trend_card
from cards.trend_presses import LeaveTrend, ShowTrend, TrendPress
from content.texts import Texts
from dialogs.survey_views import Rules, SurveyViews
from dialogs.turn import Reply, Visit, not_a_lead, stale, surveys_here
from storage.surveys import Record, Surveys


class TrendDialog:
    """Shows what is stored, and changes nothing."""

    def __init__(self, texts: Texts, surveys: Surveys, views: SurveyViews, rules: Rules) -> None:
        self._texts = texts
        self._surveys = surveys
        self._views = views
        self._rules = rules

    async def said(self, visit: Visit) -> Reply:
        """Answer the word `trend`, typed in a channel or in somebody's own chat."""
        if visit.channel is None and not self._rules.may_lead(visit.person):
            return not_a_lead(self._texts)
        records = await self._surveys.closed(visit.person.tenant_id)
        closed = surveys_here(visit, [one.survey for one in records])
        latest = list({one.team.id: one for one in reversed(closed)}.values())
        if not latest:
            return await self._nothing(visit)
        if len(latest) > 1:
            return Reply(pick_survey_card(self._texts, latest, ShowTrend))
        return await self._trend(latest[0])

    async def _nothing(self, visit: Visit) -> Reply:
        """What helps where there is no result yet."""
        if visit.channel is None and not await self._surveys.homes(visit.person.tenant_id):
            return Reply(no_team_card(self._texts, "trend"))
        under_way = surveys_here(visit, await self._surveys.under_way(visit.person.tenant_id))
        leads = self._rules.may_lead(visit.person)
        return Reply(no_trend_card(self._texts, leads=leads, under_way=next(iter(under_way), None)))

    async def pressed(self, visit: Visit, press: TrendPress) -> Reply:
        """Answer a press on a result or a trend, wherever the card has got to."""
        survey = await self._surveys.get(press.survey)
        if survey is None or survey.phase is not Phase.CLOSED or not self._may_see(visit, survey):
            return stale(self._texts)
        match press:
            case ShowTrend():
                return await self._trend(survey)
            case LeaveTrend():
                return Reply(await self._views.result(survey))

    def _may_see(self, visit: Visit, survey: Survey) -> bool:
        """Whether somebody is where the team sees its results anyway, or leads surveys."""
        if survey.team.tenant_id != visit.person.tenant_id.lower():
            return False
        return bool(surveys_here(visit, [survey])) if visit.channel else self._rules.may_lead(visit.person)

    async def _trend(self, survey: Survey) -> Reply:
        found = trend(map(self._point, await self._surveys.closed_of(survey.team)))
        edition = self._views.edition(found.points[-1].survey)
        return Reply(trend_card(self._texts, edition, found))

    def _point(self, record: Record) -> Point:
        survey = record.survey
        result = team_result(record.tallies, self._views.edition(survey).order)
        return Point(survey, survey.closed_at or survey.closes_at, result)
