"""Installing the app, channels and group chats."""

import sqlite3
from contextlib import closing

import pytest

from tests.acceptance.connector import Connector
from tests.acceptance.running import RunningBot, on_both_databases
from tests.acceptance.teams import Colleague, Teams


async def test_installing_brings_one_welcome(teams: Teams) -> None:
    """Teams tells of an installation twice; one short card says what, how long, who sees it, and starts."""
    eve = teams.colleague("Eve")
    await eve.installs_the_app()

    card = eve.sees_one_card()
    assert "7 questions, about 3 minutes" in card.text
    assert "I show them to nobody else" in card.text
    assert card.buttons == ["Start the check"]
    await eve.presses("Start the check")
    assert eve.sees_one_card().heading == "How do you work with Power Platform?"


@on_both_databases
async def test_reinstall_noise_brings_no_second_welcome(teams: Teams, bot: RunningBot) -> None:
    """Who was welcomed is stored: events that come again later, or after a restart, stay silent."""
    eve = teams.colleague("Eve")
    await eve.installs_the_app()
    await bot.restarts()
    await eve.installs_the_app()

    eve.sees_nothing_new()


async def test_a_real_reinstall_is_welcomed_again(teams: Teams) -> None:
    """Who removed the app and adds it again gets the card again."""
    eve = teams.colleague("Eve")
    await eve.installs_the_app()
    await eve.uninstalls_the_app()
    await eve.installs_the_app()

    assert eve.sees_one_card().buttons == ["Start the check"]


async def test_a_new_version_of_the_app_is_no_reinstall(teams: Teams) -> None:
    """An upgrade removes the old version and adds the new one; nobody is welcomed again."""
    eve = teams.colleague("Eve")
    await eve.installs_the_app()
    for action in ("remove-upgrade", "add-upgrade"):
        await teams.door.deliver(eve.writer.app_removed() | {"action": action})

    assert len(teams.connector.messages_in(eve.place)) == 1


async def test_a_team_and_a_group_chat_are_welcomed_once(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """The same card comes in a team's channel and in a group chat."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    assert channel.sees_one_card().buttons == ["Start the check"]

    chat = ada.in_group_chat(teams.group_chat("Lunch", ada, bo))
    await chat.installs_the_app()
    assert chat.sees_one_card().buttons == ["Start the check"]


async def test_start_in_a_channel_leads_to_the_own_chat(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """Nobody is asked in public: the question comes in the 1:1 chat, and the channel only hears so."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    await channel.says("@Maturity Coach start")

    pointer = channel.sees_one_card()
    assert pointer.heading == "This belongs in our own chat"
    assert "I sent you a card" in pointer.text
    assert pointer.links[0].url.startswith("https://teams.microsoft.com/l/chat/0/0?users=28:")
    assert ada.sees_one_card().heading == "How do you work with Power Platform?"


async def test_start_in_a_group_chat_leads_to_the_own_chat(
    ada: Colleague, bo: Colleague, teams: Teams
) -> None:
    """The same in a group chat; what was started there goes on in the 1:1 chat."""
    chat = ada.in_group_chat(teams.group_chat("Lunch", ada, bo))
    await chat.installs_the_app()
    await chat.says("@Maturity Coach start")
    await ada.presses("I make apps or flows")

    assert ada.sees_one_card().heading == "Question 1 of 7: Strategy and Vision"


async def test_a_press_in_public_shows_nothing_private(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """The welcome card's button in a channel sends the question home; the presser sees where it went."""
    team = teams.team("Makers", ada, bo)
    await ada.in_channel(team).installs_the_app()
    channel = bo.in_channel(team)
    await channel.presses("Start the check", on=ada.in_channel(team).last_card())

    assert channel.last_card().heading == "This belongs in our own chat"
    assert bo.last_card().heading == "How do you work with Power Platform?"


async def test_without_the_app_the_way_to_it_is_shown(teams: Teams, ada: Colleague) -> None:
    """Who cannot be written to is told to add the app; nothing is asked in public."""
    eve = teams.colleague("Eve")
    chat = eve.in_group_chat(teams.group_chat("Lunch", ada, eve))
    await chat.installs_the_app()
    await chat.says("@Maturity Coach start")

    card = chat.sees_one_card()
    assert "the app is not installed for you" in card.text
    assert card.links[0].title == "Open our chat"


async def test_a_known_chat_is_not_opened_again(
    teams: Teams, ada: Colleague, bo: Colleague, connector: Connector
) -> None:
    """Opening a chat counts against Teams' limits, so it is done once."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    await channel.says("@Maturity Coach start")
    await channel.says("@Maturity Coach result")

    opened = [
        one for one in connector.requests if one.method == "POST" and one.path.endswith("/conversations")
    ]
    assert len(opened) == 1


async def test_help_in_a_channel_lists_what_works_there(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """Help and anything unknown are answered in place, with the words of that place."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    for words in ("@Maturity Coach help", "@Maturity Coach what?", "@Maturity Coach"):
        await channel.says(words)
        card = channel.sees_one_card()
        assert "Here I only point the way" in card.text
        assert "history" not in card.text


async def test_somebody_without_an_account_is_told_so(
    teams: Teams, ada: Colleague, database_url: str
) -> None:
    """A guest of a meeting has no Entra id: the bot says that it cannot know them, and stores nothing."""
    activity = ada.writer.message("start")
    del activity["from"]["aadObjectId"]
    await teams.door.deliver(activity)

    assert ada.last_card().heading == "I can't tell who you are"
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
        assert database.execute("select * from checks").fetchall() == []
        assert database.execute("select * from conversations").fetchall() == []


@pytest.mark.parametrize("status", [500, 503])
async def test_where_nobody_knows_whether_it_arrived_it_says_so(
    teams: Teams, ada: Colleague, bo: Colleague, connector: Connector, status: int
) -> None:
    """After a 5xx the card may be in the own chat or not: the pointer says to look, not to add the app."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    await ada.says("help")  # so that the chat is known
    connector.fails_next(status)
    await channel.says("@Maturity Coach start")

    assert "I may not have reached you just now" in channel.sees_one_card().text


async def test_a_chat_that_is_gone_is_opened_anew(
    teams: Teams, ada: Colleague, bo: Colleague, connector: Connector
) -> None:
    """Where the remembered chat is refused, the bot asks Teams for the chat once more."""
    channel = ada.in_channel(teams.team("Makers", ada, bo))
    await channel.installs_the_app()
    await ada.says("help")
    connector.fails_next(404)
    await channel.says("@Maturity Coach start")

    assert "I sent you a card" in channel.sees_one_card().text
    assert ada.last_card().heading == "How do you work with Power Platform?"


async def test_a_throttled_welcome_comes_with_the_next_event(teams: Teams, connector: Connector) -> None:
    """A mass installation is where Teams throttles: what was not sent is not taken for sent."""
    eve = teams.colleague("Eve")
    connector.fails_next(429, retry_after=60)
    await eve.installs_the_app()
    await eve.installs_the_app()

    assert len(connector.messages_in(eve.place)) == 1
    assert eve.last_card().buttons == ["Start the check"]
