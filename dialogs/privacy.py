"""What the bot keeps about who asks, and forgetting them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from cards.elements import Notice
from cards.privacy import ask_to_forget_card, forgotten_card, kept_card, my_data_card
from cards.privacy_presses import AskToForget, ForgetMe, GetMyData, KeepMe, PrivacyPress
from content.texts import Texts
from dialogs.turn import Reply, Visit
from storage.database import RAISED
from storage.privacy import Privacy

log = logging.getLogger(__name__)


class PrivacyDialog:
    """Answers everybody about themselves, and about nobody else."""

    def __init__(self, texts: Texts, privacy: Privacy, erase: Callable[[], Awaitable[None]]) -> None:
        """`erase` leaves nothing that was deleted in the database's files."""
        self._texts = texts
        self._privacy = privacy
        self._erase = erase

    async def said(self, visit: Visit, command: str) -> Reply:
        """Answer one of the words of `dialogs.words.ABOUT_ME`."""
        return await self._ask(visit) if command == "forget-me" else await self._show(visit)

    async def pressed(self, visit: Visit, press: PrivacyPress) -> Reply:
        """Answer a press about the presser's own data."""
        match press:
            case GetMyData():
                reply = await self._show(visit, Notice(self._texts("privacy.notice.file")))
                return Reply(reply.card, export=visit.person)
            case AskToForget():
                return await self._ask(visit)
            case ForgetMe():
                return await self._forget(visit)
            case KeepMe():
                return Reply(kept_card(self._texts), settled=True)
        return await self._show(visit)

    async def _show(self, visit: Visit, notice: Notice | None = None) -> Reply:
        held = await self._privacy.held(visit.person)
        return Reply(my_data_card(self._texts, held, visit.zone, notice=notice))

    async def _ask(self, visit: Visit) -> Reply:
        return Reply(ask_to_forget_card(self._texts, await self._privacy.held(visit.person)))

    async def _forget(self, visit: Visit) -> Reply:
        """Delete; where the card has got to another place, ask again in the own chat."""
        if not visit.in_own_chat:
            return await self._ask(visit)
        gone = await self._privacy.forget(visit.person, visit.at)
        try:
            await self._erase()
        except RAISED.unavailable as error:
            log.warning("what was forgotten is erased from the files later: %s", error)
        return Reply(forgotten_card(self._texts, gone), settled=True, forgets=True)
