"""A file on its way to who asked for it: into their OneDrive, or in local mode behind a link.

The link is for whoever has it, so it works for minutes only, and only as long as this process lives.
"""

from __future__ import annotations

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
from bot.parcels import OwnData, Parcel, Workbook, person_in
from bot.settings import Settings
from bot.teams import Teams, patiently
from cards.elements import Card
from cards.survey_presses import SurveyId
from cards.talk import stale_card
from content.texts import Texts
from dialogs.audit import audited
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


class NoDownload(Exception):
    """There is no file behind a link; the message says what to do."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved."""

    data: bytes
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class _OfSurvey:
    """What the bot gave the offer of a workbook, to hear it again in the answer."""

    survey: SurveyId
    v: Literal[1]


@dataclass(frozen=True, slots=True)
class _Mine:
    """What it gave the offer of somebody's own data."""

    mine: Literal["data"]
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
    context: _OfSurvey | _Mine
    place: Annotated[_Place, Field(alias="uploadInfo")]


@dataclass(frozen=True, slots=True)
class _Declined:
    action: Literal["decline"]
    context: _OfSurvey | _Mine


_CONSENT: TypeAdapter[_Accepted | _Declined] = TypeAdapter(_Accepted | _Declined)


class Exports:
    """Hands over workbooks, to leads of the closed survey's own tenant, and to everybody their own data."""

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

    async def offer(self, home: Conversation, asked: Survey | Person) -> Outcome:
        """Offer in somebody's own chat their own data, or the workbook of a closed survey they may see."""
        parcel = self._parcel(asked)
        if self._settings.is_local:
            return await self._show(home, parcel.offered(self._link(parcel), MINUTES))
        content = {
            "description": parcel.about,
            "sizeInBytes": len(await parcel.built()),
            "acceptContext": parcel.context,
            "declineContext": parcel.context,
        }
        offer = {"contentType": FILE_CONSENT, "name": parcel.name, "content": content}
        return await self._send(home, parcel, offer)

    async def consent(self, value: object, person: Person, home: Conversation) -> Outcome:
        """React to what a person said to an offered file; `home` is their own chat, in which they said it."""
        try:
            answer = _CONSENT.validate_python(value)
        except ValidationError:
            return await self._show(home, stale_card(self._texts))
        if isinstance(answer.context, _Mine):
            return await self._given(self._parcel(person), answer, home)
        with audited(person, f"survey-file-{answer.action}", answer.context.survey) as act:
            parcel = await self._meant(answer.context, person)
            if parcel is None:
                act.outcome = "unknown"
                return await self._show(home, stale_card(self._texts))
            outcome = await self._given(parcel, answer, home)
            if isinstance(outcome, Sent):
                act.outcome = "done"
            return outcome

    async def _given(self, parcel: Parcel, answer: _Accepted | _Declined, home: Conversation) -> Outcome:
        """What became of a file that its owner wanted, or did not."""
        if isinstance(answer, _Declined):
            return await self._show(home, parcel.declined())
        return await self._bring(home, parcel, answer.place)

    async def download(self, token: str) -> File:
        """The file that a link leads to. Raises NoDownload."""
        key, good_until = self._read(token)
        parcel = await self._found(key)
        if parcel is None:
            raise self._wrong()
        if self._seconds() > good_until:
            raise NoDownload(HTTPStatus.GONE, parcel.late(MINUTES))
        return File(await parcel.built(), parcel.name, parcel.media_type)

    async def _meant(self, context: _OfSurvey, person: Person) -> Parcel | None:
        """The workbook that a person has answered an offer of; None for one that is not theirs to have."""
        survey = await self._database.surveys.get(context.survey)
        return self._parcel(survey) if survey and self._may_have(person, survey) else None

    async def _found(self, key: str) -> Parcel | None:
        """What a link means."""
        if person := person_in(key):
            return self._parcel(person)
        survey = await self._database.surveys.get(key)
        return self._parcel(survey) if survey and survey.phase is Phase.CLOSED else None

    def _parcel(self, asked: Survey | Person) -> Parcel:
        if isinstance(asked, Person):
            return OwnData(self._texts, self._database, asked)
        return Workbook(self._texts, self._database, self._views, asked)

    def _may_have(self, person: Person, survey: Survey) -> bool:
        is_own = survey.team.tenant_id == person.tenant_id.lower()
        return is_own and survey.phase is Phase.CLOSED and self._settings.may_lead(person)

    async def _bring(self, home: Conversation, parcel: Parcel, place: _Place) -> Outcome:
        """Upload the file to where its owner wants it, and show it in the chat."""
        file = await parcel.built()
        outcome = await patiently(lambda: self._teams.upload(place.upload_url, file, parcel.media_type))
        if not isinstance(outcome, Sent):
            if not isinstance(told := await self._show(home, parcel.failed()), Sent):
                log.warning("nobody was told that a file was not uploaded: %s", told)
            return outcome
        content = {"uniqueId": place.unique_id, "fileType": place.file_type}
        shown = {"contentType": FILE_INFO, "contentUrl": place.content_url, "name": place.name}
        return await self._send(home, parcel, shown | {"content": content})

    async def _show(self, home: Conversation, card: Card) -> Outcome:
        return await patiently(lambda: self._teams.send_card(home, card))

    async def _send(self, home: Conversation, parcel: Parcel, attachment: Mapping[str, Any]) -> Outcome:
        message = {"type": "message", "summary": parcel.about, "attachments": [attachment]}
        return await patiently(lambda: self._teams.send(home.service_url, home.id, message))

    def _link(self, parcel: Parcel) -> str | None:
        """An address of this process for a file; None where the port was left to the machine."""
        if not self._settings.port:
            return None
        token = self._token(parcel.key, int(self._seconds()) + 60 * MINUTES)
        host, port = self._settings.host, self._settings.port
        return str(URL.build(scheme="http", host=host, port=port, path=f"/exports/{token}"))

    def _token(self, key: str, good_until: int) -> str:
        """What a link shows to prove that it is the bot's own: what it leads to, until when, and a MAC."""
        payload = f"{good_until} {key}".encode()
        return urlsafe_b64encode(payload + hmac.digest(self._key, payload, MAC)).decode().rstrip("=")

    def _read(self, token: str) -> tuple[str, int]:
        """What a token is for, and until when. Raises NoDownload for one that is not the bot's own."""
        try:
            payload = urlsafe_b64decode(token + "=" * (-len(token) % 4))[:-MAC_SIZE].decode()
            until, _, key = payload.partition(" ")
            good_until = int(until)
        except ValueError:
            raise self._wrong() from None
        if not hmac.compare_digest(self._token(key, good_until).encode(), token.encode()):
            raise self._wrong()
        return key, good_until

    def _wrong(self) -> NoDownload:
        return NoDownload(HTTPStatus.NOT_FOUND, self._texts("workbook.link.wrong"))


def download_headers(name: str) -> dict[str, str]:
    """How a browser is told to save a file under its name (RFC 6266), and to keep no copy of its own."""
    plain = "".join(one if one.isascii() else "_" for one in name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
