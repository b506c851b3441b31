"""What a turn costs: the bot beside the least that is possible, and beside the echoes of two SDKs.

    make bench                                everything, for about an hour
    make bench ARGS=--quick                   a little of everything, in two minutes: no figures to quote
    make bench ARGS="turns latency"           these parts alone
    make bench ARGS="--people 10000"          without the 100,000 people, who take half of the time

docs/performance.md says what is measured, and how. The table also goes to artefacts/turn.md.
"""

import argparse
import asyncio
import datetime as dt
import math
import os
import platform
import shlex
import signal
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.filling import NUMBERED, count
from benchmarks.processes import ROOT, database, goes_first
from benchmarks.sending import say
from benchmarks.systems import (
    AGENTS,
    ALL,
    BARE_ONLY,
    BARE_POSTGRESQL,
    BARE_SQLITE,
    COACH_EXPORTING,
    COACH_POSTGRESQL,
    COACH_SQLITE,
    CORES,
    EDITION,
    STOCK,
    Bench,
    Load,
    Measured,
    Started,
    System,
    bench,
)
from content.loading import load
from tests.acceptance.directory import HOME_TENANT

KINDS = ("message", "invoke")
REPORT = ROOT / "artefacts/turn.md"

BEFORE_ANSWERS = 2
"""Turns of a check before its first answer: the start and the role."""
LONGEST = 24 * 3600
"""Seconds that a load may take which is over when its people are done."""
ENGINE_IS_THERE = 10
"""Seconds; a bot answers before the engine of its surveys is loaded."""
REPLICAS = 3
STORED = 1_000_000
"""Answers in a database that is full."""

FILL = """
insert into checks (id, tenant_id, person_id, edition, role, started_at, finished_at) {people}
select key, '{tenant}', key, '{edition}', 'maker', 1, 2 from people;

insert into answers (check_id, discipline, answer, activity_id, answered_at) {people}
select key, disciplines.id, cast(100 + i / 3 % 5 * 100 as text), 'a', 2
from people cross join ({disciplines}) disciplines;

insert into conversations (tenant_id, person_id, conversation_id, service_url) {people}
select '{tenant}', key, 'a:' || key, 'https://smba.trafficmanager.net/teams/' from people;

insert into wishes (tenant_id, person_id, zone) {people}
select '{tenant}', key, 'Europe/London' from people
"""


@dataclass(frozen=True)
class Wanted:
    """How much is to be measured; seconds are those of one load."""

    parts: tuple[str, ...]
    rounds: int
    seconds: float
    warm: float
    people: int
    stored: int

    answering: int
    """People who answer all questions after a start that is not measured."""

    def load(self, **more: Any) -> Load:
        return Load(**({"seconds": self.seconds, "warm": self.warm} | more))

    @property
    def answers(self) -> Load:
        return Load(seconds=LONGEST, warm=0, people=self.answering, unmeasured=BEFORE_ANSWERS)


@dataclass(frozen=True)
class Goal:
    """A ratio that is to be reached: the cost of one system's turn in that of another's."""

    words: str
    kind: str
    of: System
    to: System
    bound: float
    is_least: bool = False
    """Whether it is to be at least the bound, else it is at most that."""

    def told(self, *ratios: float) -> str:
        sign = "≥" if self.is_least else "≤"
        return _row(
            self.words, f"{sign} {self.bound:g}", *(_bold(f"{one:.2f}", self._reached(one)) for one in ratios)
        )

    def _reached(self, ratio: float) -> bool:
        return ratio >= self.bound if self.is_least else ratio <= self.bound


