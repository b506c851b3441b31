"""`reminders`: what the bot sends somebody by itself, and what they wish instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from assessment.pledges import Pledge, is_given_up
from assessment.respect import Limits
from cards.elements import Notice
from cards.respect import Kind, Told, reminders_card
from cards.respect_presses import NothingBefore, RespectPress, StopReminding, WriteAgain
from content.texts import Texts
from dialogs.respect import Respect
from dialogs.turn import Reply, Visit
from storage.agenda import Entry
from storage.contacts import Contact
from storage.database import Database
from storage.surveys import REMINDER, REMINDER_BY_HAND

WEEKS = 4
"""How far back messages are shown."""

TELLING = "0"
"""The number of the message, before all questions, that tells of a promise in one's name."""

LONGEST_SILENCE = dt.timedelta(days=366)

ABOUT_REMINDERS = frozenset({"reminders", "stop-reminding", "write-again"})
"""Words about what the bot begins. The last two are as good as the buttons that say the same."""


class RemindersDialog:
    """Answers everybody about themselves alone. Each wish is committed before its reply."""

    def __init__(self, texts: Texts, database: Database, respect: Respect, limits: Limits) -> None:
        self._texts = texts
        self._contacts = database.contacts
        self._agenda = database.agenda
        self._surveys = database.surveys
        self._checks = database.checks
        self._pledges = database.pledges
        self._schedules = database.schedules
        self._respect = respect
        self._limits = limits

    async def said(self, visit: Visit, meaning: str) -> Reply:
        """Answer one of the words of ABOUT_REMINDERS, or "stop" where no question is open."""
        match meaning:
            case "stop-reminding":
                return await self.pressed(visit, StopReminding())
            case "write-again":
                return await self.pressed(visit, WriteAgain())
            case "stop":
                return await self._say_how_to_stop(visit)
            case _:
                return await self._show(visit)

    async def pressed(self, visit: Visit, press: RespectPress) -> Reply:
        """Keep a wish, and show what follows from it."""
        match press:
            case NothingBefore(day):
                return await self._show(visit, await self._wait_until(visit, day))
            case StopReminding():
                await self._contacts.be_silent(visit.person, visit.at)
                return await self._show(visit, Notice(self._texts("respect.done.silent")))
            case WriteAgain():
                await self._contacts.be_silent(visit.person, None)
                await self._contacts.wait_until(visit.person, None)
                await self._agenda.look_again(visit.person)
                return await self._show(visit, Notice(self._texts("respect.done.again")))

    async def _say_how_to_stop(self, visit: Visit) -> Reply:
        """Change nothing: "stop" may mean anything. Who is left alone already reads that anyway."""
        wishes = await self._contacts.wishes(visit.person, visit.zone)
        how = None if wishes.wants_nothing else Notice(self._texts("respect.typed_stop"))
        return await self._show(visit, how)

    async def _wait_until(self, visit: Visit, day: dt.date | None) -> Notice:
        today = visit.at.astimezone(visit.zone).date()
        if day is None or not today < day <= today + LONGEST_SILENCE:
            return Notice(self._texts("respect.refusal.day"), is_refusal=True)
        until = dt.datetime.combine(day, dt.time(), visit.zone)
        await self._contacts.wait_until(visit.person, until)
        await self._agenda.look_again(visit.person)
        return Notice(self._texts("respect.done.until", date=self._texts.date(until, visit.zone)))

    async def _show(self, visit: Visit, notice: Notice | None = None) -> Reply:
        wishes = await self._contacts.wishes(visit.person, visit.zone)
        pledges = await self._pledges.of_person(visit.person)
        contacts = await self._contacts.written(visit.person, visit.at - dt.timedelta(weeks=WEEKS))
        card = reminders_card(
            self._texts,
            wishes,
            self._limits,
            visit.at,
            weeks=WEEKS,
            sent=await self._sent(visit, contacts, {one.id: one for one in pledges}),
            planned=[] if wishes.wants_nothing else await self._planned(visit, pledges),
            notice=notice,
        )
        return Reply(card)

    async def _sent(
        self, visit: Visit, contacts: Sequence[Contact], pledges: Mapping[str, Pledge]
    ) -> list[Told]:
        told = [_told(one, one.at) for one in await self._agenda.sent(visit.person, contacts)]
        told += [one for contact in contacts for one in _otherwise(contact, pledges)]
        return sorted(told, key=lambda one: one.at, reverse=True)

    async def _planned(self, visit: Visit, pledges: Sequence[Pledge]) -> list[Told]:
        """What is due or will be, each at the first moment at which it may go."""
        surveys = await self._agenda.planned(visit.person)
        wanted = [_told(one, one.at) for one in surveys if not await self._is_done(visit, one)]
        wanted += [_told(one, one.at) for one in await self._agenda.results(visit.person)]
        wanted += [_asked(one, one.ask_at) for one in pledges if one.ask_at and not is_given_up(one)]
        ended = await self._schedules.untold_of(visit.person)
        wanted += [Told(visit.at, "schedule", about=one.team.name) for one in ended]
        found = []
        for one in wanted:
            at = await self._respect.moment(visit.person, max(one.at, visit.at), visit.zone)
            found += [replace(one, at=at)] if at else []
        return sorted(found, key=lambda one: one.at)

    async def _is_done(self, visit: Visit, one: Entry) -> bool:
        """Whether the person gets no message about a survey any more."""
        survey = await self._surveys.get(one.survey_id)
        if survey is None or not survey.phase.is_under_way:
            return True
        check = await self._checks.latest(survey.respondent(visit.person))
        return bool(check and check.finished_at)


def _told(one: Entry, at: dt.datetime) -> Told:
    kind = REMINDER if one.kind == REMINDER_BY_HAND else one.kind
    return Told(at, cast("Kind", kind), one.survey, one.lead)


def _asked(pledge: Pledge, at: dt.datetime) -> Told:
    """The next message about a promise: before its owner is asked they hear what others promised for them."""
    kind: Kind = "told" if pledge.is_to_be_told else "pledge"
    return Told(at, kind, lead=pledge.made_by_name, about=pledge.what)


def _otherwise(contact: Contact, pledges: Mapping[str, Pledge]) -> list[Told]:
    """A message that was not a survey's; of an anonymous survey that is over nothing is known any more."""
    match contact.occasion.split(":"):
        case ["survey" | "a-survey", *_]:
            return []
        case ["pledge", id_, number] if id_ in pledges:
            kind: Kind = "told" if number == TELLING else "pledge"
            return [Told(contact.at, kind, lead=pledges[id_].made_by_name, about=pledges[id_].what)]
        case ["pledge", *_]:
            return [Told(contact.at, "pledge")]
        case ["schedule", *_]:
            return [Told(contact.at, "schedule")]
        case ["result", *_]:
            return [Told(contact.at, "result")]
        case _:
            return [Told(contact.at, "other")]
