"""A survey in bad weather: nobody gets two invitations, everybody ends in one state, unknown is called so."""

import asyncio
import datetime as dt
from collections import Counter

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.directory import Wall
from tests.acceptance.faults import WEATHER, Fault
from tests.acceptance.ledger import (
    away,
    comes_true,
    invitations,
    invited,
    kept,
    messages_of,
    reasons,
    reminded,
    sending_ends,
    shows,
)
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.surveys import (
    a_crowd,
    a_team,
    answers,
    both_press,
    is_asked,
    rehearses,
    sends,
    two_leads_press_the_same_buttons,
    under_way,
)
from tests.acceptance.teams import Teams

BAD_DAY = (*WEATHER, Fault(500), Fault(429), Fault(429, retry_after=0.5), Fault(412, retry_after=0.1))


# Teams


@on_both_databases
async def test_a_bad_day_of_teams(teams: Teams, database_url: str) -> None:
    """Throttled, failed, dropped, never answered: what is kept is what people got, and why they did not."""
    team, lead = a_crowd(teams, 60)
    people = team.members
    for number, wall in enumerate(Wall):
        teams.directory.walls[people[10 + number]] = wall
    card = await rehearses(lead, name="Autumn check")
    assert "Send to 60 people" in card.buttons
    teams.connector.hangs_next(kind="send", for_=people[20])
    teams.connector.hangs_next(kind="send", for_=people[21], though_delivered=True)
    teams.connector.hangs_next(kind="open", for_=people[22])
    teams.connector.fails_next(404, kind="open", for_=people[23], code="UserNotFound")
    teams.connector.fails_next(404, kind="send", for_=people[24], code="ConversationNotFound")
    teams.connector.fails_next(403, kind="send", for_=people[25], code="NotEnoughPermissions")
    teams.connector.fails_next(400, kind="send", for_=people[26], code="BadArgument")
    teams.connector.fails_at_random(0.15, seed=7, kinds=BAD_DAY)
    await lead.presses("Send to 60 people")
    await sending_ends(database_url, within=60)
    teams.connector.fails_at_random(0, seed=0)

    states = kept(teams, team, database_url)
    await shows(lead, states)
    state, reason = invitations(database_url), reasons(database_url)
    assert state[people[20].aad_object_id] == state[people[21].aad_object_id] == "unknown"
    assert state[people[22].aad_object_id] in {"delivered", "unknown"}
    whys = {
        10: "not-installed",
        11: "blocked",
        12: "blocked",
        13: "disabled",
        14: "not-installed",
        23: "gone",
        24: "gone",
        25: "not-installed",
        26: "other",
    }
    for one, why in whys.items():  # a failure by chance may have come first
        assert reason[people[one].aad_object_id] == why or state[people[one].aad_object_id] == "unknown"


@on_both_databases
async def test_chance(teams: Teams, database_url: str) -> None:
    """Whatever goes wrong by chance, the ledger agrees with what people got."""
    team, lead = a_crowd(teams, 30)
    await rehearses(lead, name="Autumn check")
    teams.connector.fails_at_random(0.25, seed=1, kinds=BAD_DAY)
    await lead.presses("Send to 30 people")
    await sending_ends(database_url, within=60)
    teams.connector.fails_at_random(0, seed=0)

    states = kept(teams, team, database_url)
    assert states["delivered"] >= 10
    assert states["unknown"] >= 1
    await shows(lead, states)


@on_both_databases
async def test_teams_asks_for_a_pause(teams: Teams, database_url: str) -> None:
    """After 429 with Retry-After nobody is written to for so long, and then everybody has it."""
    team, lead = a_crowd(teams, 20)
    await rehearses(lead, name="Autumn check")
    teams.connector.fails_next(429, retry_after=2, kind="send")
    await lead.presses("Send to 20 people")
    await sending_ends(database_url)

    assert kept(teams, team, database_url) == {"delivered": 20}
    [throttled] = [one.arrived for one in teams.connector.requests if one.status == 429]
    assert not [one for one in teams.connector.requests if throttled + 0.5 < one.arrived < throttled + 2]


