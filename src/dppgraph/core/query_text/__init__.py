"""What can be known about a SPARQL query without parsing it: its form, its columns, whether it reaches outside.

One linear pass of a tokenizer, fit to run in front of the engine: it never fails, and where the text is ambiguous it
takes the worse reading. ``tokens`` cuts the text, ``query_text`` reads it, ``addresses`` knows what it names.
"""

from dppgraph.core.query_text.addresses import Declared, Graph, hides_graph
from dppgraph.core.query_text.guard import guard
from dppgraph.core.query_text.query_text import QueryForm, QueryText, read_query, with_columns
from dppgraph.core.query_text.tokens import Token, tokens, unescaped

__all__ = [
    "Declared",
    "Graph",
    "QueryForm",
    "QueryText",
    "Token",
    "guard",
    "hides_graph",
    "read_query",
    "tokens",
    "unescaped",
    "with_columns",
]
