"""All durable work of one process, put together.

The engine takes longer to load than all else, and no turn asks for it: what people begin stands in the
database, where the look around finds it. So the bot answers before it works.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

from assessment.privacy import Retention
from content.loading import Content
from jobs.announcing import Announcer
from jobs.asking import Asker
from jobs.closing import Closer
from jobs.courtesy import Courtesy
from jobs.means import Means
from jobs.onlooker import Onlooker
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

if TYPE_CHECKING:
    from jobs.engine import Engine, Job


HEAD_START = 1.0
"""Seconds. To load the engine takes the processor from whoever knocks first, as what starts bots does."""


class CannotWork(Exception):
    """Durable work cannot begin; the message says what to do."""


@asynccontextmanager
async def meanwhile(
    work: AbstractAsyncContextManager[None], give_up: Callable[[], None]
) -> AsyncIterator[None]:
    """Enter `work` some time after the block begins, and leave it when the block ends.

    Where it ends of itself, as by an error, `give_up` is called, and the end of the block raises the error.
    """
    ending = asyncio.Event()

    async def until_the_end() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), HEAD_START)
            return
        async with work:
            await ending.wait()

    task = asyncio.create_task(until_the_end())
    task.add_done_callback(lambda _: None if ending.is_set() else give_up())
    try:
        yield
    finally:
        ending.set()
        await task


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
    onlooker: Onlooker,
) -> AsyncIterator[None]:
    """Do durable work until the block ends; what is left then, another process or the next start does.

    Whoever begins something sets `nudged`, so that it is seen at once, or as soon as work begins. Raises
    CannotWork.
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
    watched = {name: onlooker.job(name, job) for name, job in jobs.items()}
    # In a thread: turns are answered meanwhile.
    engine = (await asyncio.to_thread(_engine_class))(database_url, replica, watched)
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
    async with AsyncExitStack() as stack:
        try:
            # Before it takes work, so that it is missed if it dies in that very moment.
            await database.deliveries.beat(replica)
            await stack.enter_async_context(engine)
        except Exception as error:
            raise CannotWork(
                f"The engine of its surveys does not begin: {error}. It has tables of its own in the bot's "
                "database, in PostgreSQL in the schema dbos: check that the bot may make and change them."
            ) from error
        await stack.enter_async_context(watch.looking())
        stack.enter_context(onlooker.queue(engine.length))
        yield
    await watch.leave()


@cache
def _engine_class() -> type[Engine]:
    from jobs.engine import Engine  # noqa: PLC0415 - loads DBOS and SQLAlchemy

    # They stay, as what app.py freezes.
    gc.freeze()
    return Engine