async def test_never_faster_than_teams_takes(teams: Teams, database_url: str) -> None:
    """Not more than fifty requests in any second, of all kinds, and none of them too many."""
    team, lead = a_crowd(teams, 150)
    await under_way(teams, lead, 1)
    await sending_ends(database_url, within=40)

    assert kept(teams, team, database_url) == {"delivered": 150}
    assert teams.connector.largest_second() <= 50
    assert teams.connector.violations == []


# The bot and its database


@on_both_databases
async def test_restarted_while_sending(teams: Teams, bot: RunningBot, database_url: str) -> None:
    """A deployment in the middle: the new process goes on, and nothing stays on its way for ever."""
    team, lead = a_crowd(teams, 100)
    teams.connector.hangs_next(kind="send", for_=team.members[3])
    await under_way(teams, lead, 20)
    await bot.restarts()
    await sending_ends(database_url, within=30)

    states = kept(teams, team, database_url)
    assert states["delivered"] >= 90
    await shows(lead, states)


@on_both_databases
async def test_the_database_is_away(teams: Teams, database_url: str) -> None:
    """For a whole minute, a server as well as a file that is locked: sending waits, goes on, loses nobody."""
    team, lead = a_crowd(teams, 60)
    await under_way(teams, lead, 15)
    with away(database_url):
        await asyncio.sleep(60)
    await sending_ends(database_url, within=40)

    states = kept(teams, team, database_url)
    assert states == {"delivered": 60}
    await shows(lead, states)


# Time


