"""What channels are to be told: each occasion once, whoever tells it and whatever happens meanwhile."""

import asyncio
import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from assessment.news import News, NewsKind, Preference
from assessment.survey import Team
from dialogs.news import Newsroom
from storage.database import Database
from storage.news import Address, Told

TEAM = Team("tenant", "19:coe", "")
HERE = Address(TEAM, "19:coe")
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NEXT_MONDAY = MONDAY + 7 * DAY
VIENNA, UTC = ZoneInfo("Europe/Vienna"), ZoneInfo("UTC")
MADE, MOVED = NewsKind.PLEDGE_MADE, NewsKind.MOVED_UP


def news(number: int = 1, kind: NewsKind = MADE, at: dt.datetime = MONDAY) -> News:
    return News(f"{kind}:{number}", kind, TEAM, HERE.channel_id, at, {"name": "Bo", "of": 3})


async def told(database: Database, *every: News, due_at: dt.datetime = MONDAY) -> None:
    await database.news.add((one, due_at) for one in every)


async def taken(
    database: Database, claim: str = "a", now: dt.datetime = MONDAY, address: Address = HERE
) -> list[News]:
    return await database.news.claim(address, claim, f"replica of {claim}", now)


async def test_all_that_is_due_is_claimed_together(database: Database) -> None:
    """Of one channel, as it was told, and nothing that comes later."""
    await told(database, news(1), news(2))
    await told(database, news(3), due_at=MONDAY + MINUTE)
    await told(database, replace(news(4), channel_id="19:other"))

    assert {one.channel_id for one in await database.news.due(MONDAY)} == {"19:coe", "19:other"}
    assert await taken(database) == [news(1), news(2)]
    assert [one.channel_id for one in await database.news.due(MONDAY)] == ["19:other"]
    assert [one.channel_id for one in await database.news.due(MONDAY - MINUTE)] == []


async def test_of_many_replicas_one_tells_it(database: Database, replica: Database) -> None:
    """All of it or nothing: no channel gets two halves of a digest."""
    await told(database, *map(news, range(20)))
    claims = await asyncio.gather(
        *(taken(one, str(number)) for number, one in enumerate([database, replica] * 5))
    )

    assert sorted(map(len, claims)) == [0] * 9 + [20]


async def test_an_occasion_is_told_once(database: Database, replica: Database) -> None:
    """However many find it, also after it was told."""
    await asyncio.gather(*(told(one, news()) for one in [database, replica] * 5))
    assert await database.news.is_known(news().id)
    assert not await database.news.is_known(news(2).id)
    assert len(await taken(database)) == 1
    await database.news.settle("a", Told.SENT, MONDAY)
    await told(database, news())

    assert await database.news.due(MONDAY + 365 * DAY) == []


async def test_what_was_not_sent_is_told_later(database: Database) -> None:
    """Together with what came meanwhile, and not before."""
    await told(database, news(1))
    await taken(database)
    await database.news.put_back("a", MONDAY + MINUTE, MONDAY)
    await told(database, news(2))

    assert await taken(database, "b") == [news(2)]
    assert await taken(database, "c", MONDAY + MINUTE) == [news(1)]


async def test_what_a_dead_process_had_claimed_is_never_told_again(database: Database) -> None:
    """It may be in the channel already. What others have, or nobody yet, stays."""
    await told(database, news(1))
    await taken(database, "dead")
    await told(database, news(2))
    await taken(database, "alive")
    await told(database, news(3))
    await database.news.lose("replica of dead", MONDAY)
    await database.news.put_back("dead", MONDAY, MONDAY)
    await database.news.put_back("alive", MONDAY, MONDAY)

    assert await taken(database, "next") == [news(2), news(3)]


async def test_what_was_claimed_long_ago_is_lost(database: Database) -> None:
    """And nothing that was claimed a moment ago."""
    await told(database, news(1))
    await taken(database, "long ago")
    await told(database, news(2))
    await taken(database, "just now", MONDAY + MINUTE)
    await database.news.lose_old(MONDAY + MINUTE, MONDAY + MINUTE)
    for claim in ("long ago", "just now"):
        await database.news.put_back(claim, MONDAY, MONDAY)

    assert await taken(database, "next", MONDAY + MINUTE) == [news(2)]


async def test_what_is_dropped_is_not_put_back(database: Database) -> None:
    """Out of date is out of date, also where Teams does not take the rest."""
    await told(database, news(1), news(2))
    await taken(database)
    await database.news.drop([news(1)], "a", MONDAY)
    await database.news.put_back("a", MONDAY, MONDAY)

    assert await taken(database, "b") == [news(2)]


async def spoil(database: Database, id_: str, column: str, value: str) -> None:
    async with database.news._connect() as connection:
        await connection.execute(f"update news set {column} = '{value}' where id = '{id_}'")  # noqa: S608 - ours


async def states(database: Database) -> dict[str, str]:
    async with database.news._connect() as connection:
        return dict(await (await connection.execute("select id, state from news")).fetchall())


