"""Calls to Teams, each with a span of its own, and counted by what is known of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any, TypeVar

from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams
from opentelemetry import trace
from opentelemetry.metrics import Counter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode, Tracer

from bot.teams import Teams
from bot.telemetry.spans import named, quiet_span
from bot.tokens import Credentials, NoToken
from cards.elements import Card
from jobs.port import Outcome, Refused, RetryAfter, Unknown
from storage.surveys import Home, Post

CORRELATION = "MS-CV"
"""The header by which Microsoft's services find a call in their own logs; not every answer has one."""

UNAUTHORIZED = 401

_T = TypeVar("_T")


class WatchedTeams(Teams):
    """The port to Teams, counted. Reading rosters and names brings nobody anything, and is not."""

    def __init__(
        self,
        session: ClientSession,
        credentials: Credentials,
        trusts: Callable[[str], bool],
        *,
        tracer: Tracer,
        sends: Counter,
        auth_failures: Counter,
    ) -> None:
        super().__init__(session, credentials, trusts)
        self._tracer = tracer
        self._sends = sends
        self._auth_failures = auth_failures

    async def send(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> Outcome:
        """Post an activity to a conversation."""
        return await self._counted("send", super().send(service_url, conversation_id, activity))

    async def reply(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome:
        """Post an activity in answer to another one."""
        call = super().reply(service_url, conversation_id, activity_id, activity)
        return await self._counted("reply", call)

    async def update(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome:
        """Replace an activity that was sent before; repeating it is harmless."""
        call = super().update(service_url, conversation_id, activity_id, activity)
        return await self._counted("update", call)

    async def open_chat(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        """The 1:1 chat with a person; each call leads to the same chat."""
        return await self._counted("open", super().open_chat(service_url, bot_id, tenant_id, member_id))

    async def post_card(self, home: Home, channel_id: str, card: Card) -> Outcome | Post:
        """Begin a new thread in a channel."""
        return await self._counted("post", super().post_card(home, channel_id, card))

    async def upload(self, url: str, content: bytes, content_type: str) -> Outcome:
        """Hand a file over."""
        return await self._counted("upload", super().upload(url, content, content_type))

    async def _counted(self, operation: str, call: Awaitable[_T]) -> _T:
        with quiet_span(self._tracer, f"teams {operation}", SpanKind.CLIENT) as span:
            outcome = await call
            result = _result(outcome)
            span.set_attributes(named(operation=operation, result=result))
            if result in {"refused", "unknown"}:
                span.set_status(StatusCode.ERROR)
            # Within the span, so that an example of the metric leads to it.
            self._sends.add(1, {"operation": operation, "result": result})
        return outcome

    async def _headers(self) -> dict[str, str]:
        try:
            return await super()._headers()
        except NoToken:
            self._auth_failures.add(1, {"reason": "no-own-token"})
            raise


def heeding(refused: Callable[[], None]) -> TraceConfig:
    """What aiohttp tells of each answer goes to the call's span; `refused` hears of tokens not accepted."""

    async def ended(_: ClientSession, __: SimpleNamespace, answer: TraceRequestEndParams) -> None:
        status = answer.response.status
        if status == UNAUTHORIZED and "Authorization" in answer.headers:
            refused()
        span = trace.get_current_span()
        if isinstance(span, ReadableSpan) and span.kind is SpanKind.CLIENT:
            span.set_attribute("http.response.status_code", status)
            span.set_attributes(named(correlation=answer.response.headers.get(CORRELATION, "")))

    config = TraceConfig()
    config.on_request_end.append(ended)
    return config


def _result(outcome: object) -> str:
    match outcome:
        case RetryAfter():
            return "later"
        case Refused():
            return "refused"
        case Unknown():
            return "unknown"
    return "sent"
