"""What leads and the people they ask do in many tests."""

import asyncio

from tests.acceptance.colleagues import ANSWERS
from tests.acceptance.directory import Team
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
    await lead.presses(
        next(title for title in card.buttons if title[:8] == "Send to " and title[8].isdigit())
    )


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
