"""The bot as a process of its own, killed without warning."""

import pytest

from tests.acceptance.colleagues import ANSWERS, begins
from tests.acceptance.killable import KillableBot, Replicas
from tests.acceptance.running import on_both_databases
from tests.acceptance.teams import Colleague


@pytest.fixture
async def bot(replicas: Replicas) -> KillableBot:
    return await replicas[0].starts(LOG_LEVEL="ERROR")


@on_both_databases
async def test_killed_after_any_answer_the_check_goes_on_where_it_was(
    ada: Colleague, bot: KillableBot
) -> None:
    """After each answer the process dies at once; started again, the next question is open, none is lost."""
    await begins(ada)
    for number, answer in enumerate(ANSWERS, start=1):
        assert ada.last_card().heading.startswith(f"Question {number} of 7")
        await ada.picks(answer)
        await bot.is_killed()
        await bot.starts()
        await ada.says("result" if number == len(ANSWERS) else "start")

    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    assert "4 of 7 disciplines have reached 300" in ada.sees_one_card().text
