"""A stand-in for a collector of OTLP over HTTP, stricter than a real one: it takes what is agreed on."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from aiohttp import web
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.telemetry.measures import MEASURES, Measure

EXPORTED_EVERY = 200
"""Milliseconds; a real bot waits for a minute with metrics, and five seconds with traces."""

TYPE = "application/x-protobuf"

SPANS = {
    "turn": {"kind", "outcome", "activity", "reference"},
    "teams": {"operation", "result", "correlation"},
    "job": {"job", "survey", "round", "part"},
}
"""The first word of a span's name, and what it may say of itself."""

OF_HTTP = "http.response.status_code"

OF_A_PROCESS = {
    "service.name",
    "service.instance.id",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
}

Series = tuple[str, str, frozenset[tuple[str, str]]]
"""Of one process: its id, the metric, and the attributes."""


class Collector:
    """Keeps every span and the newest value of every series; `problems` are what it should not have got."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.bodies: list[bytes] = []
        self.problems: list[str] = []
        self.processes: set[tuple[str, str]] = set()
        self.hangs = False
        self.headers: list[Mapping[str, str]] = []
        self._numbers: dict[Series, float] = {}
        self._news = asyncio.Condition()
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/traces", self._traces)
        app.router.add_post("/v1/metrics", self._metrics)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def number(self, measure: Measure, **attributes: str) -> float:
        """The sum over all series with these attributes; of a histogram, how often something was recorded."""
        return sum(self._of(measure, attributes))

    def knows(self, measure: Measure, **attributes: str) -> bool:
        """Whether there is any such series."""
        return any(True for _ in self._of(measure, attributes))

    def counted(self, measure: Measure, by: str) -> dict[str, float]:
        """All that is not 0, by one attribute."""
        found = {one: self.number(measure, **{by: one}) for one in measure.attributes[by]}
        return {one: number for one, number in found.items() if number}

    def spans_of(self, first_word: str, **said: str) -> list[Span]:
        """Spans whose name begins so, and that say this of themselves."""
        wanted = {f"maturity_coach.{name}": value for name, value in said.items()}.items()
        return [
            one
            for one in self.spans
            if one.name.split()[0] == first_word and wanted <= attributes_of(one.attributes).items()
        ]

    async def will(self, know: Callable[[], object], *, within: float = 20) -> None:
        """Waits until something holds of what has arrived."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(know)

    def _of(self, measure: Measure, attributes: Mapping[str, str]) -> Iterator[float]:
        for (_, name, said), value in self._numbers.items():
            if name == measure.name and attributes.items() <= said:
                yield value

    async def _traces(self, request: web.Request) -> web.Response:
        told = ExportTraceServiceRequest.FromString(await self._body(request))
        for group in told.resource_spans:
            self._heed_process(group.resource.attributes)
            for scope in group.scope_spans:
                for one in scope.spans:
                    self._check(one)
                    self.spans.append(one)
        return await self._taken()

    async def _metrics(self, request: web.Request) -> web.Response:
        told = ExportMetricsServiceRequest.FromString(await self._body(request))
        for group in told.resource_metrics:
            process = self._heed_process(group.resource.attributes)
            # What a gauge does not say any more is not known any more.
            self._numbers = {key: one for key, one in self._numbers.items() if key[0] != process}
            for scope in group.scope_metrics:
                for metric in scope.metrics:
                    self._keep(process, metric)
        return await self._taken()

    async def _body(self, request: web.Request) -> bytes:
        if self.hangs:
            await self._closing.wait()
        if request.content_type != TYPE:
            self.problems.append(f"the body is {request.content_type}")
        self.headers.append(request.headers)
        self.bodies.append(await request.read())
        return self.bodies[-1]

    async def _taken(self) -> web.Response:
        async with self._news:
            self._news.notify_all()
        return web.Response(content_type=TYPE)

    def _heed_process(self, attributes: Any) -> str:
        said = attributes_of(attributes)
        self.problems += [f"a process says {name}" for name in said.keys() ^ OF_A_PROCESS]
        self.processes.add((said["service.name"], said["service.instance.id"]))
        return str(said["service.instance.id"])

    def _check(self, span: Span) -> None:
        first, allowed = span.name.split()[0], SPANS.get(span.name.split()[0], set())
        names = {one.key for one in span.attributes} - {OF_HTTP}
        strange = names - {f"maturity_coach.{one}" for one in allowed}
        if first not in SPANS or strange or span.events or span.links or span.status.message:
            self.problems.append(f"a span nobody agreed to: {span}")

    def _keep(self, process: str, metric: Metric) -> None:
        measure = next((one for one in MEASURES if one.name == metric.name), None)
        if measure is None or metric.unit != measure.unit:
            self.problems.append(f"a metric nobody agreed to: {metric.name} in {metric.unit}")
            return
        data = metric.histogram if measure.kind == "histogram" else None
        points = data or (metric.sum if measure.kind == "counter" else metric.gauge)
        for point in points.data_points:
            said = attributes_of(point.attributes)
            if said.keys() != measure.attributes.keys() or any(
                value not in measure.attributes[name] for name, value in said.items()
            ):
                self.problems.append(f"{metric.name} says {said}")
            value = point.count if data else point.as_int or point.as_double
            self._numbers[process, metric.name, frozenset(said.items())] = float(value)


def attributes_of(attributes: Any) -> dict[str, Any]:
    """Attributes as a dict."""
    return {one.key: _value(one) for one in attributes}


def _value(one: KeyValue) -> Any:
    return getattr(one.value, str(one.value.WhichOneof("value")))
