"""All durable work of one process, put together."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from assessment.privacy import Retention
from content.loading import Content
from jobs.announcing import Announcer
from jobs.asking import Asker
from jobs.closing import Closer
from jobs.courtesy import Courtesy
from jobs.engine import Engine, Job
from jobs.means import Means
from jobs.pacer import Pacer
from jobs.port import Port
from jobs.posting import Poster
from jobs.scheduling import JOB as SCHEDULED
from jobs.scheduling import Scheduling
from jobs.sending import Sender
from jobs.starting import Starter
from jobs.telling import Teller
from jobs.tidying import Tidier
from jobs.watch import Watch, start_parts
from storage.database import Database
from storage.deliveries import Round


@asynccontextmanager
async def working(  # noqa: PLR0913 - all that durable work is made of
    database_url: str,
    content: Content,
    database: Database,
    *,
    means: Means,
    port: Port,
    pacer: Pacer,
    nudged: asyncio.Event,
    retention: Retention,
    clock: Callable[[], dt.datetime],
) -> AsyncIterator[None]:
    """Do durable work until the block ends; what is left then, another process or the next start does.

    Whoever begins something sets `nudged`, so that it is seen at once.
    """
    replica, texts, views, respect = uuid4().hex, content.texts, means.views, means.respect
    courtesy = Courtesy(database, respect, clock=clock)
    sender = Sender(content, database, port, pacer, courtesy=courtesy, replica=replica, clock=clock)
    poster = Poster(database, views, port, pacer, clock=clock)
    announcer = Announcer(texts, database, views, port, pacer=pacer, replica=replica, clock=clock)
    closer = Closer(database, poster, announcer, clock=clock)
    starter = Starter(texts, database, poster, means, clock=clock)

    async def send_round(survey_id: str, number: int) -> None:
        parts = await sender.plan_round(survey_id, number)
        await start_parts(engine, Round(survey_id, number), parts)

    jobs: dict[str, Job] = {
        "round": send_round,
        "part": sender.send_part,
        "close": closer.close,
        SCHEDULED: starter.start,
    }
    engine = Engine(database_url, replica, jobs)
    scheduling = Scheduling(texts, database, engine, means, port=port, pacer=pacer, clock=clock)
    asker = Asker(texts, database, port, pacer, respect=respect, tidings=means.tidings, clock=clock)
    teller = Teller(database, views, port, pacer, respect=respect, clock=clock)
    tidier = Tidier(database, engine, retention, clock=clock)
    habits = (
        poster.show_progress,
        announcer.announce,
        scheduling.look,
        asker.look,
        teller.look,
        tidier.look,
    )
    watch = Watch(database, engine, announcer, replica=replica, nudged=nudged, clock=clock, habits=habits)
    # Before it takes work, so that it is missed if it dies in that very moment.
    await database.deliveries.beat(replica)
    async with engine, watch.looking():
        yield
    await watch.leave()
