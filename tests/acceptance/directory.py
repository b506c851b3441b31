"""Who works here, where they talk, and where the app is installed: what Teams knows of an organisation."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Literal

HOME_TENANT = str(uuid.uuid5(uuid.NAMESPACE_DNS, "contoso.example"))
BOT_NAME = "Maturity Coach"

Kind = Literal["personal", "groupChat", "channel"]
Role = Literal["user", "guest"]
Answer = tuple[int, str]
"""A status, and Teams' code beside it."""


class Wall(Enum):
    """Why a person is not reached: what Teams answers to opening their chat, and to writing there."""

    NOT_INSTALLED = ((403, "ForbiddenOperationException"), (403, "BotNotInConversationRoster"))
    BLOCKED = (None, (403, "ConversationBlockedByUser"))
    WRITES_BLOCKED = (None, (403, "MessageWritesBlocked"))
    DISABLED = ((403, "BotDisabledByAdmin"), (403, "BotDisabledByAdmin"))
    GONE = ((403, "ForbiddenOperationException"), (404, "ConversationNotFound"))

    def __init__(self, at_opening: Answer | None, at_writing: Answer) -> None:
        self.at_opening = at_opening
        self.at_writing = at_writing


@dataclass(frozen=True)
class Person:
    """`object_id_keys` is what a roster calls the Entra object id; nothing where the person has none.

    The ids are made when they are first asked for, so that a crowd costs little.
    """

    name: str
    tenant_id: str = HOME_TENANT
    locale: str = "en-GB"
    zone: str = "Europe/London"
    role: Role = "user"
    object_id_keys: tuple[str, ...] = ("aadObjectId", "objectId")
    is_bot: bool = False

    @cached_property
    def aad_object_id(self) -> str:
        """The same for people of one name in two tenants, who are two people all the same."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name)) if self.object_id_keys else ""

    @cached_property
    def key(self) -> uuid.UUID:
        """What this person's ids within Teams are made of."""
        return uuid.uuid5(uuid.UUID(self.tenant_id), self.name)

    @cached_property
    def id(self) -> str:
        return f"28:{self.key}" if self.is_bot else f"29:1{self.key.hex}"

    @cached_property
    def chat_id(self) -> str:
        return f"a:1{self.key.hex[::-1]}"


def crowd(size: int, name: str = "Maker") -> tuple[Person, ...]:
    """That many people: Maker 1, Maker 2 and so on."""
    return tuple(Person(f"{name} {number}") for number in range(1, size + 1))


@dataclass(eq=False)
class Team:
    name: str
    id: str
    tenant_id: str
    channels: tuple[str, ...]
    _members: dict[Person, None] = field(repr=False)

    @property
    def members(self) -> tuple[Person, ...]:
        """Everybody who is in the team now, those longest there first."""
        return tuple(self._members)

    def __contains__(self, person: Person) -> bool:
        return person in self._members

    def gains(self, person: Person) -> None:
        self._members[person] = None

    def loses(self, person: Person) -> None:
        self._members.pop(person, None)


@dataclass(frozen=True, eq=False)
class Conversation:
    """A chat or a channel; `app_home` is what the app is installed to so that the bot may speak here."""

    id: str
    kind: Kind
    tenant_id: str
    app_home: str
    people: tuple[Person, ...] = ()
    name: str = ""
    team: Team | None = None

    @property
    def members(self) -> tuple[Person, ...]:
        return self.team.members if self.team else self.people


@dataclass
class Directory:
    bot_app_id: str = ""
    conversations: dict[str, Conversation] = field(default_factory=dict, repr=False)
    installed: set[str] = field(default_factory=set)
    walls: dict[Person, Wall] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_763_900_000_000))
    _people: dict[str, Person] = field(default_factory=dict, repr=False)
    _newcomers: list[Person] = field(default_factory=list, repr=False)

    @property
    def bot(self) -> dict[str, str]:
        return {"id": f"28:{self.bot_app_id or 'local'}", "name": BOT_NAME}

    def new_activity_id(self) -> str:
        return str(next(self.ids))

    def knows(self, person: Person) -> Person:
        self._newcomers.append(person)
        return person

    def person(self, id_: str) -> Person | None:
        """Who has this id within Teams."""
        self._people |= {newcomer.id: newcomer for newcomer in self._newcomers}
        self._newcomers.clear()
        return self._people.get(id_)

    def personal_chat(self, person: Person) -> Conversation:
        self.knows(person)
        return self._keep(Conversation(person.chat_id, "personal", person.tenant_id, person.id, (person,)))

    def group_chat(self, name: str, *members: Person) -> Conversation:
        id_ = f"19:{_hex(name, members[0])}@thread.v2"
        tenant = members[0].tenant_id
        return self._keep(Conversation(id_, "groupChat", tenant, id_, self._known(members), name))

    def team(self, name: str, *members: Person, channels: tuple[str, ...] = ("General",)) -> Team:
        """A team; like in Teams, the id of its General channel is the team's own."""
        first = members[0]
        id_ = f"19:{_hex(name, first)}@thread.tacv2"
        team = Team(name, id_, first.tenant_id, channels, dict.fromkeys(self._known(members)))
        self.teams.append(team)
        for channel in channels:
            channel_id = id_ if channel == "General" else f"19:{_hex(channel, first)}@thread.tacv2"
            self._keep(Conversation(channel_id, "channel", team.tenant_id, team.id, name=channel, team=team))
        return team

    def channel(self, team: Team, name: str) -> Conversation:
        for place in self.conversations.values():
            if place.team is team and place.name == name:
                return place
        raise ValueError(f"{team.name} has no channel {name}; it has {', '.join(team.channels)}")

    def find(self, conversation_id: str) -> Conversation | None:
        """The chat, or the channel of a thread (`…;messageid=…`)."""
        return self.conversations.get(conversation_id.partition(";messageid=")[0])

    def joins(self, person: Person, team: Team) -> None:
        team.gains(self.knows(person))

    def leaves_the_company(self, person: Person) -> None:
        """Is in no team any more, and in no chat that could be written to."""
        for team in self.teams:
            team.loses(person)
        self.walls[person] = Wall.GONE

    def wall(self, person: Person) -> Wall | None:
        """What keeps the bot from a person; it reaches who installed it, and members of teams that did."""
        if person in self.walls:
            return self.walls[person]
        by_team = any(team.id in self.installed and person in team for team in self.teams)
        return None if (person.id in self.installed or by_team) and not person.is_bot else Wall.NOT_INSTALLED

    def may_talk_in(self, place: Conversation) -> bool:
        if place.kind == "personal":
            return self.wall(place.members[0]) is None
        return place.app_home in self.installed

    def _keep(self, conversation: Conversation) -> Conversation:
        return self.conversations.setdefault(conversation.id, conversation)

    def _known(self, members: tuple[Person, ...]) -> tuple[Person, ...]:
        self._newcomers += members
        return members


def _hex(name: str, first: Person) -> str:
    return uuid.uuid5(first.key, name).hex
