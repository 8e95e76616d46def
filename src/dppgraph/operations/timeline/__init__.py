"""Plans in time: their periods, what happened to them, what they promised by when, and where nothing was in force."""

from dppgraph.operations.timeline.dates import Span, day_of, span_of
from dppgraph.operations.timeline.outline import Outline, Outlined, Promised, outline_of, read_outline
from dppgraph.operations.timeline.plans import Event, Gap, Period, Plan, Standing, Target, Timeline
from dppgraph.operations.timeline.read import approval_in_time, plan_in_time, read_timeline, target_in_time

__all__ = [
    "Event",
    "Gap",
    "Outline",
    "Outlined",
    "Period",
    "Plan",
    "Promised",
    "Span",
    "Standing",
    "Target",
    "Timeline",
    "approval_in_time",
    "day_of",
    "outline_of",
    "plan_in_time",
    "read_outline",
    "read_timeline",
    "span_of",
    "target_in_time",
]
