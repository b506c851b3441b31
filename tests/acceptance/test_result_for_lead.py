"""A result that the channel does not take: its lead gets it, when they may be written to, and once."""

import pytest

from tests.acceptance.clock import MONDAY, Clock, SharedClock
from tests.acceptance.killable import Replicas
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.running import on_both_databases
from tests.acceptance.surveys import HERE, a_team, answers, sends
from tests.acceptance.teams import Colleague, Teams

RESULT = "Contoso CoE is at Level 300 Defined"
MORNING = MONDAY.replace(day=24, hour=8)
LOOKS = 1.5
"""Seconds in which the bot looks around more than once."""


async def closed_in_the_evening(teams: Teams, clock: Clock) -> tuple[Colleague, Colleague]:
    """A lead closes a survey at 20:00, while the channel takes nothing; the lead there, and at home."""
    team, lead = a_team(teams)
    ada = teams.everybody_in(team)[0]
    teams.directory.installed.add(ada.place.app_home)
    await ada.says("help")
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[1:]:
        await answers(person)
    clock.moves_to(MONDAY.replace(hour=20))
    teams.connector.fails_next(403, times=9, kind="post", code="BotNotInConversationRoster")
    await lead.says(f"{HERE} close")
    await lead.presses("Close now")
    return lead, ada


def results(reader: Colleague) -> int:
    return sum(RESULT in one.body for one in reader.messages_in(reader.place))


async def is_refused(database_url: str) -> None:
    """The channel was asked, and the result is noted for the lead."""
    noted = "select 1 from posts where kind = 'result-for-lead'"
    await comes_true(lambda: bool(rows(database_url, noted)))


async def nobody_reads_it(teams: Teams, *readers: Colleague) -> None:
    await teams.connector.wait_until(lambda: any(map(results, readers)), within=LOOKS)
    assert not any(map(results, readers))


@on_both_databases
async def test_it_waits_for_the_morning(teams: Teams, clock: Clock, database_url: str) -> None:
    """Not at night; then once, in the lead's own chat, and `reminders` says what it was."""
    lead, ada = await closed_in_the_evening(teams, clock)
    await is_refused(database_url)
    await nobody_reads_it(teams, lead, ada)
    clock.moves_to(MORNING)
    await ada.will_see(RESULT, within=20)
    clock.moves(days=3)
    await teams.connector.wait_until(lambda: results(ada) > 1, within=LOOKS)
    assert (results(ada), results(lead)) == (1, 0)
    await ada.says("reminders")
    assert "the result of a survey of yours" in ada.last_card().text


async def test_who_wants_no_messages_finds_it(
    teams: Teams, clock: Clock, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who said "stop reminding me" gets no result either; `results` shows it, and the log says so."""
    caplog.set_level("INFO")
    lead, ada = await closed_in_the_evening(teams, clock)
    await is_refused(database_url)
    await ada.says("stop reminding me")
    clock.moves_to(MORNING)
    await comes_true(lambda: "the lead wishes no messages" in caplog.text)
    clock.moves(days=7)
    await nobody_reads_it(teams, lead, ada)
    await ada.says("results")
    assert RESULT in ada.last_card().text


class TestProcesses:
    """Replicas whose time the test moves, and which die."""

    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> Replicas:
        assert shared_clock() == MONDAY
        return await replicas.start(LOG_LEVEL="INFO")

    @on_both_databases
    async def test_killed_in_the_night(
        self, teams: Teams, replicas: Replicas, shared_clock: SharedClock, database_url: str
    ) -> None:
        """All that ran is dead; who is started in the morning tells it, once."""
        _, ada = await closed_in_the_evening(teams, shared_clock)
        await is_refused(database_url)
        for one in replicas.bots:
            await one.is_killed()
        shared_clock.moves_to(MORNING)
        for one in replicas.bots[:2]:
            await one.starts()
        await comes_true(lambda: results(ada) == 1)
        shared_clock.moves(minutes=20)
        await teams.connector.wait_until(lambda: results(ada) > 1, within=LOOKS)
        assert results(ada) == 1

    @on_both_databases
    async def test_killed_while_teams_has_it(
        self, teams: Teams, replicas: Replicas, shared_clock: SharedClock, database_url: str
    ) -> None:
        """It may have arrived; nobody sends it again."""
        _, ada = await closed_in_the_evening(teams, shared_clock)
        await is_refused(database_url)
        teams.connector.latency = 3
        shared_clock.moves_to(MORNING)
        counted = "select 1 from contacts where occasion like 'result:%'"
        await comes_true(lambda: bool(rows(database_url, counted)))
        for one in replicas.bots:
            await one.is_killed()
        teams.connector.latency = 0
        shared_clock.moves(minutes=20)
        for one in replicas.bots[:2]:
            await one.starts()
        owed = "select 1 from posts where kind = 'result-for-lead' and due_at is not null"
        await comes_true(lambda: not rows(database_url, owed))
        assert results(ada) <= 1
