"""Many people in front of one card, each at a device of their own."""

import datetime as dt

import pytest

from tests.acceptance.clock import Clock
from tests.acceptance.directory import Person, crowd
from tests.acceptance.harness.stub_bot import StubBot, card_answer, card_message, question, text
from tests.acceptance.teams import Colleague, Teams


async def test_a_card_in_a_channel_is_everybodys(
    teams: Teams, ada: Colleague, bo: Colleague, stub: StubBot
) -> None:
    """What one person's press made of the message is what the next presses, unless they have their own."""
    team = teams.team("Makers", ada, bo)
    [in_ada, in_bo] = [person.in_channel(team) for person in (ada, bo)]
    await in_ada.installs_the_app()
    await in_ada.says("@Maturity Coach survey")
    asked_for = in_ada.sees_one_card()
    await in_ada.picks("Defined")
    stub.update = card_message(question("Everybody's"))
    await stub.speaks_to(in_ada.writer.submit({}, {}, asked_for))
    assert in_bo.last_card().heading == in_ada.last_card().heading == "Everybody's"
    stub.answer = card_answer(question("Bo's own"))
    await in_bo.picks("Initial")
    heard = stub.heard[-1]
    assert (heard["from"]["id"], heard["replyToId"]) == (bo.person.id, asked_for.message_id)
    assert heard["conversation"]["id"] == asked_for.conversation_id
    assert in_bo.last_card().heading == "Bo's own"
    assert in_ada.last_card().heading == "Everybody's"


async def test_a_forwarded_card_is_pressed_where_it_is(
    teams: Teams, asked: Colleague, bo: Colleague, stub: StubBot
) -> None:
    """The copy is in another conversation, in a message the bot knows nothing of."""
    copy = asked.forwards(asked.last_card(), bo)
    assert bo.sees_one_card() == copy
    await bo.picks("Defined", on=copy)
    heard = stub.heard[-1]
    assert heard["conversation"]["id"] == bo.place.id
    assert heard["replyToId"] == copy.message_id != asked.last_card().message_id
    assert bo.sees_one_card().heading == "Automation"
    assert asked.last_card().heading == "Support"
    assert bo.messages_in(asked.place) != bo.messages_in(bo.place)
    assert teams.connector.messages_in(bo.place) == []


async def test_a_forwarded_card_is_dead_where_the_app_is_not(
    teams: Teams, asked: Colleague, stub: StubBot
) -> None:
    """Teams refuses the press itself, and the bot never hears of it."""
    eve = teams.colleague("Eve")
    copy = asked.forwards(asked.last_card(), eve)
    count = len(stub.heard)
    await eve.picks("Defined", on=copy)
    assert "the app is not installed" in eve.sees_an_error()
    assert len(stub.heard) == count


async def test_everybody_in_a_team_is_somebody(teams: Teams, ada: Colleague) -> None:
    """Those a test has met keep their device, the others get one, and each has it for good."""
    bot = Person("Weather", is_bot=True)
    team = teams.team("Makers", ada, *crowd(3), bot)
    everybody = teams.everybody_in(team)
    assert [one.person.name for one in everybody] == ["Ada Lovelace", "Maker 1", "Maker 2", "Maker 3"]
    assert everybody[0] is ada
    assert teams.everybody_in(team) == everybody


async def test_a_colleague_looks_through_their_chat(asked: Colleague, stub: StubBot) -> None:
    """All cards from the top, or the lowest with certain words."""
    stub.messages = [card_message(question("Invitation", text("Autumn")))]
    await asked.says("start")
    stub.messages = [{"type": "message", "text": "Bye"}]
    await asked.says("start")
    assert [card.heading for card in asked.cards()] == ["Support", "Invitation"]
    assert asked.card_with("Autumn").heading == "Invitation"
    assert len(asked.messages_in(asked.place)) == 3
    with pytest.raises(AssertionError, match='no card here says "Winter"'):
        asked.card_with("Winter")


def test_the_clock_moves_only_as_told(clock: Clock) -> None:
    """It begins on a Monday at nine in UTC, and never goes back."""
    assert clock() == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert f"{clock():%A}" == "Monday"
    clock.moves(days=3, minutes=1)
    assert clock() == dt.datetime(2026, 11, 26, 9, 1, tzinfo=dt.UTC)
    assert clock().tzinfo is dt.UTC
    with pytest.raises(ValueError, match="does not go back"):
        clock.moves(hours=-1)
