"""Promises, and the messages about them to their owners."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from assessment.model import Person
from assessment.pledges import Pledge, PledgeState
from assessment.survey import Delivery, Team
from storage.backend import Connect
from storage.columns import guid, key, milliseconds, moment
from storage.contacts import Known, row_of
from storage.surveys import Home

Row = tuple[Any, ...]

LATEST = 100
"""Of one person or one team; a card shows fewer."""


@dataclass(frozen=True, slots=True)
class Place:
    """A team that may hear of a promise, and its channel."""

    team: Team
    channel_id: str


@dataclass(frozen=True, slots=True)
class OnRoster:
    """Somebody as the last roster had them that they were on."""

    member_id: str
    name: str
    home: Home
    """The team of that roster."""


class Pledges:
    """Every change is one statement or one transaction; repeating one is harmless."""

    def __init__(self, sql: Any, contacts: Any, connect: Connect, transaction: Connect) -> None:
        self._sql = sql
        self._contacts = contacts
        self._connect = connect
        self._transaction = transaction

    # Reading

    async def get(self, pledge_id: str) -> Pledge | None:
        """The promise with this id, of whatever tenant."""
        found = await self._read(self._sql.get, id=pledge_id)
        return found[0] if found else None

    async def of_person(self, person: Person) -> list[Pledge]:
        """What a person promised: what is open by its day, then the rest, latest first."""
        return await self._read(self._sql.of_person, **key(person), most=LATEST)

    async def of_team(self, team: Team, kept_since: dt.datetime) -> list[Pledge]:
        """What a team was told: what is open by its day, then what was kept since then, latest first."""
        since = milliseconds(kept_since)
        return await self._read(self._sql.of_team, **_team_key(team), kept_since=since, most=LATEST)

    async def met_since(self, team: Team, edition: str, since: dt.datetime) -> set[str]:
        """The ids of the statements that kept promises of a team met since then."""
        values = {"edition": edition, "since": milliseconds(since)}
        async with self._connect() as connection:
            rows = self._sql.met_since(connection, **_team_key(team), **values)
            return {item async for (item,) in rows}

    async def met_before(self, pledge: Pledge, since: dt.datetime) -> set[str]:
        """The ids of the statements that other promises of its team met since then, and before a kept one.

        Of promises that were kept in the same millisecond, the one with the smaller id comes first.
        """
        values = {"since": milliseconds(since), "closed_at": _milliseconds(pledge.closed_at)}
        async with self._connect() as connection:
            rows = self._sql.met_before(
                connection,
                tenant_id=guid(pledge.owner.tenant_id),
                team_id=pledge.team and pledge.team.id,
                edition=pledge.edition,
                id=pledge.id,
                **values,
            )
            return {item async for (item,) in rows}

    async def editions(self) -> set[str]:
        """The editions that promises come from."""
        async with self._connect() as connection:
            return {edition async for (edition,) in self._sql.editions(connection)}

    async def places(self, person: Person) -> list[Place]:
        """The teams with the app whose surveys ask or asked a person, the last one first."""
        tenant_id = guid(person.tenant_id)
        async with self._connect() as connection:
            rows = [row async for row in self._sql.homes_of(connection, **key(person))]
        places = [Place(Team(tenant_id, team_id, name), channel) for team_id, name, channel in rows]
        return list({one.team.id: one for one in reversed(places)}.values())[::-1]

    async def on_a_roster(self, person: Person) -> OnRoster | None:
        """How somebody is called and may be reached who is on the roster of a team with the app."""
        async with self._connect() as connection:
            row = await self._sql.on_a_roster(connection, **key(person))
        if row is None:
            return None
        member_id, name, team_id, team_name, service_url, bot_id = row
        home = Home(Team(guid(person.tenant_id), team_id, team_name), service_url, bot_id)
        return OnRoster(member_id, name, home)

    async def name_of(self, person: Person) -> str:
        """What a person who is on no roster is called, as far as anything they did says; "" for unknown."""
        async with self._connect() as connection:
            return str(await self._sql.name_of(connection, **key(person)) or "")

    # What people do

    async def make(self, pledge: Pledge) -> Pledge:
        """Keep a new promise, and return the one that is kept.

        That is another one where its owner has the same open already, for the same team, or for none and made
        by the same person: the database lets nobody have two of these. One with its id stays as it is.
        """
        while True:
            await self._add(pledge)
            if kept := await self.get(pledge.id) or await self._open_like(pledge):
                return kept
            # The one that was in the way was closed in this very moment.

    async def _add(self, pledge: Pledge) -> None:
        tenant_id, owner_id = key(pledge.owner).values()
        await self._change(
            self._sql.make,
            id=pledge.id,
            tenant_id=tenant_id,
            team_id=pledge.team and pledge.team.id,
            team_name=pledge.team.name if pledge.team else "",
            channel_id=pledge.channel_id,
            person_id=owner_id,
            person_name=pledge.owner_name,
            made_by=guid(pledge.made_by.object_id),
            made_by_name=pledge.made_by_name,
            edition=pledge.edition,
            discipline=pledge.discipline,
            item=pledge.item,
            what=pledge.what,
            due_on=pledge.due_on.isoformat(),
            zone=pledge.zone,
            made_at=milliseconds(pledge.made_at),
            ask_at=_milliseconds(pledge.ask_at),
            times_asked=pledge.times_asked,
        )

    async def _open_like(self, pledge: Pledge) -> Pledge | None:
        found = await self._read(
            self._sql.open_like,
            **key(pledge.owner),
            place=pledge.team.id if pledge.team else guid(pledge.made_by.object_id),
            edition=pledge.edition,
            discipline=pledge.discipline or "",
            item=pledge.item,
        )
        return found[0] if found else None

    async def make_known(self, pledge: Pledge, ask_at: dt.datetime) -> bool:
        """Have its owner asked then, and told no more; false where they were told, or it is closed."""
        return await self._change(self._sql.make_known, id=pledge.id, ask_at=milliseconds(ask_at))

    async def keep(self, pledge: Pledge, now: dt.datetime, *, is_met: bool | None) -> bool:
        """Close an open promise as kept; false where it was closed before."""
        met = None if is_met is None else int(is_met)
        return await self._change(self._sql.keep, id=pledge.id, is_met=met, now=milliseconds(now))

    async def put_off(self, pledge: Pledge, due_on: dt.date, ask_at: dt.datetime) -> bool:
        """Give an open promise another day; false where it is closed."""
        day, at = due_on.isoformat(), milliseconds(ask_at)
        return await self._change(self._sql.put_off, id=pledge.id, due_on=day, ask_at=at)

    async def drop(self, pledge: Pledge, reason: str, now: dt.datetime) -> bool:
        """Close an open promise as dropped; false where it was closed before."""
        return await self._change(self._sql.drop_it, id=pledge.id, reason=reason, now=milliseconds(now))

    # Messages to owners

    async def due(self, now: dt.datetime, most: int) -> list[Pledge]:
        """The open promises whose owner is to be written to by now: of each tenant the longest waiting."""
        return await self._read(self._sql.due, now=milliseconds(now), most=most)

    async def ask_no_more(self, pledge: Pledge) -> None:
        """Leave the owner in peace, unless the date was changed meanwhile."""
        await self._change(self._sql.ask_no_more, id=pledge.id, was=_milliseconds(pledge.ask_at))

    async def take(self, pledge: Pledge, now: dt.datetime, until: dt.datetime) -> bool:
        """Have it to oneself until then to write to the owner; false where others came first."""
        times = {"now": milliseconds(now), "until": milliseconds(until)}
        return await self._change(self._sql.take, id=pledge.id, was=_milliseconds(pledge.ask_at), **times)

    async def hold(self, pledge: Pledge, taken: dt.datetime, until: dt.datetime) -> None:
        """Leave its date as it is, and look at it again then, or as soon as the owner's wishes change.

        Only by who has taken it until `taken`.
        """
        times = {"taken": milliseconds(taken), "until": milliseconds(until)}
        await self._change(self._sql.hold, id=pledge.id, **times)

    async def begin(  # noqa: PLR0917 - each of a type of its own, but for two times
        self,
        pledge: Pledge,
        taken: dt.datetime,
        occasion: str,
        now: dt.datetime,
        known: Known,
        ask_at: dt.datetime,
    ) -> bool:
        """Count a message of now to the owner, who hears again at `ask_at`; false where others came first.

        It is kept of the promise and among the person's contacts, or of neither. Only by who has taken it
        until `taken`.
        """
        values = {"taken": milliseconds(taken), "ask_at": milliseconds(ask_at)}
        owner = key(pledge.owner)
        async with self._transaction() as connection:
            if not await self._contacts.claim(connection, **owner, **row_of(occasion, now, known)):
                return False
            if await self._sql.begin(connection, id=pledge.id, now=milliseconds(now), **values):
                return True
            await self._contacts.give_back(connection, **owner, occasion=occasion)
            return False

    async def settle(self, pledge: Pledge, outcome: Delivery) -> None:
        """Keep what became of the message for which `pledge` was begun, also where it was lost meanwhile."""
        await self._change(
            self._sql.settle, id=pledge.id, number=pledge.times_asked + 1, outcome=str(outcome)
        )

    async def lose_old(self, before: dt.datetime) -> None:
        """What became of the messages is unknown that were begun before then and never settled."""
        await self._change(self._sql.lose_old, before=milliseconds(before))

    async def take_back(
        self, pledge: Pledge, taken: dt.datetime, occasion: str, begun_at: dt.datetime
    ) -> None:
        """Have `pledge` as it was before its message was begun at that time, which was surely not sent.

        A promise that was answered or closed meanwhile stays so; the message does not count either way.
        """
        begun = milliseconds(begun_at)
        async with self._transaction() as connection:
            await self._contacts.take_back(connection, **key(pledge.owner), occasion=occasion, at=begun)
            await self._sql.take_back(
                connection,
                id=pledge.id,
                taken=milliseconds(taken),
                begun_at=begun,
                number=pledge.times_asked + 1,
                unanswered=pledge.unanswered + 1,
                ask_at=_milliseconds(pledge.ask_at),
                asked_at=_milliseconds(pledge.asked_at),
                outcome=pledge.outcome and str(pledge.outcome),
            )

    # News

    async def untold(self, most: int) -> list[Pledge]:
        """What was made or kept, is known to its owner, and whose channel may not have been told."""
        return await self._read(self._sql.untold, most=most)

    async def told(self, pledge: Pledge) -> None:
        """Keep that nothing is left to be told of a promise in this state."""
        await self._change(self._sql.told, id=pledge.id, state=str(pledge.state))

    async def _change(self, statement: Any, **values: object) -> bool:
        async with self._connect() as connection:
            changed: int = await statement(connection, **values)
            return changed == 1

    async def _read(self, statement: Any, **values: object) -> list[Pledge]:
        async with self._connect() as connection:
            return [_pledge(row) async for row in statement(connection, **values)]


def _team_key(team: Team) -> dict[str, str]:
    return {"tenant_id": guid(team.tenant_id), "team_id": team.id}


def _milliseconds(at: dt.datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _moment(at: int | None) -> dt.datetime | None:
    return None if at is None else moment(at)


def _pledge(row: Row) -> Pledge:
    id_, tenant_id, team_id, team_name, channel_id, owner_id, owner_name, made_by, made_by_name, edition = (
        row[:10]
    )
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at = row[10:20]
    ask_at, asked_at, times_asked, unanswered, outcome = row[20:]
    return Pledge(
        id=id_,
        owner=Person(tenant_id, owner_id),
        owner_name=owner_name,
        made_by=Person(tenant_id, made_by),
        made_by_name=made_by_name,
        team=None if team_id is None else Team(tenant_id, team_id, team_name),
        channel_id=channel_id,
        edition=edition,
        discipline=discipline,
        item=item,
        what=what,
        due_on=dt.date.fromisoformat(due_on),
        zone=zone,
        made_at=moment(made_at),
        state=PledgeState(state),
        reason=reason,
        is_met=None if is_met is None else bool(is_met),
        closed_at=_moment(closed_at),
        ask_at=_moment(ask_at),
        asked_at=_moment(asked_at),
        times_asked=times_asked,
        unanswered=unanswered,
        outcome=None if outcome is None else Delivery(outcome),
    )
