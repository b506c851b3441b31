"""A result that its channel did not take is told to the lead: once, in good time, whatever dies."""

import asyncio
import datetime as dt
from dataclasses import replace
from typing import Any, cast

import pytest

from assessment.news import News, NewsKind
from assessment.respect import Limits
from assessment.survey import Survey, Team
from cards.elements import Card
from content.loading import load
from dialogs.respect import Respect
from dialogs.survey_views import Rules, SurveyViews
from jobs.announcing import Announcer
from jobs.notes import LEASE
from jobs.pacer import Pacer
from jobs.port import Outcome, Port, Refused, RetryAfter, Sent, Unknown
from jobs.posting import Poster
from jobs.telling import Teller
from storage.conversations import Conversation
from storage.database import Database
from storage.surveys import NOBODY, Home, Post, Surveys
from tests.integration.flaky import fails_afterwards, fails_twice
from tests.integration.mortal import Died, Life, MortalDatabase
from tests.integration.test_pledges import Delay, PausedPacer
from tests.integration.test_surveys import HOME, NOW, opened
from tests.integration.test_surveys import TEAM as COE

CONTENT = load()
DAY = dt.timedelta(days=1)
NIGHT, MORNING = NOW.replace(hour=22), NOW.replace(hour=9) + DAY
CHAT = Conversation("a:lead", "https://example.org")


class Teams:
    """Takes nothing in channels that are closed, and answers as it is told."""

    def __init__(self, *answers: Outcome, closed: bool = True) -> None:
        self.answers = list(answers)
        self.closed = closed
        self.to_lead: list[str] = []
        self.in_channels: list[str] = []

    async def send_card(self, home: Conversation, card: Card) -> Outcome:
        self.to_lead.append(home.id)
        return self.answers.pop(0) if self.answers else Sent(card["type"])

    async def post_card(self, home: Home, channel_id: str, card: Card) -> Outcome | Post:
        if self.closed:
            return Refused(403, "BotNotInConversationRoster")
        self.in_channels.append(home.team.tenant_id)
        return Post(f"{channel_id};messageid=1", card["type"])


def views(database: Database) -> SurveyViews:
    rules = Rules(lambda _: True, 500, 47.5, Limits())
    return SurveyViews(CONTENT, database.surveys, database.deliveries, rules)


async def looks(database: Database, teams: Teams, at: dt.datetime, pacer: Pacer | None = None) -> None:
    port, pacer = cast("Port", teams), pacer or Pacer(database.pacing)
    respect = Respect(database.contacts, Limits())
    await Teller(database, views(database), port, pacer, respect=respect, clock=lambda: at).look()


async def refused(database: Database, teams: Teams, at: dt.datetime = NIGHT) -> Survey:
    """A survey whose result its channel did not take; its lead has a chat with the bot."""
    survey = await opened(database, anonymous=False)
    await database.conversations.remember(survey.asked_by, CHAT)
    await database.surveys.begin_closing(survey, at)
    await database.surveys.keep_result(survey, NOBODY, (await database.surveys.record(survey)).tallies)
    await database.surveys.close(survey)
    poster = Poster(database, views(database), cast("Port", teams), Pacer(database.pacing), clock=lambda: at)
    await poster.post_result(survey)
    return survey


async def test_the_lead_is_told_once_in_the_morning(database: Database, replica: Database) -> None:
    """However many look."""
    teams = Teams()
    await refused(database, teams)
    await looks(database, teams, NIGHT)
    assert teams.to_lead == []
    for at in (MORNING, MORNING + LEASE, MORNING + DAY):
        await asyncio.gather(*(looks(one, teams, at) for one in (database, replica) * 3))
    assert teams.to_lead == ["a:lead"]


async def test_posting_it_again_tells_nobody_again(database: Database) -> None:
    """The job that closes a survey may run more than once, and a team may have the app no more."""
    teams = Teams()
    survey = await refused(database, teams)
    await looks(database, teams, MORNING)
    await looks(database, teams, MORNING)
    await database.surveys.forget_team(survey.team, MORNING)
    poster = Poster(
        database, views(database), cast("Port", teams), Pacer(database.pacing), clock=lambda: MORNING
    )
    await poster.post_result(survey)
    await looks(database, teams, MORNING + DAY)
    assert len(teams.to_lead) == 1


@pytest.mark.parametrize(
    "answer, times",
    [(RetryAfter(0), 2), (Unknown("no answer"), 1), (Refused(403, "ConversationBlockedByUser"), 1)],
)
async def test_only_what_was_surely_not_sent_comes_again(
    database: Database, answer: Outcome, times: int
) -> None:
    """Teams did not take it now: a few minutes later. All else is final."""
    teams = Teams(answer)
    await refused(database, teams)
    for at in (MORNING, MORNING + LEASE, MORNING + 9 * DAY):
        await looks(database, teams, at)
    assert len(teams.to_lead) == times


