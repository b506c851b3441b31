"""A year of all the bot's jobs, by two replicas: people, zones, schedules, wishes and pledges by chance."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from assessment.schedules import PlainReminder
from assessment.survey import Team
from dialogs.recurrence import dates_of
from storage.database import Database
from tests.integration.fate import ZONES, Fate, scheduled
from tests.integration.test_scheduling import HOME
from tests.integration.test_surveys import DAY, TENANT, person
from tests.integration.year import BEGIN, LOOKS_EVERY, Eyes, Somebody, TeamsStub, looking, working

DAYS = 365
PEOPLE = 9
GROUPS = [Team(TENANT, f"19:team{number}@thread.tacv2", f"Team {number}") for number in range(3)]


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def people(chance: random.Random) -> list[Somebody]:
    return [Somebody(person(number), chance.choice(ZONES)) for number in range(PEOPLE)]


@pytest.fixture
def teams(chance: random.Random, people: list[Somebody]) -> TeamsStub:
    members = [sorted(chance.sample(range(PEOPLE), 6)) for _ in GROUPS]
    return TeamsStub(list(zip(GROUPS, members, strict=True)), people)


@pytest.fixture
async def eyes(
    database: Database, replica: Database, teams: TeamsStub, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Eyes]]:
    """Two replicas, which look when they are told to."""
    every = looking(monkeypatch)
    async with AsyncExitStack() as running:
        for one in (database, replica):
            await running.enter_async_context(working(one, teams))
        yield every


@pytest.mark.parametrize("database_url, seed", [("sqlite", 1)], indirect=["database_url"])
async def test_a_year(
    database: Database,
    teams: TeamsStub,
    people: list[Somebody],
    eyes: list[Eyes],
    *,
    chance: random.Random,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No cap, no quiet hour and no wish is broken, nothing comes twice, and no date is left out."""
    for team in GROUPS:
        await database.surveys.remember_team(replace(HOME, team=team))
    for who in people:
        await database.contacts.remember_zone(who.person, who.zone)
    schedules = list(scheduled(chance, GROUPS, people[0].person))
    for one in schedules:
        await database.schedules.save(one, BEGIN)
    fate = Fate(chance, database, teams, people, GROUPS)
    while teams.now < BEGIN + DAYS * DAY:
        await asyncio.gather(*(one.look() for one in eyes))
        # What Teams would not bring is logged, and the bot goes on.
        assert [one.exc_info for one in caplog.records if one.levelno >= logging.ERROR] == []
        await fate.strikes()
        teams.now += LOOKS_EVERY

    for one in schedules:
        dates = [at for at in dates_of(one, BEGIN, DAYS) if at < teams.now - LOOKS_EVERY]
        if isinstance(one.what, PlainReminder):
            assert sum(post.count(one.what.text) for post in teams.posts) == len(dates)
    surveys = sum(sum(who.of_survey.values()) for who in people)
    questions = sum(len(every) for who in people for every in who.asked.values())
    assert min(surveys, questions) > 50, "hardly anything was sent"
