"""All durable work of one process, put together."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from assessment.privacy import Retention
from content.loading import Content
from dialogs.survey_views import SurveyViews
from jobs.closing import Closer
from jobs.engine import Engine, Job
from jobs.pacer import Pacer
from jobs.port import Port
from jobs.posting import Poster
from jobs.sending import Sender
from jobs.watch import Watch, start_parts
from storage.database import Database
from storage.deliveries import Round


@asynccontextmanager
async def working(  # noqa: PLR0913 - what work needs
    database_url: str,
    content: Content,
    database: Database,
    *,
    views: SurveyViews,
    port: Port,
    pacer: Pacer,
    nudged: asyncio.Event,
    retention: Retention,
    clock: Callable[[], dt.datetime],
) -> AsyncIterator[None]:
    """Do durable work until the block ends; what is left then, another process or the next start does.

    Whoever begins something sets `nudged`, so that it is seen at once.
    """
    replica = uuid4().hex
    sender = Sender(content, database, port, pacer, replica=replica, clock=clock)
    poster = Poster(database, views, port, pacer, clock=clock)
    closer = Closer(database, poster, clock=clock)

    async def send_round(survey_id: str, number: int) -> None:
        parts = await sender.plan_round(survey_id, number)
        await start_parts(engine, Round(survey_id, number), parts)

    jobs: dict[str, Job] = {"round": send_round, "part": sender.send_part, "close": closer.close}
    engine = Engine(database_url, replica, jobs, slow={"part"})
    watch = Watch(database, engine, poster, replica=replica, nudged=nudged, retention=retention, clock=clock)
    # Before it takes work, so that it is missed if it dies in that very moment.
    await database.deliveries.beat(replica)
    async with engine, watch.looking():
        yield
    await watch.leave()
