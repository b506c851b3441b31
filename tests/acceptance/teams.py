"""How a test talks: like a colleague in Teams, who sends, picks, presses, and sees one card.

await ada.installs_the_app()
await ada.says("start")
await ada.picks("Defined")          # picks a choice and presses Next
assert ada.sees_one_card().heading == "Support"
"""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypedDict, Unpack

from tests.acceptance.activities import Writer
from tests.acceptance.connector import Connector
from tests.acceptance.device import Device, Door, Reply
from tests.acceptance.directory import BOT_NAME, HOME_TENANT, Conversation, Directory, Person, Team
from tests.acceptance.seen import Seen

Json = dict[str, Any]


class How(TypedDict, total=False):
    """How a button is pressed.

    `validate=False` skips the client's own check of the inputs, as older clients do.
    `twice` is a double tap: two presses, each with an id of its own. `delivered_twice` is one press
    that Teams delivers again. Both copies are on their way at the same time.
    """

    validate: bool
    twice: bool
    delivered_twice: bool


@dataclass
class Teams:
    """The organisation: people, teams and chats, with the bot behind one door."""

    directory: Directory
    connector: Connector
    door: Door
    devices: list[Device] = field(default_factory=list)

    def colleague(self, name: str, *, tenant_id: str = HOME_TENANT, locale: str = "en-GB") -> "Colleague":
        person = Person(name, tenant_id, locale)
        return Colleague(self, person, self.directory.personal_chat(person), self.new_device())

    def team(self, name: str, *members: "Colleague", channels: tuple[str, ...] = ("General",)) -> Team:
        return self.directory.team(name, *(member.person for member in members), channels=channels)

    def group_chat(self, name: str, *members: "Colleague") -> Conversation:
        return self.directory.group_chat(name, *(member.person for member in members))

    def new_device(self) -> Device:
        self.devices.append(Device(self.connector, self.door))
        return self.devices[-1]

    def nothing_went_wrong_unseen(self) -> None:
        for device in self.devices:
            device.fails_on_problems()