GOALS = (
    Goal("invoke to bare with the same write, SQLite", "invoke", COACH_SQLITE, BARE_SQLITE, 2),
    Goal("invoke to bare with the same write, PostgreSQL", "invoke", COACH_POSTGRESQL, BARE_POSTGRESQL, 2),
    Goal("invoke to bare without a write, SQLite", "invoke", COACH_SQLITE, BARE_ONLY, 6.8),
    Goal("invoke to bare without a write, PostgreSQL", "invoke", COACH_POSTGRESQL, BARE_ONLY, 6.8),
    Goal("stock's invoke to ours, SQLite", "invoke", STOCK, COACH_SQLITE, 25, is_least=True),
    Goal("stock's invoke to ours, PostgreSQL", "invoke", STOCK, COACH_POSTGRESQL, 25, is_least=True),
    Goal("message to bare with the same write, SQLite", "message", COACH_SQLITE, BARE_SQLITE, 2.5),
    Goal(
        "message to bare with the same write, PostgreSQL", "message", COACH_POSTGRESQL, BARE_POSTGRESQL, 2.5
    ),
    Goal("stock's message to ours, SQLite", "message", STOCK, COACH_SQLITE, 15, is_least=True),
    Goal("stock's message to ours, PostgreSQL", "message", STOCK, COACH_POSTGRESQL, 15, is_least=True),
    Goal("the Agents SDK's invoke to ours, SQLite", "invoke", AGENTS, COACH_SQLITE, 1, is_least=True),
    Goal("the Agents SDK's message to ours, SQLite", "message", AGENTS, COACH_SQLITE, 1, is_least=True),
)

ANSWERS = " answers"
"""Behind a kind of turn: of whole checks, only what follows start and role."""

Key = tuple[System, bool, str]
"""System, whether it checks tokens, and message or invoke; or the answers of those."""
Lines = list[str]


