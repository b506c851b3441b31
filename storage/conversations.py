"""Where people can be reached, and which conversations the bot has greeted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from assessment.model import Person
from storage.backend import Connect
from storage.columns import guid, key, milliseconds


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a person's own 1:1 chat with the bot is."""

    id: str
    service_url: str


class Conversations:
    """Every statement commits by itself before its method returns; repeating a change is harmless."""

    def __init__(self, sql: Any, connect: Connect) -> None:
        self._sql = sql
        self._connect = connect

    async def remember(self, person: Person, conversation: Conversation) -> None:
        """Keep where the person's own chat is; nothing is written when that is known already."""
        row = {"conversation_id": conversation.id, "service_url": conversation.service_url}
        async with self._connect() as connection:
            await self._sql.remember(connection, **row, **key(person))

    async def of(self, person: Person) -> Conversation | None:
        """The person's own chat, if it is known."""
        async with self._connect() as connection:
            row = await self._sql.of(connection, **key(person))
            return None if row is None else Conversation(*row)

    async def lose(self, person: Person, conversation: Conversation) -> None:
        """Drop a person's own chat that is not there any more; another one may be opened."""
        async with self._connect() as connection:
            await self._sql.lose(connection, conversation_id=conversation.id, **key(person))

    async def welcome(self, tenant_id: str, conversation_id: str, now: dt.datetime) -> bool:
        """Whether this conversation is to be greeted: true once, until it is forgotten."""
        row = {"tenant_id": guid(tenant_id), "conversation_id": conversation_id, "now": milliseconds(now)}
        async with self._connect() as connection:
            added: int = await self._sql.welcome(connection, **row)
            return added == 1

    async def forget(self, tenant_id: str, conversation_id: str) -> None:
        """Drop a conversation that the bot was removed from; when it is back, it greets again."""
        row = {"tenant_id": guid(tenant_id), "conversation_id": conversation_id}
        async with self._connect() as connection:
            await self._sql.forget_chat(connection, **row)
            await self._sql.forget_welcome(connection, **row)
