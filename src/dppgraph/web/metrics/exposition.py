"""The snapshots of all fronts as one text for Prometheus."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from dppgraph.web.metrics.counting import BUCKETS
from dppgraph.web.metrics.families import FAMILIES, FRONT, PREFIX, Family
from dppgraph.web.metrics.snapshot import Snapshot

if TYPE_CHECKING:
    from prometheus_client.core import Metric

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_ENDS: Final = (*map(str, BUCKETS), "+Inf")


def rendered(snapshots: Mapping[int, Snapshot]) -> bytes:
    """The text; takes some milliseconds.

    Args:
        snapshots: the number of each front, and its numbers.
    """
    # A fraction of a tenth of a second, that only a front spends which is asked.
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - as above
    from prometheus_client.exposition import generate_latest  # noqa: PLC0415 - as above

    registry = CollectorRegistry()
    registry.register(_Collector(snapshots))
    return bytes(generate_latest(registry))


class _Collector:
    """The snapshots in the library's terms."""

    def __init__(self, snapshots: Mapping[int, Snapshot]) -> None:
        self._snapshots = snapshots

    def collect(self) -> "Iterator[Metric]":
        for family in FAMILIES:
            metric = _empty(family)
            for front, snapshot in self._snapshots.items():
                for labels, value in snapshot.get(family.name, ()):
                    if family.kind == "histogram":
                        counts, total = value
                        ends = list(zip(_ENDS, accumulate(counts), strict=True))
                        metric.add_metric([*labels, str(front)], ends, total)
                    else:
                        metric.add_metric([*labels, str(front)], value)
            yield metric


def _empty(family: Family) -> Any:
    from prometheus_client.core import (  # noqa: PLC0415 - as above
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    kinds = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}
    return kinds[family.kind](PREFIX + family.name, family.help, labels=(*family.labels, FRONT))
