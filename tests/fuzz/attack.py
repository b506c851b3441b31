"""One run of the fuzzer: a bot as a process of its own, a story, and then its activities, mutated."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.acceptance.connector import Connector
from tests.acceptance.directory import Directory
from tests.acceptance.killable import KillableBot
from tests.acceptance.teams import Teams
from tests.fuzz.corpus import RecordingDoor, recorded
from tests.fuzz.mutations import Mutator

WITHIN = 5.0
"""Seconds for an answer; Teams gives a press no more."""
AT_ONCE = 32
WARM = 10_000
"""Activities after which memory is measured first: by then every cache that has a limit is at it. In a short
run it is after half of them."""
GROWTH = 1.25
"""How much of that memory there may be at the end."""
WENT_WRONG = re.compile(r"^\S+ \S+ (ERROR|CRITICAL) .*|^Traceback .*|^\w*(Error|Exception): .*", re.MULTILINE)


@dataclass
class Report:
    """What came of a run; `memory` is in MiB, by the number of activities sent before."""

    seed: int
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0
    memory: dict[int, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "sent": self.sent,
            "statuses": dict(sorted(self.statuses.items())),
            "slowest_seconds": round(self.slowest, 3),
            "seconds": round(self.seconds, 1),
            "memory_mib": self.memory,
            "found": len(self.findings),
            "findings": [one[:1000] for one in self.findings[:20]],
        }


async def attacked(
    folder: Path, database_url: str, activities: int, seed: int, *, within: float = WITHIN
) -> Report:
    """Runs the story, sends so many mutated activities, and says what was found."""
    report = Report(seed)
    directory = Directory()
    bot = KillableBot(database_url, folder / "bot.log")
    await bot.starts()
    try:
        async with Connector(directory) as connector, ClientSession() as session:
            door = RecordingDoor(session, f"{bot.url}/api/messages")
            teams = Teams(directory, connector, door)
            # The story is good, and made with nothing hostile yet: what goes wrong in it is no finding.
            mutator = Mutator(await recorded(teams, door, database_url), seed)
            connector.is_limited = False
            before = len(bot.log)
            await _sends(bot, mutator, activities, report, within)
            report.findings += [one.group() for one in WENT_WRONG.finditer(bot.log[before:])][:20]
    finally:
        await bot.is_killed()
    if report.memory and max(report.memory.values()) > GROWTH * next(iter(report.memory.values())):
        report.findings.append(f"memory grew: {report.memory}")
    return report


async def _sends(bot: KillableBot, mutator: Mutator, activities: int, report: Report, within: float) -> None:
    began, measured_every = time.monotonic(), min(WARM, max(1, activities // 2))
    # A connection each: what one request does to a connection is not to be seen by the next.
    connections = TCPConnector(limit=AT_ONCE, force_close=True)
    async with ClientSession(connector=connections, timeout=ClientTimeout(total=within)) as session:

        async def client() -> None:
            while report.sent < activities:
                report.sent += 1
                if report.sent % measured_every == 0:
                    report.memory[report.sent] = bot.memory
                await _posts(session, f"{bot.url}/api/messages", mutator.request(), report)

        await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    report.seconds = time.monotonic() - began


async def _posts(
    session: ClientSession, url: str, request: tuple[bytes, dict[str, str]], report: Report
) -> None:
    body, headers = request
    began = time.monotonic()
    try:
        async with session.post(
            url, data=body, headers={"Content-Type": "application/json"} | headers
        ) as response:
            answer = await response.text()
            report.statuses[response.status] += 1
            if response.status >= 500 or "went wrong" in answer:
                report.findings.append(f"{response.status} to {headers} {body[:3000]!r}: {answer[:300]}")
    except (ClientError, TimeoutError, ValueError) as error:
        report.findings.append(f"{error!r} to {headers} {body[:3000]!r}")
    report.slowest = max(report.slowest, time.monotonic() - began)
