"""A stand-in for Teams' Bot Connector on loopback, as strict as the real one."""

import asyncio
import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.acceptance.activity_rules import Json, Refusal, check_activity
from tests.acceptance.directory import Conversation, Directory


@dataclass
class Message:
    """One message of the bot; `changed` counts on over all conversations, so later is greater."""

    id: str
    conversation_id: str
    body: str  # JSON text, so that no later change of the bot's own object is seen
    changed: int

    @property
    def activity(self) -> Json:
        activity: Json = json.loads(self.body)
        return activity


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Fault:
    status: int
    retry_after: float | None
    though_delivered: bool


class Connector:
    """Knows who may be written to, stores what the bot says, and refuses what Teams refuses.

    With `trusted_tokens` every request needs one of them as its bearer token.
    """

    def __init__(self, directory: Directory, trusted_tokens: Container[str] | None = None) -> None:
        self.directory = directory
        self.messages: dict[str, Message] = {}
        self.requests: list[Request] = []
        self.refusals: list[Refusal] = []
        self.typed: list[str] = []  # conversations the bot was seen typing in
        self.changes = 0
        self._trusted_tokens = trusted_tokens
        self._faults: list[Fault] = []
        self._news = asyncio.Condition()
        self._runner = web.AppRunner(self._app())
        self._port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def service_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/teams/"

    def fails_next(
        self,
        status: int,
        times: int = 1,
        *,
        retry_after: float | None = None,
        though_delivered: bool = False,
    ) -> None:
        """The next requests get this status; `though_delivered` stores the message all the same."""
        self._faults += [Fault(status, retry_after, though_delivered)] * times

    def count(self, method: str = "", part_of_path: str = "") -> int:
        """How many requests the bot has made, refused ones too."""
        return sum(r.method.startswith(method) and part_of_path in r.path for r in self.requests)

    def messages_in(self, place: Conversation) -> list[Message]:
        """The bot's messages there, oldest first; in a channel those of all its threads."""
        return [m for m in self.messages.values() if self.directory.find(m.conversation_id) == place]

    def next_change(self) -> int:
        self.changes += 1
        return self.changes

    async def wait_until(self, happened: Callable[[], bool], *, within: float = 5) -> bool:
        """Whether it happened in time; looks whenever the bot says something."""
        try:
            async with asyncio.timeout(within), self._news:
                return await self._news.wait_for(happened)
        except TimeoutError:
            return False

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._as_teams_answers], client_max_size=1024 * 1024)
        chat = "/teams/v3/conversations/{conversation}/activities"
        app.router.add_post("/teams/v3/conversations", self._create)
        app.router.add_post(chat, self._send)
        app.router.add_post(chat + "/{activity}", self._reply)
        app.router.add_put(chat + "/{activity}", self._update)
        return app

    @web.middleware
    async def _as_teams_answers(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await self._answer(request, handler)
        except Refusal as refusal:
            self.refusals.append(refusal)
            response = web.json_response(refusal.body, status=refusal.status)
        except web.HTTPException as error:
            body = {"error": {"code": "ServiceError", "message": error.reason}}
            response = web.json_response(body, status=error.status)
        self.requests.append(Request(request.method, request.path, response.status))
        async with self._news:
            self._news.notify_all()
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._check_headers(request)
        fault = self._faults.pop(0) if self._faults else None
        if fault is None:
            return await handler(request)
        if fault.though_delivered:
            await handler(request)
        body = {"error": {"code": _code_of(fault.status), "message": "a fault the test asked for"}}
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        return web.json_response(body, status=fault.status, headers=headers)

    def _check_headers(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if self._trusted_tokens is not None and (scheme != "Bearer" or token not in self._trusted_tokens):
            raise Refusal(401, "Unauthorized", "a bearer token of this bot is missing")
        if request.match_info.http_exception is None and request.content_type != "application/json":
            raise Refusal(415, "UnsupportedMediaType", f"the body is {request.content_type}")

    async def _create(self, request: web.Request) -> web.Response:
        wish = await _json(request)
        channel_data = wish.get("channelData") or {}
        if "channel" in channel_data:
            return self._create_thread(wish, channel_data)
        place = self._one_to_one(wish, channel_data)
        created: Json = {"id": place.id, "serviceUrl": self.service_url}
        if wish.get("activity"):
            created["activityId"] = self._store(place.id, wish["activity"])
        return web.json_response(created, status=201)

    def _one_to_one(self, wish: Json, channel_data: Json) -> Conversation:
        members = wish.get("members") or []
        if len(members) != 1 or wish.get("isGroup"):
            raise Refusal(400, "BadArgument", "a bot can only create a chat with exactly one person")
        person = self.directory.people.get(members[0].get("id"))
        tenant = wish.get("tenantId") or (channel_data.get("tenant") or {}).get("id")
        if person is None or tenant != person.tenant_id or not self.directory.may_talk_to(person):
            raise Refusal(403, "ForbiddenOperationException", "the app is not installed for this person")
        return self.directory.personal_chat(person)

    def _create_thread(self, wish: Json, channel_data: Json) -> web.Response:
        root = self.directory.new_activity_id()
        thread = f"{channel_data['channel'].get('id')};messageid={root}"
        if not isinstance(wish.get("activity"), dict):
            raise Refusal(400, "BadArgument", "a thread needs its first activity")
        first = {key: value for key, value in wish["activity"].items() if key != "conversation"}
        self._store(thread, first, id_=root)
        created = {"id": thread, "activityId": root, "serviceUrl": self.service_url}
        return web.json_response(created, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        id_ = self._store(request.match_info["conversation"], await _json(request))
        return web.json_response({"id": id_}, status=201)

    async def _reply(self, request: web.Request) -> web.Response:
        activity = await _json(request)
        if activity.get("replyToId", request.match_info["activity"]) != request.match_info["activity"]:
            raise Refusal(400, "BadArgument", "replyToId and the address name different activities")
        id_ = self._store(request.match_info["conversation"], activity)
        return web.json_response({"id": id_}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        conversation, id_ = request.match_info["conversation"], request.match_info["activity"]
        self._place(conversation)
        activity = check_activity(await _json(request), conversation)
        if activity.get("id", id_) != id_:
            raise Refusal(400, "BadArgument", "the activity and its address have different ids")
        message = self.messages.get(id_)
        if message is None or self.directory.find(message.conversation_id) != self._place(conversation):
            raise Refusal(404, "ActivityNotFoundInConversation", f"there is no activity {id_}")
        message.body, message.changed = json.dumps(activity), self.next_change()
        return web.json_response({"id": id_})

    def _place(self, conversation_id: str) -> Conversation:
        place = self.directory.find(conversation_id)
        if place is None:
            raise Refusal(404, "ConversationNotFound", f"there is no conversation {conversation_id}")
        if not self.directory.may_talk_in(place):
            raise Refusal(403, "BotNotInConversationRoster", "the bot is not part of this conversation")
        return place

    def _store(self, conversation_id: str, activity: Any, id_: str = "") -> str:
        self._place(conversation_id)
        check_activity(activity, conversation_id)
        id_ = id_ or self.directory.new_activity_id()
        if activity["type"] == "typing":
            self.typed.append(conversation_id)
        else:
            self.messages[id_] = Message(id_, conversation_id, json.dumps(activity), self.next_change())
        return id_


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise Refusal(400, "BadSyntax", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "BadSyntax", "the body is no object")
    return body


def _code_of(status: int) -> str:
    codes = {403: "ConversationBlockedByUser", 404: "ConversationNotFound", 412: "PreconditionFailed"}
    return (codes | {413: "MessageSizeTooBig", 429: "Throttled"}).get(status, "ServiceError")
