"""All numbers of one front at one moment, as a dictionary that JSON can carry to whoever writes them."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dppgraph import __version__
from dppgraph.store.serving import ServingStore
from dppgraph.web.metrics.counting import Metrics

if TYPE_CHECKING:
    from dppgraph.web.access import AccessLog
    from dppgraph.web.cache import AnswerCache
    from dppgraph.web.doors import Doors

Snapshot = dict[str, list[list[Any]]]
"""Family to its samples. A sample is the values of its labels, in the family's order, and a number; in place of that a
histogram has the counts of its buckets, each for itself, and the sum."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the numbers of a front are read from.

    Attributes:
        metrics: what was counted.
        store: knows the versions, and who asks them.
        cache: the answers that are kept.
        doors: knows the connections.
        log: the access log.
        begun: when this front began, in seconds since 1970.
    """

    metrics: Metrics
    store: ServingStore
    cache: "AnswerCache"
    doors: "Doors"
    log: "AccessLog"
    begun: float = field(default_factory=time.time)

    def snapshot(self) -> Snapshot:
        """The numbers as they are now, of each family in ``families``."""
        return self._requests() | self._queries() | self._engines() | self._answers() | self._front()

    def _requests(self) -> Snapshot:
        metrics = self.metrics
        return {
            "requests": [[[route, method, str(status)], n] for (route, method, status), n in metrics.requests.items()],
            "request_seconds": [[[name], [list(at.buckets), at.seconds]] for name, at in metrics.routes.items()],
            "answer_bytes": [[[name], at.bytes] for name, at in metrics.routes.items()],
            "connections": _one(self.doors.open),
            "connections_refused": _each(self.doors.refused),
        }

    def _queries(self) -> Snapshot:
        load = self.store.load()
        return {
            "queries_running": _one(load.running - load.waiting),
            "queries_waiting": _one(load.waiting),
            "queries_ended": _each(self.metrics.ended),
            "answers_broken_off": _each(self.metrics.broken_off),
            "seats": _each({"idle": load.idle, "busy": load.busy, "long": load.long}),
            "spool_bytes": _one(self.store.spool.used),
        }

    def _engines(self) -> Snapshot:
        engines = self.store.engines()
        return {
            "endpoint_up": [[[engine.name], int(engine.is_up)] for engine in engines],
            "endpoint_current": [[[engine.name], int(engine.is_current)] for engine in engines],
            "endpoint_running": [[[engine.name], engine.running] for engine in engines],
            "endpoint_queries": [[[engine.name, how], n] for engine in engines for how, n in engine.requests.items()],
            "endpoint_retries": _one(self.store.retries),
        }

    def _answers(self) -> Snapshot:
        cache, manifest = self.cache, self.store.manifest
        return {
            "cache_entries": _one(len(cache)),
            "cache_bytes": _one(cache.bytes),
            "cache_hits": _one(cache.hits),
            "cache_misses": _one(cache.misses),
            "cache_evictions": _one(cache.evictions),
            "version": _one(manifest.version),
            "versions_served": _one(self.store.served),
            "served_info": [[[str(manifest.version), manifest.digest, __version__], 1]],
        }

    def _front(self) -> Snapshot:
        return {
            "start_time_seconds": _one(self.begun),
            "resident_memory_bytes": _one(_resident_memory()),
            "log_lines_dropped": _one(self.log.dropped),
        }


def _one(value: float) -> list[list[Any]]:
    return [[[], value]]


def _each(values: dict[str, int]) -> list[list[Any]]:
    return [[[label], value] for label, value in values.items()]


def _resident_memory() -> int:
    # proc(5): the second number is what is resident, in pages.
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
