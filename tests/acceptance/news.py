"""What tests do with news that surveys do not make by themselves."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.news import WHILE_PLEDGED, News, NewsKind
from assessment.pledges import Pledge
from assessment.survey import Team as Told
from dialogs.news import Newsroom
from storage.database import open_database
from tests.acceptance.directory import Team
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.surveys import HERE
from tests.acceptance.teams import Colleague

LONDON = ZoneInfo("Europe/London")


async def all_at_once(lead: Colleague) -> None:
    """The lead has everything told as it happens."""
    await lead.says(f"{HERE} news")
    await lead.fills(press="Save", preference="Everything at once")
    assert "Saved" in lead.last_card().text


async def happens(
    database_url: str, team: Team, at: dt.datetime, kind: NewsKind, subject: str = "1", **facts: str | int
) -> None:
    """Something of which the team's General channel is to be told, as a pledge or a schedule does it."""
    told = Told(team.tenant_id, team.id, team.name)
    news = News(f"{kind}:{subject}", kind, told, team.id, at, facts)
    async with open_database(database_url) as database:
        if kind in WHILE_PLEDGED:
            await database.pledges.make(_open_pledge(told, subject, at))
        await Newsroom(database.news).tell(news, LONDON)


def _open_pledge(team: Told, subject: str, at: dt.datetime) -> Pledge:
    """One about which its owner is not written to, and of which nothing is told by itself."""
    return Pledge(
        id=subject,
        owner=Person(team.tenant_id, "owner"),
        owner_name="",
        made_by=Person(team.tenant_id, "lead"),
        made_by_name="",
        team=team,
        channel_id=team.id,
        edition="2021-10",
        discipline=None,
        item=subject,
        what="",
        due_on=at.date(),
        zone="UTC",
        made_at=at,
        times_asked=-1,
    )


def states(database_url: str) -> dict[str, str]:
    """What is kept of each piece of news: kind and subject, and state."""
    return dict(rows(database_url, "select id, state from news"))


async def end_as(database_url: str, **expected: int) -> None:
    """Waits until as many pieces of news as expected are in each state, and no others."""
    await comes_true(lambda: Counter(states(database_url).values()) == expected)


def headings(reader: Colleague) -> list[str]:
    """Of all cards there, from the top."""
    return [card.heading for card in reader.cards()]
