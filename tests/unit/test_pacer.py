"""What the pacer promises to who sends, in a time that passes only while everybody waits."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from itertools import pairwise
from typing import Any

import pytest

from jobs.pacer import LATE, MOST, Pacer
from storage.pacing import Taken

RATE = 50.0
SPACING = 0.02
AHEAD = 1_000_000.0
"""Seconds that the database's clock shows when the loop's shows none."""


class Skipping(selectors.DefaultSelector):
    """Skips the time that it should wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += max(0.0, timeout or 0.0)
        return super().select(0)


class SkippingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock shows what it would have waited."""

    def __init__(self) -> None:
        self.skipping = Skipping()
        super().__init__(self.skipping)

    def time(self) -> float:
        return self.skipping.now


def in_no_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=SkippingLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


def now() -> float:
    return asyncio.get_running_loop().time()


def block(seconds: float) -> None:
    """The process is busy, or stopped."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SkippingLoop)
    loop.skipping.now += seconds


@dataclass
class Row:
    """The tenant's row, and how long the database takes before and after it reads its clock."""

    asking: float = 0.0
    answering: float = 0.0
    jump: float = 0.0
    next: float = 0.0
    counts: list[int] = field(default_factory=list)
    slots: list[float] = field(default_factory=list)
    """The instants that were taken, by the loop's clock."""

    async def take(self, tenant_id: str, slots: int, spacing_ms: float) -> Taken:
        assert tenant_id == "tenant"
        await asyncio.sleep(self.asking)
        at = now()
        first = max(self.next, at)
        self.next = first + slots * spacing_ms / 1000
        self.counts.append(slots)
        self.slots += [first + number * spacing_ms / 1000 for number in range(slots)]
        await asyncio.sleep(self.answering)
        return Taken(AHEAD + self.jump + at, AHEAD + self.jump + first)

    async def pause(self, tenant_id: str, seconds: float) -> None:
        assert tenant_id == "tenant"
        self.next = max(self.next, now() + seconds)


@pytest.fixture
def row() -> Row:
    return Row()


@pytest.fixture
def pacer(row: Row) -> Pacer:
    return Pacer(row, rate=RATE)


async def turn(pacer: Pacer) -> float:
    """When the turn comes."""
    await pacer.turn("tenant")
    return now()


async def turns(count: int, *pacers: Pacer) -> list[float]:
    """When the turns of so many callers of each pacer come, who all ask now; in the order they asked."""
    return await asyncio.gather(*(turn(pacer) for _ in range(count) for pacer in pacers))


def gaps(instants: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(sorted(instants))]


@in_no_time
async def test_callers_are_spaced_and_in_order(pacer: Pacer) -> None:
    """Who asked first is first, and everybody has a slot's distance from the one before."""
    assert await turns(23, pacer) == pytest.approx([number * SPACING for number in range(23)])


@in_no_time
async def test_no_burst_after_idle_time(pacer: Pacer) -> None:
    """Callers after a quiet hour are spaced as ever."""
    await turns(3, pacer)
    await asyncio.sleep(3600)

    assert gaps(await turns(10, pacer)) == pytest.approx([SPACING] * 9)


@in_no_time
async def test_a_crowd_shares_statements(pacer: Pacer, row: Row) -> None:
    """Many callers cost few statements, and no more slots than there are callers."""
    await turns(23, pacer)

    assert sum(row.counts) == 23
    assert max(row.counts) == MOST
    assert len(row.counts) <= 6


@in_no_time
async def test_who_does_not_wait_is_counted(pacer: Pacer) -> None:
    """A reply to somebody who waits goes out at once, and those who are sent to come later by as much."""
    waiting = asyncio.create_task(turns(8, pacer))
    await asyncio.sleep(0.5 * SPACING)
    pacer.spend("tenant")
    pacer.spend("another tenant")

    assert await waiting == pytest.approx([number * SPACING for number in (0, 1, 3, 4, 5, 6, 7, 8)])


@in_no_time
async def test_who_does_not_wait_owes_what_is_not_taken_yet(pacer: Pacer) -> None:
    """More replies than this process has slots are counted too."""
    waiting = asyncio.create_task(turns(8, pacer))
    await asyncio.sleep(0.5 * SPACING)
    for _ in range(6):
        pacer.spend("tenant")

    assert await waiting == pytest.approx([number * SPACING for number in (0, 1, *range(8, 14))])


@in_no_time
async def test_one_alone_takes_one(pacer: Pacer, row: Row) -> None:
    """A replica with little to send takes no slots from the others."""
    for _ in range(3):
        await turn(pacer)

    assert row.counts == [1, 1, 1]


@in_no_time
async def test_replicas_share_no_slot(row: Row) -> None:
    """Three replicas together are as fast as one."""
    together = await turns(20, Pacer(row, rate=RATE), Pacer(row, rate=RATE), Pacer(row, rate=RATE))

    assert sorted(together) == pytest.approx([number * SPACING for number in range(60)])


