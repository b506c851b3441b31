"""The HTTP door: what comes in is checked for size, form, token, tenant and service URL, then handed on.

botbuilder's own `CloudAdapter.process` answers 500 to every press of a card and to much malformed input;
this door never answers 5xx for what a client sent. It decides nothing about conversations.
"""

from __future__ import annotations

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

from bot.handler import Handler
from bot.incoming import tenant_of
from bot.settings import Settings
from bot.tokens import KeysUnavailable
from storage.database import Database, DatabaseNotReady

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
"""Bytes; Teams' own messages stay below about 100 KB."""

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _Account:
    id: Text


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What every activity has to carry before anything else looks at it; further fields are let through."""

    type: Text
    service_url: Annotated[Text, Field(alias="serviceUrl")]
    channel_id: Annotated[Text, Field(alias="channelId")]
    conversation: _Account
    recipient: _Account
    from_: Annotated[_Account, Field(alias="from")]
    id: str | None = None
    text: str | None = None


_ENVELOPE = TypeAdapter(_Envelope)


class Door:
    """What stands between HTTP and the bot."""

    def __init__(
        self, settings: Settings, adapter: CloudAdapter, handler: Handler, database: Database
    ) -> None:
        self._settings = settings
        self._adapter = adapter
        self._handler = handler
        self._database = database

    async def messages(self, request: web.Request) -> web.Response:
        """`POST /api/messages`: one activity from Teams."""
        if request.content_type != "application/json":
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
        try:
            activity = _activity(await request.read())
        except ValueError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        try:
            identity = await self._adapter.bot_framework_authentication.authenticate_request(
                activity, request.headers.get("Authorization", "")
            )
        except PermissionError as error:
            return _refusal(HTTPStatus.UNAUTHORIZED, "no valid token", reason=error)
        except KeysUnavailable as error:
            return _refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "tokens cannot be checked right now", reason=error
            )
        if self._settings.tenants and tenant_of(activity) not in self._settings.tenants:
            return _refusal(HTTPStatus.FORBIDDEN, "this tenant is not allowed")
        if not self._settings.trusts(activity.service_url):
            return _refusal(HTTPStatus.FORBIDDEN, "this service URL is not allowed")
        return _response(await self._adapter.process_activity(identity, activity, self._handler.on_turn))

    async def readyz(self) -> web.Response:
        """`GET /readyz`: the database can be reached and is migrated; content was checked at the start."""
        try:
            await self._database.ready()
        except DatabaseNotReady as error:
            log.warning("not ready: %s", error)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="not ready\n")
        return web.Response(text="ready\n")


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


def _activity(body: bytes) -> Activity:
    """The activity in a request's body. Raises ValueError with what is wrong, in words for the sender."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ValueError("the body is not JSON") from None
    try:
        _ENVELOPE.validate_python(data)
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) or "the body" for one in error.errors()})
        raise ValueError(f"no activity: missing or wrong {', '.join(places)}") from None
    try:
        activity: Activity = Activity().deserialize(data)
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
