"""The graphs over HTTP: read by anybody, written by whoever has a token."""

from dppgraph.web.graphs.endpoint import Graphs
from dppgraph.web.graphs.routes import add_graph_routes

__all__ = ["Graphs", "add_graph_routes"]
