"""The engine that keeps work until it is done. The only module that knows DBOS.

There is one DBOS in a process, so one Engine is open at a time. Its tables are in the bot's own database:
beside ours in SQLite, in the schema `dbos` in PostgreSQL.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any, Self

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from dbos import error as dbos_error

log = logging.getLogger(__name__)

Job = Callable[..., Awaitable[None]]
"""A coroutine function of strings and integers. It may run more than once for one id."""

APPLICATION = "maturity-coach"

JOBS_VERSION = "1"
"""Work of another version is left alone. Raise it only when the jobs of before can no longer be run."""

JOB = "job"

JOBS_AT_ONCE = 2
"""Of each kind, per replica. A job is a part of a survey, never one person."""

POLL_SECONDS = 0.5
"""How long new work waits for a replica that is free, at most; a survey's first letter waits twice."""

CLOSING_SECONDS = 0.2
"""How long DBOS takes to close."""

CONNECTIONS = 4
"""To PostgreSQL, per replica, to run work; DBOS always holds one of them."""

CONNECTIONS_TO_ASK = 2
"""Further ones, to start work and to ask about it."""

ATTEMPTS = 9
RETRY_SECONDS = 1.0
"""Until the second attempt. Each pause is double the last, so that the attempts span four minutes."""

GRACE_SECONDS = 5.0
"""In which running jobs may finish when the engine closes."""

UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]

DELETED_AT_ONCE = 1000


