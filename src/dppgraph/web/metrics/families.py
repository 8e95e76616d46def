"""What ``/metrics`` tells, as a table: a new number is a line here, one in ``snapshot``, and one in docs/metrics.md."""

from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "dppgraph_"
FRONT: Final = "front"
"""The label that all have: the number of the front, counted from 0."""


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers of one kind.

    Attributes:
        name: without the prefix, and without ``_total``, which a counter's has.
        kind: as Prometheus has it.
        help: what it counts.
        labels: their names, besides :data:`FRONT`.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    @property
    def exposed(self) -> str:
        """Its name as Prometheus has it."""
        return f"{PREFIX}{self.name}{'_total' if self.kind == 'counter' else ''}"


FAMILIES: Final = (
    Family("requests", "counter", "Requests; status 0 where no answer was begun.", ("route", "method", "status")),
    Family("request_seconds", "histogram", "Seconds until the last byte of the answer was handed over.", ("route",)),
    Family("answer_bytes", "counter", "Bytes of answers, without their heads.", ("route",)),
    Family("connections", "gauge", "Connections that are open."),
    Family("connections_refused", "counter", "Connections that were turned away at once.", ("reason",)),
    Family("queries_running", "gauge", "Queries that are being evaluated."),
    Family("queries_waiting", "gauge", "Queries that wait for a query process."),
    Family("queries_ended", "counter", "Queries that were given to the engine, by how they ended.", ("reason",)),
    Family("answers_broken_off", "counter", "Answers that broke off after they had begun.", ("reason",)),
    Family("seats", "gauge", "Query processes, by what they do.", ("state",)),
    Family("endpoint_up", "gauge", "Whether an engine elsewhere answers: 1, or 0 while it gets no query.", ("engine",)),
    Family("endpoint_current", "gauge", "Whether it answers and holds the current version.", ("engine",)),
    Family("endpoint_running", "gauge", "Queries that it answers for this front.", ("engine",)),
    Family("endpoint_queries", "counter", "Queries that it was asked, by how they ended.", ("engine", "outcome")),
    Family("endpoint_retries", "counter", "Queries that were asked of an engine elsewhere again."),
    Family("spool_bytes", "gauge", "Bytes of answers that wait for their readers, in memory and on disk."),
    Family("cache_entries", "gauge", "Questions whose answers are kept."),
    Family("cache_bytes", "gauge", "Bytes of the answers that are kept."),
    Family("cache_hits", "counter", "Requests that were answered from what is kept."),
    Family("cache_misses", "counter", "Requests for which a query had to be evaluated."),
    Family("cache_evictions", "counter", "Questions whose answers were let go for others."),
    Family("version", "gauge", "The number of the current version."),
    Family("versions_served", "counter", "Versions that were current here since the front began."),
    Family("served_info", "gauge", "What is served; always 1.", ("version", "digest", "software")),
    Family("start_time_seconds", "gauge", "When the front began, in seconds since 1970."),
    Family("resident_memory_bytes", "gauge", "Memory of the front, its query processes not counted."),
    Family("log_lines_dropped", "counter", "Lines of the access log that were lost, not taken or not written."),
)
