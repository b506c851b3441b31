"""Teams is slow, throttles or fails; the database is away. Nothing is lost, nothing comes twice."""

import logging
import re

import pytest

from bot import teams as port
from bot.logs import TextFormatter
from dialogs.check import CheckDialog
from tests.acceptance.colleagues import begins
from tests.acceptance.connector import Connector
from tests.acceptance.teams import Colleague, Teams


@pytest.mark.parametrize("status", [412, 429])
async def test_what_teams_asks_to_repeat_is_repeated(
    ada: Colleague, connector: Connector, status: int
) -> None:
    """After 412 and 429 the reply is sent again, once it is accepted, and only then."""
    connector.fails_next(status, times=2, retry_after=0)
    await ada.says("start")

    assert ada.sees_one_card().heading == "How do you work with Power Platform?"
    assert connector.count("POST") == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_what_may_have_arrived_is_not_sent_again(
    ada: Colleague, connector: Connector, status: int
) -> None:
    """After a 5xx nobody knows whether the message is there, so it is not doubled, and the answer is kept."""
    await begins(ada)
    connector.fails_next(status, though_delivered=True)
    await ada.says("3")

    assert ada.sees_one_card().heading == "Question 2 of 7: Business Value"


async def test_giving_up_ends(teams: Teams, ada: Colleague, connector: Connector) -> None:
    """A channel that throttles is asked a bounded number of times; the turn ends well, and the next works."""
    connector.fails_next(429, times=port.ATTEMPTS, retry_after=0)
    reply = await teams.door.deliver(ada.writer.message("start"))

    assert reply.status == 200
    assert connector.count("POST") == port.ATTEMPTS
    await ada.says("start")
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"


async def test_an_error_in_a_press_is_an_apology_with_a_reference(
    ada: Colleague, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The card says that what was saved is safe, and names a reference that the log has beside the error."""
    await begins(ada)
    await ada.picks("Defined")

    async def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(CheckDialog, "_pressed_on_check", fails)
    caplog.handler.setFormatter(TextFormatter())
    with caplog.at_level(logging.ERROR):
        await ada.picks("Capable")

    card = ada.sees_one_card()
    assert card.heading == "Something went wrong on my side"
    assert "What you saved before is safe" in card.text
    [reference] = re.findall(r"\[(\w+)\] turn failed", caplog.text)
    assert reference in card.text
    assert "the disk is gone" in caplog.text
    assert "the disk is gone" not in card.text
    await ada.says("back")
    assert str(ada.sees_one_card().chosen).startswith("Defined")


async def test_an_error_in_a_message_is_an_apology_too(
    ada: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who typed gets the same card below their words."""

    async def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(CheckDialog, "said", fails)
    await ada.says("start")

    assert ada.sees_one_card().heading == "Something went wrong on my side"


async def test_a_press_of_another_version_is_answered(ada: Colleague, teams: Teams) -> None:
    """A button of an older or newer bot brings a card that leads back to the check."""
    await ada.says("start")
    card = ada.last_card()
    activity = ada.writer.execute(card.button("Business sponsor"), {"v": 99}, card)
    reply = await teams.door.deliver(activity)

    assert reply.status == 200
    assert "an older version of me" in reply.body
