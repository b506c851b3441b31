"""What is kept no longer than it may be."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from assessment.privacy import Retention
from storage.database import Database

if TYPE_CHECKING:
    from jobs.engine import Engine

log = logging.getLogger(__name__)

TIDY_EVERY = dt.timedelta(hours=1)

WORK_KEPT = dt.timedelta(days=7)
"""How long the engine's own rows stay after the work is done."""


class Tidier:
    """Deletes what is old, at every replica; what another one deleted is simply not there any more."""

    def __init__(
        self, database: Database, engine: Engine, retention: Retention, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self._database = database
        self._engine = engine
        self._retention = retention
        self._clock = clock
        self._tidied_at: dt.datetime | None = None

    async def look(self) -> None:
        """Tidy up when that is due."""
        now = self._clock()
        if self._tidied_at is not None and now - self._tidied_at < TIDY_EVERY:
            return
        if dropped := await self._database.privacy.tidy(self._retention, now):
            log.info("%d rows were older than they may be, and are deleted", dropped)
        # Its rows have the machine's time.
        await self._engine.forget(dt.datetime.now(dt.UTC) - WORK_KEPT)
        self._tidied_at = now
        # With what was deleted since the last time and could not be erased at once.
        await self._database.erase()
