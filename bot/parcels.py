"""The files that people ask for: what is in each, what it is called, and what is said about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson

from assessment.model import Person
from assessment.survey import Survey
from cards.data_file import JSON, data_file
from cards.elements import Card
from cards.privacy_files import data_card, data_declined_card, data_failed_card
from cards.survey_talk import export_card, export_declined_card, export_failed_card
from cards.workbook import XLSX, workbook
from content.texts import Texts
from dialogs.survey_views import SurveyViews
from storage.database import Database

NOT_IN_NAMES = frozenset('"*:<>?/\\|#%')
"""What OneDrive or Windows take in no file name, and what would change the meaning of an address."""
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""What Windows takes for no file."""


class Parcel(Protocol):
    """One file for one person."""

    @property
    def key(self) -> str:
        """What a link says instead of the file."""

    @property
    def context(self) -> Mapping[str, str | int]:
        """What an offer in Teams carries, to be heard again in the answer."""

    @property
    def name(self) -> str:
        """Of the file."""

    @property
    def media_type(self) -> str:
        """What kind of file it is."""

    @property
    def about(self) -> str:
        """What is in it, in one line."""

    async def built(self) -> bytes:
        """The file as of now."""

    def offered(self, url: str | None, minutes: int) -> Card:
        """The way to it by a link; None where there is no address for one."""

    def late(self, minutes: int) -> str:
        """What somebody reads whose link is too old."""

    def declined(self) -> Card:
        """For who did not want it after all."""

    def failed(self) -> Card:
        """For a file that could not be saved."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A closed survey, for its leads."""

    texts: Texts
    database: Database
    views: SurveyViews
    survey: Survey

    @property
    def key(self) -> str:
        return self.survey.id

    @property
    def context(self) -> Mapping[str, str | int]:
        return {"survey": self.survey.id, "v": 1}

    @property
    def name(self) -> str:
        return file_name(self.texts, self.survey)

    @property
    def media_type(self) -> str:
        return XLSX

    @property
    def about(self) -> str:
        return self.texts("workbook.about", survey=self.survey.plan.name)

    async def built(self) -> bytes:
        survey = self.survey
        record, result, _ = await self.views.outcome(survey)
        unreached = await self.database.deliveries.unreached(survey)
        anonymous = survey.plan.is_anonymous
        answers = [] if anonymous else await self.database.checks.named_answers(survey)
        return await asyncio.to_thread(
            workbook,
            self.texts,
            self.views.edition(survey),
            record.survey,
            record.numbers,
            result=result,
            unreached=unreached,
            answers=answers,
        )

    def offered(self, url: str | None, minutes: int) -> Card:
        return export_card(self.texts, self.survey, url, minutes)

    def late(self, minutes: int) -> str:
        return self.texts.count("workbook.link.late", minutes)

    def declined(self) -> Card:
        return export_declined_card(self.texts, self.survey)

    def failed(self) -> Card:
        return export_failed_card(self.texts, self.survey)


@dataclass(frozen=True, slots=True)
class OwnData:
    """Everything that is kept about a person, for that person."""

    texts: Texts
    database: Database
    person: Person

    @property
    def key(self) -> str:
        return orjson.dumps([self.person.tenant_id, self.person.object_id]).decode()

    @property
    def context(self) -> Mapping[str, str | int]:
        """It names nobody: who answers gets their own."""
        return {"mine": "data", "v": 1}

    @property
    def name(self) -> str:
        return f"{self.texts('privacy.file.name')}.json"

    @property
    def media_type(self) -> str:
        return JSON

    @property
    def about(self) -> str:
        return self.texts("privacy.file.about")

    async def built(self) -> bytes:
        return data_file(await self.database.privacy.held(self.person))

    def offered(self, url: str | None, minutes: int) -> Card:
        return data_card(self.texts, url, minutes)

    def late(self, minutes: int) -> str:
        return self.texts.count("privacy.file.late", minutes)

    def declined(self) -> Card:
        return data_declined_card(self.texts)

    def failed(self) -> Card:
        return data_failed_card(self.texts)


def person_in(key: str) -> Person | None:
    """Whose data a link's key means; None where it means a survey."""
    return Person(*orjson.loads(key)) if key.startswith("[") else None


def file_name(texts: Texts, survey: Survey) -> str:
    """What a survey's workbook is called: a name that every drive takes."""
    kept = (one if one.isprintable() and one not in NOT_IN_NAMES else " " for one in survey.plan.name)
    stem = " ".join("".join(kept).split()).strip(" .~")
    is_usable = stem and stem.partition(".")[0].lower() not in DEVICES
    return f"{stem if is_usable else texts('workbook.unnamed')}.xlsx"
