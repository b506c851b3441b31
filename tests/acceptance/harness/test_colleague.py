"""A colleague does what a person and their Teams client do, and reads what they would read."""

import pytest

from tests.acceptance.directory import BOT_NAME
from tests.acceptance.harness.stub_bot import StubBot, card_message, question, text
from tests.acceptance.teams import Colleague, Teams


async def test_a_card_is_read_as_a_person_reads_it(asked: Colleague, stub: StubBot) -> None:
    """Heading, words, choices, buttons and links are found wherever they stand on the card."""
    chart = {"type": "Chart.Donut", "data": [], "fallback": text("Support: 300")}
    facts = {"type": "FactSet", "facts": [{"title": "Stage", "value": "Defined"}]}
    hidden = text("Not yet", isVisible=False)
    link = {"type": "Action.OpenUrl", "title": "Learn", "url": "https://example.org/learn"}
    words = text("See [the page](https://example.org/page)", color="Attention")
    actions = {"type": "ActionSet", "actions": [link]}
    stub.messages = [card_message(question("Support", chart, facts, hidden, words, actions))]
    await asked.says("again")
    card = asked.sees_one_card()
    assert card.heading == "Support"
    assert card.text.splitlines()[-4:] == ["Support: 300", "Stage", "Defined", words["text"]]
    assert card.choices == ["Initial", "Repeatable", "Defined"]
    assert card.chosen is None
    assert card.buttons == ["Learn", "Next", "Back"]
    assert [link.url for link in card.links] == ["https://example.org/page", "https://example.org/learn"]
    assert card.errors == [words["text"]]
    assert "100" not in card.text


async def test_errors_are_what_stands_in_the_colour_of_attention(asked: Colleague, stub: StubBot) -> None:
    """It makes no difference whether the words or the box around them have it."""
    box = {"type": "Container", "style": "attention", "items": [text("Choose one"), text("or pause")]}
    stub.messages = [card_message(question("Support", box, text("Late", color="Attention"), text("Hello")))]
    await asked.says("start")
    assert asked.sees_one_card().errors == ["Choose one", "or pause", "Late"]


async def test_a_press_is_what_teams_sends(asked: Colleague, stub: StubBot) -> None:
    """The invoke names the person, the card, the verb, and the data with the picked choice."""
    before = asked.sees_one_card()
    await asked.picks("Defin")
    invoke = stub.heard[-1]
    assert (invoke["type"], invoke["name"]) == ("invoke", "adaptiveCard/action")
    assert invoke["value"] == {
        "action": {"type": "Action.Execute", "verb": "press", "data": {"press": "Next", "level": "300"}},
        "trigger": "manual",
        "authentication": None,
        "state": None,
    }
    assert invoke["replyToId"] == before.message_id
    assert invoke["from"]["aadObjectId"] == asked.person.aad_object_id
    assert invoke["channelData"]["tenant"]["id"] == invoke["conversation"]["tenantId"]


async def test_a_press_replaces_the_card_on_this_device_only(asked: Colleague, stub: StubBot) -> None:
    """Another device shows what was sent, until the bot updates it for all."""
    phone = asked.on_another_device()
    before = asked.sees_one_card()
    await asked.picks("Defined")
    assert asked.sees_one_card().heading == "Automation"
    assert asked.sees_one_card().message_id == before.message_id
    assert phone.last_card().heading == "Support"
    stub.update = card_message(question("Governance"))
    await stub.speaks_to(asked.writer.submit({}, {}, before))
    assert (await phone.will_see("Governance")).message_id == before.message_id
    assert asked.sees_one_card().heading == "Governance"


async def test_a_press_on_an_old_card_speaks_of_that_card(asked: Colleague, stub: StubBot) -> None:
    """The card that was pressed is the one that changes."""
    old = asked.sees_one_card()
    await asked.says("start")
    await asked.presses("Next", on=old, inputs={"level": "100"})
    assert stub.heard[-1]["replyToId"] == old.message_id
    assert asked.sees_one_card().message_id == old.message_id
    assert asked.last_card().heading == "Support"


async def test_the_client_asks_for_a_missing_answer_itself(asked: Colleague, stub: StubBot) -> None:
    """Next without a choice reaches the bot only from a client that does not check; Back always does."""
    count = len(stub.heard)
    await asked.presses("Next")
    assert asked.sees_one_card().errors == ["Choose one"]
    assert len(stub.heard) == count
    await asked.presses("Next", validate=False)
    assert stub.heard[-1]["value"]["action"]["data"] == {"press": "Next"}
    await asked.presses("Back")
    assert stub.heard[-1]["value"]["action"]["data"] == {"press": "Back"}


async def test_an_old_client_sends_the_fallback(asked: Colleague, stub: StubBot) -> None:
    """A message with a value comes instead of an invoke, and only an update changes the card."""
    before = asked.uses_an_old_client().sees_one_card()
    stub.update = card_message(question("Automation"))
    await asked.picks("Initial")
    heard = stub.heard[-1]
    assert (heard["type"], heard["replyToId"]) == ("message", before.message_id)
    assert heard["value"] == {"press": "Next", "level": "100"}
    assert "text" not in heard
    assert asked.sees_one_card().heading == "Automation"


async def test_a_double_tap_and_a_second_delivery_differ(asked: Colleague, stub: StubBot) -> None:
    """Two taps have two ids; what is delivered again has the same."""
    await asked.picks("Initial", twice=True)
    taps = [heard["id"] for heard in stub.heard[-2:]]
    await asked.says("3", delivered_twice=True)
    copies = [heard["id"] for heard in stub.heard[-2:]]
    await asked.is_delivered_again()
    assert len(set(taps)) == 2
    assert len(set(copies)) == 1
    assert stub.heard[-1]["id"] == copies[0]


async def test_installing_comes_as_two_activities(ada: Colleague, stub: StubBot) -> None:
    """Teams tells of an installation twice, and of a removal once."""
    await ada.installs_the_app()
    await ada.uninstalls_the_app()
    kinds = [heard["type"] for heard in stub.heard]
    assert sorted(kinds[:2]) == ["conversationUpdate", "installationUpdate"]
    assert stub.heard[2]["action"] == "remove"


async def test_in_a_channel_the_bot_hears_only_its_name(teams: Teams, ada: Colleague, stub: StubBot) -> None:
    """A post opens a thread, carries the mention, and names team and channel."""
    team = teams.team("Makers", ada, channels=("General", "Ideas"))
    in_ideas = ada.in_channel(team, "Ideas")
    with pytest.raises(ValueError, match=f"only hears @{BOT_NAME}"):
        await in_ideas.says("start")
    await in_ideas.installs_the_app()
    await in_ideas.says(f"@{BOT_NAME} start")
    heard = stub.heard[-1]
    assert heard["text"] == f"<at>{BOT_NAME}</at> start"
    assert heard["entities"][-1]["mentioned"]["id"] == heard["recipient"]["id"]
    assert heard["channelData"]["team"]["id"] == team.id
    assert in_ideas.sees_one_card().conversation_id.endswith(f";messageid={heard['id']}")
    ada.sees_nothing_new()


async def test_a_group_chat_is_a_place_of_its_own(teams: Teams, ada: Colleague, bo: Colleague) -> None:
    """What is said there is seen by all its members, and not in the personal chat."""
    chat = teams.group_chat("Friday", ada, bo)
    await ada.in_group_chat(chat).installs_the_app()
    await ada.in_group_chat(chat).says(f"@{BOT_NAME} start")
    assert ada.in_group_chat(chat).sees_one_card() == bo.in_group_chat(chat).last_card()
    ada.sees_nothing_new()
