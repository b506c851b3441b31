"""People who take whole checks, one turn after the other: the load, in a process of its own.

`turn.py` starts it as `python -m benchmarks.load`, gives it a `Job` as JSON on standard input, and reads an
`Outcome` as JSON from standard output.
"""

import asyncio
import itertools
import math
import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from benchmarks.http1 import Messages, posted
from benchmarks.journal import Journal, Stage, Summary

TICKS = os.sysconf("SC_CLK_TCK")
PERSON, ACTIVITY, CHECK = b"@person@", b"@activity@", b"@check@"
"""What stands in a script for what differs from person to person."""
_CHECK = re.compile(rb'"check": ?"([0-9a-f]{32})"')

DRAIN_SECONDS = 20.0
"""How long the last answers are waited for."""


@dataclass(frozen=True)
class Job:
    """What is to be done; seconds, and turns a second."""

    urls: list[str]
    """Replicas of one bot; a person speaks to one of them."""
    scripts: list[list[str]]
    """The bodies of the turns of one check. People take one script after the other."""
    token: str | None
    pids: list[int]
    """The processes whose CPU is told."""
    first_person: int
    connections: int
    warm: float
    seconds: float
    """Measured after `warm`; the job is over earlier once `people` are done."""
    people: int | None = None
    unmeasured: int = 0
    """Turns that all `people` have taken before anything is measured."""
    stages: list[Stage] = field(default_factory=list)
    """When turns begin, whatever becomes of them; without stages a turn follows each answer."""
    refusals: list[int] = field(default_factory=list)
    """Statuses that are noted, and then the same is said again later; any other but 2xx ends the job."""


@dataclass(frozen=True)
class Outcome:
    """What was measured."""

    turns: int
    seconds: float
    cpu: list[float]
    """Seconds in user and system mode, a process each."""
    own_cpu: float
    people: int
    """They finished, from the beginning."""
    all_turns: int
    """From the beginning to the last answer."""
    waits: list[float]
    """Seconds from when a turn was due until its answer was there: percentiles 50, 95, 99 and 100."""
    by_stage: list[Summary]
    by_second: list[Summary]
    """Only with stages."""


class Person:
    """Somebody with a script in hand."""

    def __init__(self, number: int, script: list[bytes]) -> None:
        self._number = b"%012d" % number
        self._script = script
        self._step = 0
        self._check: bytes | None = None

    def has_taken(self, turns: int) -> bool:
        """So many, or all there are where that is 0."""
        return self._step == (turns or len(self._script))

    def says(self) -> bytes:
        """The body of the next turn."""
        body = self._script[self._step]
        activity = self._number + b"%03d" % self._step
        self._step += 1
        body = body.replace(PERSON, self._number).replace(ACTIVITY, activity)
        if CHECK in body:
            if self._check is None:
                raise ValueError("no card has said which check this is")
            body = body.replace(CHECK, self._check)
        return body

    def says_it_again(self) -> None:
        """The next turn is the last one once more."""
        self._step -= 1

    def hears(self, body: bytes) -> None:
        """Learn from the first card which check it is about."""
        if self._check is None and (found := _CHECK.search(body)):
            self._check = found[1]


