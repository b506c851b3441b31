"""What channels are told, once each, and how their leads want it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from assessment.news import News, Preference
from assessment.survey import Team
from storage.backend import Connect
from storage.columns import guid, milliseconds


class Newsstand:
    """Every statement commits by itself before its method returns; repeating a change is harmless."""

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def add(self, news: News, due_at: dt.datetime) -> None:
        """Have a channel told of an occasion at `due_at`; one that was added before stays as it is."""
        async with self._connect() as connection:
            await self._sql.add(
                connection,
                id=news.id,
                **_key(news.team),
                channel_id=news.channel_id,
                kind=news.kind,
                facts=orjson.dumps(news.facts).decode(),
                at=milliseconds(news.at),
                due_at=milliseconds(due_at),
            )

    async def preference(self, team: Team) -> tuple[Preference, dt.tzinfo] | None:
        """What a lead of the team chose, and the zone of the digest's Monday; None where nobody did."""
        async with self._connect() as connection:
            row = await self._sql.digest(connection, **_key(team))
        return row and (Preference(row[0]), ZoneInfo(row[1]))

    async def prefer(self, team: Team, preference: Preference, zone: str) -> None:
        """Keep what a lead of the team chose; `zone` is an IANA name."""
        async with self._connect() as connection:
            await self._sql.prefer(connection, **_key(team), preference=preference, zone=zone)


def _key(team: Team) -> dict[str, str]:
    return {"tenant_id": guid(team.tenant_id), "team_id": team.id}
