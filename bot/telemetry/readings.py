"""Gauges: what stands in the database and in the engine's queue, read whenever it is exported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from bot.telemetry.measures import Measure
from storage.database import RAISED

READ_WITHIN = 5.0
"""Seconds. A gauge that takes longer is left out, rather than told from long ago."""

Read = Callable[[], Coroutine[Any, Any, Mapping[str, float]]]
"""A number for each value of the one attribute; for a gauge without one, under ""."""


class Readings:
    """Each gauge is read once for an export, on the loop, where the database is."""

    def __init__(self, meter: Meter, loop: asyncio.AbstractEventLoop) -> None:
        self._meter = meter
        self._loop = loop
        self._is_open = True

    def add(self, measure: Measure, read: Read) -> None:
        """Have a gauge read like this."""
        callback = partial(self._observe, measure, read)
        self._meter.create_observable_gauge(measure.name, [callback], measure.unit, measure.meaning)

    def close(self) -> None:
        """Read nothing any more: the loop is about to end."""
        self._is_open = False

    def _observe(self, measure: Measure, read: Read, _: CallbackOptions) -> Iterable[Observation]:
        values = self._values(read) if self._is_open else {}
        return [Observation(value, dict.fromkeys(measure.attributes, said)) for said, value in values.items()]

    def _values(self, read: Read) -> Mapping[str, float]:
        """Blocks the thread that exports. Nothing where the database is away or slow, which others log."""
        reading = asyncio.run_coroutine_threadsafe(read(), self._loop)
        try:
            return reading.result(READ_WITHIN)
        except RAISED.unavailable:
            reading.cancel()
            return {}