async def turns(bench: Bench, wanted: Wanted) -> Lines:
    """CPU per turn of each system, and the ratios within a round."""
    seen: dict[Key, list[Measured]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        bots = await _started(
            stack,
            (bench.started(one, checks_tokens=tokens) for one in ALL for tokens in (False, True)),
        )
        for number in range(wanted.rounds):
            say(f"turns, round {number + 1} of {wanted.rounds}")
            for bot in bots:
                for kind in KINDS:
                    measured = await bench.measure(bot, kind, wanted.load())
                    seen[bot.system, bot.checks_tokens, kind].append(measured)
                    if bot.system.is_ours:
                        measured = await bench.measure(bot, kind, wanted.answers)
                    seen[bot.system, bot.checks_tokens, kind + ANSWERS].append(measured)
        for bot in bots:
            await _assert_kept(bot)
    return [*_costs(seen), "", *_goals(seen)]


def _costs(seen: dict[Key, list[Measured]]) -> Lines:
    columns = [(kind, tokens) for kind in KINDS for tokens in (False, True)]
    titles = [f"{kind}{', token' if tokens else ''}" for kind, tokens in columns]
    lines = ["## CPU per turn", "", "Milliseconds of the bot's process alone, medians of the rounds.", ""]
    lines += _header("", *titles)
    lines += [
        _row(name, *(f"{_median(seen[one, tokens, kind + part], 'cpu'):.3f}" for kind, tokens in columns))
        for one in ALL
        for name, part in _rows(one)
    ]
    lines += ["", "Of PostgreSQL's processes beside it:", "", *_header("", *titles)]
    lines += [
        _row(
            one.name,
            *(f"{_median(seen[one, tokens, kind], 'database_cpu') * 1000:.3f}" for kind, tokens in columns),
        )
        for one in ALL
        if one.database == "postgresql"
    ]
    busiest = max(one.outcome.own_cpu / one.outcome.seconds for many in seen.values() for one in many)
    return [*lines, "", f"Whoever made the load took {busiest:.0%} of a core at most."]


def _rows(one: System) -> list[tuple[str, str]]:
    """The name of a system and what of its turns; an echo is the same at every turn."""
    return [(one.name, ""), *([(f"{one.name}, answers alone", ANSWERS)] if one.is_ours else [])]


def _goals(seen: dict[Key, list[Measured]]) -> Lines:
    lines = ["## Ratios", "", "With token check, medians of the ratios within one round.", ""]
    lines += _header("CPU of", "goal", "answers", "whole checks")
    for goal in GOALS:
        kinds = (goal.kind + ANSWERS, goal.kind)
        rounds = (zip(seen[goal.of, True, one], seen[goal.to, True, one], strict=True) for one in kinds)
        lines.append(goal.told(*(median(of.cpu / to.cpu for of, to in one) for one in rounds)))
    return lines


async def latency(bench: Bench, wanted: Wanted) -> Lines:
    """Turns a second of one core, and how long a turn takes at half of that."""
    full: dict[Key, list[Measured]] = defaultdict(list)
    half: dict[Key, list[Measured]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        bots = await _started(stack, (bench.started(one, checks_tokens=True) for one in ALL))
        for number in range(math.ceil(wanted.rounds / 2)):
            say(f"latency, round {number + 1}")
            for bot in bots:
                for kind in KINDS:
                    key = bot.system, True, kind
                    saturated = await bench.measure(bot, kind, wanted.load(connections=16))
                    full[key].append(saturated)
                    seconds = 2 * wanted.seconds
                    stages = ((wanted.warm + seconds, saturated.rate / 2),)
                    load = wanted.load(connections=64, stages=stages, seconds=seconds)
                    half[key].append(await bench.measure(bot, kind, load))
    lines = ["## Throughput and latency", ""]
    lines += ["With token check. A bot has one core; latencies are at half of its throughput, in ms.", ""]
    lines += _header("", "turn", "turns/s", "of the core", "p50", "p95", "p99")
    for (system, _, kind), measured in full.items():
        waits = zip(*(one.outcome.waits for one in half[system, True, kind]), strict=True)
        shown = [f"{_median(measured, 'rate'):.0f}", f"{_median(measured, 'busy'):.0%}"]
        shown += [f"{median(wait) * 1000:.1f}" for wait in waits][:3]
        lines.append(_row(system.name, kind, *shown))
    return lines


async def memory(bench: Bench, wanted: Wanted) -> Lines:
    """What is held at the start, and after very many people, half of whom typed."""
    lines = ["## Memory", "", "MB held by one process, with token check, on SQLite.", ""]
    steps = [people for people in (300, 10_000, 100_000) if people <= wanted.people]
    lines += _header("after people", "held", "growth")
    async with bench.started(COACH_SQLITE, checks_tokens=True) as bot:
        [process] = bot.processes
        await asyncio.sleep(ENGINE_IS_THERE)
        begun, done = process.memory, 0
        lines.append(_row("none", f"{begun:.1f}", "-"))
        for people in steps:
            say(f"memory, {people} people")
            load = Load(seconds=LONGEST, warm=0, people=people - done)
            done += (await bench.measure(bot, "both", load)).outcome.people
            held = process.memory
            lines.append(_row(f"{done:,}", f"{held:.1f}", f"{held - begun:+.1f}"))
        await _assert_kept(bot)
    return lines


async def start(bench: Bench, wanted: Wanted) -> Lines:
    """From the start of the process to the first answer, on a database that is there."""
    seen: dict[System, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        systems = (COACH_SQLITE, COACH_POSTGRESQL, BARE_ONLY, STOCK, AGENTS)
        kept = {one: stack.enter_context(database(one.database)) for one in systems if one.database}
        for number in range(1 + wanted.rounds):
            say(f"start, round {number} of {wanted.rounds}")
            for system in systems:
                async with bench.started(system, checks_tokens=True, keep=kept.get(system)) as bot:
                    seen[system].append(bot.processes[0].ready_after)
    # The first start made the tables, and the interpreter's own files.
    new = {system: seconds.pop(0) for system, seconds in seen.items()}
    lines = ["## Cold start", "", "Seconds until `/readyz` is answered with 200.", ""]
    lines += _header("", "seconds", "with a new database", "to stock")
    for system, seconds in seen.items():
        ratio = median(one / stock for one, stock in zip(seconds, seen[STOCK], strict=True))
        first = f"{new[system]:.2f}" if system.database else "-"
        lines.append(_row(system.name, f"{median(seconds):.2f}", first, f"{ratio:.2f}"))
    return [*lines, "", "The goal is at most 1.5 of stock."]


async def stored(bench: Bench, wanted: Wanted) -> Lines:
    """What a turn costs beside very many stored answers."""
    content = load()
    order = content.editions[EDITION].order
    fill = FILL.format(
        people=NUMBERED.format(checks=math.ceil(wanted.stored / len(order))),
        tenant=HOME_TENANT,
        edition=EDITION,
        disciplines=" union all ".join(f"select '{one}' as id" for one in order),
    )
    ratios: dict[tuple[System, str], list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        coaches = (COACH_SQLITE, COACH_POSTGRESQL)
        bots = await _started(
            stack,
            (bench.started(one, checks_tokens=True, fill=many) for one in coaches for many in (None, fill)),
        )
        for number in range(wanted.rounds):
            say(f"stored, round {number + 1}")
            for empty, full in zip(bots[::2], bots[1::2], strict=True):
                for kind in KINDS:
                    costs = [(await bench.measure(bot, kind, wanted.load())) for bot in (empty, full)]
                    ratios[empty.system, kind].append(costs[1].cpu / costs[0].cpu)
    lines = [f"## {wanted.stored:,} stored answers", "", "CPU per turn beside that of an empty database.", ""]
    lines += _header("", "turn", "goal", "measured")
    for (system, kind), many in ratios.items():
        shown = _bold(f"{median(many):.2f}", median(many) <= 1.1)  # noqa: PLR2004 - the goal
        lines.append(_row(system.name, kind, "≤ 1.1", shown))
    return lines


async def replicas(bench: Bench, wanted: Wanted) -> Lines:
    """What several replicas on one database do in the time in which one does its part."""
    seen: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        one, several = await _started(
            stack,
            (
                bench.started(COACH_POSTGRESQL, checks_tokens=True, replicas=number, cores=CORES)
                for number in (1, REPLICAS)
            ),
        )
        for number in range(wanted.rounds):
            say(f"replicas, round {number + 1}")
            for kind in KINDS:
                for bot in (one, several):
                    load = wanted.load(connections=8 * len(bot.processes))
                    seen[kind, len(bot.processes)].append(await bench.measure(bot, kind, load))
    lines = ["## Replicas on PostgreSQL", "", f"With token check. {_cores()} for all there is.", ""]
    lines += _header(
        "turn", "turns/s of one", f"of {REPLICAS}", "ratio", "CPU per turn of one", f"of {REPLICAS}"
    )
    for kind in KINDS:
        alone, together = seen[kind, 1], seen[kind, REPLICAS]
        ratio = median(b.rate / a.rate for a, b in zip(alone, together, strict=True))
        rates = [f"{_median(many, 'rate'):.0f}" for many in (alone, together)]
        costs = [f"{_median(many, 'cpu'):.3f}" for many in (alone, together)]
        lines.append(_row(kind, *rates, f"{ratio:.2f}", *costs))
    return [*lines, "", "The goal is at least 2.2 where there are cores for it."]


async def telemetry(bench: Bench, wanted: Wanted) -> Lines:
    """What traces and metrics add to a turn, and to the start."""
    pairs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        systems = (COACH_SQLITE, COACH_EXPORTING)
        bots = await _started(stack, (bench.started(one, checks_tokens=True) for one in systems))
        readies = [bot.processes[0].ready_after for bot in bots]
        for number in range(wanted.rounds):
            say(f"telemetry, round {number + 1}")
            for kind in KINDS:
                off, on = [(await bench.measure(bot, kind, wanted.load())).cpu for bot in bots]
                pairs[kind].append((off, on))
        for bot in bots:
            await _assert_kept(bot)
    lines = [
        "## Telemetry",
        "",
        "CPU per turn in ms, with token check, on SQLite; medians of the rounds.",
        "",
    ]
    lines += _header("turn", "off", "on", "more")
    for kind, costs in pairs.items():
        off, on, more = (median(many) for many in zip(*((a, b, b - a) for a, b in costs), strict=True))
        lines.append(_row(kind, f"{off:.3f}", f"{on:.3f}", f"{more:+.3f}"))
    return [*lines, "", f"Ready after {readies[0]:.2f} s without, {readies[1]:.2f} s with telemetry."]


Part = Callable[[Bench, Wanted], Awaitable[Lines]]
PARTS: dict[str, Part] = {
    "turns": turns,
    "latency": latency,
    "memory": memory,
    "start": start,
    "stored": stored,
    "replicas": replicas,
    "telemetry": telemetry,
}


async def _started(
    stack: AsyncExitStack, starts: Iterable[AbstractAsyncContextManager[Started]]
) -> list[Started]:
    """Start bots, one after the other; each rests until it is measured."""
    bots = []
    for one in starts:
        bots.append(await stack.enter_async_context(one))
        bots[-1].rests()
    return bots


async def _assert_kept(bot: Started) -> None:
    """Raise ValueError where fewer checks are stored than were finished."""
    if not bot.system.is_ours or bot.database_url is None:
        return
    kept = await asyncio.to_thread(count, bot.database_url, "checks where finished_at is not null")
    if kept < sum(bot.finished):
        raise ValueError(f"{bot.system.name} kept {kept} of {sum(bot.finished)} finished checks")


def _median(many: Sequence[Measured], name: str) -> float:
    return median(getattr(one, name) for one in many)


def _header(*cells: str) -> Lines:
    return [_row(*cells), _row(*("---" for _ in cells))]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _bold(words: str, is_reached: bool) -> str:  # noqa: FBT001 - told beside the words
    return f"**{words}**" if is_reached else words


def _cores() -> str:
    number = os.cpu_count() or 1
    return "1 core" if number == 1 else f"{number} cores"


def _machine() -> Iterator[str]:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "CPU")
    yield f"{model}, {_cores()}, Python {platform.python_version()}, Linux {platform.release()}"
    yield f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    yield f"`python -m benchmarks.turn {shlex.join(sys.argv[1:])}`".replace(" `", "`")


async def measure(wanted: Wanted) -> Lines:
    """All parts, one after the other, as Markdown."""
    begun = os.getloadavg()
    lines = ["# What a turn costs", ""]
    async with bench() as all_around:
        for part in wanted.parts:
            lines += [*await PARTS[part](all_around, wanted), ""]
    loads = (f"{load[0]:.1f}" for load in (begun, os.getloadavg()))
    about = [*_machine(), f"load of the machine {' before, '.join(loads)} after"]
    rounds = f"{wanted.rounds} rounds of {wanted.seconds:g} s for each system and kind of turn"
    return [*lines[:2], *(f"- {one}" for one in (*about, rounds)), "", *lines[2:]]


def main() -> None:
    parser = argparse.ArgumentParser(description="What a turn costs.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, where none is named")
    parser.add_argument("--quick", action="store_true", help="two minutes, to see that it works")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="of one load")
    parser.add_argument(
        "--people", type=int, default=100_000, help="the most for the memory: 10000 or 100000"
    )
    given = parser.parse_args()
    parts = tuple(given.parts) or tuple(PARTS)
    wanted = Wanted(parts, given.rounds, given.seconds, 1.0, given.people, STORED, answering=500)
    if given.quick:
        wanted = Wanted(parts, rounds=1, seconds=0.5, warm=0.3, people=300, stored=10_000, answering=50)
    goes_first()
    # Whoever ends this process wants its bots and databases to end with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    text = "\n".join(asyncio.run(measure(wanted)))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(f"{text}\n", encoding="utf-8")
    say(text)


if __name__ == "__main__":
    main()
