"""Half a year of an organisation, told in one go, while processes are killed after every step."""

import datetime as dt
from itertools import cycle

import pytest

from tests.acceptance.clock import SharedClock
from tests.acceptance.colleagues import finishes
from tests.acceptance.directory import Team
from tests.acceptance.killable import Replicas
from tests.acceptance.running import on_both_databases
from tests.acceptance.scheduling import schedules
from tests.acceptance.surveys import HERE, a_team, all_answer, sends
from tests.acceptance.teams import Colleague, Teams

HALFWAY = ("Repeatable", "Repeatable", "Repeatable", "Initial", "Initial", "Initial", "Initial")
"""Three of seven have reached 200; one more makes the stage."""

LATER = ("Defined",) * 4 + ("Repeatable",) * 3

FIRST_MONDAY = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)
"""Of the next quarter."""


class Weather:
    """Kills one process after the other; each is started again."""

    def __init__(self, replicas: Replicas) -> None:
        self._next = cycle(replicas.bots)

    async def strikes(self) -> None:
        bot = next(self._next)
        await bot.is_killed()
        await bot.starts()


@on_both_databases
class TestHalfAYear:
    """Three processes."""

    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> Replicas:
        assert shared_clock().hour == 9
        return await replicas.start(LOG_LEVEL="INFO")

    async def test_from_a_survey_to_the_next(
        self, teams: Teams, replicas: Replicas, shared_clock: SharedClock
    ) -> None:
        """Survey, result, pledge, question, kept, move, next quarter's survey, trend; nothing twice."""
        weather = Weather(replicas)
        team, lead = a_team(teams)
        bo = teams.everybody_in(team)[1]
        await schedules(lead)
        await weather.strikes()

        await sends(lead, name="Autumn check")
        await weather.strikes()
        await all_answer(teams, team, HALFWAY)
        await weather.strikes()
        await lead.will_see("Contoso CoE is at Level 100 Initial", within=60)

        await promises(bo)
        await weather.strikes()
        shared_clock.moves(days=28)
        await bo.will_see("Is it done?", within=60)
        await weather.strikes()
        await bo.presses("Done")
        await bo.presses("Yes, it is true")
        await weather.strikes()
        await lead.will_see("Automation: up from 100 Initial to 200 Repeatable", within=60)

        shared_clock.moves_to(FIRST_MONDAY)
        await weather.strikes()
        await all_answer(teams, team, LATER)
        await weather.strikes()
        await lead.will_see("Contoso CoE is at Level 300 Defined", within=60)
        await bo.in_channel(team).says(f"{HERE} trend")

        assert "the stage was 300 Defined, up from 100 Initial" in bo.in_channel(team).last_card().text
        nothing_came_twice(teams, team, bo, lead)


async def promises(bo: Colleague) -> None:
    """The only statement of the next level of Automation, and the channel hears of it."""
    await finishes(bo, HALFWAY)
    await bo.presses("What lifts me to 200")
    await bo.presses("Pledge one of these: Automation")
    await bo.fills({"tell": "Contoso CoE"}, press="Pledge it")


def nothing_came_twice(teams: Teams, team: Team, bo: Colleague, lead: Colleague) -> None:
    """Every card is answered in its own message, so there are as many as there were occasions."""
    for person in teams.everybody_in(team):
        invitations, own_check_and_question = 2, 2 if person.person == bo.person else 0
        assert len(person.messages_in(person.place)) == invitations + own_check_and_question
    told = ["Contoso CoE is at Level 100", "Contoso CoE is at Level 300", "Automation: up from 100 Initial"]
    in_channel = [card.heading for card in lead.cards()]
    assert [sum(one.startswith(words) for one in in_channel) for words in told] == [1, 1, 1]
    assert teams.connector.violations == []
