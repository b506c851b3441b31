"""Rosters, read no faster than Teams allows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from assessment.survey import Member
from dialogs.launch import Rosters
from jobs.pacer import Pacer
from storage.surveys import Home


class PacedRosters:
    """Takes a turn for each page."""

    def __init__(self, rosters: Rosters, pacer: Pacer) -> None:
        self._rosters = rosters
        self._pacer = pacer

    async def roster(self, home: Home) -> AsyncIterator[Sequence[Member]]:
        """A team's members, page by page. Raises RosterUnavailable."""
        await self._pacer.turn(home.team.tenant_id)
        async for page in self._rosters.roster(home):
            yield page
            await self._pacer.turn(home.team.tenant_id)

    async def team_name(self, home: Home) -> str:
        """What a team is called; "" where Teams does not say."""
        await self._pacer.turn(home.team.tenant_id)
        return await self._rosters.team_name(home)
