"""The WHERE of an update, asked of the engine."""

from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph

from dppgraph.core.query_text import tokens
from dppgraph.core.update_text import Operation
from dppgraph.errors import BadCall
from dppgraph.store.merge import merged
from dppgraph.store.rdf import exact_term
from dppgraph.store.updates.scope import Scope
from dppgraph.store.workers.evaluation import known_prefixes

Solution = dict[str, str]
"""Variable name to the exact form of its value, as far as the engine knows it; unbound ones are absent."""

_TWO: Final = 2
_COUNTING: Final = frozenset(("COUNT", "SUM", "AVG", "GROUP_CONCAT", "SAMPLE", "LIMIT", "OFFSET"))
"""What may answer otherwise where a triple is found twice."""


def solutions(operation: Operation, names: tuple[str, ...], scope: Scope, *, each: bool) -> Iterator[Solution]:
    """The solutions of an operation's pattern; nothing may be changed until the last one is taken.

    Args:
        operation: the operation.
        names: the variables that are asked for.
        scope: the graphs that are asked, and the store.
        each: whether it matters how often a solution comes.

    Raises:
        BadCall: it cannot be evaluated.
    """
    # A query is glued from parts of the update that the engine has read before.
    head = f"SELECT {' '.join(f'?{name}' for name in names)}" if names else "SELECT *" if each else "ASK"
    text = f"{operation.prologue}\n{head} WHERE {operation.where}"
    store, graphs = _asked(scope, operation.where, each=each)
    try:
        found: Any = store.query(text, base_iri=scope.base, prefixes=dict(known_prefixes(text)), **graphs)
        if isinstance(found, pyoxigraph.QueryBoolean):
            yield from [{}] if found else []
            return
        for row in found:
            yield {name: exact_term(value) for name in names if (value := row[name]) is not None}
    except (RuntimeError, ValueError, SyntaxError, OSError) as error:
        raise BadCall(f"the WHERE of the update cannot be evaluated: {str(error)[:300]}") from error


def _asked(scope: Scope, where: str, *, each: bool) -> tuple[pyoxigraph.Store, dict[str, Any]]:
    """The store to ask, and what to tell it of graphs.

    The engine finds a triple that is in two graphs twice in their union. That matters only where solutions are counted:
    the graphs are merged then, whatever that costs.
    """
    default, named = scope.default, scope.named
    one = default is not None and len(default) < _TWO
    counts = each or any(token.kind == "word" and token.text.upper() in _COUNTING for token in tokens(where))
    if one or not counts or (default is None and not scope.union):
        return scope.store, _told(scope)
    every = [graph.value for graph in scope.store.named_graphs() if isinstance(graph, pyoxigraph.NamedNode)]
    copy = merged(scope.store, every if default is None else default, every if named is None else named)
    if default is None:
        unnamed = scope.store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())
        copy.extend(unnamed)
    return copy, {}


def _told(scope: Scope) -> dict[str, Any]:
    if scope.default is None:
        return {"use_default_graph_as_union": scope.union}
    told: dict[str, Any] = {
        "default_graph": [pyoxigraph.NamedNode(iri) if iri else pyoxigraph.DefaultGraph() for iri in scope.default]
    }
    if scope.named is not None:
        told["named_graphs"] = [pyoxigraph.NamedNode(iri) for iri in scope.named]
    return told
