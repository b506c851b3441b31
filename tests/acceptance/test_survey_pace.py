"""The pace of a survey: what the channel sees over time, who is kept waiting, and what Teams allows."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import cycle, pairwise

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import finishes, has_the_app
from tests.acceptance.connector import Connector, Edit
from tests.acceptance.directory import Wall, crowd
from tests.acceptance.faults import Fault
from tests.acceptance.ledger import (
    adds_up,
    comes_true,
    invited,
    kept,
    messages_of,
    numbers_on,
    reminded,
    sending_ends,
    shows,
)
from tests.acceptance.running import on_both_databases
from tests.acceptance.seen import Seen
from tests.acceptance.surveys import HERE, PEOPLE, a_crowd, answers, sends, under_way
from tests.acceptance.teams import Colleague, Teams

BETWEEN_EDITS = 10 - 0.5
"""Seconds. The first of two edits may wait for its turn up to half a second longer."""

PROGRESS = "Survey: Autumn check"


# The progress card


@on_both_databases
async def test_the_channels_card_over_time(teams: Teams, database_url: str) -> None:
    """Edited in place, never twice within ten seconds; what it shows adds up, and is true for who looks."""
    team, lead = a_crowd(teams, 300)
    teams.directory.walls |= dict.fromkeys(team.members[9::10], Wall.BLOCKED)
    teams.connector.plans(
        Fault(how="drops"), aim=lambda call: call.kind == "send" and call.person is not None
    )
    await under_way(teams, lead, 5)
    everybody = teams.everybody_in(team)
    async with asyncio.timeout(60):
        while not any(numbers_on(shown(edit))["Not sent"] for edit in edits(teams.connector)):
            person = next((one for one in everybody if invited(teams, one.person)), None)
            if person is None:
                await asyncio.sleep(0.1)
                continue
            await answers(person)
            everybody.remove(person)
            await lead.presses("Refresh", on=lead.card_with(PROGRESS))
            card = lead.card_with(PROGRESS)
            assert adds_up(card)
            assert f"{300 - len(everybody)} of 300 finished" in card.text
            numbers = numbers_on(card)
            assert numbers["Delivered"] <= messages_of(teams, team)
            has_all = numbers["Delivered"] and numbers["Not delivered"] and numbers["Unknown"]
            if edits(teams.connector) and has_all and "Stop sending" in card.buttons:
                await lead.presses("Stop sending", on=card)
                await lead.presses("Stop")

    cards = [shown(edit) for edit in edits(teams.connector)]
    assert [numbers_on(card)["Invited"] for card in cards if adds_up(card)] == [300] * len(cards)
    assert numbers_on(cards[0])["On the way"]
    assert all(later.at - earlier.at >= BETWEEN_EDITS for earlier, later in pairwise(edits(teams.connector)))
    assert len(lead.messages_in(lead.place)) == 1
    await sending_ends(database_url)
    await shows(lead, kept(teams, team, database_url))


def edits(connector: Connector) -> list[Edit]:
    """The edits of the progress card, oldest first."""
    return [edit for edit in connector.edits if PROGRESS in shown(edit).heading]


def shown(edit: Edit) -> Seen:
    [attachment] = json.loads(edit.body)["attachments"]
    return Seen(attachment["content"], edit.message_id)


# Nobody is kept waiting


@on_both_databases
async def test_a_chat_is_answered_while_a_survey_is_sent(teams: Teams, database_url: str) -> None:
    """Who does a check of their own meanwhile has the last reply before half of the invitations are sent."""
    team, lead = a_crowd(teams, 200)
    ada = has_the_app(teams, "Ada Lovelace")
    await under_way(teams, lead, 1)
    teams.connector.latency = 0.2
    await finishes(ada)
    last_reply = teams.connector.next_change()
    assert ada.last_card().heading == "You are at Level 300 Defined"
    await sending_ends(database_url, within=40)

    assert kept(teams, team, database_url) == {"delivered": 200}
    chats = (teams.directory.personal_chat(person) for person in team.members)
    invitations = sorted(teams.connector.messages_in(chat)[0].changed for chat in chats)
    assert last_reply < invitations[100]


async def test_a_lead_is_answered_while_a_large_roster_is_read(teams: Teams) -> None:
    """The word and the button, before the last page is asked for; who looks again has nothing read anew."""
    ada = has_the_app(teams, "Ada Lovelace")
    team = teams.team("Contoso CoE", ada, *crowd(2999))
    teams.directory.installed.add(team.id)
    lead = ada.in_channel(team)
    teams.connector.latency = 0.8
    await lead.says(f"{HERE} survey")
    assert lead.sees_one_card().heading == "Set up a survey"
    assert pages_asked(teams.connector) == []
    await lead.fills(press="Show what will happen", name="Autumn check")
    assert lead.sees_one_card().heading == "Still counting: Autumn check"
    answered = teams.connector.limits.now()

    await comes_true(lambda: len(pages_asked(teams.connector)) == 6)
    [*_, last] = pages_asked(teams.connector)
    assert answered < last
    await lead.presses("Look again")
    assert "3,000 people in Contoso CoE" in lead.last_card().text
    assert len(pages_asked(teams.connector)) == 6


def pages_asked(connector: Connector) -> list[float]:
    """When the pages of rosters were asked for, in seconds of the limits' clock, first to last."""
    return sorted(request.arrived for request in connector.requests if request.kind == "roster")


# What Teams allows


@on_both_databases
async def test_teams_limits_hold_over_a_whole_survey(teams: Teams, clock: Clock, database_url: str) -> None:
    """Of each conversation and of the tenant, while a crowd is asked and reminded, and others chat."""
    team, lead = a_crowd(teams, 100)
    async with chatting([has_the_app(teams, name) for name in PEOPLE]):
        await sends(lead, name="Autumn check")
        await sending_ends(database_url)
        for person in teams.everybody_in(team)[:5]:
            await answers(person)
        clock.moves(days=1)
        await lead.presses("Remind now", on=lead.card_with(PROGRESS))
        await comes_true(lambda: all(reminded(teams, one) for one in team.members[5:]))
        await lead.presses("Close survey", on=lead.card_with(PROGRESS))
        await lead.presses("Close now")
        await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)

    assert kept(teams, team, database_url) == {"delivered": 100}
    assert messages_of(teams, team) == 195
    assert {one.kind for one in teams.connector.requests} >= {"open", "post", "send", "update", "roster"}
    assert teams.connector.violations == []


@asynccontextmanager
async def chatting(colleagues: Sequence[Colleague]) -> AsyncIterator[None]:
    """One of these after the other says something, two a second at most, until the block ends."""

    async def chat() -> None:
        for colleague in cycle(colleagues):
            await colleague.says("help")
            colleague.sees_one_card()
            await asyncio.sleep(0.5)

    chat_of_all = asyncio.create_task(chat())
    try:
        yield
    finally:
        chat_of_all.cancel()
        with suppress(asyncio.CancelledError):
            await chat_of_all
