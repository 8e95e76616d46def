"""What an operator's monitoring asks: ``/metrics``, in Prometheus' text format.

Counting is plain, since the fastest answers are counted too; names and text are made where they are asked for. Whoever
asks is a process of this machine for whom no proxy speaks, or knows the token.
"""

import hmac
import ipaddress
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from dppgraph import __version__, errors
from dppgraph.errors import NeedsToken, Refused
from dppgraph.store.workers.serving import ServedVersions
from dppgraph.web.cache.answers import AnswerCache

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from dppgraph.web.access import AccessLog
    from dppgraph.web.doors import Doors

BUCKETS: Final = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Seconds."""

_ROUTES: Final = frozenset(
    ("/sparql", "/queries", "/context.jsonld", "/openapi.json", "/health", "/health/ready", "/metrics")
)
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"))
_SPOKEN_FOR: Final = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")

REASONS: Final[Mapping[type[errors.DppgraphError], str]] = {
    errors.AnswerTooLarge: "bytes",
    errors.EngineDied: "crashed",
    errors.QueryMemory: "memory",
    errors.QueryTimeout: "timeout",
    errors.QueueFull: "queue_full",
    errors.ReaderTooSlow: "reader",
    errors.TooManyRows: "rows",
}
"""Why a query ended before its answer did; any other error is one of the query's own."""


@dataclass(slots=True)
class _Route:
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    bytes: int = 0


@dataclass(slots=True)
class Metrics:
    """What is counted in one front.

    Attributes:
        ended: how many queries ended before their answer, by reason.
        requests: how many requests there were, by route, method and status (0 where no answer was begun).
    """

    ended: Counter[str] = field(default_factory=Counter)
    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _routes: dict[str, _Route] = field(default_factory=dict)

    def request(self, path: str, method: str, status: int, seconds: float, size: int) -> None:
        """Counts a request.

        Args:
            path: its path.
            method: its method.
            status: that of the answer.
            seconds: until its last byte was handed over.
            size: bytes of its body.
        """
        name = path if path in _ROUTES else "/queries/{name}" if path.startswith("/queries/") else "other"
        route = self._routes.get(name)
        if route is None:
            route = self._routes[name] = _Route()
        route.buckets[bisect_left(BUCKETS, seconds)] += 1
        route.seconds += seconds
        route.bytes += size
        self.requests[name, method if method in _METHODS else "other", status] += 1

    def query_ended(self, error: errors.DppgraphError) -> None:
        """Counts a query whose answer did not come to its end."""
        self.ended[REASONS.get(type(error), "error")] += 1

    def routes(self) -> Iterator[tuple[str, list[tuple[str, float]], float, int]]:
        """Each route with its requests up to each bucket's end, their seconds and their bytes."""
        for name, route in self._routes.items():
            so_far, buckets = 0, []
            for end, count in zip((*map(str, BUCKETS), "+Inf"), route.buckets, strict=True):
                so_far += count
                buckets.append((end, float(so_far)))
            yield name, buckets, route.seconds, route.bytes


