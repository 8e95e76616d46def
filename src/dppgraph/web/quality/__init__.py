"""How good the data are: the page ``/quality``. ``endpoint`` asks and answers, ``data`` writes the same as JSON."""

from dppgraph.web.quality.endpoint import QualityPage, add_quality_routes

__all__ = ["QualityPage", "add_quality_routes"]
