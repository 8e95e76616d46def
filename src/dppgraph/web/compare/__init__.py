"""Two plans side by side, as a page, a drawing and data."""

from dppgraph.web.compare.endpoint import ComparePage, add_compare_routes

__all__ = ["ComparePage", "add_compare_routes"]
