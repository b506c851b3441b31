"""What is kept of people's wishes, and of when the bot wrote to them."""

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.respect import Limits
from dialogs.respect import Respect
from storage.database import Database

ADA = Person("tenant", "ada")
TUESDAY = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
VIENNA = ZoneInfo("Europe/Vienna")


def respect(database: Database) -> Respect:
    return Respect(database.contacts, Limits())


async def turn(database: Database, occasion: str, now: dt.datetime = TUESDAY) -> bool:
    return await respect(database).turn(ADA, occasion, now, dt.UTC)


async def test_who_said_nothing_has_the_usual_wishes(database: Database) -> None:
    """Nobody has to tell anything; then the zone of whoever asks for them is theirs."""
    wishes = await database.contacts.wishes(ADA, VIENNA)
    assert (wishes.zone, wishes.not_before, wishes.wants_nothing) == (VIENNA, None, False)


async def test_wishes_are_kept_apart(database: Database) -> None:
    """Each wish can be taken back, and none touches the others."""
    await database.contacts.remember_zone(ADA, "Asia/Kolkata")
    await database.contacts.wait_until(ADA, TUESDAY)
    await database.contacts.be_silent(ADA, TUESDAY)
    await database.contacts.wait_until(ADA, None)

    wishes = await database.contacts.wishes(Person("TENANT", "Ada"), VIENNA)
    assert (wishes.zone, wishes.not_before, wishes.wants_nothing) == (ZoneInfo("Asia/Kolkata"), None, True)

    await database.contacts.be_silent(ADA, None)
    assert not (await database.contacts.wishes(ADA, VIENNA)).wants_nothing


async def test_an_occasion_is_claimed_once(database: Database, replica: Database) -> None:
    """Of many that want to send the same message, one may."""
    turns = await asyncio.gather(*(turn(one, "pledge:1:1") for one in [database, replica] * 5))
    assert turns.count(True) == 1


async def test_of_two_messages_at_once_one_has_to_wait(database: Database, replica: Database) -> None:
    """The day's count holds however many processes write at the same moment."""
    turns = await asyncio.gather(
        *(turn(one, f"pledge:{number}:1") for number, one in enumerate([database, replica] * 5))
    )
    assert turns.count(True) == 1


async def test_the_next_may_go_tomorrow(database: Database) -> None:
    """A second message of the day is told when it may go, and then it may."""
    assert await turn(database, "pledge:1:1")
    assert not await turn(database, "pledge:2:1")
    tomorrow = await respect(database).moment(ADA, TUESDAY, dt.UTC)
    assert tomorrow == (TUESDAY + DAY).replace(hour=8)
    assert await turn(database, "pledge:2:1", tomorrow)


async def test_who_changed_their_time_zone_within_a_day(database: Database, replica: Database) -> None:
    """What may go now does go, once, though a message of another zone's day has that day's first place."""
    await database.contacts.remember_zone(ADA, "Pacific/Auckland")
    on_tuesday_there = dt.datetime(2026, 3, 2, 21, tzinfo=dt.UTC)
    assert await turn(database, "pledge:1:1", on_tuesday_there)
    await database.contacts.remember_zone(ADA, "America/Los_Angeles")
    on_tuesday_here = dt.datetime(2026, 3, 3, 18, tzinfo=dt.UTC)
    assert await respect(database).moment(ADA, on_tuesday_here, dt.UTC) == on_tuesday_here

    turns = await asyncio.gather(
        *(
            turn(one, f"pledge:{number}:1", on_tuesday_here)
            for number, one in enumerate([database, replica] * 5, start=2)
        )
    )
    assert turns.count(True) == 1


async def test_what_was_not_sent_does_not_count(database: Database) -> None:
    """A claim that is given back leaves the day free."""
    await turn(database, "pledge:1:1")
    await database.contacts.give_back(ADA, "pledge:1:1")
    assert await turn(database, "pledge:2:1")


async def test_who_wants_nothing_gets_nothing(database: Database) -> None:
    """No claim succeeds for who wants to be left alone."""
    await database.contacts.be_silent(ADA, TUESDAY)
    assert not await turn(database, "pledge:1:1")
    assert await respect(database).moment(ADA, TUESDAY, dt.UTC) is None


async def test_old_messages_are_forgotten(database: Database) -> None:
    """What is older than one wants to keep is dropped, and nothing else."""
    await turn(database, "pledge:1:1")
    await turn(database, "pledge:2:1", TUESDAY + DAY)
    await database.contacts.forget(TUESDAY + DAY)
    assert [one.occasion for one in await database.contacts.written(ADA, TUESDAY - DAY)] == ["pledge:2:1"]
