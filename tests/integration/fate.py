"""What people do in a year, and what leads have happen again and again, by chance."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from assessment.model import Person
from assessment.pledges import Pledge, question_at
from assessment.schedules import PlainReminder, RepeatedSurvey, Schedule, State
from assessment.survey import Phase, Team
from dialogs.recurrence import dates_of
from storage.database import Database
from tests.integration.test_surveys import DAY, finish
from tests.integration.year import BEGIN, Somebody, TeamsStub

ZONES = (
    "Europe/Vienna",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
)
RULES = (
    "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=WEEKLY;INTERVAL=5;BYDAY=WE",
    "FREQ=YEARLY;BYWEEKNO=9,30;BYDAY=SU",
    "FREQ=DAILY;INTERVAL=23",
)
THINGS = tuple(f"thing-{number}" for number in range(6))


@dataclass
class Fate:
    """What people do, by chance."""

    chance: random.Random
    database: Database
    teams: TeamsStub
    people: Sequence[Somebody]
    groups: Sequence[Team]

    async def strikes(self) -> None:
        for who in self.people:
            for act, odds in (
                (self.answers, 0.05),
                (self.changes_their_mind, 0.05 if who.is_silent else 0.01),
                (self.names_a_day, 0.01),
                (self.travels, 0.02),
                (self.pledges, 0.02),
                (self.deals_with_a_pledge, 0.01),
                (self.is_forgotten, 0.002),
            ):
                if self.chance.random() < odds:
                    await act(who)

    async def answers(self, who: Somebody) -> None:
        for survey in await self.database.surveys.running():
            is_asked = await self.database.deliveries.is_asked(survey, who.person)
            if survey.phase is Phase.OPEN and is_asked and survey.id not in who.done_with:
                await finish(self.database, survey, who.person)
                who.done_with.add(survey.id)

    async def changes_their_mind(self, who: Somebody) -> None:
        who.is_silent = not who.is_silent
        await self.database.contacts.be_silent(who.person, self.teams.now if who.is_silent else None)
        await self.database.agenda.look_again(who.person)

    async def names_a_day(self, who: Somebody) -> None:
        who.not_before = self.teams.now + self.chance.randint(1, 40) * DAY
        await self.database.contacts.wait_until(who.person, who.not_before)
        await self.database.agenda.look_again(who.person)

    async def travels(self, who: Somebody) -> None:
        who.zone = self.chance.choice(ZONES)
        await self.database.contacts.remember_zone(who.person, who.zone)

    async def pledges(self, who: Somebody) -> None:
        now, zone, lead = self.teams.now, ZoneInfo(who.zone), self.chance.choice(self.people).person
        id_ = UUID(int=self.chance.getrandbits(128)).hex
        due_on = (now + self.chance.randint(0, 30) * DAY).date()
        is_own = lead == who.person
        self.teams.pledges[id_] = who.person
        await self.database.pledges.make(
            Pledge(
                id=id_,
                owner=who.person,
                owner_name="Somebody",
                made_by=lead,
                made_by_name="A lead",
                team=self.chance.choice([None, *self.groups]),
                channel_id="19:channel",
                edition="2021-10",
                discipline=None,
                item=self.chance.choice(THINGS),
                what="Something",
                due_on=due_on,
                zone=who.zone,
                made_at=now,
                ask_at=question_at(due_on, zone, now) if is_own else now,
                times_asked=0 if is_own else -1,
            )
        )

    async def deals_with_a_pledge(self, who: Somebody) -> None:
        now = self.teams.now
        for one in await self.database.pledges.of_person(who.person):
            if one.state != "open":
                continue
            if self.chance.random() < 0.5:
                who.done_with.add(one.id)
                await self.database.pledges.keep(one, now, is_met=None)
            else:
                day = (now + 3 * DAY).date()
                at = question_at(day, ZoneInfo(who.zone), now, one.asked_at)
                await self.database.pledges.put_off(one, day, at)
                who.asked[one.id] = who.asked.get(one.id, [])[-1:]

    async def is_forgotten(self, who: Somebody) -> None:
        """Nothing that was before is told them; and the bot knows nothing that would hold it back."""
        await self.database.privacy.forget(who.person, self.teams.now)
        await self.database.contacts.remember_zone(who.person, who.zone)
        who.is_silent, who.not_before, who.got = False, None, []
        who.done_with |= {survey.id for survey in await self.database.surveys.running()}
        who.done_with |= {id_ for id_, its in self.teams.pledges.items() if its == who.person}


def scheduled(chance: random.Random, teams: Sequence[Team], lead: Person) -> Iterator[Schedule]:
    for number in range(12):
        survey = RepeatedSurvey(
            f"Pulse {number}",
            "2021-10",
            is_anonymous=number % 4 == 0,
            smallest_group=3,
            reminder_days=(2, 4),
            days_open=9,
        )
        words = PlainReminder(f"Reminder no. {number}")
        team = chance.choice(teams)
        one = Schedule(
            id=UUID(int=chance.getrandbits(128)).hex,
            team=team,
            channel_id=team.id,
            what=words if number % 3 == 0 else survey,
            rule=chance.choice(RULES),
            starts=dt.datetime(2026, 1, 2, chance.randrange(24), 30),  # noqa: DTZ001 - by the clock on a wall
            zone=chance.choice(ZONES),
            ends_on=None,
            lead=lead,
            lead_name="Ada Lovelace",
            state=State.ACTIVE,
            halt=None,
            next_at=None,
        )
        yield replace(one, next_at=dates_of(one, BEGIN, 1)[0])
