"""Answers to queries as tables that people read: what they hold, and how each cell is shown."""

from dppgraph.operations.results.bars import Bar, bars
from dppgraph.operations.results.cells import Cell, Shown, cell, shown
from dppgraph.operations.results.table import GRAPH, Table, read_graph, read_table
from dppgraph.operations.results.timeline import Span, Timeline, timeline

__all__ = [
    "GRAPH",
    "Bar",
    "Cell",
    "Shown",
    "Span",
    "Table",
    "Timeline",
    "bars",
    "cell",
    "read_graph",
    "read_table",
    "shown",
    "timeline",
]