@dataclass(frozen=True, slots=True)
class MetricsEndpoint:
    """The route ``/metrics``.

    Attributes:
        metrics: what was counted.
        store: knows the versions, and who asks them.
        cache: the answers that are kept.
        doors: knows the connections.
        log: the access log.
        token: what opens it from elsewhere; empty for nothing.
        begun: when this process began, in seconds since 1970.
    """

    metrics: Metrics
    store: ServedVersions
    cache: AnswerCache
    doors: "Doors"
    log: "AccessLog"
    token: str
    begun: float = field(default_factory=time.time)

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            Refused: the client is neither here, nor has the token.
            NeedsToken: its token is another one.
        """
        self._let_in(request)
        from prometheus_client import CollectorRegistry  # noqa: PLC0415 - only who monitors needs it
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - likewise

        registry = CollectorRegistry()
        registry.register(_Collector(self))
        headers = {"cache-control": "no-store", "content-type": CONTENT_TYPE_LATEST}
        return Response(generate_latest(registry), headers=headers)

    def _let_in(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if given and self.token:
            if hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
                return
            raise NeedsToken("this token does not open /metrics: send that of DPPGRAPH_METRICS_TOKEN")
        host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
        spoken_for = any(name in request.headers for name in _SPOKEN_FOR)
        peer = request.client.host if request.client else ""
        # A page of another site may have its name lead here; it cannot have the name be one of this machine's own.
        if not spoken_for and _is_here(peer) and (host == "localhost" or _is_here(host.strip("[]"))):
            return
        said = "ask from this machine and past no proxy, or set DPPGRAPH_METRICS_TOKEN and send it as a bearer token"
        raise Refused(f"/metrics is not for everybody: {said}")


class _Collector:
    """Says what there is in Prometheus' terms; asked once."""

    def __init__(self, endpoint: MetricsEndpoint) -> None:
        self._endpoint = endpoint

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import (  # noqa: PLC0415 - only who monitors needs it
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
            InfoMetricFamily,
        )

        endpoint = self._endpoint
        requests = CounterMetricFamily(
            "dppgraph_requests", "Requests answered; status 0: none.", labels=("route", "method", "status")
        )
        for (route, method, status), count in endpoint.metrics.requests.items():
            requests.add_metric((route, method, str(status)), count)
        yield requests
        seconds = HistogramMetricFamily("dppgraph_request_seconds", "Seconds of a request.", labels=("route",))
        sizes = CounterMetricFamily("dppgraph_answer_bytes", "Bytes of answers.", labels=("route",))
        for route, buckets, total, size in endpoint.metrics.routes():
            seconds.add_metric((route,), buckets, total)
            sizes.add_metric((route,), size)
        yield seconds
        yield sizes
        ended = CounterMetricFamily("dppgraph_queries_ended", "Queries ended before their answer.", labels=("reason",))
        for reason in (*REASONS.values(), "error"):
            ended.add_metric((reason,), endpoint.metrics.ended[reason])
        yield ended
        load = endpoint.store.load()
        seats = GaugeMetricFamily("dppgraph_seats", "Query processes, by what they do.", labels=("state",))
        for state, count in (("idle", load.idle), ("busy", load.busy), ("long", load.long)):
            seats.add_metric((state,), count)
        yield seats
        for name, value, about in _GAUGES:
            yield GaugeMetricFamily(name, about, value=value(endpoint, load))
        for name, value, about in _COUNTERS:
            yield CounterMetricFamily(name, about, value=value(endpoint, load))
        manifest = endpoint.store.manifest
        said = {"version": str(manifest.version), "digest": manifest.digest, "software": __version__}
        yield InfoMetricFamily("dppgraph_served", "What is served.", value=said)


_GAUGES: Final[tuple[tuple[str, Any, str], ...]] = (
    ("dppgraph_queries_running", lambda _, load: load.running, "Queries that run or wait."),
    ("dppgraph_queries_waiting", lambda _, load: load.waiting, "Queries that wait for a process."),
    ("dppgraph_version", lambda of, _: of.store.manifest.version, "The number of the current version."),
    ("dppgraph_cache_entries", lambda of, _: len(of.cache), "Questions whose answers are kept."),
    ("dppgraph_cache_bytes", lambda of, _: of.cache.bytes, "Bytes of answers that are kept."),
    ("dppgraph_spool_bytes", lambda of, _: of.store.spool.used, "Bytes of answers that wait for their readers."),
    ("dppgraph_connections", lambda of, _: of.doors.open, "Connections that are open."),
    ("dppgraph_start_time_seconds", lambda of, _: of.begun, "When this process began, since 1970."),
)
_COUNTERS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("dppgraph_cache_hits", lambda of, _: of.cache.hits, "Requests answered from what was kept."),
    ("dppgraph_cache_misses", lambda of, _: of.cache.misses, "Queries that had to be evaluated."),
    ("dppgraph_cache_evictions", lambda of, _: of.cache.evictions, "Questions let go for others."),
    ("dppgraph_connections_refused", lambda of, _: of.doors.refused, "Connections turned away."),
    ("dppgraph_log_lines_dropped", lambda of, _: of.log.dropped, "Lines of the access log that were lost."),
)


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
