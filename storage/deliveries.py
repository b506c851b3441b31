"""The ledger of a survey: who is asked, what was sent to whom, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from assessment.model import Person
from assessment.survey import Delivery, Exclusion, Member, Numbers, Reach, Refusal, Survey
from storage.backend import Connections
from storage.columns import guid, milliseconds, moment
from storage.conversations import Conversation
from storage.surveys import PART

LATER = "later"
"""For people who said "not now"."""

ASKED_AGAIN = dt.timedelta(days=1)
"""How long a reminder leaves those alone who were asked again when they wished."""

LATER_PARTS = 100
"""Parts that those are spread over who said "not now", however many they are."""

ROWS_AT_ONCE = 500
"""Rows in one transaction: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Round:
    """One message to many people: the invitation, or a reminder."""

    survey_id: str
    number: int
    tries: int = 0
    """How often its parts were handed to the engine anew."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits to be sent to one person."""

    round: Round
    person: Person
    member_id: str
    home: Conversation | None
    """The person's own chat, where it is known."""


class Deliveries:
    """Every change is one statement or one transaction; each row is claimed by one process, once."""

    def __init__(self, sql: Any, checks: Any, connections: Connections) -> None:
        self._sql = sql
        self._checks = checks
        self._connect = connections.connect
        self._transaction = connections.transaction
        self._connect_to_read = connections.read

    # Who is asked

    async def replace_roster(
        self, survey: Survey, counting: str, pages: AsyncIterator[Sequence[Member]]
    ) -> None:
        """Keep who is in the team now, page by page; nobody is in there twice.

        Only for as long as nobody else counts this draft: of several processes the last to begin does it.
        """
        await self._change(self._sql.clear_roster, survey_id=survey.id, counting=counting)
        async for page in pages:
            rows = [_recipient(survey, member) for member in page]
            async with self._transaction() as connection:
                if not await self._sql.is_counting(connection, survey_id=survey.id, counting=counting):
                    return
                await self._sql.add_recipient(connection, rows)

    async def reach(self, survey: Survey) -> Reach:
        """Whom the survey would reach."""
        values = {"survey_id": survey.id, "tenant_id": guid(survey.team.tenant_id)}
        async with self._connect() as connection:
            rows = {row[0]: row[1:] async for row in self._sql.reach(connection, **values)}
        people, known_chats = rows.pop(None, (0, 0))
        excluded = {Exclusion(reason): count for reason, (count, _) in rows.items()}
        return Reach(people, known_chats, excluded)

    async def is_asked(self, survey: Survey, person: Person) -> bool:
        """Whether the survey asks this person."""
        values = {"survey_id": survey.id, "person_id": guid(person.object_id)}
        async with self._connect() as connection:
            return await self._sql.recipient(connection, **values) is not None

    async def wants_peace(self, survey: Survey, person: Person, now: dt.datetime) -> bool:
        """Whether the person said "not me", or "not now" until a time that has not come."""
        values = {"survey_id": survey.id, "person_id": guid(person.object_id)}
        async with self._connect() as connection:
            row = await self._sql.recipient(connection, **values)
            return row is None or bool(row[0]) or row[1] > milliseconds(now)

    async def decline(self, survey: Survey, person: Person, *, declined: bool) -> None:
        """Keep whether the person said that they are not the one to ask."""
        values = {"survey_id": survey.id, "person_id": guid(person.object_id)}
        await self._change(self._sql.decline, declined=int(declined), **values)

    async def put_off(self, survey: Survey, person: Person, until: dt.datetime, now: dt.datetime) -> None:
        """Send the person nothing before `until`, and a reminder then."""
        person_id, due = guid(person.object_id), milliseconds(until)
        part = crc32(person_id.encode()) % LATER_PARTS
        letter = {"survey_id": survey.id, "round": due, "person_id": person_id, "part": part}
        async with self._transaction() as connection:
            await self._sql.take_back(
                connection, survey_id=survey.id, person_id=person_id, but=due, now=milliseconds(now)
            )
            await self._sql.put_off(connection, survey_id=survey.id, person_id=person_id, until=due)
            await self._sql.add_round(connection, survey_id=survey.id, number=due, kind=LATER, due_at=due)
            await self._sql.ask_later(connection, **letter, now=milliseconds(now))

    # Rounds

    async def due_rounds(self, now: dt.datetime) -> list[Round]:
        """The rounds that have to begin, or had begun and not got as far as sending."""
        async with self._connect() as connection:
            return [Round(*row) async for row in self._sql.due_rounds(connection, now=milliseconds(now))]

    async def sending_rounds(self) -> list[Round]:
        """The rounds that are being sent."""
        async with self._connect() as connection:
            return [Round(*row) async for row in self._sql.sending_rounds(connection)]

    async def kind_of(self, round_: Round) -> tuple[str, dt.datetime]:
        """What a round is, and when it was due."""
        async with self._connect() as connection:
            kind, due_at, _ = await self._sql.round(connection, **_of(round_))
            return kind, moment(due_at)

    async def begin(self, round_: Round) -> bool:
        """Take a round from due to being planned; false where it was skipped, stopped, or is under way."""
        await self._move(round_, "due", "planning")
        async with self._connect() as connection:
            row = await self._sql.round(connection, **_of(round_))
            return row is not None and row[2] == "planning"

    async def skip_missed(self, survey: Survey, now: dt.datetime) -> None:
        """Drop the reminders of the plan that a later one, which is due too, makes needless."""
        await self._change(self._sql.skip_missed, survey_id=survey.id, now=milliseconds(now))
        await self._change(self._sql.stop_deliveries, survey_id=survey.id, now=milliseconds(now))

    async def skip(self, round_: Round) -> None:
        """Drop a round that is being planned."""
        await self._move(round_, "planning", "skipped")

    async def plan(self, survey: Survey, round_: Round, now: dt.datetime, *, leave_out: set[str]) -> None:
        """Give everybody who is to be reminded a row, except the respondents left out."""
        tenant, after, place = survey.team.tenant_id, "", PART // 2
        while page := await self._page(survey, after, now):
            after = page[-1]
            kept = (one for one in page if not leave_out or _key(survey, tenant, one) not in leave_out)
            rows = [
                _of(round_, "round") | {"person_id": one, "part": place // PART, "now": milliseconds(now)}
                for place, one in enumerate(kept, start=place)
            ]
            place += len(rows)
            async with self._transaction() as connection:
                await self._sql.add_delivery(connection, rows)

    async def begin_sending(self, round_: Round, now: dt.datetime) -> list[int]:
        """Have a planned round sent; the numbers of its parts."""
        await self._move(round_, "planning", "sending")
        return await self.waiting_parts(round_, now)

    async def waiting_parts(self, round_: Round, now: dt.datetime) -> list[int]:
        """The parts of a round in which something waits, and may go now."""
        values = _of(round_, "round") | {"now": milliseconds(now)}
        async with self._connect() as connection:
            return [part async for (part,) in self._sql.waiting_parts(connection, **values)]

    async def busy(self, now: dt.datetime) -> set[str]:
        """The surveys of which something is being sent, or may be sent now."""
        async with self._connect() as connection:
            return {survey_id async for (survey_id,) in self._sql.busy(connection, now=milliseconds(now))}

    async def try_again(self, round_: Round) -> bool:
        """Take the turn to hand a round's parts to the engine anew."""
        return await self._change(self._sql.try_again, **_of(round_), tries=round_.tries) == 1

    async def forget_reminders(self, survey: Survey) -> None:
        """Drop what reminders were sent: they tell who had not finished by then."""
        await self._change(self._sql.forget_reminders, survey_id=survey.id)

    async def end(self, round_: Round) -> None:
        """Mark a round as done once nothing in it waits."""
        await self._change(self._sql.end_round, **_of(round_))

    # Letters

    async def waiting(self, survey: Survey, round_: Round, part: int, now: dt.datetime) -> list[Letter]:
        """The letters of a part that wait and may go now, unless the round was stopped."""
        tenant = guid(survey.team.tenant_id)
        async with self._connect() as connection:
            rows = [
                row
                async for row in self._sql.waiting(
                    connection, **_of(round_, "round"), part=part, tenant_id=tenant, now=milliseconds(now)
                )
            ]
        return [
            Letter(
                round_,
                Person(tenant, person_id),
                member_id,
                None if conversation_id is None else Conversation(conversation_id, service_url),
            )
            for person_id, member_id, conversation_id, service_url in rows
        ]

    async def claim(self, letter: Letter, claim: str, replica: str, now: dt.datetime) -> bool:
        """Take a letter, before Teams is called; false where it is settled, unwanted, or somebody else's."""
        values = {"claim": claim, "replica": replica, "now": milliseconds(now)}
        return await self._change(self._sql.claim, **_of_letter(letter), **values) == 1

    async def release(self, letter: Letter, claim: str, now: dt.datetime) -> None:
        """Put a claimed letter back that was surely not sent."""
        await self._change(self._sql.release, **_of_letter(letter), claim=claim, now=milliseconds(now))

    async def settle(
        self, letter: Letter, claim: str, state: Delivery, now: dt.datetime, *, reason: str = ""
    ) -> None:
        """Keep what became of a claimed letter."""
        values = {"claim": claim, "state": state.value, "reason": reason, "now": milliseconds(now)}
        await self._change(self._sql.settle, **_of_letter(letter), **values)

    async def lose(self, replica: str, reason: str, now: dt.datetime) -> None:
        """Mark what a process that died had claimed as unknown."""
        await self._change(self._sql.lose, replica=replica, reason=reason, now=milliseconds(now))

    async def lose_old(self, before: dt.datetime, reason: str, now: dt.datetime) -> None:
        """Mark what was claimed so long ago that its process must have lost it as unknown."""
        times = {"before": milliseconds(before), "now": milliseconds(now)}
        await self._change(self._sql.lose_old, reason=reason, **times)

    # Numbers

    async def numbers(self, survey: Survey) -> Numbers:
        """Where the survey stands."""
        async with self._connect_to_read() as connection:
            rows = [row async for row in self._sql.deliveries(connection, survey_id=survey.id)]
            (declined,) = await self._sql.declined(connection, survey_id=survey.id)
            (reached_later,) = await self._sql.reached_later(connection, survey_id=survey.id)
            started, finished = await self._checks.taken_part(connection, survey_id=survey.id)

        def count(*states: Delivery) -> int:
            return sum(people for state, _, people in rows if state in states)

        return Numbers(
            waiting=count(Delivery.WAITING, Delivery.SENDING),
            delivered=count(Delivery.DELIVERED),
            refused={Refusal(reason): people for state, reason, people in rows if state == Delivery.REFUSED},
            unknown=count(Delivery.UNKNOWN),
            stopped=count(Delivery.STOPPED),
            declined=declined,
            started=started,
            finished=finished,
            reached_later=reached_later,
        )

    async def numbers_at(self, survey: Survey, now: dt.datetime) -> Numbers:
        """The same, and of those waiting how many wait for a later time."""
        numbers = await self.numbers(survey)
        if not numbers.waiting:
            return numbers
        async with self._connect() as connection:
            (held,) = await self._sql.held(connection, survey_id=survey.id, now=milliseconds(now))
        return replace(numbers, held=min(held, numbers.waiting))

    async def unreached(self, survey: Survey) -> list[tuple[str, str, str]]:
        """Who got no invitation: name, what became of it (or why they were not asked), and the reason."""
        async with self._connect() as connection:
            return [row async for row in self._sql.unreached(connection, survey_id=survey.id)]

    # Processes

    async def beat(self, replica: str) -> None:
        """Say that a process is alive."""
        await self._change(self._sql.beat, id=replica)

    async def silent(self, silence: dt.timedelta) -> list[str]:
        """The processes that have not been heard of for so long, by the database's clock."""
        limit = silence // dt.timedelta(milliseconds=1)
        async with self._connect() as connection:
            return [replica async for (replica,) in self._sql.silent(connection, silence=limit)]

    async def bury(self, replica: str) -> None:
        """Forget a process."""
        await self._change(self._sql.bury, id=replica)

    async def _page(self, survey: Survey, after: str, now: dt.datetime) -> list[str]:
        asked_before = milliseconds(now - ASKED_AGAIN)
        values = {"survey_id": survey.id, "after": after, "asked_before": asked_before, "most": ROWS_AT_ONCE}
        async with self._connect() as connection:
            return [person async for (person,) in self._sql.page(connection, **values)]

    async def _move(self, round_: Round, was: str, state: str) -> None:
        await self._change(self._sql.move_round, **_of(round_), was=was, state=state)

    async def _change(self, statement: Any, **values: object) -> int:
        async with self._connect() as connection:
            changed: int = await statement(connection, **values)
            return changed


def _recipient(survey: Survey, member: Member) -> dict[str, str | None]:
    return {
        "survey_id": survey.id,
        "person_id": guid(member.object_id or member.id),
        "member_id": member.id,
        "name": member.name,
        "excluded": member.exclusion and member.exclusion.value,
    }


def _of(round_: Round, number: str = "number") -> dict[str, str | int]:
    return {"survey_id": round_.survey_id, number: round_.number}


def _of_letter(letter: Letter) -> dict[str, str | int]:
    return _of(letter.round, "round") | {"person_id": letter.person.object_id}


def _key(survey: Survey, tenant_id: str, person_id: str) -> str:
    return survey.respondent(Person(tenant_id, person_id)).object_id
