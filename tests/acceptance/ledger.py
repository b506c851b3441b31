"""What the bot has written down about a survey's invitations, held against what people really got."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.acceptance.directory import Person, Team
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague, Teams

ON_THE_WAY = frozenset({"waiting", "sending"})

ON_THE_CARD = {
    "Delivered": ("delivered",),
    "On the way": ("waiting", "sending"),
    "Not delivered": ("refused",),
    "Unknown": ("unknown",),
    "Not sent": ("stopped",),
}
"""What the progress card calls the states."""

IN_CHAT = {"delivered": {1}, "refused": {0}, "stopped": {0}, "unknown": {0, 1}}
"""How many invitations somebody may have got, by what is kept of theirs."""


def invitations(database_url: str) -> dict[str, str]:
    """What is kept of each invitation: object id and state."""
    return dict(rows(database_url, "select person_id, state from deliveries where round = 0"))


def reasons(database_url: str) -> dict[str, str]:
    """Why invitations were not delivered, or are unknown: object id and reason."""
    return dict(rows(database_url, "select person_id, reason from deliveries where round = 0"))


async def sending_ends(database_url: str, *, within: float = 20) -> None:
    """Waits until no invitation is on its way any more."""
    await comes_true(lambda: not ON_THE_WAY & set(invitations(database_url).values()), within=within)


async def comes_true(holds: Callable[[], bool], *, within: float = 20) -> None:
    """Waits for something that nobody tells of."""
    async with asyncio.timeout(within):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.1)


def kept(teams: Teams, team: Team, database_url: str, people: Sequence[Person] = ()) -> Counter[str]:
    """How many invitations ended in which state.

    Fails unless everybody of the team, or of these people, has one state that agrees with what is in their
    chat, and nobody has two invitations.
    """
    asked = {one.aad_object_id: one for one in people or team.members}
    states = invitations(database_url)
    assert states.keys() == asked.keys()
    for id_, state in states.items():
        got = len(invited(teams, asked[id_]))
        assert got in IN_CHAT[state], f"{asked[id_].name} got {got} invitations, kept is {state}"
    return Counter(states.values())


def invited(teams: Teams, person: Person) -> list[str]:
    """The invitations in somebody's own chat, whatever they say by now."""
    chat = teams.directory.personal_chat(person)
    sent = [message.first for message in teams.connector.messages_in(chat)]
    return [body for body in sent if "asks everybody in" in body and "Reminder:" not in body]


def reminded(teams: Teams, person: Person) -> list[str]:
    """The reminders in somebody's own chat."""
    return [body for body in _messages(teams, person) if "Reminder:" in body]


def messages_of(teams: Teams, team: Team) -> int:
    """How many messages the team's people have in their own chats, all together."""
    return sum(len(_messages(teams, person)) for person in team.members)


def numbers_on(card: Seen) -> dict[str, int]:
    """The invitations in numbers, as a progress card calls them; one that it leaves out is 0."""
    shown = {
        name: int(re.sub(r"\D", "", value))
        for name, value in pairwise(card.text.split("\n"))
        if name in {*ON_THE_CARD, "Invited"}
    }
    return {**dict.fromkeys(ON_THE_CARD, 0), **shown}


def adds_up(card: Seen, states: Mapping[str, int] | None = None) -> bool:
    """Whether the numbers on a progress card have their sum beside them, and, where given, are just these."""
    shown = numbers_on(card)
    invited = shown.pop("Invited")
    if states is not None and shown != _as_shown(states):
        return False
    return invited == sum(shown.values())


def _as_shown(states: Mapping[str, int]) -> dict[str, int]:
    return {name: sum(states.get(one, 0) for one in ones) for name, ones in ON_THE_CARD.items()}


async def shows(lead: Colleague, states: Mapping[str, int]) -> None:
    """The progress card, refreshed, has these numbers."""
    await comes_true(lambda: any("Survey: Autumn check" in card.text for card in lead.cards()))
    await lead.presses("Refresh", on=lead.card_with("Survey: Autumn check"))
    card = lead.card_with("Survey: Autumn check")
    assert adds_up(card, states), card.text


@contextmanager
def away(database_url: str) -> Iterator[None]:
    """The database does not answer: PostgreSQL lets nobody in, SQLite's file is locked."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(database_url), isolation_level=None)) as other:
            other.execute("begin exclusive")
            yield
            other.execute("rollback")
        return
    name = conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(database_url, dbname="postgres", autocommit=True) as server:
        server.execute(f"alter database {name} allow_connections false")
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            server.execute(f"alter database {name} allow_connections true")


def _messages(teams: Teams, person: Person) -> list[str]:
    chat = teams.directory.personal_chat(person)
    return [message.body for message in teams.connector.messages_in(chat)]


def rows(database_url: str, statement: str) -> list[Any]:
    """What a statement finds in the database."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(database_url), timeout=10)) as file:
            return file.execute(statement).fetchall()
    with psycopg.connect(database_url) as server:
        return server.execute(statement).fetchall()


def execute(database_url: str, statement: str) -> None:
    """Change the bot's database behind its back, as time would."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(database_url), timeout=10)) as file, file:
            file.execute(statement)
        return
    with psycopg.connect(database_url) as server:
        server.execute(statement)


def _path(database_url: str) -> str:
    return database_url.removeprefix("sqlite:///")
