"""Whose turn it is to be written to, decided by two replicas at once on a real database."""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from assessment.model import Person
from assessment.respect import Limits
from assessment.survey import Delivery, Survey, Team
from dialogs.respect import Respect
from jobs.courtesy import Courtesy
from storage.database import Database
from storage.deliveries import Letter, Round
from storage.surveys import Home
from storage.turns import Turns
from tests.integration.test_surveys import DAY, NOW, SECRET, TENANT, counts, draft, member, person

LIMITS = Limits()
PEOPLE = 9
ZONES = ("Europe/London", "Asia/Kolkata", "America/Los_Angeles")
WEEKS = 3
STEP = dt.timedelta(hours=3)
SILENT, LATER = person(7), person(8)
NOT_BEFORE = NOW + 9 * DAY

Sent = list[tuple[Person, dt.datetime, str]]


def clock_at(now: dt.datetime) -> "Time":
    return Time(now)


class Time:
    """A clock that all share."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


async def opened(database: Database, number: int, people: Sequence[int], reminders: Sequence[int]) -> Survey:
    """An open survey of a team of its own, with reminders on these days."""
    team = Team(TENANT, f"19:team{number}@thread.tacv2", f"Team {number}")
    await database.surveys.remember_team(Home(team, "https://smba.trafficmanager.net/teams/", "28:bot"))
    survey = replace(draft(number, team), zone="Europe/Vienna")
    await database.surveys.plan(survey, NOW)
    await counts(database, survey, *map(member, people))
    days = [NOW + day * DAY for day in reminders]
    assert await database.surveys.open(survey, SECRET, days, NOW)
    found = await database.surveys.get(survey.id)
    assert found is not None
    return found


async def begin_rounds(database: Database, surveys: dict[str, Survey], now: dt.datetime) -> None:
    for due in await database.deliveries.due_rounds(now):
        survey = surveys[due.survey_id]
        await database.deliveries.skip_missed(survey, now)
        if await database.deliveries.begin(due):
            if due.number:
                await database.deliveries.plan(survey, due, now, leave_out=set())
            await database.deliveries.begin_sending(due, now)


class Replica:
    """What sends, but for Teams: whoever wins a letter has sent it."""

    def __init__(self, database: Database, clock: Time, sent: Sent) -> None:
        self._database = database
        self._clock = clock
        self._sent = sent
        self._respect = Respect(database.contacts, LIMITS)
        self._courtesy = Courtesy(database, self._respect, clock=clock)

    async def looks(self, surveys: dict[str, Survey]) -> None:
        for round_ in await self._database.deliveries.sending_rounds():
            for part in await self._database.deliveries.waiting_parts(round_, self._clock()):
                await self._sends(surveys[round_.survey_id], round_, part)

    async def asks(self, number: int) -> None:
        """Asks everybody about a pledge."""
        for one in map(person, range(PEOPLE)):
            if await self._respect.turn(one, f"pledge:{number}:1", self._clock(), ZoneInfo("Europe/Vienna")):
                self._sent.append((one, self._clock(), f"pledge:{number}"))

    async def _sends(self, survey: Survey, round_: Round, part: int) -> None:
        letters = await self._database.deliveries.waiting(survey, round_, part, self._clock())
        if letters:
            turn = await self._courtesy.turn(survey, letters, part)
            for letter in turn.letters:
                await self._send(letter)

    async def _send(self, letter: Letter) -> None:
        claim = uuid4().hex
        if await self._database.deliveries.claim(letter, claim, "replica", self._clock()):
            await self._database.deliveries.settle(letter, claim, Delivery.DELIVERED, self._clock())
            self._sent.append((letter.person, self._clock(), f"{letter.round}"))


async def test_weeks_of_surveys_and_pledges_by_two_replicas(database: Database, replica: Database) -> None:
    """Three teams with members in common, and pledges between: nobody hears too often, or at night."""
    for number, zone in enumerate(ZONES * 2):
        await database.contacts.remember_zone(person(number), zone)
    await database.contacts.be_silent(SILENT, NOW)
    await database.contacts.wait_until(LATER, NOT_BEFORE)
    opening = (
        opened(database, 1, range(PEOPLE), (2, 3, 8)),
        opened(database, 2, range(3, PEOPLE), (1, 4, 5, 6, 12)),
        opened(database, 3, range(0, PEOPLE, 2), (2, 9, 10)),
    )
    surveys = {one.id: one for one in [await each for each in opening]}
    sent: Sent = []
    clock = clock_at(NOW)
    replicas = [Replica(one, clock, sent) for one in (database, replica)]
    while clock.now < NOW + WEEKS * 7 * DAY:
        await begin_rounds(database, surveys, clock.now)
        pledge = (clock.now - NOW) // dt.timedelta(days=2)
        await asyncio.gather(
            *(one.looks(surveys) for one in replicas), *(one.asks(pledge) for one in replicas)
        )
        clock.now += STEP

    by_person: defaultdict[Person, list[dt.datetime]] = defaultdict(list)
    for one, at, _ in sent:
        by_person[one].append(at)
    assert SILENT not in by_person
    assert min(by_person[LATER]) >= NOT_BEFORE
    assert {person(number) for number in range(PEOPLE)} == {*by_person, SILENT}
    assert len({(one, what) for one, _, what in sent}) == len(sent)
    for one, moments in by_person.items():
        known = await database.contacts.wishes(one, ZoneInfo("Europe/Vienna"))
        _nothing_is_broken(moments, known.zone)
        counted = await database.contacts.written(one, NOW - DAY)
        assert sorted(each.at for each in counted) == sorted(moments)
    for survey in surveys.values():
        numbers = await database.deliveries.numbers_at(survey, clock.now)
        assert numbers.waiting == 0
        assert sum(numbers.refused.values()) == (await _asks(database, survey, SILENT))


async def _asks(database: Database, survey: Survey, one: Person) -> int:
    return int(await database.deliveries.is_asked(survey, one))


def _nothing_is_broken(moments: list[dt.datetime], zone: dt.tzinfo) -> None:
    local = [one.astimezone(zone) for one in moments]
    days = [one.date() for one in local]
    assert len(set(days)) == len(days)
    assert not [one for one in local if LIMITS.is_quiet(one.time()) or one.weekday() >= 5]
    assert all(
        sum(dt.timedelta() <= day - first < 7 * dt.timedelta(days=1) for day in days) <= 3 for first in days
    )


async def test_of_two_surveys_at_once_one_has_the_day(database: Database, replica: Database) -> None:
    """Two replicas send two surveys to the same people: they hear of one today, of the other tomorrow."""
    one, two = await opened(database, 1, range(5), ()), await opened(database, 2, range(5), ())
    surveys = {each.id: each for each in (one, two)}
    sent: Sent = []
    clock = clock_at(NOW)
    replicas = [Replica(each, clock, sent) for each in (database, replica)]
    await begin_rounds(database, surveys, NOW)
    for _ in range(2):
        await asyncio.gather(*(each.looks(surveys) for each in replicas))
    assert sorted(who.object_id for who, _, _ in sent) == [person(each).object_id for each in range(5)]
    held = [(await database.deliveries.numbers_at(each, NOW)).held for each in (one, two)]
    assert sum(held) == 5

    clock.now = dt.datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Europe/Vienna"))
    await asyncio.gather(*(each.looks(surveys) for each in replicas))
    assert len(sent) == 10


async def test_a_turn_that_was_not_used_is_had_anew(database: Database) -> None:
    """A process died after it had taken turns: in the evening they are given back, and had in the morning."""
    survey = await opened(database, 1, range(3), ())
    clock = clock_at(NOW)
    courtesy = Courtesy(database, Respect(database.contacts, LIMITS), clock=clock)
    await begin_rounds(database, {survey.id: survey}, NOW)
    round_ = Round(survey.id, 0)
    letters = await database.deliveries.waiting(survey, round_, 0, NOW)
    assert len((await courtesy.turn(survey, letters, 0)).letters) == 3
    assert len((await courtesy.turn(survey, letters, 0)).letters) == 3

    clock.now = NOW.replace(hour=20)
    assert (await courtesy.turn(survey, letters, 0)).letters == ()
    assert await database.contacts.written(person(0), NOW - DAY) == []
    assert await database.deliveries.waiting_parts(round_, clock.now) == []
    clock.now = NOW.replace(hour=7) + DAY
    assert len((await courtesy.turn(survey, letters, 0)).letters) == 3
    assert [one.at for one in await database.contacts.written(person(0), NOW - DAY)] == [clock.now]


async def test_a_wish_that_is_lifted_amid_a_decision(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided by the old wish holds for a day at most, not until the day that was named."""
    survey, who = await opened(database, 1, range(3), ()), person(0)
    await begin_rounds(database, {survey.id: survey}, NOW)
    await database.contacts.wait_until(who, NOW + 300 * DAY)
    courtesy = Courtesy(database, Respect(database.contacts, LIMITS), clock=lambda: NOW)
    settle = Turns.settle

    async def lifted_before(*args: Any) -> set[Person]:
        await database.contacts.wait_until(who, None)
        await database.agenda.look_again(who)
        return await settle(*args)

    letters = await database.deliveries.waiting(survey, Round(survey.id, 0), 0, NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Turns, "settle", lifted_before)
        assert len((await courtesy.turn(survey, letters, 0)).letters) == 2
    waiting = await database.deliveries.waiting(survey, Round(survey.id, 0), 0, NOW + DAY)
    assert who in {one.person for one in waiting}


