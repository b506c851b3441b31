"""Who watches the bot at work: nobody, unless telemetry is on.

What nobody watches is handed back as it is, so that it costs nothing. `bot/telemetry/`, which loads
OpenTelemetry, puts something in its place that measures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from aiohttp import ClientSession, TraceConfig
from aiohttp.typedefs import Middleware
from botbuilder.core import TurnContext

from bot.handler import Ending
from bot.teams import Teams
from bot.tokens import Credentials
from jobs.onlooker import Length
from storage.overview import Overview

if TYPE_CHECKING:
    from jobs.engine import Job

OnTurn = Callable[[TurnContext], Awaitable[Ending]]


class Unwatched:
    """What app.py asks for; also the way in which durable work is looked at (`jobs.onlooker`)."""

    middlewares: Sequence[Middleware] = ()
    """Around every request."""
    trace_configs: list[TraceConfig] | None = None
    """Around every call on the shared session."""

    @asynccontextmanager
    async def watching(self, overview: Overview, clock: Callable[[], dt.datetime]) -> AsyncIterator[None]:  # noqa: ARG002
        """Measure until the block ends."""
        yield

    def teams(self, session: ClientSession, credentials: Credentials, trusts: Callable[[str], bool]) -> Teams:
        """The port to Teams."""
        return Teams(session, credentials, trusts)

    def turns(self, on_turn: OnTurn) -> OnTurn:
        """What runs a turn."""
        return on_turn

    def job(self, name: str, job: Job) -> Job:  # noqa: ARG002
        """What does a piece of durable work."""
        return job

    @contextmanager
    def queue(self, length: Length) -> Iterator[None]:  # noqa: ARG002
        """Nobody asks how many jobs there are."""
        yield
