"""The dumps that are tables, with what describes their columns (CSV on the Web)."""

from dppgraph.operations.dumps.tables.cells import write_tables
from dppgraph.operations.dumps.tables.described import METADATA, Table, read_tables

__all__ = ["METADATA", "Table", "read_tables", "write_tables"]
