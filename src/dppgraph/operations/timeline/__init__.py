"""Plans in time: their periods, what happened to them, what they promised by when, and where nothing was in force."""

from dppgraph.operations.timeline.dates import Span, day_of, span_of
from dppgraph.operations.timeline.plans import Event, Gap, Period, Plan, Standing, Target, Timeline
from dppgraph.operations.timeline.read import read_timeline

__all__ = [
    "Event",
    "Gap",
    "Period",
    "Plan",
    "Span",
    "Standing",
    "Target",
    "Timeline",
    "day_of",
    "read_timeline",
    "span_of",
]
