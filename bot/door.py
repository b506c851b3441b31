"""The HTTP door: what comes in is checked for size, form, token, tenant and service URL, then handed on.

botbuilder's own `CloudAdapter.process` answers 500 to every press of a card and to much malformed input;
this door never answers 5xx for what a client sent. It decides nothing about conversations.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from aiohttp import web
from botbuilder.core import InvokeResponse
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity
from pydantic import Field, TypeAdapter, ValidationError

from bot.exports import Exports, NoDownload, download_headers
from bot.handler import Handler
from bot.incoming import tenant_of
from bot.settings import Settings, is_loopback
from bot.tokens import KeysUnavailable
from storage.database import Database, DatabaseNotReady

log = logging.getLogger(__name__)

READY_WITHIN = 2
"""Seconds; what asks whether the bot is ready does not wait longer either."""

LARGEST_BODY = 256 * 1024
"""Bytes; Teams' own messages stay below about 100 KB."""

READ = frozenset(
    {
        "action",
        "channelData",
        "channelId",
        "conversation",
        "entities",
        "from",
        "id",
        "localTimezone",
        "membersAdded",
        "name",
        "recipient",
        "replyToId",
        "serviceUrl",
        "text",
        "type",
        "value",
    }
)
"""The fields this bot reads. The others are dropped: msrest takes long to read what nobody needs."""

Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
Parts = Annotated[list[dict[str, Any]], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class _Account:
    id: Text
    tenant: Annotated[Text | None, Field(alias="tenantId")] = None
    person: Annotated[Text | None, Field(alias="aadObjectId")] = None


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What every activity has to carry before anything else looks at it; the rest is not its concern."""

    type: Text
    service_url: Annotated[Text, Field(alias="serviceUrl")]
    channel_id: Annotated[Text, Field(alias="channelId")]
    conversation: _Account
    recipient: _Account
    from_: Annotated[_Account, Field(alias="from")]
    id: Text | None = None
    text: str | None = None
    entities: Parts | None = None
    members: Annotated[Parts | None, Field(alias="membersAdded")] = None


_ENVELOPE = TypeAdapter(_Envelope)

TEAMS = "msteams"


class Door:
    """What stands between HTTP and the bot."""

    def __init__(  # noqa: PLR0917 - what the door leads to
        self,
        settings: Settings,
        adapter: CloudAdapter,
        handler: Handler,
        database: Database,
        exports: Exports,
    ) -> None:
        self._settings = settings
        self._adapter = adapter
        self._handler = handler
        self._database = database
        self._exports = exports

    async def messages(self, request: web.Request) -> web.Response:
        """`POST /api/messages`: one activity from Teams."""
        if request.content_type != "application/json" or "Content-Encoding" in request.headers:
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json, not compressed")
        if self._settings.is_local and not is_loopback(request.url.host or ""):
            return _refusal(HTTPStatus.FORBIDDEN, "in local mode the bot answers to this machine only")
        try:
            data, envelope = _parsed(await request.read())
            identity = await self._adapter.bot_framework_authentication.authenticate_request(
                Activity(channel_id=envelope.channel_id, service_url=envelope.service_url),
                request.headers.get("Authorization", ""),
            )
            activity = _activity(data)
        except ValueError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        except PermissionError as error:
            return _refusal(HTTPStatus.UNAUTHORIZED, "no valid token", reason=error)
        except KeysUnavailable as error:
            message = "tokens cannot be checked right now"
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, message, reason=error)
        if forbidden := self._forbids(activity):
            return _refusal(HTTPStatus.FORBIDDEN, forbidden)
        return _response(await self._adapter.process_activity(identity, activity, self._handler.on_turn))

    def _forbids(self, activity: Activity) -> str:
        """Why a well-formed, signed activity is not for this bot; "" where it is."""
        if not self._settings.is_local and activity.channel_id != TEAMS:
            # Other channels, such as a web chat, let their users write sender and tenant themselves.
            return "this channel is not allowed"
        if self._settings.tenants and tenant_of(activity) not in self._settings.tenants:
            return "this tenant is not allowed"
        return "" if self._settings.trusts(activity.service_url) else "this service URL is not allowed"

    async def readyz(self) -> web.Response:
        """`GET /readyz`: the database can be reached and is migrated; content was checked at the start."""
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self._database.ready()
        except (DatabaseNotReady, TimeoutError) as error:
            log.warning("not ready: %s", error)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="not ready\n")
        return web.Response(text="ready\n")

    async def export(self, token: str) -> web.Response:
        """`GET /exports/{token}`: a file; only in local mode, where Teams takes no files."""
        if not self._settings.is_local:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            file = await self._exports.download(token)
        except NoDownload as error:
            return web.Response(status=error.status, text=f"{error}\n")
        headers = download_headers(file.name)
        return web.Response(body=file.data, content_type=file.media_type, headers=headers)


DOOR = web.AppKey("door", Door)
ROUTES = web.RouteTableDef()


@ROUTES.post("/api/messages")
async def _messages(request: web.Request) -> web.Response:
    return await request.app[DOOR].messages(request)


@ROUTES.get("/healthz")
async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")


@ROUTES.get("/readyz")
async def _readyz(request: web.Request) -> web.Response:
    return await request.app[DOOR].readyz()


@ROUTES.get("/exports/{token}")
async def _export(request: web.Request) -> web.Response:
    return await request.app[DOOR].export(request.match_info["token"])


def _parsed(body: bytes) -> tuple[dict[str, Any], _Envelope]:
    """A body's JSON, and what it has to carry. Raises ValueError, in words for the sender."""
    try:
        data = orjson.loads(body)
        return data, _ENVELOPE.validate_python(data)
    except orjson.JSONDecodeError:
        raise ValueError("the body is not JSON") from None
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) or "the body" for one in error.errors()})
        raise ValueError(f"no activity: missing or wrong {', '.join(places)}") from None


def _activity(data: dict[str, Any]) -> Activity:
    """The activity in a checked body. Raises ValueError."""
    try:
        activity: Activity = Activity().deserialize({key: data[key] for key in READ & data.keys()})
    except Exception as error:  # noqa: BLE001 - msrest raises many types, RecursionError among them
        log.info("refused an activity: %s", type(error).__name__)
        raise ValueError("no activity: a field has the wrong type") from None
    return activity


def _response(result: InvokeResponse | None) -> web.Response:
    if result is None:
        return web.Response(status=HTTPStatus.OK)
    return web.Response(
        status=int(result.status), body=orjson.dumps(result.body), content_type="application/json"
    )


def _refusal(status: HTTPStatus, message: str, *, reason: Exception | None = None) -> web.Response:
    log.info("refused with %d: %s (%s)", status, message, reason or "-")
    body: dict[str, Any] = {"error": {"code": status.phrase.replace(" ", ""), "message": message}}
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
