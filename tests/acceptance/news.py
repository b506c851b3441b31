"""What tests do with news that surveys do not make by themselves."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from assessment.news import News, NewsKind
from assessment.survey import Team as Told
from dialogs.news import Newsroom
from storage.database import open_database
from tests.acceptance.directory import Team
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.teams import Colleague

LONDON = ZoneInfo("Europe/London")


async def happens(
    database_url: str, team: Team, at: dt.datetime, kind: NewsKind, subject: str = "1", **facts: str | int
) -> None:
    """Something of which the team's General channel is to be told, as a pledge or a schedule does it."""
    told = Told(team.tenant_id, team.id, team.name)
    news = News(f"{kind}:{subject}", kind, told, team.id, at, facts)
    async with open_database(database_url) as database:
        await Newsroom(database.news).tell(news, LONDON)


def states(database_url: str) -> dict[str, str]:
    """What is kept of each piece of news: kind and subject, and state."""
    return dict(rows(database_url, "select id, state from news"))


async def end_as(database_url: str, **expected: int) -> None:
    """Waits until as many pieces of news as expected are in each state, and no others."""
    await comes_true(lambda: Counter(states(database_url).values()) == expected)


def headings(reader: Colleague) -> list[str]:
    """Of all cards there, from the top."""
    return [card.heading for card in reader.cards()]
