"""A maker's check from the first tap to the result, as Teams shows it."""

from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague, Teams

ANSWERS = ["Defined", "Repeatable", "Defined", "Repeatable", "Capable", "Repeatable", "Defined"]


async def begins(colleague: Colleague) -> None:
    await colleague.installs_the_app()
    await colleague.says("start")
    await colleague.presses("I make apps or flows")


async def finishes(colleague: Colleague) -> None:
    await begins(colleague)
    for answer in ANSWERS:
        await colleague.picks(answer)


@on_both_databases
async def test_a_whole_check_names_the_stage_and_says_why(ada: Colleague) -> None:
    """Seven answers by clicking bring the stage, the reason, the complete stage and the opportunities with links."""
    await finishes(ada)

    card = ada.sees_one_card()
    assert card.heading == "You are at Level 300 Defined"
    assert "4 of 7 disciplines have reached 300; Strategy and Vision, Admin and Governance, and Fusion Teams hold back 400." in card.text
    assert "Complete stage: Level 200 Repeatable." in card.text
    assert "https://learn.microsoft.com/power-platform/guidance/adoption/environment-strategy" in [one.url for one in card.links]
    assert card.buttons == ["What lifts us to 400", "Other stages' opportunities", "My answers", "Check again"]


async def test_the_questions_come_one_by_one_in_place(ada: Colleague) -> None:
    """Each press replaces the card by the next question, with its number, its answers and its buttons."""
    await begins(ada)

    first = ada.sees_one_card()
    assert first.heading == "Question 1 of 7: Strategy and Vision"
    assert first.buttons == ["Next", "Back", "Pause"]
    assert [one.split(":")[0] for one in first.choices] == [
        "Initial", "Repeatable", "Defined", "Capable", "Efficient", "I don't know", "Does not apply to us",
    ]
    await ada.picks("Capable")
    second = ada.sees_one_card()
    assert second.heading == "Question 2 of 7: Business Value"
    assert second.message_id == first.message_id
