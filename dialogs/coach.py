"""The one who is spoken to: hands each word and each press to the dialog it belongs to."""

from __future__ import annotations

from dataclasses import replace

from cards.elements import Card
from cards.presses import Press
from cards.privacy_presses import PrivacyPress
from cards.survey_presses import InvitationPress, LeadPress
from cards.talk import help_card
from cards.trend_presses import TrendPress
from content.texts import Texts
from dialogs.check import CheckDialog
from dialogs.invitations import InvitationDialog
from dialogs.privacy import PrivacyDialog
from dialogs.surveys import SurveyDialog
from dialogs.trend import TrendDialog
from dialogs.turn import Reply, Visit
from dialogs.words import ABOUT_ME, IN_GROUP_CHAT, IN_TEAM, LEADING, OF_TEAM, PERSONAL, Vocabulary


class Coach:
    """Answers people in their own chat, and teams in their channels."""

    def __init__(
        self,
        texts: Texts,
        checks: CheckDialog,
        invitations: InvitationDialog,
        surveys: SurveyDialog,
        *,
        trends: TrendDialog,
        privacy: PrivacyDialog,
    ) -> None:
        self._texts = texts
        self._vocabulary = Vocabulary(texts)
        self._checks = checks
        self._invitations = invitations
        self._surveys = surveys
        self._trends = trends
        self._privacy = privacy

    async def said(self, visit: Visit, text: str, *, in_public: bool) -> Reply:
        """Answer what a person typed in their own chat, or in a channel or group chat."""
        command = self._vocabulary.meaning(text)
        if command in LEADING and (visit.channel or not in_public):
            return replace(await self._surveys.said(visit, command), public=True)
        if command in OF_TEAM and (visit.channel or not in_public):
            return replace(await self._trends.said(visit), public=True)
        if in_public and (command not in PERSONAL or command == "help"):
            intro = self._texts("help.in_public")
            words = IN_TEAM if visit.channel else IN_GROUP_CHAT
            card = help_card(self._texts, words, intro=intro, start=self._texts("button.start"))
            return Reply(card, public=True)
        if command in ABOUT_ME:
            return await self._privacy.said(visit, command)
        visit = replace(visit, leads=self._surveys.may_lead(visit.person))
        return await self._invitations.said(visit, text) or await self._checks.said(visit, text)

    async def pressed(self, visit: Visit, press: Press) -> Reply:
        """Answer a press of a button."""
        if isinstance(press, LeadPress):
            return replace(await self._surveys.pressed(visit, press), public=True)
        if isinstance(press, TrendPress):
            return replace(await self._trends.pressed(visit, press), public=True)
        if isinstance(press, PrivacyPress):
            return await self._privacy.pressed(visit, press)
        if isinstance(press, InvitationPress):
            return await self._invitations.pressed(visit, press)
        return await self._checks.pressed(visit, press)

    def welcome(self, *, in_public: bool) -> Card:
        """What greets a person, or a team or group chat, that has just got the app."""
        return self._checks.welcome(in_public=in_public)
