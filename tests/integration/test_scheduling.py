"""What storage and jobs promise about schedules, whatever dies: each date brings what it is for once."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from assessment.model import Person
from assessment.respect import Limits
from assessment.schedules import Halt, PlainReminder, RepeatedSurvey, Schedule, State
from assessment.survey import Member, Phase, Survey, Team
from content.loading import load
from dialogs.due_schedules import survey_for
from dialogs.launch import Launch, Rosters
from dialogs.news import Newsroom
from dialogs.pictures import Pictures
from dialogs.respect import Respect
from dialogs.survey_views import Rules, SurveyViews
from dialogs.tidings import Tidings
from jobs.engine import Engine
from jobs.means import Means
from jobs.notes import LEASE
from jobs.pacer import Pacer
from jobs.port import Outcome, Port, RetryAfter, Sent, Unknown
from jobs.posting import Poster
from jobs.scheduling import Scheduling
from jobs.starting import NotReady, Starter
from storage.columns import milliseconds
from storage.conversations import Conversation
from storage.database import Database
from storage.schedules import Schedules
from storage.surveys import Home, Post
from tests.integration.flaky import fails_afterwards, fails_twice
from tests.integration.mortal import Died, Life, MortalDatabase

CONTENT = load()
TENANT = "6f1c0c1e-0000-4000-8000-000000000001"
TEAM = Team(TENANT, "19:team@thread.tacv2", "Contoso CoE")
HOME = Home(TEAM, "https://smba.trafficmanager.net/teams/", "28:bot")
LEAD = Person(TENANT, "a0000000-0000-4000-8000-00000000000a")
JANUARY = dt.datetime(2027, 1, 4, 9, 0, tzinfo=dt.UTC)
APRIL = dt.datetime(2027, 4, 5, 8, 0, tzinfo=dt.UTC)
QUARTERLY = Schedule(
    id="a" * 32,
    team=TEAM,
    channel_id=TEAM.id,
    what=RepeatedSurvey(
        "Pulse", "2021-10", is_anonymous=True, smallest_group=5, reminder_days=(3,), days_open=14
    ),
    rule="FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO",
    starts=dt.datetime(2026, 11, 23, 9, 0),  # noqa: DTZ001 - by the clock on a wall
    zone="Europe/London",
    ends_on=None,
    lead=LEAD,
    lead_name="Ada Lovelace",
    state=State.ACTIVE,
    halt=None,
    next_at=JANUARY,
)
REMINDER = replace(QUARTERLY, id="b" * 32, what=PlainReminder("Look"))


@dataclass
class TeamsStub:
    """A roster of six, and every card that was sent."""

    outcome: Outcome = field(default_factory=lambda: Sent("1"))
    sent: list[str] = field(default_factory=list)
    members: int = 6

    async def roster(self, _: Home) -> AsyncIterator[Sequence[Member]]:
        for number in range(self.members):
            yield [Member(f"29:{number}", f"b0000000-0000-4000-8000-{number:012d}", "", is_guest=False)]

    async def team_name(self, _: Home) -> str:
        return ""

    async def send_card(self, _: Conversation, card: dict[str, Any]) -> Outcome:
        self.sent.append(card["fallbackText"])
        return self.outcome

    async def open_chat(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        assert (service_url, bot_id, tenant_id) == (HOME.service_url, HOME.bot_id, TENANT)
        return Sent(f"a:{member_id}")

    async def post_card(self, _: Home, channel_id: str, card: dict[str, Any]) -> Post:
        self.sent.append(card["fallbackText"])
        return Post(channel_id, str(len(self.sent)))


@dataclass
class EngineStub:
    """Notes what it is to do."""

    begun: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    async def unfinished(self, prefix: str) -> set[str]:
        return {one for one in self.begun if one.startswith(prefix)}

    async def start(self, name: str, id_: str, *args: Any) -> None:
        self.begun.setdefault(id_, (name, *args))


class NoPacer:
    async def turn(self, _: str) -> None:
        """At once."""


def means_of(database: Any, rosters: Rosters, rules: Rules) -> Means:
    """What jobs take from dialogs, as `app.py` puts it together."""
    newsroom = Newsroom(database.news)
    pictures = Pictures(CONTENT, database.surveys, database.pledges)
    return Means(
        views=SurveyViews(CONTENT, database.surveys, database.deliveries, rules),
        launch=Launch(CONTENT.texts, database, rosters, nudge=lambda: None),
        newsroom=newsroom,
        pictures=pictures,
        tidings=Tidings(CONTENT, newsroom, pictures, database.pledges),
        respect=Respect(database.contacts, rules.limits),
        rules=rules,
    )


@dataclass
class Bot:
    """One process."""

    database: Any
    now: dt.datetime = JANUARY
    teams: TeamsStub = field(default_factory=TeamsStub)
    engine: EngineStub = field(default_factory=EngineStub)
    second_lead_above: int = 500
    leads: bool = True
    pacer: Any = field(default_factory=NoPacer)

    def __post_init__(self) -> None:
        rules = Rules(lambda _: self.leads, self.second_lead_above, 47.5, Limits())
        means = means_of(self.database, self.teams, rules)
        port, pacer = cast("Port", self.teams), cast("Pacer", self.pacer)
        poster = Poster(self.database, means.views, port, pacer, clock=lambda: self.now)
        engine = cast("Engine", self.engine)
        self.starter = Starter(CONTENT.texts, self.database, poster, means, clock=lambda: self.now)
        self.scheduling = Scheduling(
            CONTENT.texts, self.database, engine, means, port=port, pacer=pacer, clock=lambda: self.now
        )

    async def starts(self, schedule: Schedule = QUARTERLY) -> None:
        assert schedule.next_at
        await self.starter.start(schedule.id, milliseconds(schedule.next_at))


async def saved(database: Database, *schedules: Schedule) -> None:
    await database.surveys.remember_team(HOME)
    for one in schedules or (QUARTERLY,):
        await database.schedules.save(one, JANUARY - dt.timedelta(days=40))


async def told(database: Database) -> list[str]:
    async with database.news._connect() as connection:
        cursor = await connection.execute("select id from news order by id")
        return [row[0] for row in await cursor.fetchall()]


async def all_surveys(database: Database) -> list[Survey]:
    return await database.surveys.under_way(TENANT)


async def now_is(database: Database, schedule: Schedule = QUARTERLY) -> Schedule:
    found = await database.schedules.get(schedule.id)
    assert found
    return found


# Storage


@pytest.mark.parametrize("schedule", [QUARTERLY, replace(REMINDER, ends_on=dt.date(2027, 6, 30))])
async def test_a_schedule_is_read_as_it_was_kept(database: Database, schedule: Schedule) -> None:
    """With all that a lead decided."""
    await saved(database, schedule)
    assert await database.schedules.get(schedule.id) == schedule
    assert await database.schedules.of_tenant(TENANT.upper()) == [schedule]
    assert await database.schedules.editions() == ({"2021-10"} if schedule is QUARTERLY else set())


async def test_another_tenant_cannot_take_a_schedule_over(database: Database) -> None:
    """Whoever knows its id."""
    await saved(database)
    theirs = replace(QUARTERLY, team=replace(TEAM, tenant_id="other"), lead=Person("other", "mallory"))
    await database.schedules.save(theirs, JANUARY)
    assert await now_is(database) == QUARTERLY


async def test_a_date_is_dealt_with_once(database: Database, replica: Database) -> None:
    """Of many processes that move it on, one does; the others see that it is not theirs any more."""
    await saved(database)
    moved = await asyncio.gather(
        *(one.schedules.advance(QUARTERLY, APRIL) for one in [database, replica] * 5)
    )
    assert moved.count(True) == 1
    assert (await now_is(database)).next_at == APRIL


async def test_only_active_ones_are_due(database: Database) -> None:
    """From their date on, and not while they are paused."""
    await saved(database, QUARTERLY, REMINDER)
    await database.schedules.pause(REMINDER)
    assert await database.schedules.due(JANUARY - dt.timedelta(milliseconds=1)) == []
    assert await database.schedules.due(JANUARY) == [QUARTERLY]


# Dates


async def test_killed_at_any_step_a_survey_begins_once(database: Database) -> None:
    """Before and after every single step of the job: done again, there is one survey, and the next date."""
    for last_step in range(1, 200):
        await saved(database, QUARTERLY)
        try:
            await Bot(MortalDatabase(database, Life(last_step))).starts()
            survived = True
        except Died:
            survived = False
        await Bot(database).starts()
        [survey] = await all_surveys(database)
        assert survey.phase is Phase.OPEN
        assert (await database.deliveries.numbers(survey)).invited == 6
        assert (await now_is(database)).next_at == APRIL
        assert await told(database) == []
        if survived:
            assert last_step > 20
            return
        await forgets_what_came(database)
    raise AssertionError("the job does not end")


async def forgets_what_came(database: Database) -> None:
    """As if the test began anew."""
    async with database.news._connect() as connection:
        for table in ("news", "deliveries", "rounds", "recipients", "posts", "surveys"):
            await connection.execute(f"delete from {table}")  # noqa: S608 - no value of anybody's


async def test_killed_at_any_step_a_reminder_is_told_once(database: Database) -> None:
    """The next process tells what the first one may have told, and that changes nothing."""
    for last_step in range(1, 40):
        await saved(database, REMINDER)
        try:
            bot = Bot(MortalDatabase(database, Life(last_step)))
            due = [one for one in await database.schedules.due(JANUARY) if one.id == REMINDER.id]
            await bot.scheduling._bring(due[0])
            survived = True
        except Died:
            survived = False
        await Bot(database).scheduling.look()
        assert await told(database) == [f"reminder:{REMINDER.id}:{milliseconds(JANUARY)}"]
        assert (await now_is(database, REMINDER)).next_at == APRIL
        if survived:
            return
        await forgets_what_came(database)
    raise AssertionError("the look does not end")


async def test_two_processes_begin_one_survey(database: Database, replica: Database) -> None:
    """Both at once, as after a takeover from one that was not dead; who comes too late tries again."""
    await saved(database)
    ends = await asyncio.gather(Bot(database).starts(), Bot(replica).starts(), return_exceptions=True)
    assert all(one is None or isinstance(one, NotReady) for one in ends)
    await Bot(database).starts()
    [survey] = await all_surveys(database)
    assert survey.phase is Phase.OPEN
    assert (await database.deliveries.numbers(survey)).invited == 6
    assert (await now_is(database)).next_at == APRIL


async def test_the_look_hands_a_survey_over_under_one_name(database: Database) -> None:
    """However often it looks, until the job has moved the date on."""
    await saved(database)
    bot = Bot(database)
    for _ in range(3):
        await bot.scheduling.look()
    assert list(bot.engine.begun.values()) == [("scheduled", QUARTERLY.id, milliseconds(JANUARY))]
    await bot.starts()
    bot.engine.begun.clear()
    await bot.scheduling.look()
    assert bot.engine.begun == {}


async def test_a_date_that_was_moved_on_brings_nothing(database: Database) -> None:
    """A job that comes late, after the lead has changed or paused the schedule."""
    await saved(database, replace(QUARTERLY, next_at=APRIL))
    await Bot(database).starts(QUARTERLY)
    assert await all_surveys(database) == []


async def test_one_bad_schedule_holds_no_other_back(database: Database) -> None:
    """A zone that the machine does not know any more is logged, and the next schedule is dealt with."""
    await saved(database, replace(QUARTERLY, zone="Mars/Olympus"), REMINDER)
    await Bot(database).scheduling.look()
    assert (await now_is(database, REMINDER)).next_at == APRIL


async def test_a_second_lead_is_asked_for_once(database: Database) -> None:
    """The card is posted, and not again when the job is repeated."""
    await saved(database)
    bot = Bot(database, second_lead_above=5)
    await bot.starts()
    await saved(database)
    await bot.starts()
    assert [one.phase for one in await all_surveys(database)] == [Phase.AWAITING]
    assert bot.teams.sent == ["A second lead is needed: Pulse Jan 4, 2027"]


# Teams that are gone


async def gone(database: Database) -> None:
    """A team that had a schedule and has the app no more; its lead has a chat with the bot."""
    await saved(database)
    await database.conversations.remember(LEAD, Conversation("a:1", HOME.service_url))
    await database.surveys.forget_team(TEAM, JANUARY)


async def test_the_lead_hears_once_of_a_team_that_is_gone(database: Database) -> None:
    """However often the bot looks."""
    await gone(database)
    bot = Bot(database)
    for _ in range(3):
        await bot.scheduling.look()
    assert bot.teams.sent == ["It has ended: Survey “Pulse”"]
    assert (await now_is(database)).halt is Halt.TEAM_GONE


async def test_at_night_the_lead_is_left_alone(database: Database) -> None:
    """They hear of it the next morning."""
    await gone(database)
    bot = Bot(database, now=JANUARY.replace(hour=22))
    await bot.scheduling.look()
    assert bot.teams.sent == []
    bot.now = JANUARY.replace(day=5, hour=8)
    await bot.scheduling.look()
    assert len(bot.teams.sent) == 1


@pytest.mark.parametrize("outcome, sent", [(RetryAfter(1), 2), (Unknown("no answer"), 1)])
async def test_only_what_was_surely_not_sent_is_sent_again(
    database: Database, outcome: Outcome, sent: int
) -> None:
    """Teams did not take it now: a few minutes later. No answer: it may have arrived."""
    await gone(database)
    bot = Bot(database, teams=TeamsStub(outcome))
    await bot.scheduling.look()
    await bot.scheduling.look()
    bot.now += dt.timedelta(minutes=5)
    await bot.scheduling.look()
    assert len(bot.teams.sent) == sent


async def test_killed_while_telling_the_lead(database: Database) -> None:
    """At whichever step: once; only who died between the count and Teams has perhaps not sent it."""
    unsent = 0
    for last_step in range(1, 40):
        await gone(database)
        await database.contacts.give_back(LEAD, f"schedule:{QUARTERLY.id}:gone:{milliseconds(JANUARY)}")
        await database.schedules.end_homeless(JANUARY)
        [schedule] = await database.schedules.untold(JANUARY)
        teams = TeamsStub()
        try:
            await Bot(MortalDatabase(database, Life(last_step)), teams=teams).scheduling._tell_lead(schedule)
            survived = True
        except Died:
            survived = False
        for at in (JANUARY, JANUARY + LEASE):
            await Bot(database, teams=teams, now=at).scheduling.look()
        assert len(teams.sent) <= 1
        unsent += not teams.sent
        assert await database.schedules.untold(JANUARY + dt.timedelta(days=9)) == []
        if survived:
            assert unsent == 1
            return
    raise AssertionError("telling does not end")


async def go_on(database: Database) -> None:
    """The team has the app again, and the lead presses "Go on"."""
    await database.surveys.remember_team(HOME)
    await database.schedules.go_on(QUARTERLY, LEAD, "Ada", APRIL)


async def test_each_time_that_the_team_is_gone_the_lead_hears_of_it(database: Database) -> None:
    """Once for each, however often the bot looks."""
    await gone(database)
    bot = Bot(database)
    await bot.scheduling.look()
    await go_on(database)
    assert (await now_is(database)).gone_at is None
    bot.now = JANUARY + dt.timedelta(days=30)
    await database.surveys.forget_team(TEAM, bot.now)
    for _ in range(3):
        await bot.scheduling.look()
        bot.now += dt.timedelta(days=1)
    assert bot.teams.sent == ["It has ended: Survey “Pulse”"] * 2


@pytest.mark.parametrize("happening", ["goes on", "is deleted", "its lead is forgotten"])
async def test_what_happens_while_teams_is_busy_counts(database: Database, happening: str) -> None:
    """Nobody hears then that it has ended, and nothing is counted."""
    await gone(database)

    async def happens() -> None:
        match happening:
            case "goes on":
                await go_on(database)
            case "is deleted":
                await database.schedules.delete(QUARTERLY)
            case _:
                await database.privacy.forget(LEAD, JANUARY)

    bot = Bot(database, pacer=Delay(happens))
    await bot.scheduling.look()
    assert await database.contacts.written(LEAD, JANUARY - dt.timedelta(days=1)) == []
    later = Bot(database, now=JANUARY + LEASE, teams=bot.teams)
    await later.scheduling.look()
    assert bot.teams.sent == []


async def test_the_database_goes_away_amid_the_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the count and could not say so, nor take it back at once: the lead hears later, once."""
    monkeypatch.setattr("jobs.patience.FIRST_PAUSE", 0.01)
    await gone(database)
    bot = Bot(database)
    with monkeypatch.context() as patch:
        patch.setattr(Schedules, "begin_telling", fails_afterwards(Schedules.begin_telling))
        patch.setattr(Schedules, "take_back_telling", fails_twice(Schedules.take_back_telling))
        with suppress(OSError):
            await bot.scheduling.look()
    assert bot.teams.sent == []
    for _ in range(8):
        bot.now += LEASE
        await bot.scheduling.look()
    assert bot.teams.sent == ["It has ended: Survey “Pulse”"]


