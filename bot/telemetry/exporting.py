"""The way out of traces and metrics: the SDK's own threads bring them to a collector, or lose them.

A collector that is away costs no turn anything: spans wait in a queue (OTEL_BSP_MAX_QUEUE_SIZE, 2,048) that
drops the oldest; metrics are sums, which the next export brings anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from threading import Thread
from typing import Any
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

log = logging.getLogger(__name__)

NAME = "maturity-coach"
"""The service's, where OTEL_SERVICE_NAME does not say."""

FLUSH_WITHIN = 3.0
"""Seconds for the last batches as the bot stops."""

NOISY = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal")
"""They write a line for each try and each lost span; `_Reach` says the same in one."""


class Exporting:
    """Providers of traces and metrics, with what brings them to the collector."""

    def __init__(self, endpoint: str) -> None:
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        resource = _resource()
        self._spans = _Spans(OTLPSpanExporter(f"{endpoint}/v1/traces"))
        self._metrics = _Metrics(f"{endpoint}/v1/metrics")
        self.traces = TracerProvider(resource=resource, shutdown_on_exit=False)
        self.traces.add_span_processor(BatchSpanProcessor(self._spans))
        reader = PeriodicExportingMetricReader(self._metrics)
        self.metrics = MeterProvider([reader], resource=resource, shutdown_on_exit=False)

    async def flush(self) -> None:
        """Send what is left, and end; what takes longer than FLUSH_WITHIN is lost."""
        ends = [Thread(target=one.shutdown, daemon=True) for one in (self.traces, self.metrics)]
        for one in ends:
            one.start()
        await asyncio.gather(*(asyncio.to_thread(one.join, FLUSH_WITHIN) for one in ends))
        # Who still tries gives up now; the SDK itself would wait for half a minute.
        self._spans.shutdown()
        self._metrics.shutdown()


class _Reach:
    """Says once that nothing arrives, and once that it does again."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._is_there = True

    def note(self, *, arrived: bool) -> None:
        if self._is_there and not arrived:
            log.warning("the collector takes no %s; turns do not wait for it, some are lost", self._what)
        elif arrived and not self._is_there:
            log.info("the collector takes %s again", self._what)
        self._is_there = arrived


class _Spans(SpanExporter):
    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._reach = _Reach("traces")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        self._reach.note(arrived=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class _Metrics(OTLPMetricExporter):
    # Not wrapped as spans are: the reader asks the exporter itself how it wants its sums.
    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self._reach = _Reach("metrics")

    def export(
        self, metrics_data: MetricsData, timeout_millis: float | None = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        result = super().export(metrics_data, timeout_millis, **kwargs)
        self._reach.note(arrived=result is MetricExportResult.SUCCESS)
        return result


def _resource() -> Resource:
    """Who exports: the names of the standard variables, else our own, and one of its own for each process."""
    own = {"service.name": NAME, "service.instance.id": uuid4().hex}
    return Resource.create(own | dict(OTELResourceDetector().detect().attributes))
