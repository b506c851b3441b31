"""The look around: whatever is due is begun, and whatever was left lying is taken up.

Every replica looks, all the time. What is found is handed to the engine under an id that names it, or done by
a statement that only one can win, so that many eyes do no more than one.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assessment.survey import Phase, Survey
from jobs.announcing import Announcer
from jobs.posting import RESULT, SHOWN_AFTERWARDS
from storage.database import RAISED, Database
from storage.deliveries import Round

if TYPE_CHECKING:
    from jobs.engine import Engine

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds; also how often a process says that it is alive."""

LAST_LOOK_WITHIN = 3.0
"""Seconds in which what is being looked at as the bot stops may end, so that no call of Teams is cut off."""

SILENCE = dt.timedelta(seconds=15)
"""After which a process counts as dead. With LOOK_EVERY that is noticed within 20 seconds, and its work is
taken over within 30."""

DIED = "the bot stopped while sending"

LOST = dt.timedelta(minutes=10)
"""After which a message is lost that was claimed and neither sent nor given back."""

ANEW_EVERY = 600.0
"""Seconds; longer than a job is tried before it is given up."""

Habit = Callable[[], Awaitable[None]]
"""Something to do again and again; harmless to repeat."""


class Watch:
    """Looks around, every few seconds and as soon as `nudged` is set."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        announcer: Announcer,
        *,
        replica: str,
        nudged: asyncio.Event,
        clock: Callable[[], dt.datetime],
        habits: Sequence[Habit],
    ) -> None:
        """`habits` are what others do as often, each apart from the rest."""
        self._surveys = database.surveys
        self._deliveries = database.deliveries
        self._engine = engine
        self._announcer = announcer
        self._replica = replica
        self._clock = clock
        self._nudged = nudged
        self._leaving = asyncio.Event()
        self._habits = habits
        self._beating_since = math.inf
        self._idle: dict[Round, set[int]] = {}

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look around until the block ends."""
        # Apart, so that a Teams that answers slowly neither delays work nor makes this process look dead.
        tasks = [
            asyncio.create_task(self._keep(habit, self._leaving)) for habit in (self._beat, *self._habits)
        ]
        tasks.append(asyncio.create_task(self._keep(self._look, self._nudged)))
        try:
            yield
        finally:
            self._leaving.set()
            self._nudged.set()
            await asyncio.wait(tasks, timeout=LAST_LOOK_WITHIN)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def leave(self) -> None:
        """Say goodbye, once this process does nothing any more; what it could not finish is unknown."""
        with contextlib.suppress(*RAISED.unavailable):
            await self._deliveries.lose(self._replica, DIED, self._clock())
            await self._announcer.lose(self._replica)
            await self._deliveries.bury(self._replica)

    async def _keep(self, habit: Habit, wake: asyncio.Event) -> None:
        """Do something every few seconds and as soon as `wake` is set, until the bot stops."""
        while not self._leaving.is_set():
            try:
                await habit()
            except RAISED.unavailable as error:
                log.warning("the database cannot be used: %s", error)
            except Exception:
                log.exception("looking around failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), LOOK_EVERY)

    async def _beat(self) -> None:
        """Say that this process is alive."""
        try:
            await self._deliveries.beat(self._replica)
        except RAISED.unavailable:
            self._beating_since = math.inf
            raise
        self._beating_since = min(self._beating_since, time.monotonic())

    async def _look(self) -> None:
        self._nudged.clear()
        await self._take_over()
        await self._begin_rounds()
        await self._pick_up_parts()
        await self._close()

    async def _take_over(self) -> None:
        """What a process that died had claimed is unknown; the rest of its work goes to the living."""
        if time.monotonic() - self._beating_since <= SILENCE.total_seconds():
            # While the database was away nobody could be heard.
            return
        now = self._clock()
        await self._deliveries.lose_old(now - LOST, DIED, now)
        await self._announcer.lose_old(now - LOST)
        for dead in await self._deliveries.silent(SILENCE):
            log.warning("the process %s is silent, its work is taken over", dead)
            await self._deliveries.lose(dead, DIED, self._clock())
            await self._announcer.lose(dead)
            await self._engine.take_over(dead)
            await self._deliveries.bury(dead)

    async def _begin_rounds(self) -> None:
        for one in await self._deliveries.due_rounds(self._clock()):
            await have_done(self._engine, "round", one.survey_id, one.number)

    async def _pick_up_parts(self) -> None:
        """Hand parts to the engine again in which something waits and, at two looks, nobody worked."""
        rounds = await self._deliveries.sending_rounds()
        idle: dict[Round, set[int]] = {}
        for one in rounds:
            await self._deliveries.end(one)
            waiting = set(await self._deliveries.waiting_parts(one, self._clock()))
            if not waiting:
                continue
            at_work = {int(id_.rpartition(":")[2]) for id_ in await self._engine.unfinished(part_id(one))}
            idle[one] = waiting - at_work
            lying = idle[one] & self._idle.get(one, set())
            if lying and await self._deliveries.try_again(one):
                log.info("%d parts of a round are handed out again", len(lying))
                await start_parts(self._engine, replace(one, tries=one.tries + 1), lying)
        self._idle = idle

    async def _close(self) -> None:
        """Begin to close what is over, and go on with what is being closed or not posted yet."""
        being_sent = await self._deliveries.busy(self._clock())
        for survey in await self._surveys.running():
            if survey.phase is Phase.OPEN and await self._is_over(survey, being_sent):
                await self._surveys.begin_closing(survey, self._clock())
        for survey in await self._surveys.running():
            if survey.phase is Phase.CLOSING:
                await have_done(self._engine, "close", survey.id)
        for survey in await self._surveys.just_closed(self._clock() - SHOWN_AFTERWARDS):
            if not await self._surveys.was_posted(survey, RESULT):
                await have_done(self._engine, "close", survey.id)

    async def _is_over(self, survey: Survey, being_sent: set[str]) -> bool:
        if survey.closes_at <= self._clock():
            return True
        return survey.id not in being_sent and (await self._deliveries.numbers(survey)).all_done


async def have_done(engine: Engine, job: str, *args: str | int) -> None:
    """Have a job done that is not being done; one that was given up is begun anew after a while."""
    prefix = ":".join(map(str, (job, *args, "")))
    if not await engine.unfinished(prefix):
        await engine.start(job, f"{prefix}{int(time.time() // ANEW_EVERY)}", *args)


def part_id(round_: Round, part: int | str = "") -> str:
    """What the engine calls a part's job; without a part, how all of the round's parts begin."""
    prefix = f"part:{round_.survey_id}:{round_.number}:"
    return prefix if part == "" else f"{prefix}{round_.tries}:{part}"


async def start_parts(engine: Engine, round_: Round, parts: Iterable[int]) -> None:
    """Have parts of a round sent; one that was started already is left as it is."""
    for part in parts:
        await engine.start("part", part_id(round_, part), round_.survey_id, round_.number, part)
