"""A survey sent to many people: how fast, how evenly, and at what cost.

    python -m benchmarks.sending                                  1,000 people, at Teams' rate
    python -m benchmarks.sending --replicas 3                     the same by three replicas
    python -m benchmarks.sending --database sqlite
    python -m benchmarks.sending --people 10000                   takes about 7 minutes
    python -m benchmarks.sending --people 100000 --rate 100000    as fast as the machine can

The bot runs as real processes; Teams' connector is a stand-in in another one, on the same machine.
"""

import argparse
import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiohttp import ClientSession

from benchmarks.lead import Lead, Rehearsal
from benchmarks.processes import ROOT, Process, database, goes_first, running
from tests.acceptance.limits import most_in_a_second

IDLE_SECONDS = 10.0
LOOK_EVERY = 1.0
GIVE_UP_AFTER = 60.0
"""Seconds without any call."""

AT_ANY_HOUR = {"QUIET_HOURS": "none", "QUIET_WEEKENDS": "false"}
"""Else a benchmark of the evening would wait for the morning."""

Arrivals = dict[str, list[float]]


@dataclass(frozen=True)
class Wanted:
    """What is to be measured; `rate` is that of the bot itself where it is None."""

    people: int
    replicas: int
    database: str
    latency: float
    rate: float | None


@dataclass(frozen=True)
class Run:
    """What was seen of one run. Megabytes and seconds; of memory the largest among the replicas."""

    wanted: Wanted
    rehearsal: Rehearsal
    pressed: float
    arrivals: Arrivals
    lags: list[tuple[float, float]]
    """When the stand-in was held up by the machine, and for how long."""
    idle: float
    """Share of a core that all replicas take while nothing happens."""
    cpu: float
    """Of all replicas, from the press to the last invitation."""
    growth: float
    """Of the peak over what was held before the lead's first word."""
    load: float

    def report(self) -> list[str]:
        """The figures, a line each."""
        opens, sends = self.arrivals["open"], self.arrivals["send"]
        begun, ended = min(opens), max(sends)
        calls = sorted(
            at for at in itertools.chain.from_iterable(self.arrivals.values()) if begun <= at <= ended
        )
        seconds = ended - begun
        idle = self.idle * seconds
        lag = max((lag for at, lag in self.lags if begun <= at <= ended), default=0.0)
        return [
            f"{self.wanted}",
            f"requests a second             {(len(calls) - 1) / seconds:.2f}",
            f"most in any second            {most_in_a_second(calls)}",
            f"sends a second                {len(sends) / seconds:.2f}",
            f"sends                         {len(sends)} to {self.wanted.people} people",
            f"first invitation after        {min(sends) - self.pressed:.2f} s",
            f"forecast                      {self.rehearsal.forecast}",
            f"from the press to the last    {ended - self.pressed:.1f} s",
            f"roster known after            {self.rehearsal.seconds:.1f} s",
            f"CPU a send                    {self.cpu / len(sends) * 1000:.2f} ms",
            f"CPU a send without idling     {(self.cpu - idle) / len(sends) * 1000:.2f} ms",
            f"CPU a request                 {self.cpu / len(calls) * 1000:.2f} ms",
            f"CPU of idle replicas          {self.idle * 100:.1f} % of a core",
            f"growth of memory, at most     {self.growth:.1f} MB",
            f"lag of the stand-in, at most  {lag * 1000:.0f} ms",
            f"load of the machine           {self.load:.1f}",
        ]


async def measure(wanted: Wanted) -> Run:
    """Send one survey and watch."""
    async with _started(wanted) as (connector, bots), ClientSession() as session:
        await asyncio.sleep(2)
        idle = await _share_of_a_core(bots)
        before = [bot.memory for bot in bots]
        for bot in bots:
            bot.forgets_peak()
        lead = Lead(session, bots[0].url, f"{connector.url}/")
        rehearsal = await lead.rehearses()
        cpu = sum(bot.cpu for bot in bots)
        pressed = await lead.sends(rehearsal)
        arrivals, lags = await _all_sent(session, connector, wanted.people)
        return Run(
            wanted,
            rehearsal,
            pressed,
            arrivals,
            lags,
            idle,
            cpu=sum(bot.cpu for bot in bots) - cpu,
            growth=max(bot.peak - held for bot, held in zip(bots, before, strict=True)),
            load=os.getloadavg()[0],
        )


@asynccontextmanager
async def _started(wanted: Wanted) -> AsyncIterator[tuple[Process, list[Process]]]:
    """The connector and the bots."""
    command = (ROOT / "app.py",) if wanted.rate is None else ("-m", "benchmarks.quick_bot", str(wanted.rate))
    stand_in = ("-m", "benchmarks.connector", "PORT", str(wanted.people), str(wanted.latency))
    async with AsyncExitStack() as stack:
        url = stack.enter_context(database(wanted.database))
        connector = await stack.enter_async_context(running(*stand_in, path="/channel"))
        settings = {"DATABASE_URL": url, "SECOND_LEAD_ABOVE": "1000000", "LOG_LEVEL": "ERROR"} | AT_ANY_HOUR
        bots = [
            await stack.enter_async_context(running(*command, path="/readyz", **settings))
            for _ in range(wanted.replicas)
        ]
        yield connector, bots


async def _share_of_a_core(bots: list[Process]) -> float:
    before = sum(bot.cpu for bot in bots)
    await asyncio.sleep(IDLE_SECONDS)
    return (sum(bot.cpu for bot in bots) - before) / IDLE_SECONDS


async def _all_sent(
    session: ClientSession, connector: Process, people: int
) -> tuple[Arrivals, list[tuple[float, float]]]:
    """Wait for the last invitation."""
    while True:
        async with session.get(f"{connector.url}/sent") as response:
            sent, newest = await response.json()
        if sent >= people or newest < time.monotonic() - GIVE_UP_AFTER:
            break
        await asyncio.sleep(LOOK_EVERY)
    async with session.get(f"{connector.url}/arrivals") as response:
        told = await response.json()
        return told["arrivals"], told["lags"]


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="Send a survey to many people, and measure it.")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds until the stand-in answers")
    parser.add_argument("--rate", type=float, help="requests a second, instead of what Teams allows")
    parser.add_argument("--keep", type=Path, help="a file for the instants of all calls, as JSON")
    given = vars(parser.parse_args())
    keep: Path | None = given.pop("keep")
    wanted = Wanted(**given)
    goes_first()
    run = asyncio.run(measure(wanted))
    if keep:
        keep.write_bytes(orjson.dumps(run.arrivals))
    for line in run.report():
        say(line)


if __name__ == "__main__":
    main()