@in_no_time
async def test_a_slow_database_costs_no_slots(pacer: Pacer, row: Row) -> None:
    """The next slots are taken while the last one is waited for."""
    row.asking = 1.5 * SPACING

    instants = (await turns(21, pacer))[1:]

    assert gaps(instants) == pytest.approx([SPACING] * 19)


@in_no_time
async def test_a_little_late(pacer: Pacer, row: Row) -> None:
    """A slot that comes a little late is used; the ones behind it stay where they were."""
    waiting = asyncio.create_task(turns(5, pacer))
    await asyncio.sleep(SPACING * 1.5)
    block(0.5 * SPACING + 0.5 * LATE)

    expected = [number * SPACING for number in range(5)]
    expected[2] += 0.5 * LATE
    assert await waiting == pytest.approx(expected)
    assert sum(row.counts) == 5


@pytest.mark.parametrize("seconds", [0.07, 0.5, 3600.0])
@in_no_time
async def test_too_late(pacer: Pacer, row: Row, seconds: float) -> None:
    """After the process was busy or stopped, what it missed is thrown away: nothing is made up for."""
    waiting = asyncio.create_task(turns(20, pacer))
    await asyncio.sleep(SPACING * 1.5)
    block(seconds)

    instants = await waiting

    assert all(any(0 <= instant - slot <= LATE + 1e-6 for slot in row.slots) for instant in instants)
    for count in range(1, 20):
        shortest = min(after - before for before, after in zip(instants, instants[count:], strict=False))
        assert shortest >= count * SPACING - LATE - 1e-6
    assert instants[-1] <= seconds + 22 * SPACING


@in_no_time
async def test_a_late_answer_moves_no_slot(pacer: Pacer, row: Row) -> None:
    """How long an answer of the database took is not taken for time before the slots."""
    await turn(pacer)
    row.answering = 0.9 * SPACING

    instants = await turns(12, pacer)

    assert all(
        any(instant == pytest.approx(slot, abs=1e-6) for slot in row.slots) for instant in instants[1:]
    )


@pytest.mark.parametrize("jump", [-3600.0, -0.3, 0.3, 3600.0])
@in_no_time
async def test_the_database_clock_is_set(pacer: Pacer, row: Row, jump: float) -> None:
    """After the database's clock was set, everything goes on at once."""
    await turns(3, pacer)
    row.jump = jump
    start = now()

    assert await turns(10, pacer) == pytest.approx([start + number * SPACING for number in range(1, 11)])


@in_no_time
async def test_cancelled_while_waiting(pacer: Pacer) -> None:
    """A caller that goes away loses at most its own slot, wherever in the queue it was."""
    callers = [asyncio.create_task(turn(pacer)) for _ in range(12)]
    await asyncio.sleep(SPACING / 2)
    for gone in (1, 2, 7):
        callers[gone].cancel()
    served = [caller for number, caller in enumerate(callers) if number not in (1, 2, 7)]

    instants = await asyncio.gather(*served)

    assert instants == sorted(instants)
    assert min(gaps(instants)) >= SPACING - 1e-6
    assert max(instants) <= 11 * SPACING + 1e-6


@in_no_time
async def test_cancelled_while_taking(pacer: Pacer, row: Row) -> None:
    """Slots that a caller was taking as it went away serve the next ones."""
    row.answering = SPACING
    callers = [asyncio.create_task(turn(pacer)) for _ in range(4)]
    await asyncio.sleep(SPACING / 2)
    callers[0].cancel()

    assert await asyncio.gather(*callers[1:]) == pytest.approx([SPACING, SPACING * 2, SPACING * 3], abs=LATE)
    assert sum(row.counts) == 3


@in_no_time
async def test_pause(pacer: Pacer, row: Row) -> None:
    """From the pause on nobody sends, not even with a slot taken before; then it goes on in order."""
    waiting = asyncio.create_task(turns(12, pacer))
    await asyncio.sleep(SPACING * 1.5)
    await pacer.pause("tenant", 2)

    instants = await waiting

    assert instants[:2] == pytest.approx([0, SPACING])
    assert instants[2:] == pytest.approx([1.5 * SPACING + 2 + number * SPACING for number in range(10)])
    assert sum(row.counts) <= 12 + 2 * MOST


@in_no_time
async def test_pause_while_taking(pacer: Pacer, row: Row) -> None:
    """Slots on their way as the pause begins are not used either."""
    row.answering = SPACING
    waiting = asyncio.create_task(turns(2, pacer))
    await asyncio.sleep(SPACING / 2)
    await pacer.pause("tenant", 2)

    assert min(await waiting) >= 2 + SPACING / 2


@in_no_time
async def test_a_database_that_fails(pacer: Pacer, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller is told that the database failed, and the next one tries anew."""

    async def fail(*_: Any) -> Awaitable[Taken]:
        raise OSError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(row, "take", fail)
        with pytest.raises(OSError, match="gone"):
            await turn(pacer)

    await turns(3, pacer)
    assert sum(row.counts) == 3
