"""What channels are told, once each, and how their leads want it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from assessment.news import News, NewsKind, Preference, due
from assessment.survey import Team
from storage.backend import Connect
from storage.columns import guid, milliseconds, moment

log = logging.getLogger(__name__)

KINDS = frozenset(NewsKind)

Row = tuple[Any, ...]


class Told(StrEnum):
    """What became of a piece of news; until then it waits, or is being sent."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Sent, and no reply: it may be there, and is never sent again."""
    STALE = "stale"
    """Out of date, or outdone, by the time it was due."""
    UNREADABLE = "unreadable"
    """Nobody can tell what it says."""


@dataclass(frozen=True, slots=True)
class Address:
    """A channel that is to be told something."""

    team: Team
    """Without its name."""
    channel_id: str


class Newsstand:
    """Every change is one statement or one transaction; repeating it is harmless.

    What became of the news stays, its facts go as soon as that is known.
    """

    def __init__(self, sql: Any, connect: Connect, transaction: Connect) -> None:
        self._sql = sql
        self._connect = connect
        self._transaction = transaction

    # What is to be told

    async def add(self, news: Iterable[tuple[News, dt.datetime]]) -> None:
        """Have channels told of each occasion when it is due; one that was added before stays as it is."""
        rows = [_row(one, due_at) for one, due_at in news]
        async with self._transaction() as connection:
            await self._sql.add(connection, rows)

    async def is_known(self, id_: str) -> bool:
        """Whether an occasion was added before."""
        async with self._connect() as connection:
            return await self._sql.is_known(connection, id=id_) is not None

    # How it is told

    async def preference(self, team: Team) -> tuple[Preference, ZoneInfo] | None:
        """How the team is told, and the zone of the digest's Monday; None before its first news."""
        async with self._connect() as connection:
            row = await self._sql.digest(connection, **_key(team))
        return row and (Preference(row[0]), ZoneInfo(row[1]))

    async def preference_or(
        self, team: Team, usual: Preference, zone: ZoneInfo
    ) -> tuple[Preference, ZoneInfo]:
        """The same; where there is none, this is it from now on, so that all that waits has one Monday."""
        if found := await self.preference(team):
            return found
        async with self._connect() as connection:
            await self._sql.begin_digest(connection, **_key(team), preference=usual.value, zone=zone.key)
        return await self.preference(team) or (usual, zone)

    async def prefer(self, team: Team, preference: Preference, zone: ZoneInfo) -> None:
        """Keep what a lead of the team chose; what waits is told when it would be, had it always been so."""
        async with self._transaction() as connection:
            await self._sql.prefer(connection, **_key(team), preference=preference.value, zone=zone.key)
            waiting = [row async for row in self._sql.waiting(connection, **_key(team)) if row[1] in KINDS]
            moved = ((id_, due(NewsKind(kind), moment(at), preference, zone)) for id_, kind, at, _ in waiting)
            await self._sql.move(
                connection, [{"id": id_, "due_at": milliseconds(due_at)} for id_, due_at in moved]
            )

    async def waiting(self, team: Team, after: dt.datetime) -> int:
        """How much waits that the team is told after then."""
        async with self._connect() as connection:
            rows = self._sql.waiting(connection, **_key(team))
            return len([row async for row in rows if row[3] > milliseconds(after)])

    # Telling it

    async def due(self, now: dt.datetime) -> list[Address]:
        """The channels that are to be told something now."""
        async with self._connect() as connection:
            rows = self._sql.due(connection, now=milliseconds(now))
            return [
                Address(Team(tenant_id, team_id, ""), channel) async for tenant_id, team_id, channel in rows
            ]

    async def claim(self, address: Address, claim: str, replica: str, now: dt.datetime) -> list[News]:
        """Take all that a channel is to be told now, before Teams is called; nobody else gets it.

        What cannot be read is logged and set aside. Where this fails, nothing is taken.
        """
        values = {"channel_id": address.channel_id, "claim": claim, "replica": replica}
        async with self._transaction() as connection:
            await self._sql.claim(connection, **_key(address.team), **values, now=milliseconds(now))
            news, unreadable = _read([row async for row in self._sql.claimed(connection, claim=claim)])
            if unreadable:
                await self._sql.drop(connection, _dropped(unreadable, claim, Told.UNREADABLE, now))
        return news

    async def put_back(self, claim: str, due_at: dt.datetime, now: dt.datetime) -> None:
        """Have what was surely not sent told later."""
        await self._change(
            self._sql.put_back, claim=claim, due_at=milliseconds(due_at), now=milliseconds(now)
        )

    async def drop(self, news: Iterable[News], claim: str, now: dt.datetime) -> None:
        """Keep that something of a claim is not told."""
        ids = [one.id for one in news]
        async with self._transaction() as connection:
            await self._sql.drop(connection, _dropped(ids, claim, Told.STALE, now))

    async def settle(self, claim: str, told: Told, now: dt.datetime) -> None:
        """Keep what became of a claim."""
        await self._change(self._sql.settle, claim=claim, state=told.value, now=milliseconds(now))

    async def lose(self, replica: str, now: dt.datetime) -> None:
        """Mark what a process that died had claimed as unknown."""
        await self._change(self._sql.lose, replica=replica, now=milliseconds(now))

    async def lose_old(self, before: dt.datetime, now: dt.datetime) -> None:
        """Mark what was claimed before then, and never settled, as unknown."""
        await self._change(self._sql.lose_old, before=milliseconds(before), now=milliseconds(now))

    async def _change(self, statement: Any, **values: object) -> None:
        async with self._connect() as connection:
            await statement(connection, **values)


def _row(news: News, due_at: dt.datetime) -> dict[str, str | int]:
    return {
        **_key(news.team),
        "id": news.id,
        "channel_id": news.channel_id,
        "kind": news.kind.value,
        "facts": orjson.dumps(news.facts).decode(),
        "at": milliseconds(news.at),
        "due_at": milliseconds(due_at),
    }


def _dropped(ids: Iterable[str], claim: str, told: Told, now: dt.datetime) -> list[dict[str, str | int]]:
    return [{"id": id_, "claim": claim, "state": told.value, "now": milliseconds(now)} for id_ in ids]


def _read(rows: Iterable[Row]) -> tuple[list[News], list[str]]:
    """What rows say, and the ids of those that cannot be read."""
    news, unreadable = list[News](), list[str]()
    for row in rows:
        try:
            news.append(_news(row))
        except (TypeError, ValueError):
            log.exception("news %s cannot be read and are never told", row[0])
            unreadable.append(row[0])
    return news, unreadable


def _news(row: Row) -> News:
    """Raises ValueError or TypeError for what cannot be read."""
    id_, kind, tenant_id, team_id, channel_id, at, facts = row
    said = orjson.loads(facts)
    if not isinstance(said, dict):
        raise TypeError(f"its facts are of the type {type(said).__name__}")
    return News(id_, NewsKind(kind), Team(tenant_id, team_id, ""), channel_id, moment(at), said)


def _key(team: Team) -> dict[str, str]:
    return {"tenant_id": guid(team.tenant_id), "team_id": team.id}
