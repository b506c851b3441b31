"""A test can set the bot's time."""

from tests.acceptance.clock import Clock
from tests.acceptance.colleagues import finishes
from tests.acceptance.teams import Colleague


async def test_the_bot_goes_by_the_clock_of_the_test(ada: Colleague, clock: Clock) -> None:
    """A check is dated as the clock stood when it was finished."""
    clock.moves(days=40)
    await finishes(ada)
    await ada.says("history")

    assert "Jan 2, 2027" in ada.sees_one_card().text
