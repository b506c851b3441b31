"""A stand-in for Teams' Bot Connector on loopback, as strict as the real one."""

import asyncio
import json
import math
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.acceptance.activity_rules import Json, Refusal, check_activity
from tests.acceptance.directory import Conversation, Directory, Person
from tests.acceptance.drive import Drive, Upload
from tests.acceptance.faults import WEATHER, Call, CallKind, Fault, Faults
from tests.acceptance.limits import (
    OPENING,
    PER_TENANT,
    READING_ROSTERS,
    WRITING,
    Bound,
    Limits,
    Violation,
    most_in_a_second,
)
from tests.acceptance.roster import Roster


@dataclass
class Message:
    """One message of the bot; `changed` counts on over all conversations, so later is greater."""

    id: str
    conversation_id: str
    body: str  # JSON text, so that no later change of the bot's own object is seen
    changed: int
    first: str = field(init=False)  # what it said before any change

    def __post_init__(self) -> None:
        self.first = self.body

    @property
    def activity(self) -> Json:
        activity: Json = json.loads(self.body)
        return activity


@dataclass(frozen=True)
class Edit:
    """What a message said from then on; `at` is in seconds of the limits' clock."""

    message_id: str
    body: str
    at: float


@dataclass(frozen=True)
class Request:
    """`status` is 0 where there was no answer; `arrived` is in seconds of the limits' clock."""

    method: str
    path: str
    status: int
    kind: CallKind
    tenant_id: str
    arrived: float


class NoAnswer(Exception):
    """The fault keeps the answer back."""


