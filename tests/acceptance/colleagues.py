"""What colleagues do in many tests."""

from typing import Any

from tests.acceptance.teams import Colleague, Teams

ANSWERS = ("Defined", "Repeatable", "Defined", "Repeatable", "Capable", "Repeatable", "Defined")
"""One per discipline: the stage is 300, the complete stage 200."""


def has_the_app(teams: Teams, name: str, **who: Any) -> Colleague:
    """A colleague who was welcomed long ago."""
    colleague = teams.colleague(name, **who)
    teams.directory.installed.add(colleague.place.app_home)
    return colleague


async def begins(colleague: Colleague) -> None:
    """Is at the first question."""
    await colleague.says("start")
    await colleague.presses("I make apps or flows")


async def finishes(colleague: Colleague, answers: tuple[str, ...] = ANSWERS) -> None:
    """Has answered everything and sees the result."""
    await begins(colleague)
    for answer in answers:
        await colleague.picks(answer)
    await colleague.all_devices_show_it()
