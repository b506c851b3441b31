"""How a CoE lead asks a whole team: what they type and press, in a channel or in their own chat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

from assessment.model import Person
from assessment.survey import Phase, Survey
from cards.elements import Notice
from cards.survey_presses import (
    AskToClose,
    AskToStop,
    CancelSurvey,
    CloseSurvey,
    ExportSurvey,
    LeadPress,
    Rehearse,
    RemindNow,
    SendSurvey,
    SendToMe,
    SetUpSurvey,
    ShowProgress,
    ShowSpread,
    ShowTeamResult,
    StopSending,
)
from cards.survey_progress import ask_to_close_card, ask_to_stop_card
from cards.survey_setup import cancelled_card
from cards.survey_talk import (
    export_offered_card,
    nothing_open_card,
    pick_survey_card,
)
from content.texts import Texts
from dialogs.planning import Planning
from dialogs.survey_views import Rules, SurveyViews
from dialogs.turn import Reply, Visit, not_a_lead, stale, surveys_here
from storage.database import Database

BETWEEN_REMINDERS = dt.timedelta(days=1)

PLANNED = frozenset({Phase.DRAFT, Phase.AWAITING})


class SurveyDialog:
    """Answers leads alone. Every change is committed before its reply; repeating one is harmless."""

    def __init__(
        self,
        texts: Texts,
        database: Database,
        planning: Planning,
        views: SurveyViews,
        *,
        rules: Rules,
        nudge: Callable[[], None],
    ) -> None:
        self._texts = texts
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._planning = planning
        self._views = views
        self._rules = rules
        self._nudge = nudge

    def may_lead(self, person: Person) -> bool:
        """Whether the words and buttons of leads are for this person."""
        return self._rules.may_lead(person)

    async def said(self, visit: Visit, command: str) -> Reply:
        """Answer one of the words of `dialogs.words.LEADING`."""
        if not self.may_lead(visit.person):
            return not_a_lead(self._texts)
        match command:
            case "survey":
                return await self._planning.set_up(visit)
            case "status":
                return await self._with_open(visit, command, lambda one: self._now(visit, one))
            case "remind":
                return await self._with_open(visit, command, lambda one: self._remind(visit, one))
            case "close":
                return await self._with_open(visit, command, lambda one: self._ask_to_close(visit, one))
            case _:
                return await self._results(visit)

    async def pressed(self, visit: Visit, press: LeadPress) -> Reply:
        """Answer a press on a survey's card, wherever the card has got to."""
        if not self.may_lead(visit.person):
            return not_a_lead(self._texts)
        if press.survey is None:
            return await self._planning.set_up(visit)
        survey = await self._surveys.get(press.survey)
        if survey is None and isinstance(press, Rehearse):
            return await self._planning.rehearse(visit, press)
        if survey is None and isinstance(press, CancelSurvey):
            return Reply(cancelled_card(self._texts), settled=True)
        if survey is None or survey.team.tenant_id != visit.person.tenant_id.lower():
            return stale(self._texts)
        if survey.phase in PLANNED:
            return await self._pressed_on_plan(visit, survey, press)
        return await self._pressed_on(visit, survey, press)

    async def _pressed_on_plan(self, visit: Visit, survey: Survey, press: LeadPress) -> Reply:
        match press:
            case Rehearse() if survey.phase is Phase.DRAFT:
                return await self._planning.rehearse(visit, press)
            case SetUpSurvey() if survey.phase is Phase.DRAFT:
                return await self._planning.change(visit, survey)
            case SendToMe():
                return await self._planning.send_to_lead(visit, survey)
            case SendSurvey():
                return await self._planning.send(visit, survey)
            case CancelSurvey():
                return await self._planning.cancel(visit, survey)
            case _:
                return await self._planning.rehearsal(visit, survey)

    async def _pressed_on(self, visit: Visit, survey: Survey, press: LeadPress) -> Reply:
        match press:
            case RemindNow():
                return await self._remind(visit, survey)
            case AskToStop():
                return await self._ask_to_stop(visit, survey)
            case StopSending() if survey.phase is Phase.OPEN:
                await self._surveys.stop(survey, visit.at)
                return await self._now(visit, survey, self._done("stopped"))
            case AskToClose():
                return await self._ask_to_close(visit, survey)
            case CloseSurvey():
                await self._surveys.begin_closing(survey, visit.at)
                self._nudge()
            case ShowProgress() | ShowTeamResult():
                pass
            case ShowSpread() if survey.phase is Phase.CLOSED:
                return Reply(await self._views.spread(survey))
            case ExportSurvey() if survey.phase is Phase.CLOSED:
                return Reply(export_offered_card(self._texts, survey), export=survey)
            case _:
                # The survey has gone on since the card was made.
                return replace(await self._now(visit, survey), outcome="refused")
        return await self._now(visit, survey)

    async def _with_open(
        self, visit: Visit, command: str, act: Callable[[Survey], Awaitable[Reply]]
    ) -> Reply:
        """Do something with the open survey of the team, or let the lead pick one of several."""
        surveys = surveys_here(visit, await self._surveys.under_way(visit.person.tenant_id))
        if not surveys:
            return Reply(nothing_open_card(self._texts, command))
        if len(surveys) > 1:
            press = {"status": ShowProgress, "remind": RemindNow, "close": AskToClose}[command]
            return Reply(pick_survey_card(self._texts, surveys, press))
        return await act(surveys[0])

    async def _now(self, visit: Visit, survey: Survey, notice: Notice | None = None) -> Reply:
        """Where a survey is. Only who asked sees it at once; the channel's card follows at its own pace."""
        refused = notice is not None and notice.is_refusal
        return Reply(
            await self._views.now(survey, visit.at, notice), outcome="refused" if refused else "done"
        )

    def _done(self, what: str) -> Notice:
        return Notice(self._texts(f"survey.notice.{what}"))

    def _refused(self, why: str) -> Notice:
        return Notice(self._texts(f"survey.refusal.{why}"), is_refusal=True)

    async def _remind(self, visit: Visit, survey: Survey) -> Reply:
        """Remind those who have not finished, at most once a day."""
        numbers = await self._deliveries.numbers(survey)
        if survey.phase is not Phase.OPEN or survey.stopped or numbers.all_done:
            return await self._now(visit, survey, self._refused("nobody_to_remind"))
        if not await self._surveys.remind_by_hand(survey, visit.at, visit.at - BETWEEN_REMINDERS):
            return await self._now(visit, survey, self._refused("reminded_today"))
        self._nudge()
        return await self._now(visit, survey, self._done("reminding"))

    async def _ask_to_close(self, visit: Visit, survey: Survey) -> Reply:
        if survey.phase is not Phase.OPEN:
            return await self._now(visit, survey)
        return Reply(ask_to_close_card(self._texts, survey, await self._deliveries.numbers(survey)))

    async def _ask_to_stop(self, visit: Visit, survey: Survey) -> Reply:
        if survey.phase is not Phase.OPEN or survey.stopped:
            return await self._now(visit, survey)
        return Reply(ask_to_stop_card(self._texts, survey, await self._deliveries.numbers(survey)))

    async def _results(self, visit: Visit) -> Reply:
        """The latest result of the team, or of one of several teams."""
        records = await self._surveys.closed(visit.person.tenant_id)
        closed = surveys_here(visit, [one.survey for one in records])
        latest = list({one.team.id: one for one in reversed(closed)}.values())
        if not latest:
            return Reply(nothing_open_card(self._texts, "results"))
        if len(latest) > 1:
            return Reply(pick_survey_card(self._texts, latest, ShowTeamResult))
        return Reply(await self._views.result(latest[0]))
