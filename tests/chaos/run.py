"""One run: people answer and a survey is sent while the storm rages; then it is seen what became of it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from tests.acceptance.clock import MONDAY, SharedClock
from tests.acceptance.colleagues import has_the_app
from tests.acceptance.connector import Connector
from tests.acceptance.device import Door
from tests.acceptance.directory import Directory
from tests.acceptance.killable import UNHURRIED, KillableBot, Replicas
from tests.acceptance.ledger import invitations, sending_ends
from tests.acceptance.log_rules import private_in
from tests.acceptance.surveys import HERE, a_crowd, sends
from tests.acceptance.teams import Teams
from tests.acceptance.workbooks import data_of
from tests.chaos.evidence import (
    Answers,
    Key,
    disagreements,
    doubled,
    first_few,
    invitations_per_person,
    kept_answers,
    lost,
    on_the_card,
    unfinished,
)
from tests.chaos.keeper import Keeper
from tests.chaos.logs import said_of_the_database, unexplained
from tests.chaos.people import Answerer, first_answer
from tests.chaos.report import Plan, Report
from tests.chaos.stores import Store, stored
from tests.chaos.storm import FARTHEST, Storm
from tests.chaos.weather import WEATHER

SETTINGS = {"LOG_LEVEL": "WARNING", "LOG_FORMAT": "json", "SECOND_LEAD_ABOVE": "1000000", "LOOK_EVERY": "5"}

PATIENCE = 15.0
"""Seconds after which Teams gives up on a press."""

FIRST = 30
"""Requests to Teams by which a survey is under way."""

REST_WITHIN = 120.0
"""Seconds after the storm in which everybody finishes their check."""


class Run:
    """A bot in a world of its own."""

    def __init__(self, plan: Plan, store: Store, clock: SharedClock, bots: Replicas, teams: Teams) -> None:
        chance = random.Random(plan.seed)
        self._plan, self._store, self._clock, self._bots, self._teams = plan, store, clock, bots, teams
        self._keeper = Keeper(bots.bots, random.Random(chance.random()))
        self._storm = Storm(store, self._keeper, clock, random.Random(chance.random()))
        self._team, self._lead = a_crowd(teams, plan.people)
        self._probe = has_the_app(teams, "Mallory Archer")
        chosen = chance.sample(teams.everybody_in(self._team)[1:], plan.answering)
        self._people = [Answerer(teams, one, random.Random(chance.random())) for one in chosen]
        self._report = Report(plan)

    async def goes(self) -> Report:
        """From the first word to the last look."""
        began = time.monotonic()
        for one in (self._probe, *(person.colleague for person in self._people)):
            await one.says("start")
        await sends(self._lead, name="Autumn check")
        keeping = (self._keeper.keeps(bot) for bot in self._bots.bots)
        async with _meanwhile(*keeping, self._storm.ticks()):
            await self._endures()
            await self._sees()
        self._report.seconds = time.monotonic() - began
        return self._report

    async def _endures(self) -> None:
        """People answer until the storm is over, and then to the end of their check."""
        began, over, connector = time.monotonic(), asyncio.Event(), self._teams.connector
        async with _meanwhile(*(one.answers(over) for one in self._people)) as answering:
            connector.fails_at_random(self._plan.share, self._plan.seed, tuple(WEATHER.values()))
            await self._is_under_way()
            await self._storm.rages(self._plan.kills - len(self._bots.bots), self._plan.minutes * 60)
            connector.fails_at_random(0, 0, ())
            await self._keeper.kills_all()
            answered = await self._answers_come()
            self._report.answered_after, self._report.all_answered_after = min(answered), max(answered)
            over.set()
            await asyncio.wait(answering, timeout=REST_WITHIN)
        # What a clock that was ahead has put off is due then.
        self._clock.jumps_to(MONDAY + FARTHEST)
        with suppress(TimeoutError):  # who is still on the way is found later
            await sending_ends(self._store.url, within=60 + self._plan.people / 10)
        sent = [one.arrived for one in connector.requests if one.kind == "send"]
        self._report.sending_seconds = max(sent) - began

    async def _is_under_way(self) -> None:
        """The first invitations have left: what comes at once finds a survey that is being sent."""
        connector, before = self._teams.connector, self._teams.connector.count("POST")
        assert await connector.wait_until(
            lambda: connector.count("POST") > before + FIRST, within=REST_WITHIN
        )

    async def _answers_come(self) -> list[float]:
        """Seconds until each process answers."""
        doors = map(self._door_of, self._bots.bots)
        return await asyncio.gather(*(first_answer(door, self._probe) for door in doors))

    def _door_of(self, bot: KillableBot) -> Door:
        return replace(self._teams.door, url=f"{bot.url}/api/messages", replicas=())

    async def _sees(self) -> None:
        """What became of everything, by the bot's own words and without it."""
        report, kept = self._report, kept_answers(self._store.url)
        report.states = Counter(invitations(self._store.url).values())
        await self._lead.says(f"{HERE} status")
        report.findings += on_the_card(self._lead.last_card(), report.states, kept)
        await self._sees_answers(kept)
        self._sees_invitations()
        self._sees_processes()

    async def _sees_answers(self, kept: Answers) -> None:
        report, confirmed = self._report, [one.memory.confirmed for one in self._people]
        # A file has an address at the process that made it.
        self._teams.door = self._door_of(self._bots[0])
        missing = [key for one in confirmed for key in lost(one, kept.given)]
        missing_in_files = [key for one in self._people for key in await self._missing_in_file(one)]
        second = doubled(self._people, kept)
        report.confirmed = sum(map(len, confirmed))
        report.finished = sum(len(one.memory.finished) for one in self._people)
        report.tries = sum((one.memory.tries for one in self._people), Counter())
        report.lost, report.lost_in_files, report.doubled = len(missing), len(missing_in_files), len(second)
        restless = [one.colleague.person.name for one in self._people if not one.memory.is_at_rest]
        report.findings += [
            *first_few(missing, "confirmed answers are not in the database"),
            *first_few(missing_in_files, "confirmed answers are not in what the bot shows"),
            *first_few(second, "checks are there twice"),
            *first_few(unfinished(self._people, kept), "checks with a result are not finished"),
            *first_few(restless, "people were never answered"),
            *first_few([one for one in report.tries if "stale" in one], "kinds of answer to a good press"),
        ]

    async def _missing_in_file(self, one: Answerer) -> list[Key]:
        """The confirmed answers that are not in what the bot hands over of a person's data."""
        rows = (await data_of(one.colleague, self._bots[0]))["answers"]
        shown = {(row["check_id"], row["discipline"]): row["answer"] for row in rows}
        return lost(one.memory.confirmed, shown)

    def _sees_invitations(self) -> None:
        report, connector = self._report, self._teams.connector
        report.invitations = invitations_per_person(self._teams, self._team)
        report.largest_second, report.over_limits = connector.largest_second(), len(connector.violations)
        report.weather = Counter({name: connector.faults.happened[fault] for name, fault in WEATHER.items()})
        starters = {one.colleague.person.aad_object_id for one in self._people}
        report.findings += [
            *first_few(disagreements(self._teams, self._team, self._store.url, starters), "disagreements"),
            *first_few((one for one in report.invitations.elements() if one > 1), "were invited twice"),
            *first_few(connector.refusals, "requests that Teams would refuse"),
        ]

    def _sees_processes(self) -> None:
        report, keeper, logs = self._report, self._keeper, [bot.log for bot in self._bots.bots]
        report.kills, report.starts, report.ended = keeper.kills, keeper.starts, keeper.ended
        report.blows = Counter(blow.kind for blow in self._storm.blows)
        report.disk_cannot_be_full = not self._store.disk.can_be_full
        report.said = said_of_the_database(logs)
        errors = unexplained(logs, self._storm.blows)
        report.findings += [f"{count} times in the log: {error}" for error, count in errors.items()]
        report.findings += first_few(
            (one for log in logs for one in private_in(log)), "words no log may hold"
        )
        if report.answered_after > self._plan.answers_within:
            report.findings.append(f"it took {report.answered_after:.1f} s to answer after the last fault")


@asynccontextmanager
async def _meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Done beside the block, and no longer; what goes wrong in it is raised at its end."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for one in ended:
        if isinstance(one, Exception):
            raise one


async def endured(plan: Plan, folder: Path) -> Report:
    """Everything that is planned, on a new database; the logs stay in the folder."""
    clock = SharedClock(folder / "clock")
    timeout, fresh = ClientTimeout(total=PATIENCE), TCPConnector(force_close=True, limit=0)
    with stored(plan.database, folder) as store:
        logs = (folder / f"bot-{number}.log" for number in range(store.replicas))
        bots = Replicas(KillableBot(store.url, log, clock, module=plan.module) for log in logs)
        async with (
            Connector(Directory()) as connector,
            ClientSession(connector=fresh, timeout=timeout) as session,
            bots,
        ):
            await bots.start(**SETTINGS, **UNHURRIED)
            first, *others = (f"{url}/api/messages" for url in bots.urls)
            teams = Teams(connector.directory, connector, Door(session, first, replicas=tuple(others)))
            return await Run(plan, store, clock, bots, teams).goes()
