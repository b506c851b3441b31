"""The HTTP door: what comes in is checked for size, form, token, tenant and service URL, then handed on.

botbuilder's own `CloudAdapter.process` answers 500 to every press of a card and to much malformed input;
this door never answers 5xx for what a client sent, only for how much comes at once. It decides nothing about
conversations.
"""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from botbuilder.core import InvokeResponse
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ActivityTypes
from botframework.connector.auth import AuthenticateRequestResult

from bot.envelope import activity_in
from bot.exports import Exports, NoDownload, download_headers
from bot.incoming import sender_of, tenant_of
from bot.logs import begin_reference
from bot.overload import COME_BACK_AFTER, Crowded, Room, Tally
from bot.settings import Settings, is_loopback
from bot.shares import Shares, TooMuch
from bot.tokens import KeysUnavailable
from bot.watching import OnTurn
from storage.database import Database, DatabaseNotReady

log = logging.getLogger(__name__)

READY_WITHIN = 2
"""Seconds; what asks whether the bot is ready does not wait longer either."""

LARGEST_BODY = 256 * 1024
"""Bytes; Teams' own messages stay below about 100 KB."""

TEAMS = "msteams"

THREAD = ";messageid="
"""In the conversation's id where somebody writes in a channel."""

PLAYGROUND_DRAWS_WITHIN = 0.15
"""Seconds; the Agents Playground never draws an answer that comes before it has drawn the post."""


class Door:
    """What stands between HTTP and the bot."""

    def __init__(  # noqa: PLR0917 - what the door leads to
        self,
        settings: Settings,
        adapter: CloudAdapter,
        on_turn: OnTurn,
        database: Database,
        exports: Exports,
    ) -> None:
        self._settings = settings
        self._adapter = adapter
        self._on_turn = on_turn
        self._database = database
        self._exports = exports
        self._room = Room()
        self._shares = Shares(settings.turns_a_minute)
        self._shed = Tally("turned away, since too much came at once")
        self._slowed = Tally("turned away, since it was too much of one person")
        self._is_leaving = False

    def leave(self) -> None:
        """From now on say that others should be asked; whoever asks all the same is answered."""
        self._is_leaving = True

    async def messages(self, request: web.Request) -> web.Response:
        """`POST /api/messages`: one activity from Teams."""
        begin_reference()
        if request.content_type != "application/json" or "Content-Encoding" in request.headers:
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json, not compressed")
        if self._settings.is_local and not is_loopback(_host_of(request)):
            return _refusal(HTTPStatus.FORBIDDEN, "in local mode the bot answers to this machine only")
        try:
            self._room.turns_away_if_full()
            activity = activity_in(await request.read())
            self._room.turns_away_if_full(asks_teams=_asks_teams(activity))
            identity = await self._adapter.bot_framework_authentication.authenticate_request(
                activity, request.headers.get("Authorization", "")
            )
        except Crowded:
            return self._sheds()
        except ValueError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        except PermissionError as error:
            return _refusal(HTTPStatus.UNAUTHORIZED, "no valid token", reason=error)
        except KeysUnavailable as error:
            message = "tokens cannot be checked right now"
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, message, reason=error)
        if forbidden := self._forbids(activity):
            return _refusal(HTTPStatus.FORBIDDEN, forbidden)
        is_post = activity.type == ActivityTypes.message and THREAD in activity.conversation.id
        if self._settings.is_local and is_post:
            await asyncio.sleep(PLAYGROUND_DRAWS_WITHIN)
        return await self._turn(identity, activity)

    async def _turn(self, identity: AuthenticateRequestResult, activity: Activity) -> web.Response:
        """Have a turn handled, where there is a place for it and its sender has not had their share.

        Strangers get no place, nor does who sends a body slowly: both are known by now.
        """
        try:
            with self._share_of(activity):
                async with self._room.place(asks_teams=_asks_teams(activity)):
                    answer = await self._adapter.process_activity(identity, activity, self._on_turn)
        except TooMuch as error:
            self._slowed.add()
            return _not_now(HTTPStatus.TOO_MANY_REQUESTS, "this is too much at once", error.wait)
        except Crowded:
            return self._sheds()
        return _response(answer)

    def _share_of(self, activity: Activity) -> AbstractContextManager[None]:
        """What somebody says or presses is of their share; an app that is added to many teams is not."""
        if activity.type in {ActivityTypes.message, ActivityTypes.invoke}:
            return self._shares.of(sender_of(activity))
        return nullcontext()

    def _sheds(self) -> web.Response:
        self._shed.add()
        return _not_now(HTTPStatus.SERVICE_UNAVAILABLE, "too much comes in right now", COME_BACK_AFTER)

    def _forbids(self, activity: Activity) -> str:
        """Why a well-formed, signed activity is not for this bot; "" where it is."""
        if not self._settings.is_local and activity.channel_id != TEAMS:
            # Other channels, such as a web chat, let their users write sender and tenant themselves.
            return "this channel is not allowed"
        if self._settings.tenants and tenant_of(activity) not in self._settings.tenants:
            return "this tenant is not allowed"
        return "" if self._settings.trusts(activity.service_url) else "this service URL is not allowed"

    async def readyz(self) -> web.Response:
        """`GET /readyz`: the database can be reached and is migrated; content was checked at the start.

        A bot that was told to stop is not ready either.
        """
        if self._is_leaving:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="leaving\n")
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
MESSAGES = "/api/messages"


@ROUTES.post(MESSAGES)
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


def _asks_teams(activity: Activity) -> bool:
    """Whether a turn waits for Teams at some time; only a press in one's own chat is answered without."""
    in_own_chat = activity.conversation.conversation_type == "personal"
    return activity.type != ActivityTypes.invoke or not in_own_chat


def _host_of(request: web.Request) -> str:
    """The name by which the bot was called; "" where that is none."""
    try:
        return request.url.host or ""
    except ValueError:
        return ""


def _response(result: InvokeResponse | None) -> web.Response:
    if result is None:
        return web.Response(status=HTTPStatus.OK)
    return web.Response(
        status=int(result.status), body=orjson.dumps(result.body), content_type="application/json"
    )


def _refusal(status: HTTPStatus, message: str, *, reason: Exception | None = None) -> web.Response:
    log.info("refused with %d: %s (%s)", status, message, reason or "-")
    return _error(status, message)


def _not_now(status: HTTPStatus, message: str, wait: float) -> web.Response:
    """A refusal that is not logged for itself: there may be very many of them."""
    answer = _error(status, message)
    answer.headers["Retry-After"] = str(math.ceil(wait))
    return answer


def _error(status: HTTPStatus, message: str) -> web.Response:
    body: dict[str, Any] = {"error": {"code": status.phrase.replace(" ", ""), "message": message}}
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