class Connector:
    """Knows who may be written to, stores what the bot says, and refuses what Teams refuses.

    With `trusted_tokens` every request needs one of them as its bearer token. `latency` is in seconds for
    each request. Without `is_limited` the bot may call as often as it likes.
    """

    def __init__(self, directory: Directory, trusted_tokens: Container[str] | None = None) -> None:
        self.directory = directory
        self.messages: dict[str, Message] = {}
        self.requests: list[Request] = []
        self.edits: list[Edit] = []
        self.refusals: list[Refusal] = []
        self.violations: list[Violation] = []
        self.typed: list[str] = []  # conversations the bot was seen typing in
        self.changes = 0
        self.latency = 0.0
        self.is_limited = True
        self.correlation = ""  # what Teams calls each request in its own logs
        self.limits = Limits()
        self.drive = Drive(self.refusals)
        self._trusted_tokens = trusted_tokens
        self._messages_in: dict[str, list[Message]] = defaultdict(list)
        self.faults = Faults()
        self._roster = Roster()
        self._news = asyncio.Condition()
        self._closing = asyncio.Event()
        self._may_answer = asyncio.Event()
        self._may_answer.set()
        self.arrived = 0
        self._runner = web.AppRunner(self._app())
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.drive.__aenter__()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()
        await self.drive.__aexit__()

    @property
    def service_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/teams/"

    @property
    def uploaded(self) -> list[Upload]:
        """The files that the bot has brought in full."""
        return [upload for upload in self.drive.uploads.values() if upload.is_complete]

    # What goes wrong

    def fails_next(
        self,
        status: int,
        times: int = 1,
        *,
        retry_after: float | None = None,
        though_delivered: bool = False,
        code: str = "",
        for_: Person | None = None,
        kind: CallKind | None = None,
    ) -> None:
        """The next requests get this status; `though_delivered` stores the message all the same.

        With `for_` only those about this person's chat, with `kind` only those of a kind.
        """
        fault = Fault(status, retry_after, though_delivered, code)
        self.plans(fault, times, lambda call: _is_aimed(call, for_, kind))

    def hangs_next(
        self,
        times: int = 1,
        *,
        though_delivered: bool = False,
        for_: Person | None = None,
        kind: CallKind | None = None,
    ) -> None:
        """The next requests are never answered: the bot has to give up by itself."""
        fault = Fault(though_delivered=though_delivered, how="hangs")
        self.plans(fault, times, lambda call: _is_aimed(call, for_, kind))

    def drops_next(
        self,
        times: int = 1,
        *,
        though_delivered: bool = False,
        for_: Person | None = None,
        kind: CallKind | None = None,
    ) -> None:
        """The next requests lose their connection instead of an answer."""
        fault = Fault(though_delivered=though_delivered, how="drops")
        self.plans(fault, times, lambda call: _is_aimed(call, for_, kind))

    def plans(self, fault: Fault, times: int = 1, aim: Callable[[Call], bool] = lambda _: True) -> None:
        """The next requests that the aim is true of go wrong like this."""
        self.faults.plan(fault, times, aim)

    def fails_at_random(self, share: float, seed: int, kinds: Sequence[Fault] = WEATHER) -> None:
        """From now on that share of the requests, 0 to 1, goes wrong in one of these ways."""
        self.faults.come_at_random(share, seed, kinds)

    @asynccontextmanager
    async def holds_back(self) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """Until the block ends requests arrive and wait; it gets what waits for the first of them."""
        self._may_answer.clear()
        before = self.arrived
        try:
            yield lambda: self.wait_until(lambda: self.arrived > before)
        finally:
            self._may_answer.set()

    # What happened

    def count(self, method: str = "", part_of_path: str = "") -> int:
        """How many requests the bot has made, refused ones too."""
        return sum(r.method.startswith(method) and part_of_path in r.path for r in self.requests)

    def largest_second(self) -> int:
        """The most requests in any second for one tenant, refused ones too."""
        arrived: dict[str, list[float]] = defaultdict(list)
        for request in self.requests:
            arrived[request.tenant_id].append(request.arrived)
        return max(map(most_in_a_second, arrived.values()), default=0)

    def messages_in(self, place: Conversation) -> list[Message]:
        """The bot's messages there, oldest first; in a channel those of all its threads."""
        return list(self._messages_in.get(place.id, ()))

    def next_change(self) -> int:
        self.changes += 1
        return self.changes

    def somebody_acts_in(self, place: Conversation) -> None:
        """In their own chat people take longer for an act than tests do: its limit begins anew."""
        if place.kind == "personal":
            self.limits.forget(_writing_in(place.id))

    async def wait_until(self, happened: Callable[[], bool], *, within: float = 5) -> bool:
        """Whether it happened in time; looks whenever the bot says something."""
        try:
            async with asyncio.timeout(within), self._news:
                return await self._news.wait_for(happened)
        except TimeoutError:
            return False

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._as_teams_answers], client_max_size=0)
        conversation = "/teams/v3/conversations/{conversation}"
        chat = conversation + "/activities"
        app.router.add_post("/teams/v3/conversations", self._create, name="create")
        app.router.add_get(conversation + "/pagedmembers", self._members, name="roster", allow_head=False)
        app.router.add_get("/teams/v3/teams/{conversation}", self._team, name="team", allow_head=False)
        app.router.add_post(chat, self._send, name="send")
        app.router.add_post(chat + "/{activity}", self._reply, name="reply")
        app.router.add_put(chat + "/{activity}", self._update, name="update")
        return app

    @web.middleware
    async def _as_teams_answers(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        arrived = self.limits.now()
        await self._tell_of_arrival()
        call = await self._call(request)
        response: web.StreamResponse | None = None
        hangs = False
        try:
            response = await self._answer(request, call, handler)
        except Refusal as refusal:
            self.refusals.append(refusal)
            response = web.json_response(refusal.body, status=refusal.status)
        except web.HTTPException as error:
            response = web.json_response(_error("ServiceError", error.reason), status=error.status)
        except NoAnswer as fault:
            hangs = fault.args == ("hangs",)
        status = 0 if response is None else response.status
        self.requests.append(
            Request(request.method, request.path, status, call.kind, call.tenant_id, arrived)
        )
        if response is not None and self.correlation:
            response.headers["MS-CV"] = self.correlation
        async with self._news:
            self._news.notify_all()
        return response or await self._goes_silent(request, hangs=hangs)

    async def _tell_of_arrival(self) -> None:
        self.arrived += 1
        async with self._news:
            self._news.notify_all()

    async def _goes_silent(self, request: web.Request, *, hangs: bool) -> web.Response:
        if hangs:
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # into the void

    async def _answer(self, request: web.Request, call: Call, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(self.latency)
        await self._may_answer.wait()
        self._check_headers(request)
        if (throttled := self._throttled(call)) is not None:
            return throttled
        fault = self.faults.next_for(call)
        if fault is None:
            return await handler(request)
        if fault.though_delivered:
            await handler(request)
        if fault.how != "answers":
            raise NoAnswer(fault.how)
        body = _error(fault.code or _code_of(fault.status), "a fault the test asked for")
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        return web.json_response(body, status=fault.status, headers=headers)

    def _throttled(self, call: Call) -> web.Response | None:
        violation = self.limits.admit(_bounds(call)) if self.is_limited else None
        if violation is None:
            return None
        self.violations.append(violation)
        headers = {"Retry-After": str(math.ceil(violation.wait))}
        return web.json_response(_error("Throttled", str(violation)), status=429, headers=headers)

    def _check_headers(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if self._trusted_tokens is not None and (scheme != "Bearer" or token not in self._trusted_tokens):
            raise Refusal(401, "Unauthorized", "a bearer token of this bot is missing")
        has_body = request.method != "GET" and request.match_info.http_exception is None
        if has_body and request.content_type != "application/json":
            raise Refusal(415, "UnsupportedMediaType", f"the body is {request.content_type}")

    async def _call(self, request: web.Request) -> Call:
        """What the request is about, as far as it can be told before it is checked."""
        try:
            body = await _json(request)
        except Refusal:
            body = {}
        name = request.match_info.route.name
        if name == "create":
            return self._call_to_create(body)
        id_ = request.match_info.get("conversation", "")
        place = self.directory.find(id_)
        if place is None:
            return Call(_kind_of(name), id_, "", None, body)
        is_post = name == "send" and place.kind == "channel" and id_ == place.id
        person = place.members[0] if place.kind == "personal" else None
        return Call("post" if is_post else _kind_of(name), place.id, place.tenant_id, person, body)

    def _call_to_create(self, wish: Json) -> Call:
        channel_id, person_ids = _channel_id(wish), _member_ids(wish)
        if channel_id is not None:
            place = self.directory.find(channel_id)
            return Call("post", channel_id, place.tenant_id if place else "", None, wish)
        person = self.directory.person(person_ids[0]) if len(person_ids) == 1 else None
        if person is None:
            return Call("open", "", "", None, wish)
        return Call("open", person.chat_id, person.tenant_id, person, wish)

    async def _create(self, request: web.Request) -> web.Response:
        wish = await _json(request)
        if (channel_id := _channel_id(wish)) is not None:
            return self._create_thread(channel_id, wish.get("activity"))
        place = self._one_to_one(wish)
        created: Json = {"id": place.id, "serviceUrl": self.service_url}
        if wish.get("activity"):
            created["activityId"] = self._store(place.id, wish["activity"])
        return web.json_response(created, status=201)

    def _one_to_one(self, wish: Json) -> Conversation:
        person_ids = _member_ids(wish)
        if len(person_ids) != 1 or wish.get("isGroup"):
            raise Refusal(400, "BadArgument", "a bot can only create a chat with exactly one person")
        person = self.directory.person(person_ids[0])
        tenant = wish.get("tenantId") or ((wish.get("channelData") or {}).get("tenant") or {}).get("id")
        if person is None or tenant != person.tenant_id:
            raise Refusal(403, "ForbiddenOperationException", "there is no such person in this tenant")
        if (wall := self.directory.wall(person)) is not None and wall.at_opening is not None:
            raise Refusal(*wall.at_opening, "this person's chat is not opened")
        return self.directory.personal_chat(person)

    def _create_thread(self, channel_id: str, activity: Any) -> web.Response:
        place = self.directory.conversations.get(channel_id)
        if place is not None and place.kind != "channel":
            raise Refusal(400, "BadArgument", f"{channel_id} is no channel")
        if place is None:
            raise Refusal(404, "ConversationNotFound", f"there is no channel {channel_id}")
        if not isinstance(activity, dict):
            raise Refusal(400, "BadArgument", "a thread needs its first activity")
        first = {key: value for key, value in activity.items() if key != "conversation"}
        root = self._store(channel_id, first)
        created = {"id": f"{channel_id};messageid={root}", "activityId": root}
        return web.json_response(created | {"serviceUrl": self.service_url}, status=201)

    async def _members(self, request: web.Request) -> web.Response:
        place = self._place(request.match_info["conversation"])
        return web.json_response(self._roster.page(place, request.query))

    async def _team(self, request: web.Request) -> web.Response:
        team = self._place(request.match_info["conversation"]).team
        if team is None or team.id != request.match_info["conversation"]:
            raise Refusal(404, "ConversationNotFound", "this is no team")
        told = {"channelCount": len(team.channels), "memberCount": len(team.members)}
        group = str(uuid.uuid5(uuid.NAMESPACE_DNS, team.id))
        return web.json_response({"id": team.id, "name": team.name, "aadGroupId": group} | told)

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
        place = self._place(conversation)
        activity = self._checked(await _json(request), conversation, place)
        if activity.get("id", id_) != id_:
            raise Refusal(400, "BadArgument", "the activity and its address have different ids")
        message = self.messages.get(id_)
        if message is None or self.directory.find(message.conversation_id) is not place:
            raise Refusal(404, "ActivityNotFoundInConversation", f"there is no activity {id_}")
        message.body, message.changed = json.dumps(activity), self.next_change()
        self.edits.append(Edit(id_, message.body, self.limits.now()))
        return web.json_response({"id": id_})

    def _place(self, conversation_id: str) -> Conversation:
        place = self.directory.find(conversation_id)
        if place is None:
            raise Refusal(404, "ConversationNotFound", f"there is no conversation {conversation_id}")
        if place.kind == "personal" and (wall := self.directory.wall(place.members[0])) is not None:
            raise Refusal(*wall.at_writing, "this person is not to be reached")
        if not self.directory.may_talk_in(place):
            raise Refusal(403, "BotNotInConversationRoster", "the bot is not part of this conversation")
        return place

    def _checked(self, activity: Any, conversation_id: str, place: Conversation) -> Json:
        checked = check_activity(activity, conversation_id, is_personal=place.kind == "personal")
        for attachment in checked.get("attachments") or []:
            self.drive.check_info(attachment)
        return checked

    def _store(self, conversation_id: str, activity: Any) -> str:
        place = self._place(conversation_id)
        checked = self._checked(activity, conversation_id, place)
        id_ = self.directory.new_activity_id()
        if checked["type"] == "typing":
            self.typed.append(conversation_id)
            return id_
        opens_thread = place.kind == "channel" and conversation_id == place.id
        where = f"{conversation_id};messageid={id_}" if opens_thread else conversation_id
        message = Message(id_, where, json.dumps(checked), self.next_change())
        self.messages[id_] = message
        self._messages_in[place.id].append(message)
        return id_


def _is_aimed(call: Call, person: Person | None, kind: CallKind | None) -> bool:
    return (person is None or call.person == person) and (kind is None or call.kind == kind)


def _bounds(call: Call) -> Iterator[Bound]:
    yield Bound(f"the tenant {call.tenant_id}", PER_TENANT)
    if call.kind == "roster":
        yield Bound(f"rosters of {call.conversation_id}", READING_ROSTERS)
    elif call.kind == "open":
        yield Bound(f"opening {call.conversation_id}", OPENING)
    elif call.kind in {"post", "send", "update"}:
        yield Bound(_writing_in(call.conversation_id), WRITING)


def _writing_in(conversation_id: str) -> str:
    return f"writing in {conversation_id}"


def _kind_of(route: str | None) -> CallKind:
    kinds: dict[str | None, CallKind] = {"roster": "roster", "team": "team", "update": "update"}
    return (kinds | {"send": "send", "reply": "send"}).get(route, "")


def _channel_id(wish: Json) -> str | None:
    data = wish.get("channelData")
    channel = data.get("channel") if isinstance(data, dict) else None
    return str(channel.get("id")) if isinstance(channel, dict) else None


def _member_ids(wish: Json) -> list[str]:
    members = wish.get("members")
    listed = members if isinstance(members, list) else []
    return [str(member.get("id")) if isinstance(member, dict) else "" for member in listed]


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise Refusal(400, "BadSyntax", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "BadSyntax", "the body is no object")
    return body


def _error(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message}}


def _code_of(status: int) -> str:
    codes = {403: "ConversationBlockedByUser", 404: "ConversationNotFound", 412: "PreconditionFailed"}
    return (codes | {413: "MessageSizeTooBig", 429: "Throttled"}).get(status, "ServiceError")
