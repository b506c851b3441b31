"""The maturity check as a conversation: what a person says or presses, and the card they get."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from assessment.check import ROLE, Check, open_question, question_after, question_before
from assessment.model import Answer, Level, Role
from assessment.scoring import standing
from assessment.survey import Phase, Survey
from cards.check import paused_card, question_card, role_card
from cards.elements import Card, Notice
from cards.invitation import finished_note, over_card, survey_label
from cards.naming import answer_name
from cards.presses import (
    ChangeAnswer,
    CheckPress,
    GiveAnswer,
    GoBack,
    Pause,
    PickRole,
    ShowAnswers,
    ShowLift,
    ShowOpportunities,
    Start,
)
from cards.result import answers_card, lift_card, opportunities_card, result_card
from cards.survey_presses import TakeSurvey
from cards.talk import help_card, history_card, nothing_finished_card, welcome_card
from content.loading import Content
from content.model import Edition
from dialogs.turn import Reply, Visit, stale
from dialogs.words import OF_LEADS, PERSONAL, Vocabulary
from storage.checks import Checks, Given, survey_of
from storage.surveys import Surveys


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open survey that somebody has not finished."""

    survey: Survey
    is_begun: bool
    question: str | None
    """The open one, where it is begun."""


class CheckDialog:
    """Asks the questions of an edition, keeps the answers, and shows what follows from them.

    Every answer is committed before its reply is returned, and repeating anything changes nothing.
    """

    def __init__(self, content: Content, checks: Checks, surveys: Surveys, edition: str) -> None:
        self._content = content
        self._texts = content.texts
        self._checks = checks
        self._surveys = surveys
        self._edition = content.editions[edition]
        self._vocabulary = Vocabulary(content.texts)

    async def said(self, visit: Visit, text: str) -> Reply:
        """Answer what a person typed in their own chat."""
        match self._vocabulary.meaning(text):
            case "start":
                return await self._start(visit)
            case "result":
                return await self._result(visit)
            case "opportunities":
                return await self._opportunities(visit, None)
            case "history":
                return await self._history(visit)
            case "help":
                return await self._help(visit, self._texts("help.asked"))
            case _:
                return await self._answered_in_words(visit, text)

    async def pressed(self, visit: Visit, press: Start | ShowOpportunities | CheckPress) -> Reply:
        """Answer a press of a button in a person's own chat."""
        match press:
            case Start():
                return await self._start(visit)
            case ShowOpportunities(stage):
                return await self._opportunities(visit, stage)
            case _:
                return await self._pressed_on_check(visit, press)

    async def begin_in_survey(self, visit: Visit, survey: Survey, role: Role) -> Reply:
        """Begin the check of somebody whom an open survey asks, or go on with it."""
        check = await self._checks.open_in(survey, visit.person, visit.at)
        if check.finished_at is None:
            check = await self._checks.set_role(check, role)
        return await self._here(replace(visit, survey=survey), check)

    async def go_on_in_survey(self, visit: Visit, survey: Survey) -> Reply | None:
        """Where the person is in their check for an open survey; None where they have not begun."""
        visit = replace(visit, survey=survey)
        check = await self._checks.latest(visit.respondent)
        return await self._here(visit, check) if check else None

    async def waiting(self, visit: Visit) -> list[Waiting]:
        """The open surveys that the person was invited to and has not finished, newest first."""
        surveys = await self._surveys.inviting(visit.person)
        found = [(one, await self._checks.latest(one.respondent(visit.person))) for one in surveys]
        return [
            Waiting(survey, check is not None, self._open_question(check) if check else None)
            for survey, check in found
            if check is None or check.finished_at is None
        ]

    async def own_question(self, visit: Visit) -> str | None:
        """The open question of the person's own check; None where they are at none."""
        check = await self._checks.latest(visit.person)
        return self._open_question(check) if check else None

    async def asks(self, visit: Visit) -> bool:
        """Whether typed words may answer a question: one of a check is open."""
        _, check = await self._under_hand(visit)
        return check is not None and self._open_question(check) is not None

    def welcome(self, *, in_public: bool) -> Card:
        """What greets a person, or a team or group chat, that has just got the app."""
        return welcome_card(self._texts, self._edition, in_public=in_public)

    async def _start(self, visit: Visit) -> Reply:
        """The first open question, also for who had gone back."""
        check = await self._checks.open(visit.person, self._edition.id, visit.at)
        return await self._here(visit, await self._checks.revisit(check, None) if check.revisiting else check)

    async def _result(self, visit: Visit) -> Reply:
        if found := await self._last_finished(visit):
            return self._shows_result(*found)
        return self._nothing_finished()

    async def _opportunities(self, visit: Visit, stage: Level | None) -> Reply:
        _, check = await self._last_finished(visit) or (visit, None)
        edition = self._edition_of(check) if check else self._edition
        if stage is None and check:
            stage = standing(check.answers, edition.order).stage
        return Reply(opportunities_card(self._texts, edition, stage or Level.INITIAL, check))

    async def _history(self, visit: Visit) -> Reply:
        if checks := [(one, self._edition_of(one)) for one in await self._finished(visit)]:
            return Reply(history_card(self._texts, checks, visit.zone))
        return self._nothing_finished()

    async def _help(self, visit: Visit, intro: str) -> Reply:
        check = await self._checks.latest(visit.person)
        under_way = check is not None and check.finished_at is None
        start = self._texts("button.go_on" if under_way else "button.start")
        of_leads = OF_LEADS if visit.leads else ()
        return Reply(help_card(self._texts, PERSONAL, of_leads, intro=intro, start=start))

    async def _answered_in_words(self, visit: Visit, text: str) -> Reply:
        visit, check = await self._under_hand(visit)
        if check is None or (question := self._open_question(check)) is None:
            return await self._help(visit, self._texts("help.unknown"))
        edition = self._edition_of(check)
        match self._vocabulary.meaning(text):
            case "back":
                return await self._back(visit, check, question)
            case "pause" | "stop" | "not-now":
                return self._paused(visit, check)
        if question == ROLE:
            role = self._vocabulary.role(text)
            if role is None:
                return await self._help(visit, self._texts("help.at_role"))
            return await self._here(visit, await self._checks.set_role(check, role))
        answer = self._vocabulary.answer(text, edition)
        if answer is None:
            number, of = edition.order.index(question) + 1, len(edition.order)
            return await self._help(visit, self._texts("help.at_question", number=number, of=of))
        delivered_before = (one for one, by in check.given_by.items() if by == visit.activity_id)
        return await self._answer(visit, check.id, next(delivered_before, question), answer, typed=True)

    async def _under_hand(self, visit: Visit) -> tuple[Visit, Check | None]:
        """The check that typed words mean: of those under way, the own and the surveys', the last touched."""
        own, is_asked = await self._checks.latest_and_asked(visit.person)
        surveys = await self._surveys.asking(visit.person) if is_asked else []
        visits = [replace(visit, survey=one) for one in surveys]
        found = [(visit, own), *[(one, await self._checks.latest(one.respondent)) for one in visits]]
        under_way = [(one, check) for one, check in found if check and not check.finished_at]
        if len(under_way) < 2:  # noqa: PLR2004 - nothing to choose among
            return next(iter(under_way), found[0])
        touched = [await self._checks.touched_at(check) for _, check in under_way]
        return under_way[touched.index(max(touched))]

    async def _pressed_on_check(self, visit: Visit, press: CheckPress) -> Reply:
        """Answer a press on a check, once it is clear whose it is and that it may still be changed."""
        if survey_id := survey_of(press.check):
            survey = await self._surveys.get(survey_id)
            if survey is None or survey.team.tenant_id != visit.person.tenant_id.lower():
                return stale(self._texts)
            if survey.phase is not Phase.OPEN:
                return Reply(over_card(self._texts, survey))
            visit = replace(visit, survey=survey)
        if isinstance(press, GiveAnswer) and press.answer is not None:
            return await self._answer(visit, press.check, press.question, press.answer)
        check = await self._checks.get(visit.respondent, press.check)
        if check is None or not self._knows_question(check, press):
            return stale(self._texts)
        try:
            return await self._pressed_on_own(visit, check, press)
        except LookupError:
            if visit.survey is None:
                raise
            # The survey was closed in this very moment, and its checks are deleted.
            return Reply(over_card(self._texts, visit.survey))

    async def _pressed_on_own(self, visit: Visit, check: Check, press: CheckPress) -> Reply:
        match press:
            case PickRole(_, role):
                return await self._here(visit, await self._checks.set_role(check, role))
            case GiveAnswer(_, question, None):
                return self._asks(visit, check, question, unanswered=True)
            case GoBack(_, question):
                return await self._back(visit, check, question)
            case Pause() if not check.finished_at:
                return self._paused(visit, check)
            case ChangeAnswer(_, question) if check.finished_at and question:
                return self._asks(visit, check, question)
        return await self._look_at(visit, check, press)

    async def _look_at(self, visit: Visit, check: Check, press: CheckPress) -> Reply:
        """The cards about a check that is finished; one that is not goes on where it is."""
        if check.finished_at is None:
            return await self._here(visit, check)
        edition = self._edition_of(check)
        match press:
            case ShowLift():
                return Reply(lift_card(self._texts, edition, check))
            case ShowAnswers() | ChangeAnswer():
                return Reply(answers_card(self._texts, edition, check))
            case _:
                return self._shows_result(visit, check)

    async def _answer(
        self, visit: Visit, check_id: str, question: str, answer: Answer, *, typed: bool = False
    ) -> Reply:
        """Keep an answer and show where the person now is; say what was saved where that does not show."""
        knowing = [one.id for one in self._content.editions.values() if question in one.disciplines]
        given = Given(question, answer, visit.activity_id, visit.at)
        check = await self._checks.record(visit.respondent, check_id, given, knowing)
        if check is None:
            return await self._not_theirs(visit)
        edition = self._edition_of(check)
        following = question_after(question, edition.order)
        if check.revisiting == question:
            check = await self._checks.revisit(check, following if following in check.answers else None)
        in_turn = check.finished_at is None and self._open_question(check) in {following, None}
        notice = self._saved(edition, question, answer) if typed or not in_turn else None
        return await self._here(visit, check, notice)

    async def _not_theirs(self, visit: Visit) -> Reply:
        """What answers a press on a check that is not the person's, or has just gone with its survey."""
        if visit.survey and not await self._is_open(visit.survey):
            return Reply(over_card(self._texts, visit.survey))
        return stale(self._texts)

    async def _back(self, visit: Visit, check: Check, question: str) -> Reply:
        """The question before; from a change to a finished check, its answers."""
        edition = self._edition_of(check)
        if check.finished_at:
            return Reply(answers_card(self._texts, edition, check))
        return await self._here(
            visit, await self._checks.revisit(check, question_before(question, edition.order))
        )

    def _paused(self, visit: Visit, check: Check) -> Reply:
        go_on = TakeSurvey(visit.survey.id) if visit.survey else Start()
        answered, of = len(check.answers), len(self._edition_of(check).order)
        return Reply(paused_card(self._texts, answered, of, go_on, label=self._label(visit)))

    async def _here(self, visit: Visit, check: Check, notice: Notice | None = None) -> Reply:
        """The card the person is at; the last answer finishes the check."""
        question = self._open_question(check)
        if question == ROLE:
            return Reply(role_card(self._texts, check, notice=notice, label=self._label(visit)))
        if question is not None:
            return self._asks(visit, check, question, notice=notice)
        if check.finished_at is None:
            if visit.survey:
                await self._surveys.take_part(visit.survey, visit.person)
            check = await self._checks.finish(check, visit.at)
            if visit.survey and not await self._is_open(visit.survey):
                # It closed in this very moment, and nobody can tell any more whether the answers counted.
                return Reply(over_card(self._texts, visit.survey))
            if visit.survey:
                notice = Notice(finished_note(self._texts, visit.survey))
        return replace(self._shows_result(visit, check, notice=notice), settled=True)

    def _asks(
        self,
        visit: Visit,
        check: Check,
        question: str,
        *,
        notice: Notice | None = None,
        unanswered: bool = False,
    ) -> Reply:
        edition, label = self._edition_of(check), self._label(visit)
        return Reply(
            question_card(
                self._texts, edition, check, question, notice=notice, unanswered=unanswered, label=label
            )
        )

    def _shows_result(self, visit: Visit, check: Check, *, notice: Notice | None = None) -> Reply:
        edition, label = self._edition_of(check), self._label(visit)
        return Reply(result_card(self._texts, edition, check, notice=notice, label=label))

    def _label(self, visit: Visit) -> str:
        """What a check's cards say about the survey it belongs to."""
        return survey_label(self._texts, visit.survey) if visit.survey else ""

    async def _is_open(self, survey: Survey) -> bool:
        now = await self._surveys.get(survey.id)
        return now is not None and now.phase is Phase.OPEN

    def _saved(self, edition: Edition, question: str, answer: Answer) -> Notice:
        name = edition.disciplines[question].name
        given = answer_name(self._texts, edition, answer)
        return Notice(self._texts("saved", discipline=name, answer=given))

    def _nothing_finished(self) -> Reply:
        return Reply(nothing_finished_card(self._texts))

    async def _finished(self, visit: Visit) -> list[Check]:
        """The person's own finished checks, newest first; one that lacks its end, after a crash, gets it."""
        latest = await self._checks.latest(visit.person)
        if latest and not latest.finished_at and self._open_question(latest) is None:
            await self._checks.finish(latest, visit.at)
        return await self._checks.finished(visit.person)

    async def _last_finished(self, visit: Visit) -> tuple[Visit, Check] | None:
        """The check finished last, of the own and those in open surveys, and the visit it is about."""
        asked = [replace(visit, survey=one) for one in await self._surveys.asking(visit.person)]
        in_surveys = [(one, await self._checks.latest(one.respondent)) for one in asked]
        own = [(visit, check) for check in (await self._finished(visit))[:1]]
        done = [*own, *((one, check) for one, check in in_surveys if check and check.finished_at)]
        return max(done, key=lambda found: _ended(found[1]), default=None)

    def _edition_of(self, check: Check) -> Edition:
        """The edition a check was started in. The start of the bot made sure that it is there."""
        return self._content.editions[check.edition]

    def _open_question(self, check: Check) -> str | None:
        return open_question(check, self._edition_of(check).order)

    def _knows_question(self, check: Check, press: CheckPress) -> bool:
        question = getattr(press, "question", None)
        return question is None or question in self._edition_of(check).disciplines


def _ended(check: Check) -> dt.datetime:
    return check.finished_at or check.started_at
