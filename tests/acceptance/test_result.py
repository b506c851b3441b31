"""After the last answer: the result and everything it leads to."""

import pytest

from storage.checks import Checks
from tests.acceptance.colleagues import ANSWERS, begins, finishes
from tests.acceptance.teams import Colleague

DISCIPLINES = (
    "Strategy and Vision",
    "Business Value",
    "Admin and Governance",
    "Support",
    "Nurture and Citizen Makers",
    "Automation",
    "Fusion Teams",
)
"""In the order they are asked."""


async def test_the_charts_have_the_facts_in_words_too(ada: Colleague) -> None:
    """Phones draw no charts; their fallback names every discipline with its level."""
    await finishes(ada)

    lines = ada.sees_one_card().text.splitlines()
    told = {one: lines[lines.index(one) + 1] for one in DISCIPLINES}
    assert [level.split()[1] for level in told.values()] == list(ANSWERS)


async def test_what_lifts_us_names_disciplines_and_statements(ada: Colleague) -> None:
    """The way up: the disciplines to raise, from which level to which, and what that level asks for."""
    await finishes(ada)
    await ada.presses("What lifts me to 400")

    card = ada.sees_one_card()
    assert card.heading == "The shortest way to Level 400 Capable"
    assert "These 3 disciplines have to reach 400" in card.text
    assert "From 300 Defined to 400 Capable" in card.text
    assert "Fusion Teams" in card.text
    assert "Support" not in card.text
    await ada.presses("Back to my result")
    assert ada.sees_one_card().heading == "You are at Level 300 Defined"


async def test_an_answer_can_be_changed_and_the_result_follows(ada: Colleague) -> None:
    """My answers lists all seven; a changed one moves the stage, and the reply says what was saved."""
    await finishes(
        ada, ("Defined", "Defined", "Defined", "Defined", "Repeatable", "Repeatable", "Repeatable")
    )
    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    await ada.presses("My answers")
    assert "Fusion Teams" in ada.sees_one_card().text

    await ada.picks("Support", press="Change this answer")
    assert ada.sees_one_card().heading == "Question 4 of 7: Support"
    assert str(ada.sees_one_card().chosen).startswith("Defined")
    await ada.picks("Repeatable")
    card = ada.sees_one_card()
    assert card.heading == "You are at Level 200 Repeatable"
    assert "Saved: Support is now “200 Repeatable”." in card.text


async def test_back_from_a_change_leads_to_the_answers(ada: Colleague) -> None:
    """Who does not want to change after all is back at the list, and nothing is changed."""
    await finishes(ada)
    await ada.presses("My answers")
    await ada.picks("Support", press="Change this answer")
    await ada.presses("Back")

    assert ada.sees_one_card().heading == "Your answers"
    await ada.says("result")
    assert ada.sees_one_card().heading == "You are at Level 300 Defined"


async def test_a_finished_check_is_changed_by_buttons_alone(ada: Colleague) -> None:
    """Nothing typed changes a finished check, however long ago somebody looked at one of its questions."""
    await finishes(ada)
    await ada.presses("My answers")
    await ada.picks("Support", press="Change this answer")
    assert ada.sees_one_card().buttons == ["Next", "Back"]
    for words in ("5", "back", "pause"):
        await ada.says(words)
        assert ada.sees_one_card().heading == "What I understand"

    await ada.says("result")
    assert ada.sees_one_card().heading == "You are at Level 300 Defined"
    await ada.presses("My answers")
    assert "200 Repeatable" in ada.sees_one_card().text


async def test_pause_on_an_old_card_of_a_finished_check_shows_its_result(ada: Colleague) -> None:
    """There is nothing to pause any more, and no new check begins."""
    await begins(ada)
    old = ada.sees_one_card()
    for answer in ANSWERS:
        await ada.says(answer)
    await ada.presses("Pause", on=old)

    assert ada.last_card().heading == "You are at Level 300 Defined"


