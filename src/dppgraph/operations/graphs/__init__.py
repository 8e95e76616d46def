"""The named graphs of a version: which there are, and what each of them says, exactly as it was written."""

from dppgraph.operations.graphs.graphs import Graph, is_there, list_graphs, term_of, write_apart, write_graph
from dppgraph.operations.graphs.listed import described

__all__ = ["Graph", "described", "is_there", "list_graphs", "term_of", "write_apart", "write_graph"]
