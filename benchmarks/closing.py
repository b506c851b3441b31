"""A survey closed with very many finished checks: how long its result takes, and who has to wait meanwhile.

    python -m benchmarks.closing                          100,000 finished checks, on both databases
    python -m benchmarks.closing --checks 10000

While the result is made and the checks are deleted, somebody answers their own check over and over.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from assessment.model import Level, Person, Role
from assessment.respect import Limits
from assessment.survey import Phase, Plan, Survey, Team
from assessment.team import tallies
from benchmarks.filling import NUMBERED, execute
from benchmarks.processes import database, goes_first
from benchmarks.sending import say
from content.loading import Content, load
from dialogs.survey_views import Rules, SurveyViews
from storage.checks import Given
from storage.database import Database, open_database
from storage.surveys import Home

EDITION = "2021-10"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
TENANT = "6f1c0c1e-0000-4000-8000-000000000001"
TEAM = Team(TENANT, "19:team@thread.tacv2", "Contoso CoE")
LEAD = Person(TENANT, "a0000000-0000-4000-8000-00000000000a")
GIVEN = Given("support", Level.DEFINED, "a", NOW)
COUNTING = "c"
"""Whoever reads the roster; nobody does here."""

TALLIES = 5
"""How often the tally is taken; its median counts."""

ANSWER_EVERY = 0.02
"""Seconds between two answers of the person who is answering meanwhile."""

T = TypeVar("T")

FILL = """
insert into recipients (survey_id, person_id, member_id, name) {people}
select '{survey}', key, '29:' || i, 'Maker ' || i from people;

update rounds set state = 'done' where survey_id = '{survey}';

insert into deliveries (survey_id, round, person_id, part, state, changed_at) {people}
select '{survey}', 0, key, i / 100, 'delivered', 0 from people;

insert into checks (id, survey_id, tenant_id, person_id, edition, role, started_at, finished_at) {people}
select '{survey}.' || key, '{survey}', '{tenant}', key, '{edition}', {role}, 1, 2 from people;

insert into answers (check_id, discipline, answer, activity_id, answered_at) {people}
select '{survey}.' || key, disciplines.id, cast({lowest} + i / 3 % 5 * 100 as text), 'a', 2
from people cross join ({disciplines}) disciplines
"""


def survey_of(number: int) -> Survey:
    """An anonymous survey that is planned."""
    return Survey(
        id=str(number) * 32,
        team=TEAM,
        channel_id=TEAM.id,
        plan=Plan("Autumn", EDITION, True, 5, (), dt.date(2026, 12, 7)),  # noqa: FBT003 - anonymous
        zone="Europe/London",
        closes_at=NOW + dt.timedelta(days=14),
        phase=Phase.DRAFT,
        asked_by=LEAD,
        asked_by_name="Ada Lovelace",
        opened_at=None,
        closed_at=None,
        counted=False,
        stopped=False,
        secret=None,
    )


def fill(url: str, content: Content, survey: Survey, checks: int) -> None:
    """Store the people of a survey, what they were sent, and their finished checks."""
    roles = " ".join(f"when {number} then '{role}'" for number, role in enumerate(Role))
    values = {
        "people": NUMBERED.format(checks=checks),
        "survey": survey.id,
        "tenant": TENANT,
        "edition": EDITION,
        "role": f"case i % {len(Role)} {roles} end",
        "lowest": min(Level).value,
        "disciplines": " union all ".join(f"select '{one}' as id" for one in content.editions[EDITION].order),
    }
    execute(url, FILL.format(**values))


async def measure(kind: str, checks: int) -> list[str]:
    """Close one survey and watch."""
    content = load()
    with database(kind) as url:
        async with open_database(url) as opened:
            survey = survey_of(1)
            await opened.surveys.remember_team(Home(TEAM, "https://smba.trafficmanager.net/teams/", "28:bot"))
            await opened.surveys.plan(survey, NOW)
            await opened.surveys.begin_counting(survey, COUNTING)
            await opened.surveys.counted(survey, COUNTING, NOW)
            await opened.surveys.open(survey, "5e" * 32, [], NOW)
            await asyncio.to_thread(fill, url, content, survey, checks)
            return [f"{kind}, {checks} finished checks", *await _closed(opened, content, survey)]


async def _closed(opened: Database, content: Content, survey: Survey) -> list[str]:
    rules = Rules(lambda _: True, 500, 50, Limits())
    views = SurveyViews(content, opened.surveys, opened.deliveries, rules)

    async def make_result() -> None:
        kept = tallies(*await opened.checks.tally(survey), survey.plan.smallest_group)
        await opened.surveys.keep_result(survey, await opened.deliveries.numbers(survey), kept)

    async with _answering(opened) as usual:
        await asyncio.sleep(2)
    async with _answering(opened) as while_tallied:
        taken = [(await _timed(lambda: opened.checks.tally(survey)))[0] for _ in range(TALLIES)]
        await opened.surveys.begin_closing(survey, NOW)
        numbers, _ = await _timed(lambda: opened.deliveries.numbers(survey))
        making, _ = await _timed(make_result)
    async with _answering(opened) as while_deleted:
        deleting, _ = await _timed(lambda: opened.checks.delete_in(survey))
    await opened.surveys.close(survey)
    showing, _ = await _timed(lambda: views.result(survey))
    return [
        f"tally, median of {TALLIES}             {statistics.median(taken):.2f} s",
        f"numbers of the progress card  {numbers:.2f} s",
        f"tally and numbers, kept       {making:.2f} s",
        f"result read and its card      {showing * 1000:.0f} ms",
        f"team result in all            {making + showing:.2f} s",
        f"checks deleted after          {deleting:.1f} s",
        f"an answer takes usually       {_waits(usual)}",
        f"while the result is made      {_waits(while_tallied)}",
        f"while checks are deleted      {_waits(while_deleted)}",
        f"load of the machine           {os.getloadavg()[0]:.1f}",
    ]


@asynccontextmanager
async def _answering(opened: Database) -> AsyncIterator[list[float]]:
    """Somebody answers, until the block ends; the seconds each of their answers took."""
    check = await opened.checks.open(LEAD, EDITION, NOW)
    waits: list[float] = []

    async def answer() -> None:
        while True:
            seconds, _ = await _timed(lambda: opened.checks.record(LEAD, check.id, GIVEN, [EDITION]))
            waits.append(seconds)
            await asyncio.sleep(ANSWER_EVERY)

    answering = asyncio.create_task(answer())
    yield waits
    answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering


def _waits(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms, at most {max(seconds) * 1000:.0f}"


async def _timed(call: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    begun = time.perf_counter()
    value = await call()
    return time.perf_counter() - begun, value


def main() -> None:
    parser = argparse.ArgumentParser(description="Close a survey with very many finished checks.")
    parser.add_argument("--checks", type=int, default=100_000)
    checks = parser.parse_args().checks
    goes_first()
    for kind in ("sqlite", "postgresql"):
        for line in asyncio.run(measure(kind, checks)):
            say(line)


if __name__ == "__main__":
    main()
