"""What a team's channel is told: each occasion once, as its lead prefers."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from assessment.news import News, Preference, due, next_digest
from assessment.survey import Team
from cards.elements import Card, Notice
from cards.news import news_setup_card, pick_team_card
from cards.news_presses import NewsPress, SaveNews
from cards.survey_talk import no_team_card
from content.texts import Texts
from dialogs.planning import MOST_TEAMS
from dialogs.survey_views import Rules
from dialogs.turn import Reply, Visit, not_a_lead, stale
from storage.database import Database
from storage.news import Newsstand

USUAL = Preference.MOVES_AT_ONCE
"""What a channel gets whose leads have chosen nothing."""


class Newsroom:
    """Takes news; what is due is posted by `jobs`."""

    def __init__(self, newsstand: Newsstand) -> None:
        self._newsstand = newsstand

    async def tell(self, news: News, usual: ZoneInfo, *, seen: bool = False) -> None:
        """Have a channel told, at once or in the next digest; an occasion that was told before is not again.

        `usual` is the digest's time zone where no lead of the team chose one, and this is its first news.
        What the channel has `seen` already, on a card that came by itself, waits for the digest in any case.
        """
        await self.tell_together([news], usual, seen=seen)

    async def tell_together(self, news: Sequence[News], usual: ZoneInfo, *, seen: bool = False) -> None:
        """Have a channel told of occasions of the same moment on one card."""
        if not news:
            return
        preference, zone = await self._newsstand.preference_or(news[0].team, USUAL, usual)
        if seen:
            preference = Preference.ALL_ON_MONDAY
        await self._newsstand.add((one, due(one.kind, one.at, preference, zone)) for one in news)


class NewsDialog:
    """Lets leads choose how a team's channels are told. A choice is kept before it is answered."""

    def __init__(self, texts: Texts, database: Database, rules: Rules) -> None:
        self._texts = texts
        self._surveys = database.surveys
        self._newsstand = database.news
        self._rules = rules

    async def said(self, visit: Visit) -> Reply:
        """Show how the team of the channel is told; in a lead's own chat, of which team."""
        if not self._rules.may_lead(visit.person):
            return not_a_lead(self._texts)
        if visit.channel:
            return Reply(await self._card(visit, visit.channel.home.team))
        return await self._pick(visit)

    async def pressed(self, visit: Visit, press: NewsPress) -> Reply:
        """Show or change how a team of the lead's tenant is told, wherever the card has got to."""
        if not self._rules.may_lead(visit.person):
            return not_a_lead(self._texts)
        if press.team is None:
            return await self._pick(visit)
        team = next((one for one in await self._teams(visit) if one.id == press.team), None)
        if team is None:
            return stale(self._texts)
        if isinstance(press, SaveNews) and press.preference:
            await self._newsstand.prefer(team, press.preference, _zone(visit))
            notice = Notice(self._texts("news.setup.saved"))
            return Reply(await self._card(visit, team, notice), settled=True)
        return Reply(await self._card(visit, team))

    async def _pick(self, visit: Visit) -> Reply:
        teams = await self._teams(visit)
        if not teams:
            return Reply(no_team_card(self._texts, "news"))
        if len(teams) == 1:
            return Reply(await self._card(visit, teams[0]))
        return Reply(pick_team_card(self._texts, teams[:MOST_TEAMS]))

    async def _teams(self, visit: Visit) -> list[Team]:
        return [home.team for home in await self._surveys.homes(visit.person.tenant_id)]

    async def _card(self, visit: Visit, team: Team, notice: Notice | None = None) -> Card:
        known = await self._surveys.home(team)
        preference, zone = await self._newsstand.preference(team) or (USUAL, _zone(visit))
        return news_setup_card(
            self._texts,
            known.team if known else team,
            preference,
            next_digest(visit.at, zone),
            waiting=await self._newsstand.waiting(team, visit.at),
            notice=notice,
        )


def _zone(visit: Visit) -> ZoneInfo:
    return visit.zone if isinstance(visit.zone, ZoneInfo) else ZoneInfo("UTC")
