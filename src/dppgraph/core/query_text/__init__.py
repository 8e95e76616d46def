"""What can be known about a SPARQL query without parsing it: its form, its columns, whether it reaches outside.

One linear pass of a tokenizer, fit to run in front of the engine: it never fails, and where the text is ambiguous it
takes the worse reading. ``tokens`` cuts the text, ``query_text`` reads it, ``addresses`` knows what it names.
"""

from dppgraph.core.query_text.addresses import Graph
from dppgraph.core.query_text.query_text import QueryForm, QueryText, read_query, with_columns
from dppgraph.core.query_text.tokens import Token, tokens

__all__ = ["Graph", "QueryForm", "QueryText", "Token", "read_query", "tokens", "with_columns"]
