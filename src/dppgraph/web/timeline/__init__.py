"""Plans in time, as a page, a drawing and data."""

from dppgraph.web.timeline.endpoint import TimelinePage, add_timeline_routes
from dppgraph.web.timeline.layout import SHEETS, draw

__all__ = ["SHEETS", "TimelinePage", "add_timeline_routes", "draw"]
