"""A closed survey's workbook on its way to a lead: into their OneDrive, or in local mode behind a link.

The link is for whoever has it, so it works for minutes only, and only as long as this process lives.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field, TypeAdapter, ValidationError
from yarl import URL

from assessment.model import Person
from assessment.survey import Phase, Survey
from bot.settings import Settings
from bot.teams import Teams, patiently
from cards.elements import Card
from cards.survey_talk import export_card, export_declined_card, export_failed_card
from cards.talk import stale_card
from cards.workbook import XLSX, workbook
from content.texts import Texts
from dialogs.survey_views import SurveyViews
from jobs.port import Outcome, Sent
from storage.conversations import Conversation
from storage.database import Database

log = logging.getLogger(__name__)

FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"

MINUTES = 10
"""How long a link works."""
MAC = hashlib.sha256
MAC_SIZE = 32

NOT_IN_NAMES = frozenset('"*:<>?/\\|#%')
"""What OneDrive or Windows take in no file name, and what would change the meaning of an address."""
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""What Windows takes for no file."""


class NoDownload(Exception):
    """There is no file behind a link; the message says what to do."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Context:
    """What the bot gave the offer, to hear it again in the answer."""

    survey: str
    v: Literal[1]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where Teams wants the file."""

    name: str
    upload_url: Annotated[str, Field(alias="uploadUrl")]
    content_url: Annotated[str, Field(alias="contentUrl")]
    unique_id: Annotated[str, Field(alias="uniqueId")]
    file_type: Annotated[str, Field(alias="fileType")]


@dataclass(frozen=True, slots=True)
class _Accepted:
    action: Literal["accept"]
    context: _Context
    place: Annotated[_Place, Field(alias="uploadInfo")]


@dataclass(frozen=True, slots=True)
class _Declined:
    action: Literal["decline"]
    context: _Context


_CONSENT: TypeAdapter[_Accepted | _Declined] = TypeAdapter(_Accepted | _Declined)


