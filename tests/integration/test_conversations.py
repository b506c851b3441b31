"""What storage promises about conversations, on both databases."""

import asyncio
import datetime as dt

from assessment.model import Person
from storage.conversations import Conversation
from storage.database import Database

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
TENANT = "6f1c0c1e-0000-4000-8000-00000000000e"
ADA = Person(TENANT, "a0000000-0000-4000-8000-00000000000a")
BOB = Person(TENANT, "b0000000-0000-4000-8000-00000000000b")
CHAT = Conversation("a:1Ada", "https://smba.trafficmanager.net/emea/")


async def test_unknown(database: Database) -> None:
    """Who never wrote has no chat."""
    assert await database.conversations.of(ADA) is None


async def test_remember(database: Database) -> None:
    """A person's own chat is found again, by that person only."""
    await database.conversations.remember(ADA, CHAT)

    assert await database.conversations.of(ADA) == CHAT
    assert await database.conversations.of(BOB) is None


async def test_moved(database: Database) -> None:
    """When the service moves a chat, the newest place is the one that is known."""
    moved = Conversation(CHAT.id, "https://smba.trafficmanager.net/amer/")
    reinstalled = Conversation("a:2Ada", moved.service_url)

    for conversation in (CHAT, moved, reinstalled):
        await database.conversations.remember(ADA, conversation)
        assert await database.conversations.of(ADA) == conversation


async def test_nothing_written_when_known(database: Database) -> None:
    """Remembering what is known writes nothing, so it can be done with every message."""
    row = {"conversation_id": CHAT.id, "service_url": CHAT.service_url}
    person = {"tenant_id": ADA.tenant_id, "person_id": ADA.object_id}
    await database.conversations.remember(ADA, CHAT)

    async with database._connect() as connection:
        assert await database.conversations._sql.remember(connection, **row, **person) == 0


async def test_welcome_once(database: Database) -> None:
    """A conversation is greeted the first time only, whatever case its tenant is spelled in."""
    assert await database.conversations.welcome(TENANT, CHAT.id, NOW)
    assert not await database.conversations.welcome(TENANT.upper(), CHAT.id, NOW)


async def test_welcome_at_once(database: Database, replica: Database) -> None:
    """Of installs reported to several replicas at once, one is greeted."""
    greeted = await asyncio.gather(
        *(one.conversations.welcome(TENANT, CHAT.id, NOW) for one in (database, replica) for _ in range(10))
    )

    assert sum(greeted) == 1


async def test_welcome_elsewhere(database: Database) -> None:
    """Each conversation is greeted for itself, and each tenant's apart."""
    assert await database.conversations.welcome(TENANT, CHAT.id, NOW)
    assert await database.conversations.welcome(TENANT, "19:team@thread.tacv2", NOW)
    assert await database.conversations.welcome("another-tenant", CHAT.id, NOW)


async def test_forget(database: Database) -> None:
    """After a removal the chat is no longer known, and a new install is greeted again."""
    await database.conversations.remember(ADA, CHAT)
    await database.conversations.welcome(TENANT, CHAT.id, NOW)

    await database.conversations.forget(TENANT.upper(), CHAT.id)

    assert await database.conversations.of(ADA) is None
    assert await database.conversations.welcome(TENANT, CHAT.id, NOW)


async def test_forget_leaves_others(database: Database) -> None:
    """A removal from one conversation changes nothing in another."""
    other = Conversation("a:1Bob", CHAT.service_url)
    await database.conversations.remember(BOB, other)
    await database.conversations.welcome(TENANT, other.id, NOW)

    await database.conversations.forget(TENANT, CHAT.id)

    assert await database.conversations.of(BOB) == other
    assert not await database.conversations.welcome(TENANT, other.id, NOW)
