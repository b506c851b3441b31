"""Half of what the bot can do for a long time, then twice that much: does it hold, and come back.

    .venv/bin/python -m benchmarks.endurance                         30 minutes on SQLite, and some
    .venv/bin/python -m benchmarks.endurance --database postgresql
    .venv/bin/python -m benchmarks.endurance --minutes 1             to see that it works

docs/reliability.md says what came of it. It ends with 1 where something was found. What it tells also goes to
artefacts/endurance-<database>.md. Linux only, like all benchmarks.
"""

import argparse
import asyncio
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from aiohttp import ClientError, ClientSession, ClientTimeout

from benchmarks.filling import count
from benchmarks.journal import Stage, Summary, together
from benchmarks.processes import ROOT, Process
from benchmarks.sending import say
from benchmarks.systems import COACH_POSTGRESQL, COACH_SQLITE, Bench, Load, Measured, Started, bench

SYSTEMS = {"sqlite": COACH_SQLITE, "postgresql": COACH_POSTGRESQL}

AT_ONCE = 16
"""People who speak without a pause while the capacity is measured."""
CAPACITY = 5.0
"""Seconds in which it is measured, before each minute of half of it: a processor that is shared with
strangers may be half as quick a minute later."""
CONNECTIONS = 1_500
"""More than the bot has places for, so that nobody waits for a connection in place of the bot."""
CALM = 60.0
"""Seconds of half of the capacity after the overload."""

NORMAL = 0.5
"""Seconds that 99 of 100 turns take at most."""
TEAMS_WAITS = 5.0
"""Seconds that an answer may take at most, whatever happens."""
BACK_WITHIN = 10
"""Seconds after the overload in which turns take longer, or are turned away."""
GROWTH = 1.1
"""How much of the memory that was held after a third of the time there may be at its end."""

STAGES = ("half of the capacity", "twice the capacity", "half of it again")
LOST = re.compile(r"\b(ERROR|CRITICAL)\b|^Traceback", re.MULTILINE)


