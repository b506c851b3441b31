"""What people whom a survey asks do with its invitation."""

from __future__ import annotations

import datetime as dt

from assessment.check import ROLE
from assessment.model import Role
from assessment.survey import Phase, Survey
from cards.elements import Notice
from cards.invitation import (
    declined_card,
    invitation_card,
    not_asked_card,
    not_now_card,
    over_card,
    rehearsed_card,
    snoozed_card,
    waiting_card,
)
from cards.survey_presses import InvitationPress, NotMe, NotNow, TakeSurvey
from content.loading import Content
from dialogs.check import CheckDialog
from dialogs.respect import Respect
from dialogs.turn import Reply, Visit, stale
from dialogs.words import Vocabulary
from storage.deliveries import Deliveries
from storage.surveys import Surveys

MORNING = dt.time(9)
"""When somebody is asked again who said "not now", in their own time zone."""

ABOUT_INVITATIONS = frozenset({"start", "not-me", "not-now", *Role})
"""Words that may mean the invitation of somebody who has one."""


class InvitationDialog:
    """Takes people from an invitation into the check, or leaves them alone as long as they wish."""

    def __init__(
        self,
        content: Content,
        surveys: Surveys,
        deliveries: Deliveries,
        checks: CheckDialog,
        *,
        respect: Respect,
    ) -> None:
        self._content = content
        self._texts = content.texts
        self._surveys = surveys
        self._deliveries = deliveries
        self._checks = checks
        self._respect = respect
        self._vocabulary = Vocabulary(content.texts)

    async def said(self, visit: Visit, text: str) -> Reply | None:
        """Answer what somebody typed about the newest survey that waits for them; None where it means none.

        A role means it too, unless a question for the role is open elsewhere.
        """
        meaning = self._vocabulary.meaning(text)
        if meaning not in ABOUT_INVITATIONS or not (waiting := await self._checks.waiting(visit)):
            return None
        newest, own = waiting[0].survey, await self._checks.own_question(visit)
        match meaning:
            case "start":
                return Reply(waiting_card(self._texts, newest, own_under_way=own is not None))
            case "not-me":
                return await self._decline(visit, newest)
        fresh = next((one.survey for one in waiting if not one.is_begun), None)
        if fresh is None or ROLE in {own, *(one.question for one in waiting)}:
            return None
        if role := self._vocabulary.role(text):
            return await self._take(visit, fresh, TakeSurvey(fresh.id, role))
        return Reply(not_now_card(self._texts, fresh))

    async def pressed(self, visit: Visit, press: InvitationPress) -> Reply:
        """Answer a press on an invitation."""
        survey = await self._surveys.get(press.survey)
        if survey is None or survey.team.tenant_id != visit.person.tenant_id.lower():
            return stale(self._texts)
        if survey.phase in {Phase.DRAFT, Phase.AWAITING}:
            return Reply(rehearsed_card(self._texts, survey))
        if survey.phase is not Phase.OPEN:
            return Reply(over_card(self._texts, survey))
        if not await self._deliveries.is_asked(survey, visit.person):
            return Reply(not_asked_card(self._texts), outcome="unknown")
        match press:
            case TakeSurvey():
                return await self._take(visit, survey, press)
            case NotNow(until=None):
                return Reply(not_now_card(self._texts, survey))
            case NotNow():
                return await self._put_off(visit, survey, press)
            case NotMe():
                return await self._decline(visit, survey)

    async def _take(self, visit: Visit, survey: Survey, press: TakeSurvey) -> Reply:
        await self._deliveries.decline(survey, visit.person, declined=False)
        if press.role is not None:
            try:
                return await self._checks.begin_in_survey(visit, survey, press.role)
            except LookupError:
                # It was closed in this very moment.
                return Reply(over_card(self._texts, survey))
        edition = self._content.editions[survey.plan.edition]
        return await self._checks.go_on_in_survey(visit, survey) or Reply(
            invitation_card(self._texts, edition, survey)
        )

    async def _decline(self, visit: Visit, survey: Survey) -> Reply:
        """Leave the person alone; whoever has finished is counted there, and not as declined too."""
        now = await self._checks.go_on_in_survey(visit, survey)
        if now and now.settled:
            return now
        await self._deliveries.decline(survey, visit.person, declined=True)
        return Reply(declined_card(self._texts, survey))

    async def _put_off(self, visit: Visit, survey: Survey, press: NotNow) -> Reply:
        wanted = wanted_again(visit.at.astimezone(visit.zone), next_week=press.until == "next-week")
        allowed = await self._respect.moment(visit.person, wanted, visit.zone)
        until = (allowed or wanted).astimezone(visit.zone)
        if until >= survey.closes_at:
            edition = self._content.editions[survey.plan.edition]
            notice = Notice(self._texts("invitation.too_late"), is_refusal=True)
            return Reply(invitation_card(self._texts, edition, survey, notice=notice))
        await self._deliveries.put_off(survey, visit.person, until, visit.at)
        return Reply(snoozed_card(self._texts, survey, until))


def wanted_again(now: dt.datetime, *, next_week: bool) -> dt.datetime:
    """The morning of tomorrow, or of next week's Monday, in the time zone of `now`."""
    day = now.date() + dt.timedelta(days=7 - now.weekday() if next_week else 1)
    return dt.datetime.combine(day, MORNING, now.tzinfo)