class Exports:
    """Hands workbooks over, to leads of the survey's own tenant, once the survey is closed."""

    def __init__(
        self,
        settings: Settings,
        texts: Texts,
        database: Database,
        views: SurveyViews,
        *,
        teams: Teams,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._database = database
        self._views = views
        self._teams = teams
        self._seconds = seconds
        self._key = secrets.token_bytes(MAC_SIZE)

    async def offer(self, home: Conversation, survey: Survey) -> Outcome:
        """Offer a lead, in their own chat, the workbook of a closed survey that they may see."""
        if self._settings.is_local:
            return await self._show(home, export_card(self._texts, survey, self._link(survey), MINUTES))
        context = {"survey": survey.id, "v": 1}
        content = {
            "description": self._texts("workbook.about", survey=survey.plan.name),
            "sizeInBytes": len(await self._built(survey)),
            "acceptContext": context,
            "declineContext": context,
        }
        name = file_name(self._texts, survey)
        return await self._send(home, survey, {"contentType": FILE_CONSENT, "name": name, "content": content})

    async def consent(self, value: object, person: Person, home: Conversation) -> Outcome:
        """React to what a person said to an offered file; `home` is their own chat, in which they said it."""
        try:
            answer = _CONSENT.validate_python(value)
        except ValidationError:
            return await self._show(home, stale_card(self._texts))
        survey = await self._database.surveys.get(answer.context.survey)
        if survey is None or not self._may_have(person, survey):
            return await self._show(home, stale_card(self._texts))
        if isinstance(answer, _Declined):
            return await self._show(home, export_declined_card(self._texts, survey))
        return await self._bring(home, survey, answer.place)

    async def download(self, token: str) -> tuple[bytes, str]:
        """The file that a link leads to, and its name. Raises NoDownload."""
        survey_id, good_until = self._read(token)
        if self._seconds() > good_until:
            raise NoDownload(HTTPStatus.GONE, self._texts.count("workbook.link.late", MINUTES))
        survey = await self._database.surveys.get(survey_id)
        if survey is None or survey.phase is not Phase.CLOSED:
            raise self._wrong()
        return await self._built(survey), file_name(self._texts, survey)

    def _may_have(self, person: Person, survey: Survey) -> bool:
        is_own = survey.team.tenant_id == person.tenant_id.lower()
        return is_own and survey.phase is Phase.CLOSED and self._settings.may_lead(person)

    async def _bring(self, home: Conversation, survey: Survey, place: _Place) -> Outcome:
        """Upload the file to where the lead wants it, and show it in the chat."""
        file = await self._built(survey)
        outcome = await patiently(lambda: self._teams.upload(place.upload_url, file, XLSX))
        if not isinstance(outcome, Sent):
            log.warning("a workbook was not uploaded: %s", outcome)
            return await self._show(home, export_failed_card(self._texts, survey))
        content = {"uniqueId": place.unique_id, "fileType": place.file_type}
        shown = {"contentType": FILE_INFO, "contentUrl": place.content_url, "name": place.name}
        return await self._send(home, survey, shown | {"content": content})

    async def _built(self, survey: Survey) -> bytes:
        record, result, _ = await self._views.outcome(survey)
        unreached = await self._database.deliveries.unreached(survey)
        anonymous = survey.plan.is_anonymous
        answers = [] if anonymous else await self._database.checks.named_answers(survey)
        return await asyncio.to_thread(
            workbook,
            self._texts,
            self._views.edition(survey),
            record.survey,
            record.numbers,
            result=result,
            unreached=unreached,
            answers=answers,
        )

    async def _show(self, home: Conversation, card: Card) -> Outcome:
        return await patiently(lambda: self._teams.send_card(home, card))

    async def _send(self, home: Conversation, survey: Survey, attachment: Mapping[str, Any]) -> Outcome:
        summary = self._texts("workbook.about", survey=survey.plan.name)
        message = {"type": "message", "summary": summary, "attachments": [attachment]}
        return await patiently(lambda: self._teams.send(home.service_url, home.id, message))

    def _link(self, survey: Survey) -> str | None:
        """An address of this process for a survey's file; None where the port was left to the machine."""
        if not self._settings.port:
            return None
        token = self._token(survey.id, int(self._seconds()) + 60 * MINUTES)
        host, port = self._settings.host, self._settings.port
        return str(URL.build(scheme="http", host=host, port=port, path=f"/exports/{token}"))

    def _token(self, survey_id: str, good_until: int) -> str:
        """What a link shows to prove that it is the bot's own: what it leads to, until when, and a MAC."""
        payload = f"{good_until} {survey_id}".encode()
        return urlsafe_b64encode(payload + hmac.digest(self._key, payload, MAC)).decode().rstrip("=")

    def _read(self, token: str) -> tuple[str, int]:
        """The survey a token is for, and until when. Raises NoDownload for one that is not the bot's own."""
        try:
            payload = urlsafe_b64decode(token + "=" * (-len(token) % 4))[:-MAC_SIZE].decode()
            until, _, survey_id = payload.partition(" ")
            good_until = int(until)
        except ValueError:
            raise self._wrong() from None
        if not hmac.compare_digest(self._token(survey_id, good_until).encode(), token.encode()):
            raise self._wrong()
        return survey_id, good_until

    def _wrong(self) -> NoDownload:
        return NoDownload(HTTPStatus.NOT_FOUND, self._texts("workbook.link.wrong"))


def file_name(texts: Texts, survey: Survey) -> str:
    """What a survey's workbook is called: a name that every drive takes."""
    kept = (one if one.isprintable() and one not in NOT_IN_NAMES else " " for one in survey.plan.name)
    stem = " ".join("".join(kept).split()).strip(" .~")
    is_usable = stem and stem.partition(".")[0].lower() not in DEVICES
    return f"{stem if is_usable else texts('workbook.unnamed')}.xlsx"


def download_headers(name: str) -> dict[str, str]:
    """How a browser is told to save a file under its name (RFC 6266), and to keep no copy of its own."""
    plain = "".join(one if one.isascii() else "_" for one in name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
