"""The one who is spoken to: hands each word and each press to the dialog it belongs to."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from cards.elements import Card
from cards.news_presses import NewsPress
from cards.pledge_presses import PledgePress
from cards.presses import CheckPress, Press, ShowOpportunities, Start
from cards.privacy_presses import PrivacyPress
from cards.respect_presses import RespectPress
from cards.schedule_presses import SchedulePress
from cards.survey_presses import InvitationPress, LeadPress
from cards.talk import help_card
from cards.trend_presses import TrendPress
from content.texts import Texts
from dialogs.audit import audited, is_of_leads, object_of
from dialogs.check import CheckDialog
from dialogs.invitations import InvitationDialog
from dialogs.news import NewsDialog
from dialogs.pledges import PledgeDialog
from dialogs.privacy import PrivacyDialog
from dialogs.reminders import ABOUT_REMINDERS, RemindersDialog
from dialogs.schedules import ScheduleDialog
from dialogs.surveys import SurveyDialog
from dialogs.trend import TrendDialog
from dialogs.turn import Reply, Visit
from dialogs.words import ABOUT_ME, IN_GROUP_CHAT, IN_TEAM, LEADING, OF_TEAM, PERSONAL, Vocabulary

log = logging.getLogger(__name__)

Pressed = Callable[[Visit, Any], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Dialogs:
    """All that people can talk with the bot about."""

    checks: CheckDialog
    invitations: InvitationDialog
    surveys: SurveyDialog
    schedules: ScheduleDialog
    news: NewsDialog
    trends: TrendDialog
    pledges: PledgeDialog
    reminders: RemindersDialog
    privacy: PrivacyDialog


class Coach:
    """Answers people in their own chat, and teams in their channels."""

    def __init__(self, texts: Texts, dialogs: Dialogs) -> None:
        self._texts = texts
        self._vocabulary = Vocabulary(texts)
        self._dialogs = dialogs
        self._of_team = _each_of(
            (LeadPress, dialogs.surveys.pressed),
            (SchedulePress, dialogs.schedules.pressed),
            (NewsPress, dialogs.news.pressed),
            (TrendPress, dialogs.trends.pressed),
        )
        self._of_person = _each_of(
            (Start | ShowOpportunities | CheckPress, dialogs.checks.pressed),
            (InvitationPress, dialogs.invitations.pressed),
            (PledgePress, dialogs.pledges.pressed),
            (RespectPress, dialogs.reminders.pressed),
            (PrivacyPress, dialogs.privacy.pressed),
        )

    async def said(self, visit: Visit, text: str, *, in_public: bool) -> Reply:
        """Answer what a person typed in their own chat, or in a channel or group chat."""
        command = self._vocabulary.meaning(text)
        visit = self._known(visit)
        if command not in LEADING or (in_public and not visit.channel):
            return _logged(command or "words", await self._said(visit, text, command, in_public=in_public))
        with audited(visit.person, command, team=_team_of(visit)) as act:
            reply = await self._said(visit, text, command, in_public=in_public)
            act.outcome = reply.outcome
        return reply

    async def _said(self, visit: Visit, text: str, command: str | None, *, in_public: bool) -> Reply:
        if command in (*LEADING, *OF_TEAM) and (visit.channel or not in_public):
            return replace(await self._of_the_team(visit, command), public=True)
        if command == "pledges":
            return await self._dialogs.pledges.said(visit)
        if command in ABOUT_REMINDERS:
            return await self._dialogs.reminders.said(visit, command)
        if command in ABOUT_ME:
            return await self._dialogs.privacy.said(visit, command)
        if in_public and (command not in PERSONAL or command == "help"):
            return self._helps_in_public(visit)
        if command == "stop" and not await self._dialogs.checks.asks(visit):
            # There is nothing to pause: whoever types "stop" then has had enough of messages.
            return await self._dialogs.reminders.said(visit, "stop")
        return await self._dialogs.invitations.said(visit, text) or await self._dialogs.checks.said(
            visit, text
        )

    async def pressed(self, visit: Visit, press: Press) -> Reply:
        """Answer a press of a button."""
        visit = self._known(visit)
        if not is_of_leads(visit, press):
            return _logged(press.do, await self._pressed(visit, press))
        with audited(visit.person, press.do, object_of(press), _team_of(visit)) as act:
            reply = await self._pressed(visit, press)
            act.outcome = reply.outcome
        return reply

    async def _pressed(self, visit: Visit, press: Press) -> Reply:
        if answer := self._of_team.get(type(press)):
            return replace(await answer(visit, press), public=True)
        return await self._of_person[type(press)](visit, press)

    def welcome(self, *, in_public: bool) -> Card:
        """What greets a person, or a team or group chat, that has just got the app."""
        return self._dialogs.checks.welcome(in_public=in_public)

    async def _of_the_team(self, visit: Visit, command: str) -> Reply:
        match command:
            case "schedule":
                return await self._dialogs.schedules.said(visit)
            case "news":
                return await self._dialogs.news.said(visit)
            case "trend":
                return await self._dialogs.trends.said(visit)
            case _:
                return await self._dialogs.surveys.said(visit, command)

    def _known(self, visit: Visit) -> Visit:
        """The visit of somebody of whom it is clear whether they may lead."""
        return replace(visit, leads=True) if self._dialogs.surveys.may_lead(visit.person) else visit

    def _helps_in_public(self, visit: Visit) -> Reply:
        known = IN_TEAM if visit.channel else IN_GROUP_CHAT
        of_all, of_leads = (
            [one for one in known if (one in LEADING) is leading] for leading in (False, True)
        )
        intro, start = self._texts("help.in_public"), self._texts("button.start")
        card = help_card(self._texts, of_all, of_leads, intro=intro, start=start, in_public=True)
        return Reply(card, public=True)


def _each_of(*answers: tuple[Any, Pressed]) -> Mapping[type, Pressed]:
    """What answers each type of press, of unions of them."""
    return {kind: answer for kinds, answer in answers for kind in get_args(kinds)}


def _team_of(visit: Visit) -> str:
    return visit.channel.home.team.id if visit.channel else ""


def _logged(action: str, reply: Reply) -> Reply:
    """The reply; a line where what was asked for was not done."""
    if reply.outcome != "done":
        log.info("%s was not done: %s", action, reply.outcome)
    return reply