@pytest.mark.parametrize(
    "column, value", [("kind", "weather"), ("facts", "{"), ("facts", "[]"), ("facts", '{"of": NaN}')]
)
async def test_what_cannot_be_read_costs_only_itself(
    database: Database, caplog: pytest.LogCaptureFixture, column: str, value: str
) -> None:
    """It is set aside and logged by its id; the rest of the channel's news is told."""
    await told(database, news(1), news(2), news(3))
    await spoil(database, news(2).id, column, value)

    assert await taken(database) == [news(1), news(3)]
    assert [one.getMessage() for one in caplog.records] == [
        f"news {news(2).id} cannot be read and are never told"
    ]
    await database.news.settle("a", Told.SENT, MONDAY)
    assert sorted((await states(database)).values()) == ["sent", "sent", "unreadable"]


async def test_what_cannot_be_read_holds_up_no_choice(database: Database) -> None:
    """A lead may still choose; it is set aside when it is due."""
    await told(database, news(1), news(2), due_at=NEXT_MONDAY)
    await spoil(database, news(1).id, "kind", "weather")
    await database.news.prefer(TEAM, Preference.ALL_AT_ONCE, UTC)

    assert await taken(database) == [news(2)]


async def test_where_claiming_fails_nothing_is_claimed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that goes away half way through loses nothing."""
    await told(database, news())

    def goes_away(*_: object, **__: object) -> None:
        raise ConnectionError("the server is gone")

    with monkeypatch.context() as bad_weather:
        bad_weather.setattr(database.news._sql, "claimed", goes_away)
        with pytest.raises(ConnectionError):
            await taken(database)

    assert await taken(database, "b") == [news()]


async def test_what_was_told_leaves_no_names_behind(database: Database) -> None:
    """The channel has it; what is kept is that it was told."""
    await told(database, news())
    await taken(database)
    await database.news.settle("a", Told.UNKNOWN, MONDAY)
    async with database.news._connect() as connection:
        rows = await (await connection.execute("select facts, state from news")).fetchall()

    assert [tuple(row) for row in rows] == [("{}", "unknown")]


# What leads prefer


async def test_the_usual_is_moves_at_once(database: Database) -> None:
    """Where no lead chose anything, in the zone of whoever it is about."""
    room = Newsroom(database.news)
    await room.tell_together([news(1), news(2, MOVED)], VIENNA)

    assert await taken(database) == [news(2, MOVED)]
    assert await database.news.waiting(TEAM, MONDAY) == 1
    monday_in_vienna = NEXT_MONDAY - 60 * MINUTE
    assert await taken(database, "b", monday_in_vienna - MINUTE) == []
    assert await taken(database, "c", monday_in_vienna) == [news(1)]


async def test_what_a_lead_prefers(database: Database) -> None:
    """Is kept, per team, and holds for what comes."""
    assert await database.news.preference(TEAM) is None
    await database.news.prefer(TEAM, Preference.ALL_AT_ONCE, VIENNA)
    await database.news.prefer(TEAM, Preference.ALL_ON_MONDAY, UTC)
    assert await database.news.preference(TEAM) == (Preference.ALL_ON_MONDAY, UTC)
    assert await database.news.preference(replace(TEAM, id="19:other")) is None
    await Newsroom(database.news).tell(news(1, MOVED), VIENNA)

    assert await taken(database) == []
    assert await taken(database, "b", NEXT_MONDAY) == [news(1, MOVED)]


async def test_what_waits_follows_another_choice(database: Database) -> None:
    """At once, or back to Monday; of other teams and of what was told nothing changes."""
    other = replace(news(3), team=replace(TEAM, id="19:other"))
    room = Newsroom(database.news)
    for one in (news(1), news(2, MOVED), other):
        await room.tell(one, UTC)
    assert await taken(database) == [news(2, MOVED)]
    await database.news.settle("a", Told.SENT, MONDAY)

    await database.news.prefer(TEAM, Preference.ALL_AT_ONCE, UTC)
    assert [one.team.id for one in await database.news.due(MONDAY)] == [TEAM.id]
    await database.news.prefer(TEAM, Preference.MOVES_AT_ONCE, UTC)
    assert await database.news.due(NEXT_MONDAY - MINUTE) == []
    await database.news.prefer(TEAM, Preference.ALL_AT_ONCE, UTC)
    assert await taken(database, "b") == [news(1)]


async def test_what_the_channel_has_seen_waits_for_monday(database: Database) -> None:
    """Also where everything is to come at once: it would ring twice."""
    await database.news.prefer(TEAM, Preference.ALL_AT_ONCE, UTC)
    await Newsroom(database.news).tell(news(), UTC, seen=True)

    assert await taken(database) == []
    assert await taken(database, "b", NEXT_MONDAY) == [news()]


async def test_people_in_several_zones_make_one_digest(database: Database, replica: Database) -> None:
    """Where no lead chose, all that a team is told waits for the Monday of whoever came first."""
    first, *others = (replace(news(number), at=MONDAY + number * DAY) for number in range(1, 4))
    await Newsroom(database.news).tell(first, ZoneInfo("Asia/Kolkata"))
    for one, zone in zip(others, (VIENNA, ZoneInfo("America/Los_Angeles")), strict=True):
        await Newsroom(replica.news).tell(one, zone)
    nine_in_kolkata = NEXT_MONDAY.replace(hour=3, minute=30)

    assert await taken(database, now=nine_in_kolkata - MINUTE) == []
    assert await taken(database, "b", nine_in_kolkata) == [first, *others]