class Crowd:
    """All people, and what was measured of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        scripts = [[body.encode() for body in script] for script in job.scripts]
        everybody = zip(itertools.count(job.first_person), itertools.cycle(scripts), strict=False)
        begin = itertools.islice(everybody, job.people) if job.unmeasured else everybody
        self._next = (Person(number, script) for number, script in begin)
        self._turns = job.unmeasured
        self._rest: list[Person] = []
        self.turns = 0
        self.finished = 0

    @property
    def is_over(self) -> bool:
        return self._job.people is not None and self.finished >= self._job.people

    def one(self) -> Person | None:
        """Whoever is next; None where nobody is left."""
        return next(self._next, None)

    def heard(self, person: Person, body: bytes) -> Person | None:
        """Somebody got their answer: who speaks after it, or None where they have taken their turns."""
        person.hears(body)
        self.turns += 1
        if not person.has_taken(self._turns):
            return person
        self.finished += 1
        if self._turns:
            self._rest.append(person)
        return None

    def goes_on(self) -> None:
        """Have those who took the unmeasured turns take the others."""
        self._next, self._turns, self.finished = iter(self._rest), 0, 0


class Talk(asyncio.Protocol):
    """One connection: one person after the other."""

    def __init__(self, crowd: Crowd, head: bytes, done: "Load") -> None:
        self._crowd = crowd
        self._head = head
        self._load = done
        self._messages = Messages()
        self._person: Person | None = None
        self.due = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(exc)

    def takes_turn(self, due: float) -> bool:
        """Whether there is somebody who does."""
        self._person = self._person or self._crowd.one()
        if self._person is None:
            return False
        self.due = due
        body = self._person.says()
        self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        return True

    def data_received(self, data: bytes) -> None:
        try:
            for head, body in self._messages.fed(data):
                status = int(head.split(b" ", 2)[1])
                if head.startswith(b"HTTP/1.1 2"):
                    self._person = self._crowd.heard(self._person, body)
                elif status in self._load.refusals:
                    self._person.says_it_again()
                else:
                    raise ValueError(f"{head.decode()}\n{body.decode(errors='replace')}")  # noqa: TRY301
                self._load.answered(self, status)
        except ValueError as error:
            self._load.fails(error)

    def close(self) -> None:
        self._transport.close()


class Load:
    """Gives turns to connections: at once, or as the clock says."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.refusals = frozenset(job.refusals)
        self._crowd = Crowd(job)
        self._journal = Journal()
        self._loop = asyncio.get_running_loop()
        self._idle: deque[Talk] = deque()
        self._overdue: deque[float] = deque()
        self._busy = 0
        self._stopping = False
        self._measuring_from = float("inf")
        self._failed: asyncio.Future[None] = self._loop.create_future()

    async def run(self) -> Outcome:
        """Do the job. Raises ValueError where a bot answers anything but 2xx."""
        talks = [talk async for talk in self._connected()]
        self._idle.extend(talks)
        if self._job.unmeasured:
            self._all_begin()
            await self._for(math.inf)
            self._crowd.goes_on()
        clock = self._due_by_clock() if self._job.stages else iter(())
        if not self._job.stages:
            self._all_begin()
        ticking = asyncio.create_task(self._ticks(clock))
        await self._for(self._job.warm)
        self._measuring_from = begun = time.monotonic()
        turns, cpu, own = self._crowd.turns, self._cpu(), time.process_time()
        await self._for(self._job.seconds)
        seconds = time.monotonic() - begun
        measured = self._crowd.turns - turns
        cpu = [after - before for before, after in zip(cpu, self._cpu(), strict=True)]
        own = time.process_time() - own
        self._stopping = True
        ticking.cancel()
        await self._drained()
        for talk in talks:
            talk.close()
        crowd, journal, stages = self._crowd, self._journal, self._job.stages
        return Outcome(
            measured,
            seconds,
            cpu,
            own,
            crowd.finished,
            crowd.turns,
            journal.waits,
            journal.by_stage(stages),
            journal.by_second() if stages else [],
        )

    def answered(self, talk: Talk, status: int) -> None:
        """Note an answer, and have the connection go on."""
        now = time.monotonic()
        self._busy -= 1
        if talk.due >= self._measuring_from:
            self._journal.note(talk.due - self._measuring_from, now - talk.due, status)
        if self._overdue:
            self._gives(talk, self._overdue.popleft())
        elif self._stopping or self._crowd.is_over or self._job.stages:
            self._idle.append(talk)
        else:
            self._gives(talk, now)

    def lost(self, error: Exception | None) -> None:
        if not self._stopping:
            self.fails(error or ConnectionError("the bot has hung up"))

    def fails(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    def _all_begin(self) -> None:
        for talk in [self._idle.popleft() for _ in range(len(self._idle))]:
            self._gives(talk, time.monotonic())

    def _gives(self, talk: Talk, due: float) -> None:
        if talk.takes_turn(due):
            self._busy += 1
        else:
            self._idle.append(talk)

    async def _connected(self) -> Any:
        for number in range(self._job.connections):
            url = urlsplit(self._job.urls[number % len(self._job.urls)])
            headers = {"Authorization": f"Bearer {self._job.token}"} if self._job.token else {}
            head = posted(url.path, url.netloc, headers)
            _, talk = await self._loop.create_connection(
                lambda head=head: Talk(self._crowd, head, self), url.hostname, url.port
            )
            yield talk

    def _due_by_clock(self) -> Iterator[float]:
        begins = time.monotonic()
        for seconds, rate in self._job.stages:
            yield from (begins + number / rate for number in range(round(seconds * rate)))
            begins += seconds

    async def _ticks(self, clock: Iterator[float]) -> None:
        """Begin each turn when it is due; one for which nobody is free waits, and its wait counts."""
        for due in clock:
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            if self._idle:
                self._gives(self._idle.popleft(), due)
            else:
                self._overdue.append(due)

    async def _for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._crowd.is_over:
            await asyncio.wait([self._failed], timeout=min(0.05, max(0.0, until - time.monotonic())))
            if self._failed.done():
                self._failed.result()

    async def _drained(self) -> None:
        give_up_at = time.monotonic() + DRAIN_SECONDS
        while self._busy or self._overdue:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{self._busy + len(self._overdue)} turns were never answered")
            if self._failed.done():
                self._failed.result()
            await asyncio.sleep(0.01)

    def _cpu(self) -> list[float]:
        return [cpu_of(pid) for pid in self._job.pids]


def cpu_of(pid: int, *, with_ended_children: bool = False) -> float:
    """Seconds of all threads of a process so far, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / TICKS


if __name__ == "__main__":
    import uvloop

    async def _main() -> None:
        outcome = await Load(Job(**orjson.loads(sys.stdin.buffer.read()))).run()
        sys.stdout.buffer.write(orjson.dumps(asdict(outcome)))

    uvloop.run(_main())