async def test_a_check_whose_end_was_not_stored_is_finished_later(
    ada: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the process dies between the last answer and its end, `result` and `history` still know it."""
    await begins(ada)
    for answer in ANSWERS[:-1]:
        await ada.picks(answer)

    async def dies(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Checks, "finish", dies)
        await ada.picks(ANSWERS[-1])
    await ada.says("history")

    assert "Level 300 Defined" in ada.sees_one_card().text


async def test_opportunities_of_any_stage_can_be_read(ada: Colleague) -> None:
    """Another stage's opportunities come with their links, and the word about retired ones."""
    await finishes(ada)
    await ada.presses("Other stages")
    await ada.picks("Level 100", press="Show this stage")

    card = ada.sees_one_card()
    assert card.heading == "What to do at Level 100 Initial"
    assert "https://aka.ms/powerappsdemos" in {one.url for one in card.links}
    assert "retired" in card.text


async def test_typed_opportunities_are_those_of_the_stage(ada: Colleague) -> None:
    """`opportunities` shows what to do at the person's own stage."""
    await finishes(ada)
    await ada.says("opportunities")

    assert ada.sees_one_card().heading == "What to do at Level 300 Defined"


async def test_too_few_answers_name_no_stage(ada: Colleague) -> None:
    """With fewer than half of the disciplines answered the card says what is missing, and names no stage."""
    await finishes(ada, (*ANSWERS[:3], *["I don't know"] * 3, "Does not apply to us"))

    card = ada.sees_one_card()
    assert card.heading == "Not enough answers for a stage yet"
    assert "You named one for 3 of 7: one more is missing" in card.text
    assert "Not counted, since you don't know: Support" in card.text
    assert "Not counted, since it does not apply: Fusion Teams." in card.text
    assert "Level 300" not in card.heading


async def test_check_again_begins_anew_and_keeps_the_old_result(ada: Colleague) -> None:
    """Check again asks from the role on; until it is finished, `result` shows the finished one."""
    await finishes(ada)
    await ada.presses("Check again", twice=True)
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"
    await ada.says("result")

    assert ada.sees_one_card().heading == "You are at Level 300 Defined"


async def test_history_shows_each_check_and_what_moved(ada: Colleague) -> None:
    """Each finished check with date and stage, the newest first, and the disciplines that moved."""
    await finishes(ada)
    await finishes(ada, ("Capable", "Capable", *ANSWERS[2:]))
    await ada.says("history")

    text = ada.sees_one_card().text
    assert text.count("Level 300 Defined") == 2
    assert "Strategy and Vision: up from 300 Defined to 400 Capable" in text
    assert "Business Value: up from 200 Repeatable to 400 Capable" in text
    assert "Your first check." in text


async def test_words_before_the_first_check_lead_to_it(ada: Colleague) -> None:
    """Result and history offer to start, since there is none yet; opportunities are the first stage's."""
    for word in ("result", "history"):
        await ada.says(word)
        assert ada.sees_one_card().buttons == ["Start the check"]
    await ada.says("opportunities")
    assert ada.sees_one_card().heading == "What to do at Level 100 Initial"


async def test_help_names_the_words_and_start(ada: Colleague) -> None:
    """`help` lists what the bot understands; its button starts the check."""
    await ada.says("help")

    card = ada.sees_one_card()
    for word in ("start", "result", "opportunities", "history", "help"):
        assert word in card.text
    await ada.presses("Start the check")
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"


async def test_anything_unknown_gets_help_never_a_guess(ada: Colleague) -> None:
    """A sentence with a command in it brings help only; at a question it says what may be typed."""
    await ada.says("please start everything")
    assert "I did not understand that" in ada.sees_one_card().text

    await ada.says("start")
    await ada.says("3")
    assert "type “maker”, “admin”, “developer” or “sponsor”" in ada.sees_one_card().text

    await begins(ada)
    for words in ("6", "150", "level", "maybe 3", "yes"):
        await ada.says(words)
        assert "You are at question 1 of 7: type 1 to 5" in ada.sees_one_card().text
        assert ada.sees_one_card().buttons == ["Continue the check"]