async def test_who_wants_nothing_is_not_told(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, and it is not told later either."""
    caplog.set_level("INFO")
    teams = Teams()
    survey = await refused(database, teams)
    await database.contacts.be_silent(survey.asked_by, NIGHT)
    await looks(database, teams, MORNING)
    assert "the lead wishes no messages" in caplog.text
    await database.contacts.be_silent(survey.asked_by, None)
    await looks(database, teams, MORNING + DAY)
    assert teams.to_lead == []


async def test_killed_at_any_step(database: Database) -> None:
    """Never twice; and only who died between the count and Teams has perhaps not sent it."""
    survey, unsent = await refused(database, Teams()), 0
    for last_step in range(1, 60):
        teams = Teams()
        mortal = cast("Any", MortalDatabase(database, Life(last_step)))
        survived = True
        try:
            [owed] = await database.surveys.owed("result-for-lead", MORNING)
            port, respect = cast("Port", teams), Respect(mortal.contacts, Limits())
            teller = Teller(
                mortal, views(mortal), port, Pacer(database.pacing), respect=respect, clock=lambda: MORNING
            )
            await teller._tell(owed)
        except Died:
            survived = False
        await looks(database, teams, MORNING)
        await looks(database, teams, MORNING + LEASE)
        assert len(teams.to_lead) <= 1
        unsent += not teams.to_lead
        assert await database.surveys.owed("result-for-lead", MORNING + 9 * DAY) == []
        if survived:
            assert unsent == 1
            return
        await begins_anew(database, survey)
    raise AssertionError("telling does not end")


async def test_the_database_goes_away_amid_the_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the count and could not say so, nor take it back at once: the lead is told later, once."""
    monkeypatch.setattr("jobs.patience.FIRST_PAUSE", 0.01)
    teams = Teams()
    survey = await refused(database, teams)
    with monkeypatch.context() as patch:
        patch.setattr(Surveys, "begin_owed", fails_afterwards(Surveys.begin_owed))
        patch.setattr(Surveys, "take_back_owed", fails_twice(Surveys.take_back_owed))
        await looks(database, teams, MORNING)
    assert teams.to_lead == []
    assert await database.contacts.written(survey.asked_by, NIGHT) == []
    for number in range(1, 9):
        await looks(database, teams, MORNING + number * LEASE)
    assert teams.to_lead == ["a:lead"]


async def test_what_others_have_told_meanwhile_is_not_taken_back(database: Database) -> None:
    """A process that had lost the database comes late: the lead is not told twice."""
    teams = Teams()
    survey = await refused(database, teams)
    await looks(database, teams, MORNING)
    late = (MORNING + LEASE, f"result:{survey.id}", MORNING - LEASE)
    await database.surveys.take_back_owed(survey, "result-for-lead", *late)
    await looks(database, teams, MORNING + DAY)
    assert teams.to_lead == ["a:lead"]
    assert len(await database.contacts.written(survey.asked_by, NIGHT)) == 1


async def test_who_is_forgotten_while_it_waits_hears_nothing(database: Database) -> None:
    """And nothing is kept about them from then on."""
    teams = Teams()
    survey = await refused(database, teams)

    async def forgets() -> None:
        await database.privacy.forget(survey.asked_by, MORNING)

    await looks(database, teams, MORNING, cast("Pacer", Delay(forgets)))
    assert not any((await database.privacy.held(survey.asked_by)).tables.values())
    for number in range(1, 4):
        await looks(database, teams, MORNING + number * LEASE)
    assert teams.to_lead == []
    assert await database.surveys.owed("result-for-lead", MORNING + DAY) == []


async def begins_anew(database: Database, survey: Survey) -> None:
    async with database.news._connect() as connection:
        await connection.execute("delete from contacts")
        await connection.execute("delete from posts")
    await database.surveys.owe(survey, "result-for-lead", NIGHT)


async def test_a_channel_that_teams_holds_back_keeps_no_other_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look goes on, others are told, and what was held back is told afterwards."""
    monkeypatch.setattr("jobs.patience.SOON", 0.05)
    other = Team("other", "19:other", "Fabrikam")
    teams = Teams(closed=False)
    for team in (COE, other):
        await database.surveys.remember_team(replace(HOME, team=team))

    async def has_news(team: Team) -> None:
        one = News(f"pledge-made:{team.id}", NewsKind.REMINDER, team, team.id, NOW, {"text": "Look"})
        await database.news.add([(one, NOW)])

    async def announces(pacer: Pacer, at: dt.datetime) -> None:
        announcer = Announcer(
            CONTENT.texts,
            database,
            views(database),
            cast("Port", teams),
            pacer=pacer,
            replica="r",
            clock=lambda: at,
        )
        async with asyncio.timeout(20):
            await announcer.announce()

    paused = PausedPacer(database, COE.tenant_id)
    await has_news(COE)
    await announces(paused, NOW)
    await has_news(other)
    await announces(paused, NOW)
    assert teams.in_channels == ["other"]
    await announces(Pacer(database.pacing), NOW + LEASE)
    assert teams.in_channels == ["other", COE.tenant_id]
