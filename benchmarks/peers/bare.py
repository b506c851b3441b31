"""The least that a turn can cost in Python: aiohttp, orjson and uvloop, and no SDK at all.

With DATABASE_URL each turn also commits one answer, the row that the bot would write, by a plain upsert.
With KEYS_URL each request has to carry a signed token for APP_ID; one that was verified is remembered.
"""

import asyncio
import itertools
import os
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosqlite
import jwt
import orjson
import psycopg
import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

UPSERT = """
insert into answers (check_id, discipline, answer, activity_id, answered_at)
values (:id, :discipline, :answer, :activity_id, :now)
on conflict (check_id, discipline) do update set
    answer = excluded.answer, activity_id = excluded.activity_id, answered_at = excluded.answered_at
"""
CONNECTIONS = 8
DISCIPLINES = 7

Write = Callable[[], Awaitable[None]]


class Bare:
    """Answers a press with a card, and a message by sending one."""

    def __init__(self, session: ClientSession, keys: dict[str, Any], write: Write | None) -> None:
        self._session = session
        self._keys = keys
        self._write = write
        self._card = orjson.loads(Path(os.environ["CARD"]).read_bytes())
        self._verified: dict[bytes, float] = {}

    async def turn(self, request: web.Request) -> web.Response:
        """One activity."""
        activity = orjson.loads(await request.read())
        if self._keys and not self._may_enter(request.headers.get("Authorization", "")):
            return web.Response(status=401)
        if self._write:
            await self._write()
        if activity["type"] == "invoke":
            kind = "application/vnd.microsoft.card.adaptive"
            answer = {"statusCode": 200, "type": kind, "value": self._card}
            return web.Response(body=orjson.dumps(answer), content_type="application/json")
        await self._reply(activity)
        return web.Response()

    async def _reply(self, activity: dict[str, Any]) -> None:
        kind = "application/vnd.microsoft.card.adaptive"
        message = {
            "type": "message",
            "from": activity["recipient"],
            "recipient": activity["from"],
            "conversation": {"id": activity["conversation"]["id"]},
            "replyToId": activity["id"],
            "attachments": [{"contentType": kind, "content": self._card}],
        }
        place = quote(activity["conversation"]["id"], safe="")
        url = f"{activity['serviceUrl']}v3/conversations/{place}/activities/{activity['id']}"
        headers = {"Content-Type": "application/json", "Authorization": "Bearer made-up"}
        async with self._session.post(url, data=orjson.dumps(message), headers=headers) as response:
            await response.read()

    def _may_enter(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        digest = sha256(token.encode()).digest()
        if self._verified.get(digest, 0) > time.time():
            return True
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key, algorithms=["RS256"], audience=os.environ["APP_ID"])
        except (jwt.PyJWTError, KeyError):
            return False
        self._verified[digest] = claims["exp"]
        return True


def _rows() -> Callable[[], dict[str, object]]:
    """Answers to checks that are there, one after the other."""
    number = itertools.count()

    def row() -> dict[str, object]:
        check, discipline = divmod(next(number), DISCIPLINES)
        return {
            "id": f"bare{check % int(os.environ['CHECKS'])}",
            "discipline": f"discipline-{discipline}",
            "answer": "300",
            "activity_id": "1763900000000",
            "now": int(time.time() * 1000),
        }

    return row


@asynccontextmanager
async def on_sqlite(path: str) -> AsyncIterator[Write]:
    """Write as the bot does: one shared connection, each statement on the disk before it returns."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        for setting in (
            "journal_mode = wal",
            "synchronous = full",
            "foreign_keys = on",
            "secure_delete = on",
        ):
            connection.execute(f"pragma {setting}")
        return connection

    row = _rows()
    async with aiosqlite.Connection(connect, iter_chunk_size=64) as connection:

        async def write() -> None:
            await connection.execute(UPSERT, row())

        yield write


@asynccontextmanager
async def on_postgresql(url: str) -> AsyncIterator[Write]:
    """Write on one of a few connections that commit by themselves."""
    free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))
    statement, row = re.sub(r":(\w+)", r"%(\1)s", UPSERT), _rows()

    async def write() -> None:
        connection = await free.get()
        try:
            await connection.execute(statement, row())
        finally:
            free.put_nowait(connection)

    yield write
    while not free.empty():
        await free.get_nowait().close()


@asynccontextmanager
async def _nowhere() -> AsyncIterator[None]:
    yield None


def _writer() -> AbstractAsyncContextManager[Write | None]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return _nowhere()
    return on_sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else on_postgresql(url)


async def _keys(session: ClientSession) -> dict[str, Any]:
    if "KEYS_URL" not in os.environ:
        return {}
    async with session.get(os.environ["KEYS_URL"]) as response:
        return {one["kid"]: jwt.PyJWK(one, algorithm="RS256") for one in (await response.json())["keys"]}


def app() -> web.Application:
    """The bot."""

    async def resources(app: web.Application) -> AsyncIterator[None]:
        async with (
            ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=0)) as session,
            _writer() as write,
        ):
            app[BARE] = Bare(session, await _keys(session), write)
            yield

    made = web.Application()
    made.cleanup_ctx.append(resources)
    made.router.add_post("/api/messages", _turn)
    made.router.add_get("/readyz", _ready)
    return made


BARE = web.AppKey("bare", Bare)


async def _turn(request: web.Request) -> web.Response:
    return await request.app[BARE].turn(request)


async def _ready(_: web.Request) -> web.Response:
    return web.Response()


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    web.run_app(app(), host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)
