"""The harness is as strict as Teams: what a colleague could not see or use fails the test."""

import asyncio
import urllib.request

import pytest

from tests.acceptance.harness.stub_bot import StubBot, button, card_answer, card_message, question, text
from tests.acceptance.loopback import LeftTheMachineError, only_loopback
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague, Teams


async def test_two_cards_at_once_are_caught(asked: Colleague, stub: StubBot) -> None:
    """A bot that says two things where one is promised fails."""
    stub.messages *= 2
    await asked.says("start")
    with pytest.raises(AssertionError, match="expected one message, saw 2"):
        asked.sees_one_card()


async def test_words_beside_a_card_are_caught(asked: Colleague, stub: StubBot) -> None:
    """Teams may split such a message in two."""
    stub.messages = [card_message(question(), text="Here you are")]
    await asked.says("start")
    with pytest.raises(AssertionError, match="nothing beside it"):
        asked.sees_one_card()


async def test_a_silent_bot_is_caught(asked: Colleague, stub: StubBot) -> None:
    """An old card does not pass for an answer."""
    stub.messages = []
    await asked.says("start")
    asked.sees_nothing_new()
    with pytest.raises(AssertionError, match="expected one message, saw 0"):
        asked.sees_one_card()


@pytest.mark.parametrize(
    "card, complaint",
    [
        (question("Support", text("x" * 28 * 1024)), "413 MessageSizeTooBig"),
        (question(lang=""), "no lang"),
        (question("Support", {"type": "Input.Text", "id": "why", "errorMessage": "Say why"}), "no label"),
        (question(actions=[button(f"Go {n}") for n in range(6)]), "shows 6 actions"),
    ],
)
async def test_a_card_that_teams_would_not_show_is_caught(
    asked: Colleague, stub: StubBot, card: dict[str, object], complaint: str
) -> None:
    """The card is refused when it is sent and when it answers a press, and the reason is told."""
    stub.messages, stub.answer = [card_message(card)], card_answer(card)
    await asked.presses("Back")
    assert complaint.removeprefix("413 MessageSizeTooBig") in asked.sees_an_error()
    await asked.says("start")
    with pytest.raises(AssertionError, match=complaint):
        asked.sees_one_card()


@pytest.mark.parametrize(
    "status, answer, complaint",
    [
        (500, card_answer(question()), "with 500"),
        (501, None, "with 501"),
        (200, None, "is not {statusCode, type, value}"),
        (200, question(), "is not {statusCode, type, value}"),
        (200, card_answer(question(), statusCode=500), "is no card"),
        (200, card_answer(question(), type="application/vnd.microsoft.adaptive.card"), "is no card"),
        (
            200,
            {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Hi"},
            "no card",
        ),
    ],
)
async def test_a_useless_answer_to_a_press_is_caught(
    asked: Colleague, stub: StubBot, *, status: int, answer: object, complaint: str
) -> None:
    """Teams would say "Something went wrong" and leave the card as it was."""
    stub.status, stub.answer = status, answer
    await asked.picks("Defined")
    assert complaint in asked.sees_an_error()
    assert asked.last_card().heading == "Support"


async def test_a_problem_that_no_test_looks_at_fails_all_the_same(
    asked: Colleague, stub: StubBot, teams: Teams
) -> None:
    """Looking away does not help: the next step or the end of the test tells."""
    stub.status = 500
    await asked.says("start")
    with pytest.raises(AssertionError, match="the bot answered 500"):
        await asked.says("start")
    await asked.says("start")
    with pytest.raises(AssertionError, match="the bot answered 500"):
        teams.nothing_went_wrong_unseen()


async def test_an_unclear_or_unknown_wish_is_refused(asked: Colleague) -> None:
    """A test cannot press what is not there, nor pick what two choices could mean."""
    with pytest.raises(AssertionError, match='no button "Finish"'):
        await asked.presses("Finish")
    with pytest.raises(AssertionError, match="more than one choice"):
        await asked.picks("e")


async def test_a_bot_that_is_gone_cannot_speak(asked: Colleague, stub: StubBot) -> None:
    """Without the app nothing arrives, and the reason is told."""
    await asked.uninstalls_the_app()
    await asked.says("start")
    assert stub.refused == [403]
    with pytest.raises(AssertionError, match="BotNotInConversationRoster"):
        asked.sees_one_card()


async def test_waiting_ends_when_the_card_comes(asked: Colleague, stub: StubBot) -> None:
    """What the bot says in its own time is waited for."""
    stub.messages = [card_message(question("Reminder"))]
    speaking = asyncio.create_task(stub.speaks_to(stub.heard[-1]))
    assert (await asked.will_see("Reminder")).heading == "Reminder"
    await speaking


async def test_waiting_has_an_end(asked: Colleague) -> None:
    """A card that never comes fails the test soon."""
    with pytest.raises(AssertionError, match='"Reminder" did not come'):
        await asked.will_see("Reminder", within=0.01)


async def test_a_bot_can_be_restarted(asked: Colleague, bot: RunningBot) -> None:
    """After a restart the bot answers at the same address."""
    await bot.restarts()
    await asked.says("start")
    assert asked.sees_one_card().heading == "Support"


def test_no_test_leaves_this_machine() -> None:
    """Neither a name nor an address outside is reached, and trying fails the test in the end."""
    with pytest.raises(AssertionError, match="left the machine"), only_loopback():  # noqa: PT012
        for host in ("example.org", "192.0.2.1"):
            with pytest.raises(LeftTheMachineError):
                _open(host)


def _open(host: str) -> None:
    try:
        urllib.request.urlopen(f"http://{host}/", timeout=1)
    except OSError as error:
        raise getattr(error, "reason", error) from None


@on_both_databases
def test_a_promise_can_be_kept_on_both_databases(database_url: str) -> None:
    """A marked test runs once on a new SQLite file and once on a real PostgreSQL server."""
    assert database_url.startswith(("sqlite:///", "postgresql://"))
