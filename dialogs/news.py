"""What a team's channel is told: each occasion once, as its lead prefers."""

from __future__ import annotations

import datetime as dt

from assessment.news import News, Preference, due
from storage.news import Newsstand


class Newsroom:
    """Takes news; what is due is posted by `jobs`."""

    def __init__(self, newsstand: Newsstand) -> None:
        self._newsstand = newsstand

    async def tell(self, news: News, usual: dt.tzinfo) -> None:
        """Have a channel told, at once or in the next digest; an occasion that was told before is not again.

        `usual` is the digest's time zone where no lead of the team chose one.
        """
        chosen = await self._newsstand.preference(news.team)
        preference, zone = chosen or (Preference.MOVES_AT_ONCE, usual)
        await self._newsstand.add(news, due(news.kind, news.at, preference, zone))