@dataclass
class Watch:
    """What is seen of the bot from outside while it is busy."""

    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, and megabytes held."""
    health: Counter[str] = field(default_factory=Counter)
    """How often each path was answered with what."""
    slowest: float = 0.0
    """Seconds that the slowest of those answers took."""

    async def look(self, bot: Process, *, every: float = 1.0) -> None:
        """Until cancelled, ask whether the bot is alive and ready, and how large it is."""
        begun = time.monotonic()
        async with ClientSession(timeout=ClientTimeout(total=TEAMS_WAITS)) as session:
            while True:
                self.memory.append((time.monotonic() - begun, bot.memory))
                for path in ("/healthz", "/readyz"):
                    await self._asks(session, bot.url, path)
                await asyncio.sleep(every)

    async def _asks(self, session: ClientSession, url: str, path: str) -> None:
        begun = time.monotonic()
        try:
            async with session.get(f"{url}{path}") as response:
                self.health[f"{path} {response.status}"] += 1
        except (ClientError, TimeoutError) as error:
            self.health[f"{path} {type(error).__name__}"] += 1
        self.slowest = max(self.slowest, time.monotonic() - begun)

    def held(self, at: float) -> float:
        """Megabytes, so many seconds after the beginning."""
        return next((size for seconds, size in self.memory if seconds >= at), self.memory[-1][1])


@dataclass(frozen=True)
class Wanted:
    """What is to be done."""

    database: str
    minutes: float
    """Of half of the capacity."""
    overload: float
    """Seconds of twice the capacity."""
    capacity: float | None
    """Turns a second; measured where it is not said."""

    @property
    def rounds(self) -> Sequence[float]:
        """Of half of the capacity: seconds, a minute at most."""
        many = math.ceil(self.minutes)
        return [self.minutes * 60 / many] * many


@dataclass(frozen=True)
class Round:
    """Half of what the bot could do just before."""

    capacity: float
    """Turns a second."""
    half: Measured


@dataclass(frozen=True)
class Run:
    """One bot, and what came of it."""

    wanted: Wanted
    rounds: Sequence[Round]
    seconds: float
    """That the rounds took."""
    afterwards: Measured
    """Twice the capacity, and half of it again."""
    watch: Watch
    errors: int
    """Lines of the bot's log that tell of one."""
    kept: int
    """Finished checks in the database."""
    finished: int
    """Checks whose last answer was confirmed."""

    @property
    def stages(self) -> list[Summary]:
        half = [summary for one in self.rounds for summary in one.half.outcome.by_stage]
        return [together(half), *self.afterwards.outcome.by_stage]

    @property
    def back_after(self) -> int:
        """Seconds after the overload until turns were as usual, and stayed so."""
        calm = self.stages[2].begins
        late = [one.begins for one in self.afterwards.outcome.by_second if _is_unusual(one)]
        return max((int(one - calm) + 1 for one in late if one >= calm), default=0)

    def findings(self) -> Iterator[str]:
        """What should not have been."""
        half, twice, calm = self.stages
        if half.statuses.keys() - {"200"}:
            yield f"at half of the capacity there was {half.statuses}"
        if half.waits[2] > NORMAL:
            yield f"at half of the capacity 99 of 100 took up to {half.waits[2]:.2f} s"
        if twice.statuses.keys() - {"200", "503"} or calm.statuses.keys() - {"200", "503"}:
            yield f"there was {twice.statuses} and then {calm.statuses}"
        if (longest := max(twice.waits[3], calm.waits[3])) > TEAMS_WAITS:
            yield f"an answer took {longest:.2f} s"
        if self.back_after > BACK_WITHIN:
            yield f"it was as usual only {self.back_after} s after the overload"
        if self.errors:
            yield f"{self.errors} errors in the log"
        if self.kept != self.finished:
            yield f"{self.finished} checks were finished, and {self.kept} are kept"
        if ill := {name: many for name, many in self.watch.health.items() if not name.endswith(" 200")}:
            yield f"asked whether it is well, it answered {ill}"
        if self.memory[2][1] > GROWTH * self.memory[0][1]:
            yield f"memory grew: {self.memory}"

    @property
    def memory(self) -> list[tuple[float, float]]:
        """Minutes, and megabytes held, after a third, two thirds and all of the time, and at the end."""
        ends = [*(self.seconds * part for part in (1 / 3, 2 / 3, 1)), self.watch.memory[-1][0]]
        return [(round(one / 60, 1), round(self.watch.held(one), 1)) for one in ends]

    def told(self) -> list[str]:
        """As Markdown."""
        rates = [one.capacity for one in self.rounds]
        capacity = f"{fmean(rates):.0f} turns a second, {min(rates):.0f} to {max(rates):.0f}"
        lines = [f"## {self.wanted.database}", "", f"Capacity: {capacity}.", ""]
        lines += [_row("", "turns", "answered", "503", "p50", "p95", "p99", "longest", "longest 503")]
        lines += [_row(*["---"] * 9)]
        lines += [_told(name, one) for name, one in zip(STAGES, self.stages, strict=True)]
        lines += ["", f"- as usual again: {self.back_after} s after the overload"]
        lines += [f"- memory after minutes: {', '.join(f'{at:g}: {held:g} MB' for at, held in self.memory)}"]
        lines += [
            f"- health: {dict(self.watch.health)}, the slowest after {self.watch.slowest * 1000:.0f} ms"
        ]
        lines += [f"- errors in the log: {self.errors}; checks finished: {self.finished}, kept: {self.kept}"]
        busy, load = fmean(one.half.busy for one in self.rounds), fmean(map(_own, self.rounds))
        lines += [f"- of a core the bot took {busy:.0%} of half, and whoever made the load {load:.0%}"]
        return [*lines, *(f"- FOUND: {one}" for one in self.findings()), ""]


