"""How many turns get a place, which room they go to, and how often the log tells of the others."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest
from botbuilder.schema import Activity, ConversationAccount

from bot.overload import AT_WORK, PATIENCE, WITH_TEAMS, Crowded, Room, Rooms, Tally

LONG = 60.0


def turn(kind: str, where: str) -> Activity:
    return Activity(type=kind, conversation=ConversationAccount(id="a:1", conversation_type=where))


async def fill(stack: AsyncExitStack, room: Room, places: int) -> None:
    for _ in range(places):
        await stack.enter_async_context(room.place())


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
        async with room.place():
            self.is_in.set()
            await self._may_leave.wait()


async def test_places_are_given_at_once() -> None:
    """As many as there are, and each again when it is free."""
    room = Room(2, 0, patience=LONG)
    for _ in range(3):
        async with AsyncExitStack() as stack:
            await fill(stack, room, 2)
            assert room.is_full
    assert not room.is_full


async def test_a_full_room_turns_away_at_once() -> None:
    """Nobody is kept waiting who would be turned away later."""
    room = Room(1, 0, patience=LONG)
    async with AsyncExitStack() as stack:
        await fill(stack, room, 1)
        with pytest.raises(Crowded):
            await fill(stack, room, 1)


async def test_who_waits_too_long_is_turned_away() -> None:
    """A place that is never given back keeps nobody waiting for ever, and the wait leaves nothing behind."""
    room = Room(1, 1, patience=0)
    async with AsyncExitStack() as stack:
        await fill(stack, room, 1)
        for _ in range(3):
            with pytest.raises(Crowded):
                await fill(stack, room, 1)
        assert not room.is_full
    await fill(stack, room, 1)


async def test_who_waits_gets_the_next_place_in_order() -> None:
    """First come, first served."""
    room = Room(1, 2, patience=LONG)
    first, second, third = (Visitor(room) for _ in range(3))
    await first.is_in.wait()
    assert room.is_full
    await first.leaves()
    await second.is_in.wait()
    assert not third.is_in.is_set()
    await second.leaves()
    await third.is_in.wait()
    await third.leaves()


async def test_a_turn_that_is_cancelled_gives_its_place_back() -> None:
    """Whether it was at work or waiting."""
    room = Room(1, 1, patience=LONG)
    at_work, waiting = Visitor(room), Visitor(room)
    await at_work.is_in.wait()
    await waiting.gives_up()
    await at_work.gives_up()

    async with room.place():
        assert not room.is_full


async def test_an_error_in_a_turn_gives_its_place_back() -> None:
    """What went wrong goes on to whoever answers for it."""
    room = Room(1, 0, patience=LONG)
    with pytest.raises(ZeroDivisionError):
        async with room.place():
            raise ZeroDivisionError
    assert not room.is_full


@pytest.mark.parametrize("others", [("message", "personal"), ("invoke", "channel"), ("message", "groupChat")])
async def test_who_waits_for_teams_takes_no_place_from_presses(others: tuple[str, str]) -> None:
    """A press in one's own chat asks Teams for nothing; all else may hang with it."""
    rooms = Rooms()
    async with AsyncExitStack() as stack:
        await fill(stack, rooms.of(turn(*others)), WITH_TEAMS)
        await fill(stack, rooms.of(turn("invoke", "personal")), AT_WORK)


def test_a_slow_bot_answers_whoever_it_takes_in_time() -> None:
    """With every place taken, 50 turns a second are enough for Teams' five seconds."""
    assert PATIENCE + (AT_WORK + WITH_TEAMS) / 50 < 5


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
