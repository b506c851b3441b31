"""A test can set the bot's time."""

import pytest

from tests.acceptance.clock import Clock, SharedClock
from tests.acceptance.colleagues import finishes
from tests.acceptance.killable import Replicas
from tests.acceptance.teams import Colleague


async def test_the_bot_goes_by_the_clock_of_the_test(ada: Colleague, clock: Clock) -> None:
    """A check is dated as the clock stood when it was finished."""
    clock.moves(days=40)
    await finishes(ada)
    await ada.says("history")

    assert "Jan 2, 2027" in ada.sees_one_card().text


class TestAProcess:
    @pytest.fixture
    async def bot(self, replicas: Replicas, shared_clock: SharedClock) -> Replicas:
        """One that reads the clock before each start."""
        shared_clock.moves(days=10)
        await replicas[0].starts(LOG_LEVEL="ERROR")
        return replicas

    async def test_it_goes_by_the_clock_of_the_test(
        self, replicas: Replicas, ada: Colleague, shared_clock: SharedClock
    ) -> None:
        """Its time can be moved while it runs, and outlives it."""
        shared_clock.moves(days=30)
        await replicas[0].is_killed()
        await replicas[0].starts()
        await finishes(ada)
        await ada.says("history")

        assert "Jan 2, 2027" in ada.sees_one_card().text