class Engine:
    """Runs jobs on the event loop it is opened in; work may be started here and run by another replica.

    What was started runs, at least once, until it succeeds or its attempts are used up. It survives restarts;
    when a process dies without closing its engine, somebody has to call `take_over`.
    """

    def __init__(
        self,
        database_url: str,
        replica: str,
        jobs: Mapping[str, Job],
        *,
        retry_seconds: float = RETRY_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """`replica` names this process; no other one, alive or dead, has that name.

        The jobs of each name have a queue of their own, so that none waits for those of another name.
        """
        _log_like_everybody()
        self._url = database_url
        self._replica = replica
        self._jobs = jobs
        self._retry_seconds = retry_seconds
        self._grace_seconds = grace_seconds
        self._running: set[asyncio.Task[Any]] = set()
        self._closing = False
        # It asks from outside. DBOS itself lets no job start another, and waits for a database that is away.
        self._client = DBOSClient(
            system_database_url=database_url,
            system_database_pool_size=CONNECTIONS_TO_ASK,
            application_name=APPLICATION,
            serializer=DBOSPortableJSONSerializer(),
            retry_connection_errors=False,
            lazy=True,
        )

    async def __aenter__(self) -> Self:
        """Begin to work, in a database that exists and can be reached. An engine is opened once."""
        try:
            await asyncio.to_thread(self._prepare)
            await asyncio.to_thread(self._launch_for, asyncio.get_running_loop())
        except BaseException:
            await self._destroy()
            await asyncio.to_thread(self._client.destroy)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more work, let running jobs finish for a while, and put the rest back into the queue."""
        for stop in self._dbos.background_thread_stop_events:
            stop.set()
        await self._wait_for_jobs()
        self._closing = True
        for task in self._running:
            task.cancel()
        await self._wait_for_jobs()
        await self._destroy()
        await self._put_back_in_time()
        await asyncio.to_thread(self._client.destroy)

    async def start(self, name: str, id: str, *args: str | int) -> None:  # noqa: A002 - it is the id
        """Have a job run with `args`, somewhere, soon. An id that was started before is left as it is."""
        await self._client.enqueue_async(
            {
                "workflow_name": JOB,
                "queue_name": _queue(name),
                "workflow_id": id,
                "app_version": JOBS_VERSION,
            },
            name,
            *args,
        )

    async def unfinished(self, prefix: str) -> set[str]:
        """The ids with this prefix whose jobs wait or run, anywhere."""
        found = await self._client.list_workflows_async(
            status=UNFINISHED, workflow_id_prefix=prefix, load_input=False, load_output=False
        )
        return {one.workflow_id for one in found}

    async def length(self) -> int:
        """How many jobs wait or run, anywhere."""
        return len(await self.unfinished(""))

    async def take_over(self, replica: str) -> None:
        """Hand the unfinished work of a replica that died to whoever is alive; several may do so at once."""
        # The public way, list and resume, would begin a job again that somebody took over in between.
        await asyncio.to_thread(DBOS._recover_pending_workflows, [replica])  # noqa: SLF001 - see above

    async def forget(self, before: dt.datetime) -> None:
        """Delete what had finished by then, to the second. A forgotten id can be started again."""
        while found := await self._client.list_workflows_async(
            completed_before=before.isoformat(), limit=DELETED_AT_ONCE, load_input=False, load_output=False
        ):
            await self._client.delete_workflows_async([one.workflow_id for one in found])

    def _prepare(self) -> None:
        """Bring DBOS's tables up to date; several replicas may do so at once."""
        DBOS.migrate(self._url)
        # Before the launch, which finds the queues there are; for others DBOS looks a second later.
        for name in self._jobs:
            self._client.register_queue(
                _queue(name), worker_concurrency=JOBS_AT_ONCE, polling_interval_sec=POLL_SECONDS
            )

    def _launch_for(self, loop: asyncio.AbstractEventLoop) -> None:
        """Launch DBOS in this thread, and have it run jobs on that loop.

        On the loop itself it would wait for SQLite's lock for ever: a turn that holds it needs the loop.
        """
        # DBOS runs jobs on the loop that it finds running where it is launched.
        asyncio._set_running_loop(loop)  # noqa: SLF001 - for event loops, says asyncio; there is no other way
        try:
            self._launch()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001 - as above

    def _launch(self) -> None:
        self._dbos = DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": self._url,
                "sys_db_pool_size": CONNECTIONS,
                "run_migrations": False,  # `_prepare` did, and without blocking the loop
                "executor_id": self._replica,
                "application_version": JOBS_VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                # Nobody waits for a job's result; to listen costs a connection and 100 wake-ups a second.
                "use_listen_notify": False,
                # What it does instead of listening: it sleeps, and sees so late that it is to end.
                "notification_listener_polling_interval_sec": CLOSING_SECONDS,
            }
        )
        self._register()
        DBOS.launch()

    def _register(self) -> None:
        """Every job is the same workflow of one step, with the job's name as its first argument."""

        @DBOS.step(
            name="attempt",
            retries_allowed=True,
            max_attempts=ATTEMPTS,
            interval_seconds=self._retry_seconds,
            backoff_rate=2.0,
        )
        async def attempt(name: str, *args: str | int) -> None:
            await self._jobs[name](*args)

        @DBOS.workflow(name=JOB)
        async def job(name: str, *args: str | int) -> None:
            self._watch_this_task()
            try:
                await attempt(name, *args)
            except dbos_error.DBOSMaxStepRetriesExceeded as given_up:
                cause = given_up.errors[-1]
                log.error("the job %s, %s, is given up", name, DBOS.workflow_id, exc_info=cause)  # noqa: TRY400 - the last attempt's trace says more

    def _watch_this_task(self) -> None:
        if self._closing:
            # It was taken from the queue as the engine closed; nothing is noted of a cancelled job.
            raise asyncio.CancelledError
        if task := asyncio.current_task():
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _wait_for_jobs(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._grace_seconds)

    async def _destroy(self) -> None:
        # The loop's threads became those of DBOS, which end now.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    async def _put_back_in_time(self) -> None:
        """DBOS waits for ever for a SQLite file that is locked; a bot that is to stop does not."""
        work = Thread(target=self._put_back, name="put-back", daemon=True)
        work.start()
        await asyncio.to_thread(work.join, self._grace_seconds)
        if work.is_alive():
            log.warning("unfinished jobs could not be put back in time; they are taken over later")

    def _put_back(self) -> None:
        """Nothing of ours runs any more, so what is noted as running here has to be begun again."""
        try:
            for queue in map(_queue, self._jobs):
                begun = self._client.list_workflows(
                    status="PENDING",
                    executor_id=self._replica,
                    queue_name=queue,
                    load_input=False,
                    load_output=False,
                )
                self._client.resume_workflows([one.workflow_id for one in begun], queue_name=queue)
        except Exception as error:  # noqa: BLE001 - each database has its own; `take_over` does the same later
            log.warning("could not put unfinished jobs back: %s", error)


def _queue(name: str) -> str:
    return f"{name}-jobs"


def _log_like_everybody() -> None:
    """Where nobody handles its log DBOS would write to the console itself, in its own format."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
