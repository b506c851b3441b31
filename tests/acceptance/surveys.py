"""What leads and the people they ask do in many tests."""

import asyncio
from collections.abc import Callable

from tests.acceptance.colleagues import ANSWERS
from tests.acceptance.directory import Team, crowd
from tests.acceptance.ledger import comes_true, kept, messages_of, reminded, sending_ends
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague, Teams

HERE = "@Maturity Coach"

PEOPLE = ("Ada Lovelace", "Bo Diddley", "Cy Twombly", "Di Caprio", "Ed Sheeran", "Flo Rida")


def a_team(
    teams: Teams, people: tuple[str, ...] = PEOPLE, name: str = "Contoso CoE"
) -> tuple[Team, Colleague]:
    """A team that has the app, and its first member in the General channel."""
    members = [teams.colleague(person) for person in people]
    team = teams.team(name, *members)
    teams.directory.installed.add(team.id)
    return team, members[0].in_channel(team)


def a_crowd(teams: Teams, size: int) -> tuple[Team, Colleague]:
    """A team of so many, and a lead in its channel."""
    return a_team(teams, tuple(one.name for one in crowd(size)))


async def rehearses(lead: Colleague, **plan: object) -> Seen:
    """Types `survey`, fills in the plan, and sees whom it would reach."""
    await lead.says(f"{HERE} survey")
    await lead.fills(plan, press="Show what will happen")
    if lead.last_card().heading.startswith("What will happen"):
        await lead.all_devices_show_it()  # people look at it for longer than this takes
    return lead.last_card()


async def sends(lead: Colleague, **plan: object) -> None:
    """Has everybody in the team asked."""
    card = await rehearses(lead, **plan)
    async with asyncio.timeout(60):
        while card.heading.startswith("Still counting"):
            await asyncio.sleep(1)
            await lead.presses("Look again")
            card = lead.last_card()
    await lead.presses(
        next(title for title in card.buttons if title[:8] == "Send to " and title[8].isdigit())
    )


async def under_way(teams: Teams, lead: Colleague, messages: int, **plan: object) -> None:
    """Has the team asked, and returns when so many have their invitation."""
    teams.connector.latency = 0.05
    await sends(lead, name="Autumn check", **plan)
    [team] = teams.directory.teams
    assert await teams.connector.wait_until(lambda: messages_of(teams, team) >= messages, within=20)


async def is_asked(person: Colleague) -> Seen:
    """Waits for the invitation in the own chat."""
    return await person.will_see("asks everybody in")


async def answers(
    person: Colleague, given: tuple[str, ...] = ANSWERS, role: str = "I make apps or flows"
) -> None:
    """Answers an invitation from beginning to end."""
    await is_asked(person)
    await person.presses(role)
    for answer in given:
        await person.picks(answer)


async def all_answer(teams: Teams, team: Team, given: tuple[str, ...] = ANSWERS) -> None:
    for person in teams.everybody_in(team):
        await answers(person, given)


async def both_press(lead: Colleague, other: Colleague, title: str, words: str) -> None:
    """Two leads press a card's button at the same instant, as soon as both see it."""
    async with asyncio.timeout(20):
        while not any(words in card.text for card in other.cards()):  # noqa: ASYNC110 - edited at some time
            await asyncio.sleep(0.1)
    await asyncio.gather(*(one.presses(title, on=one.card_with(words)) for one in (lead, other)))


async def two_leads_press_the_same_buttons(
    teams: Teams, database_url: str, *, a_day_passes: Callable[[], None]
) -> None:
    """Send, Remind now and Close, pressed by both at once, are each done once; fails where one is not."""
    team, lead = a_team(teams)
    other = teams.everybody_in(team)[1].in_channel(team)
    await rehearses(lead, name="Autumn check")
    await both_press(lead, other, "Send to 6 people", "What will happen")
    await sending_ends(database_url)
    assert kept(teams, team, database_url) == {"delivered": 6}
    assert len(lead.messages_in(lead.place)) == 1

    a_day_passes()
    await both_press(lead, other, "Remind now", "Survey: Autumn check")
    await comes_true(lambda: all(reminded(teams, one) for one in team.members))
    for person in teams.everybody_in(team)[:5]:
        await answers(person)
    assert messages_of(teams, team) == 12

    await lead.says(f"{HERE} close")
    await both_press(lead, other, "Close now", "Close “Autumn check” now?")
    await lead.will_see("Contoso CoE is at Level 300 Defined", within=20)
    await asyncio.sleep(1)
    assert len(lead.messages_in(lead.place)) == 3  # what was the progress, the close card, and the result