async def test_closing_twice_counts_once(database: Database) -> None:
    """What is counted in place of an anonymous survey's reminders is the same for all, however often."""
    survey = await opened(database, 1, range(4), (2,))
    clock, sent = clock_at(NOW), Sent()
    replica = Replica(database, clock, sent)
    for clock.now in (NOW, NOW + 2 * DAY):
        await begin_rounds(database, {survey.id: survey}, clock.now)
        await database.deliveries.decline(survey, person(0), declined=True)
        await replica.looks({survey.id: survey})
    for _ in range(2):
        await database.turns.blur(survey)
    await database.deliveries.forget_reminders(survey)
    await database.turns.blur(survey)
    found = [await database.contacts.written(person(number), NOW - DAY) for number in range(4)]
    assert [[one.at.date() for one in each] for each in found] == [[(NOW + 2 * DAY).date(), NOW.date()]] * 4
    assert len({each[0] for each in found}) == 1
    zones = {str((await database.contacts.wishes(person(number), dt.UTC)).zone) for number in range(4)}
    assert zones == {survey.zone}


async def test_a_wish_that_comes_after_the_turn(database: Database) -> None:
    """Letters wait in line for Teams: who has said no meanwhile, or not yet, gets none."""
    survey = await opened(database, 1, range(3), ())
    courtesy = Courtesy(database, Respect(database.contacts, LIMITS), clock=lambda: NOW)
    await begin_rounds(database, {survey.id: survey}, NOW)
    letters = await database.deliveries.waiting(survey, Round(survey.id, 0), 0, NOW)
    turn = await courtesy.turn(survey, letters, 0)
    assert [letter.person for letter in turn.letters] == [person(number) for number in range(3)]

    await database.contacts.be_silent(person(0), NOW)
    await database.contacts.wait_until(person(1), NOW + DAY)
    claimed = [await database.deliveries.claim(one, "claim", "replica", NOW) for one in turn.letters]
    assert claimed == [False, False, True]
    assert (await courtesy.turn(survey, letters, 0)).letters == ()
    counted = [await database.contacts.written(person(number), NOW - DAY) for number in range(3)]
    assert [len(each) for each in counted] == [0, 0, 1]
