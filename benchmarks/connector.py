"""A stand-in for Teams' connector in a process of its own: quick, not strict, and it notes when calls come.

It is started by `sending.py`: `python -m benchmarks.connector PORT MEMBERS LATENCY`.
"""

import asyncio
import itertools
import sys
import time
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

Json = dict[str, Any]

PAGE = 500
"""Members on one page of a roster, as many as Teams gives."""

TICK = 0.01
"""Seconds."""


class Connector:
    """Takes whatever comes. Members are numbered; `latency` is the seconds until a call is answered."""

    def __init__(self, members: int, latency: float) -> None:
        self._members = members
        self._latency = latency
        self._ids = itertools.count(1_763_900_000_000)
        self._arrivals: dict[str, array[float]] = defaultdict(lambda: array("d"))
        self._in_channels: dict[str, Json] = {}
        self._lags: list[tuple[float, float]] = []

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._noted])
        app.cleanup_ctx.append(self.watch_itself)
        activities = "/v3/conversations/{conversation}/activities"
        app.router.add_post("/v3/conversations", self._create, name="open")
        app.router.add_get("/v3/conversations/{conversation}/pagedmembers", self._page, name="roster")
        app.router.add_get("/v3/teams/{team}", self._team, name="team")
        app.router.add_post(activities, self._take, name="send")
        app.router.add_post(activities + "/{activity}", self._take, name="reply")
        app.router.add_put(activities + "/{activity}", self._change, name="edit")
        app.router.add_get("/sent", self._told_sent)
        app.router.add_get("/arrivals", self._told_arrivals)
        app.router.add_get("/channel", self._told_channel)
        return app

    async def watch_itself(self, _: web.Application) -> AsyncIterator[None]:
        """Know how late calls may have been noted: what the machine holds up here comes in a bunch."""
        watching = asyncio.create_task(self._watch())
        yield
        watching.cancel()

    async def _watch(self) -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            now = time.monotonic()
            if now > due + TICK:
                self._lags.append((now, now - due))

    @web.middleware
    async def _noted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.match_info.route.name
        if name is not None:
            is_post = request.match_info.get("conversation", "").startswith("19:")
            self._arrivals["post" if is_post else name].append(time.monotonic())
            await asyncio.sleep(self._latency)
        return await handler(request)

    async def _create(self, request: web.Request) -> web.Response:
        wish = await _body(request)
        channel = wish["channelData"].get("channel")
        if channel is None:
            return web.json_response({"id": wish["members"][0]["id"].replace("29:", "a:")}, status=201)
        activity_id = self._new_id()
        thread = f"{channel['id']};messageid={activity_id}"
        self._keep(activity_id, thread, wish["activity"])
        return web.json_response({"id": thread, "activityId": activity_id}, status=201)

    async def _take(self, request: web.Request) -> web.Response:
        activity_id, conversation = self._new_id(), request.match_info["conversation"]
        if conversation.startswith("19:"):
            self._keep(activity_id, conversation, await _body(request))
        return web.json_response({"id": activity_id}, status=201)

    async def _change(self, request: web.Request) -> web.Response:
        activity_id = request.match_info["activity"]
        self._keep(activity_id, request.match_info["conversation"], await _body(request))
        return web.json_response({"id": activity_id})

    async def _page(self, request: web.Request) -> web.Response:
        begin = int(request.query.get("continuationToken", 0))
        end = min(begin + PAGE, self._members)
        told: Json = {"members": [_member(number) for number in range(begin, end)]}
        if end < self._members:
            told["continuationToken"] = str(end)
        return web.json_response(text=orjson.dumps(told).decode())

    async def _team(self, _: web.Request) -> web.Response:
        return web.json_response({"name": "Contoso CoE"})

    async def _told_sent(self, _: web.Request) -> web.Response:
        """How many messages came to people's own chats, and when the newest call came."""
        newest = max((times[-1] for times in self._arrivals.values() if times), default=0.0)
        return web.json_response([len(self._arrivals["send"]), newest])

    async def _told_arrivals(self, _: web.Request) -> web.Response:
        """The instants of all calls by kind, in seconds of the machine's monotonic clock; and its lags."""
        arrivals = {kind: times.tolist() for kind, times in self._arrivals.items()}
        return web.json_response({"arrivals": arrivals, "lags": self._lags})

    async def _told_channel(self, _: web.Request) -> web.Response:
        """What channels hold now, oldest first."""
        return web.json_response(list(self._in_channels.values()))

    def _new_id(self) -> str:
        return str(next(self._ids))

    def _keep(self, activity_id: str, conversation: str, activity: Json) -> None:
        card = activity["attachments"][0]["content"]
        self._in_channels[activity_id] = {"id": activity_id, "conversation": conversation, "card": card}


def _member(number: int) -> Json:
    return {
        "id": f"29:{number}",
        "name": f"Maker {number}",
        "aadObjectId": str(UUID(int=number + 1)),
        "email": f"maker.{number}@contoso.example",
        "userPrincipalName": f"maker.{number}@contoso.example",
        "userRole": "user",
    }


async def _body(request: web.Request) -> Json:
    body: Json = orjson.loads(await request.read())
    return body


if __name__ == "__main__":
    port, members, latency = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    connector = Connector(members, latency)
    web.run_app(connector.app(), host="127.0.0.1", port=port, print=None, access_log=None)
