"""Telemetry that is on: the bot's parts, each in a wrapping that measures.

A turn's span begins a trace of its own: a `traceparent` that comes along is anybody's before the token is
checked, and Teams sends none. Nothing of a request is kept before that either, only how it was refused.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ActivityTypes
from opentelemetry.context import Context
from opentelemetry.metrics import Counter, Meter
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id

from bot.door import MESSAGES
from bot.handler import CARD_PRESS, FILE_CONSENT, Ending
from bot.logs import reference, tracing
from bot.teams import Teams
from bot.telemetry.calls import WatchedTeams, heeding
from bot.telemetry.exporting import NAME, Exporting
from bot.telemetry.measures import (
    AUTH_FAILURES,
    BACKLOG,
    CHECKS,
    ENGINE_JOBS,
    INCOMING,
    INVITATIONS,
    OVERLOADED,
    REFUSALS,
    SENDS,
    TURN_BOUNDS,
    TURNS,
    Measure,
)
from bot.telemetry.readings import Readings
from bot.telemetry.spans import named, quiet_span
from bot.tokens import Credentials
from bot.watching import OnTurn, Unwatched
from jobs.onlooker import Length
from storage.overview import Overview

if TYPE_CHECKING:
    from jobs.engine import Job

OF_SURVEYS = {"round": ("survey", "round"), "part": ("survey", "round", "part"), "close": ("survey",)}
"""Jobs whose arguments say which survey they are about; none is about a person."""

_KINDS = {
    ActivityTypes.installation_update: "installation",
    ActivityTypes.conversation_update: "installation",
    CARD_PRESS: "press",
    FILE_CONSENT: "file",
}


@dataclass(slots=True)
class _Turn:
    """What is known of a request as it goes on."""

    kind: str = "other"
    outcome: str = ""
    activity: str = ""


_turn: ContextVar[_Turn] = ContextVar("turn")


class Telemetry(Unwatched):
    """Measures, for as long as the app runs."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._length: Length | None = None
        self.middlewares = (self._watch,)
        self.trace_configs = [heeding(self._own_token_was_refused)]

    @asynccontextmanager
    async def watching(self, overview: Overview, clock: Callable[[], dt.datetime]) -> AsyncIterator[None]:
        """Measure and export until the block ends; then what is left is sent, for a while."""
        exporting = Exporting(self._endpoint)
        meter = exporting.metrics.get_meter(NAME)
        self._tracer = exporting.traces.get_tracer(NAME)
        self._turns = meter.create_histogram(
            TURNS.name, TURNS.unit, TURNS.meaning, explicit_bucket_boundaries_advisory=TURN_BOUNDS
        )
        self._sends, self._auth_failures = _counter(meter, SENDS), _counter(meter, AUTH_FAILURES)
        readings = Readings(meter, asyncio.get_running_loop())
        self._add_gauges(readings, overview, clock)
        try:
            yield
        finally:
            await exporting.flush()
            readings.close()

    def _add_gauges(self, readings: Readings, overview: Overview, clock: Callable[[], dt.datetime]) -> None:
        async def backlog() -> Mapping[str, float]:
            ages = await overview.backlog(clock())
            return {kind: age.total_seconds() for kind, age in ages.items()}

        async def length() -> Mapping[str, float]:
            return {"": await self._length()} if self._length else {}

        readings.add(BACKLOG, backlog)
        readings.add(INVITATIONS, overview.invitations)
        readings.add(CHECKS, overview.checks)
        readings.add(ENGINE_JOBS, length)

    def teams(self, session: ClientSession, credentials: Credentials, trusts: Callable[[str], bool]) -> Teams:
        """The port to Teams, counted."""
        return WatchedTeams(
            session,
            credentials,
            trusts,
            tracer=self._tracer,
            sends=self._sends,
            auth_failures=self._auth_failures,
        )

    def turns(self, on_turn: OnTurn) -> OnTurn:
        """What runs a turn, noted: from here on it is known that Teams sent it."""

        async def noted(context: TurnContext) -> Ending:
            turn = _turn.get()
            turn.kind, turn.activity = _kind(context.activity), context.activity.id or ""
            ending = await on_turn(context)
            turn.outcome = ending
            return ending

        return noted

    def job(self, name: str, job: Job) -> Job:
        """A piece of durable work, with a trace of its own."""

        async def traced(*args: str | int) -> None:
            with quiet_span(self._tracer, f"job {name}", SpanKind.INTERNAL, Context()) as span:
                about = zip(OF_SURVEYS.get(name, ()), args, strict=False)
                span.set_attributes(named(job=name, **dict(about)))
                with tracing(_trace_of(span)):
                    await _failing(span, job(*args))

        return traced

    @contextmanager
    def queue(self, length: Length) -> Iterator[None]:
        """While the engine works, the length of its queue is a gauge."""
        self._length = length
        try:
            yield
        finally:
            self._length = None

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Around every request; only those that bring activities are turns."""
        if request.path != MESSAGES or request.method != "POST":
            return await handler(request)
        turn, begun = _Turn(), time.perf_counter()
        _turn.set(turn)
        with quiet_span(self._tracer, "turn", SpanKind.SERVER, Context()) as span, tracing(_trace_of(span)):
            try:
                return await _ended(turn, handler(request))
            finally:
                self._tell(turn, span, time.perf_counter() - begun)

    def _tell(self, turn: _Turn, span: Span, seconds: float) -> None:
        said = {"kind": turn.kind, "outcome": turn.outcome}
        span.set_attributes(named(**said, activity=turn.activity, reference=reference()))
        if turn.outcome in {"apologised", "not-sent", "failed"}:
            span.set_status(StatusCode.ERROR)
        self._turns.record(seconds, said)
        if turn.outcome in INCOMING:
            self._auth_failures.add(1, {"reason": turn.outcome})

    def _own_token_was_refused(self) -> None:
        self._auth_failures.add(1, {"reason": "own-token-refused"})


async def _ended(turn: _Turn, answering: Awaitable[web.StreamResponse]) -> web.StreamResponse:
    """The answer; however the request ended, its outcome is noted."""
    try:
        response = await answering
    except web.HTTPException as error:
        turn.outcome = _refusal(error)
        raise
    except asyncio.CancelledError:
        turn.outcome = "abandoned"
        raise
    except Exception:
        turn.outcome = "failed"
        raise
    turn.outcome = turn.outcome or _refusal(response)
    return response


def _refusal(answer: web.StreamResponse) -> str:
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers:
        return OVERLOADED
    return REFUSALS.get(answer.status, "failed")


async def _failing(span: Span, work: Awaitable[None]) -> None:
    """Do it; a failure is marked, in no words."""
    try:
        await work
    except Exception:
        span.set_status(StatusCode.ERROR)
        raise


def _kind(activity: Activity) -> str:
    if activity.type == ActivityTypes.message:
        return "press" if isinstance(activity.value, dict) and not activity.text else "message"
    return _KINDS.get(activity.name if activity.type == ActivityTypes.invoke else activity.type, "other")


def _trace_of(span: Span) -> str:
    """The id under which a trace can be found; "" for one that is not kept."""
    return format_trace_id(span.get_span_context().trace_id) if span.is_recording() else ""


def _counter(meter: Meter, measure: Measure) -> Counter:
    """A counter at 0 for all that may be counted: of what is not there yet nobody sees the first one."""
    counter = meter.create_counter(measure.name, measure.unit, measure.meaning)
    combinations: list[dict[str, str]] = [{}]
    for name, values in measure.attributes.items():
        combinations = [one | {name: value} for one in combinations for value in values]
    for one in combinations:
        counter.add(0, one)
    return counter