def _is_unusual(second: Summary) -> bool:
    return second.statuses.keys() != {"200"} or second.waits[2] > NORMAL


def _told(name: str, stage: Summary) -> str:
    turns = stage.statuses
    waits = [f"{one * 1000:.0f} ms" for one in [*stage.waits, stage.longest_refusal]]
    others = sum(many for status, many in turns.items() if status != "200")
    return _row(name, str(sum(turns.values())), str(turns.get("200", 0)), str(others), *waits)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _own(one: Round) -> float:
    """Share of a core that whoever made the load took."""
    return one.half.outcome.own_cpu / one.half.outcome.seconds


async def endure(bench: Bench, wanted: Wanted) -> Run:
    """Half of what one bot can do, then twice, then half."""
    with tempfile.TemporaryDirectory(prefix="endurance") as folder:
        log = Path(folder, "bot.log")
        async with bench.started(SYSTEMS[wanted.database], checks_tokens=True, log=log) as bot:
            await _capacity(bench, bot)  # it has just started
            async with _watched(bot) as watch:
                begun = time.monotonic()
                rounds = [await _round(bench, bot, wanted, seconds) for seconds in wanted.rounds]
                seconds, capacity = time.monotonic() - begun, rounds[-1].capacity
                stages = (wanted.overload, capacity * 2), (CALM, capacity / 2)
                afterwards = await bench.measure(bot, "both", _by_clock(*stages))
            kept = await asyncio.to_thread(count, bot.database_url, "checks where finished_at is not null")
        errors = await asyncio.to_thread(_errors, log)
        return Run(wanted, rounds, seconds, afterwards, watch, errors, kept, finished=sum(bot.finished))


async def _round(bench: Bench, bot: Started, wanted: Wanted, seconds: float) -> Round:
    capacity = wanted.capacity or await _capacity(bench, bot)
    half = await bench.measure(bot, "both", _by_clock((seconds, capacity / 2)))
    [summary] = half.outcome.by_stage
    say(f"{capacity / 2:.0f} a second: {summary.statuses}, 99 of 100 within {summary.waits[2]:.3f} s")
    return Round(capacity, half)


async def _capacity(bench: Bench, bot: Started) -> float:
    return (await bench.measure(bot, "both", Load(CAPACITY, connections=AT_ONCE))).rate


def _by_clock(*stages: Stage) -> Load:
    seconds = sum(seconds for seconds, _ in stages)
    return Load(seconds, warm=0, connections=CONNECTIONS, stages=stages, refusals=(503,))


def _errors(log: Path) -> int:
    return len(LOST.findall(log.read_text("utf-8")))


@asynccontextmanager
async def _watched(bot: Started) -> AsyncIterator[Watch]:
    watch = Watch()
    looking = asyncio.create_task(watch.look(bot.processes[0]))
    try:
        yield watch
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def run(wanted: Wanted) -> Run:
    """One run, with all that is around the bot."""
    async with bench() as all_around:
        return await endure(all_around, wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description="Does the bot hold for long, and come back from too much?")
    parser.add_argument("--database", choices=SYSTEMS, default="sqlite")
    parser.add_argument("--minutes", type=float, default=30, help="of half of the capacity")
    parser.add_argument("--overload", type=float, default=60, help="seconds of twice the capacity")
    parser.add_argument("--capacity", type=float, help="turns a second, where it is known")
    wanted = Wanted(**vars(parser.parse_args()))
    done = asyncio.run(run(wanted))
    text = "\n".join(done.told())
    report = ROOT / f"artefacts/endurance-{wanted.database}.md"
    report.parent.mkdir(exist_ok=True)
    report.write_text(f"{text}\n", encoding="utf-8")
    say(text)
    return 1 if any(done.findings()) else 0


if __name__ == "__main__":
    sys.exit(main())
