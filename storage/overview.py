"""All that is under way, in numbers: what an operator may see, and nothing about anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assessment.survey import Delivery
from storage.backend import Connect
from storage.columns import milliseconds, moment

KINDS = ("letter", "news", "question", "schedule")
"""Of what falls due: a survey's letters, news for channels, questions about pledges, schedules."""


class Overview:
    """Reads over all tenants. Nobody waits for it, since each read has a connection of its own."""

    def __init__(self, sql: Any, connect_to_read: Connect) -> None:
        self._sql = sql
        self._connect = connect_to_read

    async def backlog(self, now: dt.datetime) -> Mapping[str, dt.timedelta]:
        """For how long the oldest of each kind has been due and not sent; zero where nothing is."""
        async with self._connect() as connection:
            rows = self._sql.due_since(connection, now=milliseconds(now))
            since = {kind: moment(at) async for kind, at in rows if at is not None}
        return {kind: now - since.get(kind, now) for kind in KINDS}

    async def invitations(self) -> Mapping[str, int]:
        """How many invitations of open surveys are in each state; together they are all there are."""
        async with self._connect() as connection:
            found = {state: number async for state, number in self._sql.invitations(connection)}
        return {str(state): found.get(state, 0) for state in Delivery}

    async def checks(self) -> Mapping[str, int]:
        """How many people have started the check of an open survey, and how many have finished it."""
        async with self._connect() as connection:
            started, finished = await self._sql.checks(connection)
        return {"started": started, "finished": finished}
