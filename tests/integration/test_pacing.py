"""What storage promises about slots, on both databases, by a clock that the test sets."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from storage.database import Database

SPACING = 20.0
NOON = 1_795_435_200.0
HOUR = 3600.0
TENANT = "6f1c0c1e-0000-4000-8000-00000000000a"

SetClock = Callable[[float], Awaitable[None]]


@pytest.fixture
async def set_clock(database: Database, replica: Database) -> SetClock:
    """Sets the database's clock, which then stands, to so many seconds after noon; it begins at noon."""

    async def set_clock(seconds: float) -> None:
        now = (NOON + seconds) * 1000
        for each in (database, replica):
            async with each._connect() as connection:
                if hasattr(connection, "create_function"):
                    await connection.create_function("clock_ms", 0, lambda: now)
                else:
                    await connection.execute(
                        "create or replace function clock_ms() returns double precision "
                        f"language sql volatile as 'select {now}::double precision'"
                    )

    await set_clock(0)
    return set_clock


async def take(database: Database, slots: int = 1, tenant_id: str = TENANT) -> float:
    """The first slot's instant, in seconds after noon."""
    taken = await database.pacing.take(tenant_id, slots, SPACING)
    return round(taken.first - NOON, 4)


async def test_slots_follow_each_other(database: Database, set_clock: SetClock) -> None:
    """The first slot is at once, and each one takes its time, however many are taken together."""
    await set_clock(5)

    assert [await take(database, slots) for slots in (1, 5, 1, 1)] == [5, 5.02, 5.12, 5.14]


async def test_time_that_passed(database: Database, set_clock: SetClock) -> None:
    """What is given away comes nearer, and stays given away."""
    await take(database, 5)
    await set_clock(0.09)

    assert await take(database) == 0.1


async def test_no_burst_after_idle_time(database: Database, set_clock: SetClock) -> None:
    """Time in which nobody took slots is not made up for."""
    await take(database)
    await set_clock(HOUR)

    assert [await take(database) for _ in range(3)] == [HOUR, HOUR + 0.02, HOUR + 0.04]


@pytest.mark.usefixtures("set_clock")
async def test_replicas_share_no_slot(database: Database, replica: Database) -> None:
    """However many ask at once, wherever they run, everybody gets slots of their own; none is left out."""
    firsts = await asyncio.gather(*(take(each, 2) for each in (database, replica) * 20))

    assert sorted(firsts) == [round(number * 0.04, 4) for number in range(40)]


@pytest.mark.usefixtures("set_clock")
async def test_tenants_have_their_own(database: Database) -> None:
    """One tenant's slots take nothing from another's; a tenant's id may be spelt in upper case."""
    await take(database)

    assert await take(database, tenant_id="another") == 0
    assert await take(database, tenant_id=TENANT.upper()) == 0.02


async def test_pause(database: Database, replica: Database, set_clock: SetClock) -> None:
    """Nobody gets a slot before the pause is over, and then one after the other."""
    await database.pacing.pause(TENANT, 7.5)

    assert await take(replica) == 7.5
    await set_clock(3)
    assert await take(replica) == 7.52
    await set_clock(9)
    assert await take(database) == 9


@pytest.mark.usefixtures("set_clock")
async def test_pause_after_slots(database: Database) -> None:
    """A pause begins now, not after the slots that are given away."""
    await take(database, 100)
    await database.pacing.pause(TENANT, 7.5)

    assert await take(database) == 7.5


@pytest.mark.usefixtures("set_clock")
async def test_shorter_pause(database: Database) -> None:
    """A pause never brings forward what is later already."""
    await database.pacing.pause(TENANT, 7.5)
    await database.pacing.pause(TENANT, 1)

    assert await take(database) == 7.5


@pytest.mark.parametrize("jump", [-HOUR, -5.0, -0.01])
async def test_clock_set_back(database: Database, set_clock: SetClock, jump: float) -> None:
    """When the database's clock goes back, slots and pauses go on as if no time had passed."""
    await take(database, 5)
    await set_clock(jump)
    assert await take(database) == round(jump + 0.1, 4)

    await set_clock(2 * jump)
    await database.pacing.pause(TENANT, 0.1)
    assert await take(database) == round(2 * jump + 0.12, 4)

    await database.pacing.pause(TENANT, 2)
    await set_clock(3 * jump)
    assert await take(database) == round(3 * jump + 2, 4)


async def test_clock_set_forward(database: Database, set_clock: SetClock) -> None:
    """When the database's clock goes forward, slots are from the new time on."""
    await take(database, 5)
    await set_clock(HOUR)

    assert [await take(database), await take(database)] == [HOUR, HOUR + 0.02]


async def test_the_clock_is_the_databases(database: Database) -> None:
    """Slots are in seconds since 1970; here the database's clock is the test's, too."""
    before = time.time()
    one, two = [await database.pacing.take(TENANT, 1, SPACING) for _ in range(2)]
    after = time.time()

    assert before - 0.001 <= one.at <= two.at <= after + 0.001
    assert one.first == pytest.approx(one.at)
    assert two.first == pytest.approx(max(one.first + SPACING / 1000, two.at), abs=0.001)
