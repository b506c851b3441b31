"""Who works here, where they talk, and where the app is installed: what Teams knows of an organisation."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

HOME_TENANT = str(uuid.uuid5(uuid.NAMESPACE_DNS, "contoso.example"))
BOT_NAME = "Maturity Coach"

Kind = Literal["personal", "groupChat", "channel"]


@dataclass(frozen=True)
class Person:
    name: str
    tenant_id: str = HOME_TENANT
    locale: str = "en-GB"

    @property
    def aad_object_id(self) -> str:
        """The same for people of one name in two tenants, who are two people all the same."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name))

    @property
    def key(self) -> uuid.UUID:
        """What this person's ids within Teams are made of."""
        return uuid.uuid5(uuid.UUID(self.tenant_id), self.name)

    @property
    def id(self) -> str:
        return f"29:1{self.key.hex}"


@dataclass(frozen=True)
class Team:
    name: str
    id: str
    members: tuple[Person, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Conversation:
    """A chat or a channel; `app_home` is what the app is installed to so that the bot may speak here."""

    id: str
    kind: Kind
    tenant_id: str
    members: tuple[Person, ...]
    app_home: str
    name: str = ""
    team: Team | None = None


@dataclass
class Directory:
    bot_app_id: str = ""
    conversations: dict[str, Conversation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    installed: set[str] = field(default_factory=set)
    teams: list[Team] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_763_900_000_000))

    @property
    def bot(self) -> dict[str, str]:
        return {"id": f"28:{self.bot_app_id or 'local'}", "name": BOT_NAME}

    def new_activity_id(self) -> str:
        return str(next(self.ids))

    def knows(self, person: Person) -> Person:
        self.people[person.id] = person
        return person

    def personal_chat(self, person: Person) -> Conversation:
        self.knows(person)
        id_ = f"a:1{person.key.hex[::-1]}"
        return self._keep(Conversation(id_, "personal", person.tenant_id, (person,), person.id))

    def group_chat(self, name: str, *members: Person) -> Conversation:
        id_ = f"19:{_hex(name, members[0])}@thread.v2"
        tenant = members[0].tenant_id
        return self._keep(Conversation(id_, "groupChat", tenant, _known(self, members), id_, name))

    def team(self, name: str, *members: Person, channels: tuple[str, ...] = ("General",)) -> Team:
        """A team; like in Teams, the id of its General channel is the team's own."""
        team = Team(name, f"19:{_hex(name, members[0])}@thread.tacv2", _known(self, members), channels)
        self.teams.append(team)
        for channel in channels:
            self._keep(self._channel(team, channel))
        return team

    def channel(self, team: Team, name: str) -> Conversation:
        return self.conversations[_channel_id(team, name)]

    def find(self, conversation_id: str) -> Conversation | None:
        """The chat, or the channel of a thread (`…;messageid=…`)."""
        return self.conversations.get(conversation_id.partition(";messageid=")[0])

    def may_talk_to(self, person: Person) -> bool:
        """A bot reaches people who installed it, and the members of teams that did."""
        homes = {person.id} | {team.id for team in self.teams if person in team.members}
        return bool(homes & self.installed)

    def may_talk_in(self, place: Conversation) -> bool:
        if place.kind == "personal":
            return self.may_talk_to(place.members[0])
        return place.app_home in self.installed

    def _channel(self, team: Team, name: str) -> Conversation:
        tenant = team.members[0].tenant_id
        return Conversation(_channel_id(team, name), "channel", tenant, team.members, team.id, name, team)

    def _keep(self, conversation: Conversation) -> Conversation:
        return self.conversations.setdefault(conversation.id, conversation)


def _known(directory: Directory, members: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(directory.knows(member) for member in members)


def _hex(name: str, first: Person) -> str:
    return uuid.uuid5(first.key, name).hex


def _channel_id(team: Team, name: str) -> str:
    if name == "General":
        return team.id
    if name not in team.channels:
        raise ValueError(f"{team.name} has no channel {name}; it has {', '.join(team.channels)}")
    return f"19:{_hex(name, team.members[0])}@thread.tacv2"
