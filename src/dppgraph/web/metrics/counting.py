"""Counting: what is asked, how long it takes, and how queries end. Never by anything that a client could make up."""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import ClientDisconnect

from dppgraph import errors

BUCKETS: Final = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Seconds."""

ROUTES: Final = frozenset(
    (
        "/",
        "/plans",
        "/timeline",
        "/compare",
        "/questions",
        "/sources",
        "/concepts",
        "/agents",
        "/search",
        "/opensearch.xml",
        "/ontology",
        "/quality",
        "/changes",
        "/about",
        "/accessibility",
        "/api",
        "/things",
        "/sparql",
        "/sparql/terms.json",
        "/queries",
        "/blame",
        "/catalogue",
        "/.well-known/void",
        "/graphs",
        "/dumps",
        "/feed",
        "/fragments",
        "/ns",
        "/shapes",
        "/context.jsonld",
        "/openapi.json",
        "/health",
        "/health/ready",
        "/metrics",
    )
)
"""The routes that are told by their path."""

BELOW: Final = {
    "/plans/": "/plans/{slug}",
    "/lines/": "/lines/{slug}",
    "/concepts/": "/concepts/{slug}",
    "/agents/": "/agents/{slug}",
    "/sources/": "/sources/{slug}",
    "/questions/": "/questions/{name}",
    "/changes/": "/changes/{number}",
    "/ontology/": "/ontology/{name}",
    "/static/": "/static/{name}",
    "/queries/": "/queries/{name}",
    "/id/": "/id/{path}",
    "/.well-known/genid/": "/id/{path}",
    "/doc/": "/doc/{path}",
    "/dumps/": "/dumps/{file}",
    "/graphs/": "/graphs/{path}",
    "/feed/": "/feed/{node}",
    "/timemap/": "/timemap/{format}/{address}",
}
"""How the paths of a route begin that has many, and how it is told."""

OTHER: Final = "other"
UNREAD: Final = "unread"
"""The route of what was refused before it was read, and so has none."""

_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"))

REASONS: Final[Mapping[type[BaseException] | None, str]] = {
    None: "done",
    errors.AnswerTooLarge: "bytes",
    ClientDisconnect: "client_gone",
    errors.EngineDied: "crashed",
    errors.EndpointFailed: "endpoint",
    errors.InvalidInput: "invalid",
    errors.QueryMemory: "memory",
    errors.NotAcceptable: "not_acceptable",
    BaseException: "other",
    errors.QueueFull: "queue_full",
    errors.Refused: "refused",
    errors.TooManyRows: "rows",
    errors.ServiceFailed: "service",
    errors.ReaderTooSlow: "slow_reader",
    asyncio.CancelledError: "stopped",
    errors.QuerySyntax: "syntax",
    errors.QueryTimeout: "timeout",
    errors.StoreUnavailable: "unavailable",
}
"""How a query ended: an error has the reason of the nearest class above it that stands here."""


def reason_of(error: BaseException | None) -> str:
    """How a query ended, in a word; None for one whose answer came to its end."""
    if error is None:
        return REASONS[None]
    return next(REASONS[kind] for kind in type(error).__mro__ if kind in REASONS)


@dataclass(slots=True)
class Route:
    """What was asked at one route.

    Attributes:
        buckets: how many requests took no longer than each of :data:`BUCKETS` and longer than the one before; the last
            is of those that took longer than all.
        seconds: what they took together.
        bytes: of their answers' bodies.
    """

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    bytes: int = 0


@dataclass(slots=True)
class Metrics:
    """What is counted in one front.

    Attributes:
        requests: how many requests there were, by route, method and status (0 where no answer was begun).
        routes: how long they took, by route.
        ended: how many queries ended, by reason.
        broken_off: how many answers were broken off after they had begun, by reason.
    """

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    routes: dict[str, Route] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS.values(), 0))
    broken_off: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS.values(), 0))

    def request(self, path: str, method: str, status: int, seconds: float, size: int) -> None:
        """Counts a request.

        Args:
            path: its path; empty where it was refused before it was read.
            method: its method.
            status: that of the answer.
            seconds: until its last byte was handed over.
            size: bytes of its body.
        """
        name = path if path in ROUTES else _other(path)
        self.requests[name, method if method in _METHODS else OTHER, status] += 1
        if name == UNREAD:
            return
        route = self.routes.get(name)
        if route is None:
            route = self.routes[name] = Route()
        route.buckets[bisect_left(BUCKETS, seconds)] += 1
        route.seconds += seconds
        route.bytes += size

    def query_ended(self, error: BaseException | None = None, *, broken_off: bool = False) -> None:
        """Counts a query that was given to the engine and has ended.

        Args:
            error: what ended it before its answer was there; None where that came to its end.
            broken_off: whether its answer had begun.
        """
        reason = reason_of(error)
        self.ended[reason] += 1
        if broken_off:
            self.broken_off[reason] += 1


def _other(path: str) -> str:
    below = next((route for start, route in BELOW.items() if path.startswith(start)), None)
    if below:
        return below
    return OTHER if path else UNREAD
