"""What a front counts, and how Prometheus is told of it.

``counting`` takes note of requests and of how queries end: plain integers, as there are tens of thousands of requests a
second. ``snapshot`` is all numbers of one front at one moment, which can be sent elsewhere as JSON. ``families`` is the
table of what there is; ``exposition`` writes the snapshots of all fronts as one text. ``endpoint`` is ``/metrics``.
"""

from dppgraph.web.metrics.counting import Metrics
from dppgraph.web.metrics.endpoint import MetricsEndpoint
from dppgraph.web.metrics.exposition import rendered
from dppgraph.web.metrics.snapshot import Snapshot, Watched

__all__ = ["Metrics", "MetricsEndpoint", "Snapshot", "Watched", "rendered"]