@on_both_databases
async def test_it_closes_after_a_restart(
    teams: Teams, bot: RunningBot, clock: Clock, database_url: str
) -> None:
    """Its last day passes while the bot is down: it is closed and its result posted, once."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    for person in teams.everybody_in(team)[:5]:
        await answers(person)
    await bot.__aexit__()
    clock.moves(days=15)
    await bot.__aenter__()
    late = teams.everybody_in(team)[5]

    result = await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    assert "5 of the 6 people asked finished (83%)" in result.text
    await bot.restarts()
    await asyncio.sleep(1)
    assert len(lead.messages_in(lead.place)) == 2  # what was the progress card, and the result
    assert reminded(teams, late.person) == []
    assert kept(teams, team, database_url) == {"delivered": 6}


@on_both_databases
async def test_missed_reminders(teams: Teams, bot: RunningBot, clock: Clock, database_url: str) -> None:
    """Two were due while the bot was down: one is enough."""
    team, lead = a_crowd(teams, 8)
    await sends(lead, name="Autumn check")
    await sending_ends(database_url)
    await bot.__aexit__()
    clock.moves(days=7)
    await bot.__aenter__()
    await comes_true(lambda: all(reminded(teams, one) for one in team.members))
    await bot.restarts()
    await asyncio.sleep(1)

    assert [len(reminded(teams, one)) for one in team.members] == [1] * 8
    assert kept(teams, team, database_url) == {"delivered": 8}


@on_both_databases
async def test_the_clock_jumps(teams: Teams, clock: Clock, database_url: str) -> None:
    """A day forwards and back while sending, days backwards after a reminder: nothing comes a second time."""
    team, lead = a_crowd(teams, 40)
    await under_way(teams, lead, 10)
    clock.moves(days=1)
    await teams.connector.wait_until(lambda: messages_of(teams, team) >= 20)
    clock.jumps_to(clock() - dt.timedelta(days=1))
    await sending_ends(database_url)
    assert kept(teams, team, database_url) == {"delivered": 40}

    clock.moves(days=3, minutes=1)
    await comes_true(lambda: all(reminded(teams, one) for one in team.members))
    for days in (-1, 1, -3, 3):
        clock.jumps_to(clock() + dt.timedelta(days=days))
        await lead.presses("Refresh", on=lead.card_with("Survey: Autumn check"))
        await asyncio.sleep(0.3)
    assert {len(reminded(teams, one)) for one in team.members} == {1}
    assert kept(teams, team, database_url) == {"delivered": 40}


async def test_reminded_once_a_day_whatever_the_clock_says(
    teams: Teams, clock: Clock, database_url: str
) -> None:
    """Who reminds, and turns the clock back, cannot remind again."""
    team, lead = a_team(teams)
    await sends(lead, name="Autumn check")
    await sending_ends(database_url)
    clock.moves(days=1)
    await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
    await comes_true(lambda: all(reminded(teams, one) for one in team.members))
    for hours in (-5, 10, 15):
        clock.jumps_to(clock() + dt.timedelta(hours=hours))
        await lead.presses("Remind now", on=lead.card_with("Survey: Autumn check"))
        assert "less than a day ago" in lead.card_with("Survey: Autumn check").text

    assert {len(reminded(teams, one)) for one in team.members} == {1}


# People


@on_both_databases
async def test_people_come_and_go_while_it_is_sent(teams: Teams, database_url: str) -> None:
    """Who has left is refused with the reason, who has come is not asked; all others have it."""
    team, lead = a_crowd(teams, 60)
    asked = team.members
    await under_way(teams, lead, 1)
    *_, left, fired = (one for one in asked if not invited(teams, one))
    newcomer = teams.colleague("New Comer")
    await newcomer.joins(team)
    for one in teams.everybody_in(team):
        if one.person == left:
            await one.leaves(team)
        if one.person == fired:
            one.leaves_the_company()
    await sending_ends(database_url)

    states = kept(teams, team, database_url, asked)
    await shows(lead, states)
    assert invited(teams, newcomer.person) == []
    for gone in (left, fired):
        has_it = invited(teams, gone)
        assert invitations(database_url)[gone.aad_object_id] == ("delivered" if has_it else "refused")
    assert states["delivered"] >= 58


@on_both_databases
async def test_people_go_while_they_answer(teams: Teams, clock: Clock, database_url: str) -> None:
    """What they had finished counts, what they had begun does not, and they are not reminded in vain."""
    team, lead = a_team(teams)
    everybody = teams.everybody_in(team)
    await sends(lead, name="Autumn check")
    for person in everybody[:5]:
        await answers(person)
    last = everybody[5]
    await is_asked(last)
    await last.presses("I make apps or flows")
    await last.picks("Defined")
    await everybody[4].leaves(team)
    last.leaves_the_company()
    clock.moves(days=15)

    result = await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    assert "5 of the 6 people asked finished (83%)" in result.text
    assert kept(teams, team, database_url, [one.person for one in everybody]) == {"delivered": 6}


@on_both_databases
async def test_the_bot_is_removed_while_it_sends(teams: Teams, database_url: str) -> None:
    """Nothing more is sent; the survey can be closed, and its lead gets the result in their own chat."""
    team, lead = a_crowd(teams, 80)
    everybody = teams.everybody_in(team)
    teams.directory.installed |= {one.place.app_home for one in everybody}
    asker = everybody[0]
    await asker.says("help")
    await under_way(teams, lead, 15)
    await lead.uninstalls_the_app()
    await asyncio.sleep(1)
    sent = sum(len(invited(teams, one)) for one in team.members)
    await sending_ends(database_url)
    states = Counter(invitations(database_url).values())
    assert states["stopped"] >= 30
    assert sum(states.values()) == 80
    assert sent == sum(len(invited(teams, one)) for one in team.members)
    assert sent <= states["delivered"] + states["unknown"] + 1  # and the lead's help

    await asker.says("close")
    await asker.presses("Close now")
    assert (await asker.will_see("too few answers for a result", within=40)).heading


# Two leads


async def test_two_leads_press_the_same_button(teams: Teams, clock: Clock, database_url: str) -> None:
    """Two leads press at one bot, whose turns share a connection to a file; replicas have their own test."""
    await two_leads_press_the_same_buttons(teams, database_url, a_day_passes=lambda: clock.moves(days=1))


@on_both_databases
@pytest.mark.parametrize("more_settings", [{"second_lead_above": 3}])
async def test_two_leads_agree_at_once(teams: Teams, database_url: str) -> None:
    """A survey that needs a second lead gets two of them: it is sent once."""
    team, lead = a_team(teams)
    bo, cy = (one.in_channel(team) for one in teams.everybody_in(team)[1:3])
    await rehearses(lead, name="Autumn check")
    await lead.presses("Ask a second lead (6 people)")
    await both_press(bo, cy, "Agree, and send to 6 people", "A second lead is needed")
    await sending_ends(database_url)

    assert kept(teams, team, database_url) == {"delivered": 6}
    assert len(lead.messages_in(lead.place)) == 1
