"""How a test talks: like a colleague in Teams, who sends, picks, presses, and sees one card.

await ada.installs_the_app()
await ada.says("start")
await ada.picks("Defined")          # picks a choice and presses Next
assert ada.sees_one_card().heading == "Support"
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypedDict, Unpack

from tests.acceptance.activities import Writer
from tests.acceptance.connector import Connector, Message
from tests.acceptance.device import Device, Door, Reply, has_card
from tests.acceptance.directory import BOT_NAME, Conversation, Directory, Person, Team, Wall
from tests.acceptance.drive import Upload
from tests.acceptance.form import as_checked, complaints, entered, filled_in
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
    _colleagues: dict[Person, "Colleague"] = field(default_factory=dict)

    def colleague(self, name: str, **who: Any) -> "Colleague":
        """Somebody with a device; `who` are the other fields of Person."""
        return self._new_colleague(Person(name, **who))

    def team(
        self, name: str, *members: "Colleague | Person", channels: tuple[str, ...] = ("General",)
    ) -> Team:
        """A team of colleagues, and of people who have no device until they are asked for."""
        people = (member if isinstance(member, Person) else member.person for member in members)
        return self.directory.team(name, *people, channels=channels)

    def everybody_in(self, team: Team) -> list["Colleague"]:
        """The people who are in the team now, each at their first device; accounts of bots are left out."""
        people = (person for person in team.members if not person.is_bot)
        return [self._colleagues.get(person) or self._new_colleague(person) for person in people]

    def group_chat(self, name: str, *members: "Colleague") -> Conversation:
        return self.directory.group_chat(name, *(member.person for member in members))

    def new_device(self) -> Device:
        self.devices.append(Device(self.connector, self.door))
        return self.devices[-1]

    def nothing_went_wrong_unseen(self) -> None:
        for device in self.devices:
            device.fails_on_problems()

    def _new_colleague(self, person: Person) -> "Colleague":
        colleague = Colleague(self, person, self.directory.personal_chat(person), self.new_device())
        self._colleagues.setdefault(person, colleague)
        return colleague


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

    async def joins(self, team: Team) -> None:
        """Becomes a member; the bot hears of it where the team has the app."""
        self._teams.directory.joins(self.person, team)
        if team.id in self._teams.directory.installed:
            await self._tells(self.in_channel(team).writer.member_added())

    async def leaves(self, team: Team) -> None:
        """Is no member any more; the bot hears of it where the team has the app."""
        team.loses(self.person)
        if team.id in self._teams.directory.installed:
            await self._tells(self.in_channel(team).writer.member_removed())

    def leaves_the_company(self) -> None:
        """The account is gone from everywhere."""
        self._teams.directory.leaves_the_company(self.person)

    def is_behind(self, wall: Wall | None) -> None:
        """From now on the bot does not reach this person, for this reason; None takes it away."""
        self._teams.directory.walls.pop(self.person, None)
        if wall is not None:
            self._teams.directory.walls[self.person] = wall

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

    async def fills(
        self,
        entries: Mapping[str, object] | None = None,
        *,
        press: str,
        on: Seen | None = None,
        how: How | None = None,
        **more: object,
    ) -> None:
        """Fills in inputs, named by id or label, and presses the button.

        Takes text, numbers, dates, times, True or False for a toggle, and titles of choices: one, or a list
        where several may be chosen. None empties an input. Raises ValueError for what nobody can enter.
        """
        card = on or self.last_card()
        parts = [(card.input_called(name), value) for name, value in {**(entries or {}), **more}.items()]
        inputs = {part["id"]: entered(part, value) for part, value in parts}
        await self.presses(press, on=card, inputs=inputs, **(how or {}))

    async def presses(
        self,
        title: str,
        *,
        on: Seen | None = None,
        inputs: dict[str, str] | None = None,
        **how: Unpack[How],
    ) -> None:
        """Presses a button of the last card or of an older one; `inputs` are as the client sends them."""
        card = on or self.last_card()
        button = card.button(title)
        takes_inputs = button.get("associatedInputs") != "none"
        filled = filled_in(card, inputs or {}) if takes_inputs else {}
        self._device.begins_to_act()
        if takes_inputs and how.get("validate", True):
            filled = as_checked(card, filled)
            if told := complaints(card, filled):
                self._device.blocked = replace(card, blocked=told)
                return
        if self._device.is_forwarded(card) and not self._teams.directory.may_talk_in(self.place):
            self._device.problems.append("Teams answers 403: the app is not installed where the card is now")
            return
        presses = [self._press(button, filled, card) for _ in range(2 if how.get("twice") else 1)]
        await self._sends(*presses * (2 if how.get("delivered_twice") else 1))

    def forwards(self, card: Seen, to: "Colleague") -> Seen:
        """Copies a card to where that colleague is; they see, and may press, the copy."""
        return to._device.forwards(card, to.place)

    async def accepts_the_file(self) -> None:
        """Agrees to the newest file that is offered here, and tells the bot where to put it."""
        message, offer = self._device.offer_in(self.place)
        upload = self._teams.connector.drive.expects(offer["name"])
        await self._tells(self.writer.file_consent(offer["content"], message.id, upload))

    async def declines_the_file(self) -> None:
        message, offer = self._device.offer_in(self.place)
        await self._tells(self.writer.file_consent(offer["content"], message.id, None))

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

    def sees_one_file(self) -> Upload:
        """The one file that was handed over since the last act."""
        self._device.fails_on_problems()
        files = self._device.files_in(self._device.news_in(self.place))
        assert len(files) == 1, f"expected one file, saw {files}{self._device.complaints()}"
        return self._teams.connector.drive.uploads[files[0]["content"]["uniqueId"]]

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

    def card_with(self, words: str) -> Seen:
        """The lowest card here with these words."""
        found = [card for card in self.cards() if words in card.text]
        assert found, f'no card here says "{words}"{self._device.complaints()}'
        return found[-1]

    def cards(self) -> list[Seen]:
        """Every card here, from the top, as this device shows it now."""
        return self._device.cards_in(self.place)

    def messages_in(self, place: Conversation) -> list[Message]:
        """What this device has there, oldest first."""
        return self._device.messages_in(place)

    async def will_see(self, words: str, *, within: float = 20) -> Seen:
        """Waits for a card with these words that comes or changes after the last act."""

        def found() -> list[Seen]:
            cards = filter(has_card, self._device.news_in(self.place))
            return [seen for seen in map(self._device.reads, cards) if words in seen.text]

        self._device.fails_on_problems()
        await self._teams.connector.wait_until(lambda: bool(found()), within=within)
        assert found(), f'"{words}" did not come within {within} s{self._device.complaints()}'
        return found()[-1]

    async def all_devices_show_it(self, *, within: float = 20) -> None:
        """Waits until the message itself holds the card this device shows."""
        seen = self.last_card()

        def shown() -> bool:
            sent = self._teams.connector.messages[seen.message_id]
            return bool(sent.activity["attachments"][0]["content"] == seen.card)

        await self._teams.connector.wait_until(shown, within=within)
        assert shown(), f"only this device shows “{seen.heading}”{self._device.complaints()}"

    # How

    @property
    def writer(self) -> Writer:
        """Writes this person's activities, for tests that send something of their own."""
        connector = self._teams.connector
        return Writer(self._teams.directory, connector.service_url, self.person, self.place)

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
        self._teams.connector.somebody_acts_in(self.place)
        replies = await asyncio.gather(*(self._teams.door.deliver(activity) for activity in activities))
        for activity, reply in zip(activities, replies, strict=True):
            self._takes(activity, reply)

    def _takes(self, activity: Json, reply: Reply) -> None:
        if activity.get("name") == "adaptiveCard/action":
            self._device.shows(reply, activity["replyToId"])
        else:
            self._device.takes(reply)
