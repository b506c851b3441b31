"""What a channel hears of pledges on Monday is true on Monday, and no move is told twice."""

import datetime as dt

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import finishes
from tests.acceptance.directory import Team
from tests.acceptance.ledger import comes_true, rows
from tests.acceptance.news import states
from tests.acceptance.teams import Colleague, Teams
from tests.acceptance.test_pledges import (
    EVENTS,
    HALFWAY,
    a_surveyed_team,
    comes_to_be_told,
    pledges_automation,
    told,
)

pytestmark = pytest.mark.usefixtures("clock")

MONDAY = dt.datetime(2027, 1, 4, 10, tzinfo=dt.UTC)
"""The first one after Thursday, December 31, on which the promise of these tests is overdue."""


async def nothing_is_told_of(database_url: str, kind: str) -> None:
    """The digest was due, and left all news of this kind out."""

    def outcomes() -> set[str]:
        return {state for id_, state in states(database_url).items() if id_.startswith(kind)}

    await comes_true(lambda: not {"waiting", "sending"} & outcomes())
    assert outcomes() == {"stale"}


def texts(lead: Colleague, team: Team) -> str:
    """All that the team's channel reads."""
    return "\n".join(card.text for card in lead.in_channel(team).cards())


async def is_overdue(teams: Teams, clock: Clock, database_url: str) -> tuple[Team, Colleague, Colleague]:
    """Bo's promise for the team, about which they were asked a week ago, to be told on Monday."""
    team, lead, bo = await a_surveyed_team(teams)
    await pledges_automation(bo, tell="Contoso CoE")
    clock.moves(days=31)
    await bo.will_see("Is it done?", within=20)
    clock.moves(days=7)
    await comes_to_be_told(database_url, "pledge-overdue")
    return team, lead, bo


async def test_not_me_before_monday(teams: Teams, clock: Clock, database_url: str) -> None:
    """What a lead promised in somebody's name, and they refused, is never told as theirs."""
    team, lead, _ = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2]
    clock.moves(days=1)
    await lead.presses(f"Pledge: {EVENTS}", on=lead.card_with("Contoso CoE is at Level 100"))
    await lead.presses("Pledge it", inputs={"who": cy.person.aad_object_id})
    await cy.will_see("Ada Lovelace pledged something in your name", within=20)
    await comes_to_be_told(database_url, "pledge-made")
    await cy.presses("Not me")
    assert cy.sees_one_card().heading == "Dropped"

    clock.moves_to(dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC))
    await nothing_is_told_of(database_url, "pledge-made")
    assert "Cy Twombly made a pledge" not in texts(lead, team)


async def test_kept_then_overdue(teams: Teams, clock: Clock, database_url: str) -> None:
    """A channel that read on Thursday what a kept pledge moved is not told on Monday that it is overdue."""
    team, lead, bo = await is_overdue(teams, clock, database_url)
    await bo.says("pledges")
    await bo.presses("Done: Automation")
    await bo.presses("Yes, it is true")
    up = "Automation: up from 100 Initial to 200 Repeatable"
    await lead.in_channel(team).will_see(up, within=20)

    clock.moves_to(MONDAY)
    await nothing_is_told_of(database_url, "pledge-overdue")
    assert "verdue" not in texts(lead, team)


async def test_put_off_then_overdue(teams: Teams, clock: Clock, database_url: str) -> None:
    """What got another day before Monday is not overdue on Monday."""
    team, lead, bo = await is_overdue(teams, clock, database_url)
    await bo.presses("More time until …", on=bo.card_with("Is it done?"))
    await bo.presses("Ask me then", inputs={"due": "2027-02-11"}, on=bo.card_with("Until when?"))
    assert rows(database_url, "select due_on from pledges") == [("2027-02-11",)]

    clock.moves_to(MONDAY)
    await nothing_is_told_of(database_url, "pledge-overdue")
    assert "verdue" not in texts(lead, team)


async def test_overdue_on_monday(teams: Teams, clock: Clock, database_url: str) -> None:
    """Whoever says nothing is called overdue."""
    team, lead, _ = await is_overdue(teams, clock, database_url)
    clock.moves_to(MONDAY)
    await comes_true(lambda: "verdue" in texts(lead, team))


async def test_same_statement_by_two(teams: Teams, clock: Clock, database_url: str) -> None:
    """The first who keeps it moves the team; the second keeps a promise."""
    team, lead, bo = await a_surveyed_team(teams)
    cy = teams.everybody_in(team)[2]
    await finishes(cy, HALFWAY)
    cards = []
    for one in (bo, cy):
        await pledges_automation(one, tell="Contoso CoE")
    for one in (bo, cy):
        clock.moves(days=1)
        await one.says("pledges")
        await one.presses("Done: Automation")
        await one.presses("Yes, it is true")
        cards.append(one.sees_one_card().text)

    assert ["**Automation** moves up" in card for card in cards] == [True, False]
    await comes_true(lambda: len([kind for kind, _ in told(database_url) if kind != "pledge-made"]) == 2)
    kept = [kind for kind, _ in told(database_url) if kind != "pledge-made"]
    assert sorted(kept) == ["moved-up", "pledge-kept"]
    await lead.in_channel(team).will_see("Automation: up from 100 Initial to 200 Repeatable", within=20)