class Colleague:
    """A person at one device, in one place: at first in the personal chat with the bot."""

    def __init__(self, teams: Teams, person: Person, place: Conversation, device: Device) -> None:
        self.person = person
        self.place = place
        self._teams = teams
        self._device = device

    # Where and how

    def in_channel(self, team: Team, name: str = "General") -> "Colleague":
        return Colleague(self._teams, self.person, self._teams.directory.channel(team, name), self._device)

    def in_group_chat(self, chat: Conversation) -> "Colleague":
        return Colleague(self._teams, self.person, chat, self._device)

    def on_another_device(self) -> "Colleague":
        """The same person and place; this device knows only what the bot sent and updated."""
        return Colleague(self._teams, self.person, self.place, self._teams.new_device())

    def uses_an_old_client(self) -> Self:
        """From now on this device does not know Action.Execute and takes its fallback."""
        self._device.is_old = True
        return self

    # Acts

    async def installs_the_app(self) -> None:
        """Adds the app here: to the person, the team or the group chat."""
        self._teams.directory.installed.add(self.place.app_home)
        await self._tells(*self.writer.app_added())

    async def uninstalls_the_app(self) -> None:
        self._teams.directory.installed.discard(self.place.app_home)
        await self._tells(self.writer.app_removed())

    async def says(self, words: str, *, delivered_twice: bool = False) -> None:
        if self.place.kind != "personal" and f"@{BOT_NAME}" not in words:
            raise ValueError(f"outside the personal chat the bot only hears @{BOT_NAME}")
        await self._tells(*[self.writer.message(words)] * (2 if delivered_twice else 1))

    async def picks(
        self, choice: str, press: str = "Next", *, on: Seen | None = None, **how: Unpack[How]
    ) -> None:
        """Picks the choice that is, begins with or holds these words, and presses the button."""
        card = on or self.last_card()
        part, value = card.input_with(choice)
        await self.presses(press, on=card, inputs={part["id"]: value}, **how)

    async def presses(
        self,
        title: str,
        *,
        on: Seen | None = None,
        inputs: dict[str, str] | None = None,
        **how: Unpack[How],
    ) -> None:
        """Presses a button of the last card or of an older one."""
        card = on or self.last_card()
        button = card.button(title)
        takes_inputs = button.get("associatedInputs") != "none"
        filled = _filled_in(card, inputs or {}) if takes_inputs else {}
        self._device.begins_to_act()
        if takes_inputs and how.get("validate", True) and self._is_blocked(card, filled):
            return
        presses = [self._press(button, filled, card) for _ in range(2 if how.get("twice") else 1)]
        await self._sends(*presses * (2 if how.get("delivered_twice") else 1))

    async def is_delivered_again(self) -> None:
        """Teams delivers the last act once more, long after the bot has answered it."""
        self._device.begins_to_act()
        await self._sends(*self._device.last_sent)

    # What is seen

    def sees_one_card(self) -> Seen:
        """The one card that came or changed since the last act; anything more or less fails."""
        self._device.fails_on_problems()
        if self._device.blocked:
            return self._device.blocked
        news = self._device.news_in(self.place)
        if len(news) != 1:
            told = "".join(f"\n{self._device.sketch(message)}" for message in news)
            raise AssertionError(f"expected one message, saw {len(news)}{told}{self._device.complaints()}")
        return self._device.reads(news[0])

    def sees_one_text(self) -> str:
        """The words of the one message without a card that came since the last act."""
        self._device.fails_on_problems()
        told = [self._device.sketch(message) for message in self._device.news_in(self.place)]
        texts = [m.activity for m in self._device.news_in(self.place) if not m.activity.get("attachments")]
        assert len(told) == len(texts) == 1, f"expected one text, saw {told}{self._device.complaints()}"
        return str(texts[0]["text"])

    def sees_nothing_new(self) -> None:
        self._device.fails_on_problems()
        told = [self._device.sketch(message) for message in self._device.news_in(self.place)]
        assert not told, f"expected no message, saw {told}"

    def sees_an_error(self) -> str:
        """The reason why Teams could not use the bot's answer to the last act."""
        problems, self._device.problems = self._device.problems, []
        assert problems, "expected an error, but the bot answered well"
        return "; ".join(problems)

    def last_card(self) -> Seen:
        """The lowest card in the chat, as this device shows it now."""
        return self._device.last_card_in(self.place)

    async def will_see(self, words: str, *, within: float = 5) -> Seen:
        """Waits for a card with these words that comes or changes after the last act."""

        def found() -> list[Seen]:
            cards = (m for m in self._device.news_in(self.place) if m.activity.get("attachments"))
            return [seen for seen in map(self._device.reads, cards) if words in seen.text]

        self._device.fails_on_problems()
        await self._teams.connector.wait_until(lambda: bool(found()), within=within)
        assert found(), f'"{words}" did not come within {within} s{self._device.complaints()}'
        return found()[-1]

    async def all_devices_show_it(self, *, within: float = 5) -> None:
        """Waits until the message itself holds the card this device shows."""
        seen = self.last_card()

        def shown() -> bool:
            sent = self._teams.connector.messages_in(self.place)[-1]
            return bool(sent.activity["attachments"][0]["content"] == seen.card)

        await self._teams.connector.wait_until(shown, within=within)
        assert shown(), f"only this device shows “{seen.heading}”{self._device.complaints()}"

    # How

    @property
    def writer(self) -> Writer:
        """Writes this person's activities, for tests that send something of their own."""
        connector = self._teams.connector
        return Writer(self._teams.directory, connector.service_url, self.person, self.place)

    def _is_blocked(self, card: Seen, filled: Json) -> bool:
        missing = [p for p in card.inputs if p.get("isRequired") and not filled.get(p["id"])]
        if missing:
            messages = tuple(str(part["errorMessage"]) for part in missing)
            self._device.blocked = replace(card, blocked=messages)
        return bool(missing)

    def _press(self, button: Json, filled: Json, card: Seen) -> Json:
        if button["type"] == "Action.Execute" and not self._device.is_old:
            return self.writer.execute(button, filled, card)
        submit = button["fallback"] if button["type"] == "Action.Execute" else button
        if submit["type"] != "Action.Submit":
            raise ValueError(f"a press of {submit['type']} never reaches a bot")
        return self.writer.submit(submit, filled, card)

    async def _tells(self, *activities: Json) -> None:
        self._device.begins_to_act()
        await self._sends(*activities)

    async def _sends(self, *activities: Json) -> None:
        self._device.last_sent = activities
        replies = await asyncio.gather(*(self._teams.door.deliver(activity) for activity in activities))
        for activity, reply in zip(activities, replies, strict=True):
            self._takes(activity, reply)

    def _takes(self, activity: Json, reply: Reply) -> None:
        if activity["type"] == "invoke":
            self._device.shows(reply, activity["replyToId"])
        else:
            self._device.takes(reply)


def _filled_in(card: Seen, picked: dict[str, str]) -> Json:
    """What the client sends: the inputs that hold something, as text."""
    values = {part["id"]: picked.get(part["id"], part.get("value")) for part in card.inputs}
    return {id_: str(value) for id_, value in values.items() if value not in {None, ""}}
