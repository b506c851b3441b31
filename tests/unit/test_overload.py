"""How many turns get a place, who has to wait for one, and how often the log tells of the others."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientSession

from bot.overload import AT_WORK, PATIENCE, Crowded, Room, Tally, waits_for_teams
from bot.teams import Teams

LONG = 60.0
MANY = 100


async def fill(stack: AsyncExitStack, room: Room, places: int, *, asks_teams: bool = False) -> None:
    for _ in range(places):
        await stack.enter_async_context(room.place(asks_teams=asks_teams))


class Visitor:
    """Comes to a room, and stays until told to leave."""

    def __init__(self, room: Room) -> None:
        self.is_in = asyncio.Event()
        self._may_leave = asyncio.Event()
        self._visit = asyncio.create_task(self._visits(room))

    async def leaves(self) -> None:
        self._may_leave.set()
        await self._visit

    async def gives_up(self) -> None:
        self._visit.cancel()
        await asyncio.gather(self._visit, return_exceptions=True)

    async def _visits(self, room: Room) -> None:
        async with room.place(asks_teams=False):
            self.is_in.set()
            await self._may_leave.wait()


async def test_places_are_given_at_once() -> None:
    """As many as there are, and each again when it is free."""
    room = Room(2, 0, MANY, patience=LONG)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            await fill(stack, room, 2)
            assert room.is_full()
    assert not room.is_full()


async def test_a_full_room_turns_away_at_once() -> None:
    """Nobody is kept waiting who would be turned away later."""
    room = Room(1, 0, MANY, patience=LONG)
    async with AsyncExitStack() as stack:
        await fill(stack, room, 1)
        with pytest.raises(Crowded):
            await fill(stack, room, 1)


async def test_who_waits_too_long_is_turned_away() -> None:
    """A place that is never given back keeps nobody waiting for ever, and the wait leaves nothing behind."""
    room = Room(1, 1, MANY, patience=0)
    async with AsyncExitStack() as stack:
        await fill(stack, room, 1)
        for _ in range(3):
            with pytest.raises(Crowded):
                await fill(stack, room, 1)
        assert not room.is_full()
    await fill(stack, room, 1)


async def test_who_waits_gets_the_next_place_in_order() -> None:
    """First come, first served."""
    room = Room(1, 2, MANY, patience=LONG)
    first, second, third = (Visitor(room) for _ in range(3))
    await first.is_in.wait()
    assert room.is_full()
    await first.leaves()
    await second.is_in.wait()
    assert not third.is_in.is_set()
    await second.leaves()
    await third.is_in.wait()
    await third.leaves()


async def test_a_turn_that_is_cancelled_gives_its_place_back() -> None:
    """Whether it was at work or waiting."""
    room = Room(1, 1, MANY, patience=LONG)
    at_work, waiting = Visitor(room), Visitor(room)
    await at_work.is_in.wait()
    await waiting.gives_up()
    await at_work.gives_up()

    async with room.place(asks_teams=False):
        assert not room.is_full()


async def test_an_error_in_a_turn_gives_its_place_back() -> None:
    """What went wrong goes on to whoever answers for it."""
    room = Room(1, 0, MANY, patience=LONG)
    with pytest.raises(ZeroDivisionError):
        async with room.place(asks_teams=False):
            raise ZeroDivisionError
    assert not room.is_full()


async def test_who_waits_for_teams_lets_others_work() -> None:
    """The place is free from then on, and given back once, however often the turn asks."""
    room = Room(1, 0, MANY, patience=LONG)
    async with room.place(asks_teams=True):
        assert room.is_full()
        waits_for_teams()
        waits_for_teams()
        async with room.place(asks_teams=True):
            assert room.is_full()
        assert not room.is_full()
    async with room.place(asks_teams=True):
        assert room.is_full()


async def test_while_teams_hangs_what_needs_it_is_turned_away() -> None:
    """Those who wait have no place any more, but there are only so many of them; others go on."""
    room = Room(1, 0, 3, patience=LONG)
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await fill(stack, room, 1, asks_teams=True)
            waits_for_teams()
        with pytest.raises(Crowded):
            await fill(stack, room, 1, asks_teams=True)
        await fill(stack, room, 1)
    assert not room.is_full(asks_teams=True)


async def test_a_token_that_is_waited_for_keeps_no_place() -> None:
    """Entra may be as slow as Teams."""
    room, asked = Room(1, 0, MANY, patience=LONG), asyncio.Event()

    class NeverThere:
        async def token(self) -> str:
            asked.set()
            return await asyncio.Future()

    async def replies() -> None:
        async with ClientSession() as session, room.place(asks_teams=True):
            await Teams(session, NeverThere(), lambda _: True).send("http://127.0.0.1", "a:1", {})

    turn = asyncio.create_task(replies())
    await asked.wait()
    async with room.place(asks_teams=False):
        turn.cancel()


def test_outside_of_a_turn_nobody_has_a_place_to_leave() -> None:
    """What is sent by itself asks Teams as well."""
    waits_for_teams()


def test_what_a_slow_bot_takes_it_does_in_time() -> None:
    """The wait and all places before it, at ten turns a second, are less than Teams' five seconds."""
    assert PATIENCE + AT_WORK / 10 < 5


async def test_the_log_tells_once_a_second(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand at once are two lines: one as it begins, and one that counts the others."""
    tally = Tally("turned away", every=0)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            for _ in range(1000):
                tally.add()
            for _ in range(4):
                await asyncio.sleep(0)

    assert [one.message for one in caplog.records] == ["turned away: 1", "turned away: 999"] * 2