@dataclass
class Delay:
    """Teams is busy: before a message may go, this happens."""

    happens: Callable[[], Awaitable[None]]

    async def turn(self, _: str) -> None:
        await self.happens()


@dataclass
class FailingPacer:
    """No turn comes, since something went wrong."""

    error: BaseException

    async def turn(self, _: str) -> None:
        raise self.error


@pytest.mark.parametrize("error", [OSError("the database is away"), asyncio.CancelledError(), ValueError()])
async def test_what_went_wrong_before_it_was_sent_loses_nothing(
    database: Database, error: BaseException
) -> None:
    """An error, or the end of the process: the lead hears of it a few minutes later."""
    await gone(database)
    bot = Bot(database, pacer=FailingPacer(error))
    with suppress(OSError, asyncio.CancelledError):
        await bot.scheduling.look()
    later = Bot(database, now=JANUARY + LEASE)
    await later.scheduling.look()
    assert (len(bot.teams.sent), len(later.teams.sent)) == (0, 1)


async def test_a_lead_without_a_chat_is_told_in_a_new_one(database: Database) -> None:
    """It is opened by the roster of another team that they are in."""
    await saved(database)
    await database.surveys.forget_team(TEAM, JANUARY)
    other = Home(replace(TEAM, id="19:other@thread.tacv2"), HOME.service_url, HOME.bot_id)
    await database.surveys.remember_team(other)
    await listed(database, other, Member("29:ada", LEAD.object_id, "Ada", is_guest=False))
    bot = Bot(database)
    await bot.scheduling.look()
    assert bot.teams.sent == ["It has ended: Survey “Pulse”"]
    assert await database.conversations.of(LEAD) == Conversation("a:29:ada", HOME.service_url)


async def listed(database: Database, home: Home, member: Member) -> None:
    """A survey of the team has somebody on its roster."""
    assert isinstance(QUARTERLY.what, RepeatedSurvey)
    schedule = replace(QUARTERLY, team=home.team)
    survey = survey_for(CONTENT.texts, schedule, QUARTERLY.what, JANUARY)

    async def roster() -> AsyncIterator[Sequence[Member]]:
        yield [member]

    await database.surveys.plan(survey, JANUARY)
    await database.surveys.begin_counting(survey, "c")
    await database.deliveries.replace_roster(survey, "c", roster())
