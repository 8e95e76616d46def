"""Which graphs of a gated store are written to, and which are made: by the rules, from files, or from other graphs."""

from typing import Final

from dppgraph.core.iris import GRAPHS, graph_iri
from dppgraph.core.made import UNWRITTEN
from dppgraph.core.quads import Delta, parse_line
from dppgraph.errors import GraphForbidden

WRITTEN: Final = ("source", "interpretation", "external", "concepts", "catalogue")
"""The graphs of ours that may be written to. A graph of somebody's own, of any other name, may be, too."""

_FROM_FILES: Final = ("ontology", "shapes")
"""The graphs that nothing is taken from, either; what follows from statements goes with them."""


def refused_graphs(delta: Delta, base: str) -> list[str]:
    """The graphs, as terms, that a change may not touch; ``""`` for the unnamed default graph; sorted.

    Args:
        delta: the exact lines that a request adds and removes. What it removes of what is inferred goes along with what
            is stated.
        base: what the data's IRIs begin with.
    """
    made = {f"<{graph_iri(name, base)}>" for name in GRAPHS if name not in WRITTEN} | {""}
    from_files = {f"<{graph_iri(name, base)}>" for name in _FROM_FILES}
    added, removed = ({parse_line(line).graph for line in lines} for lines in delta)
    own = {graph for graph in added if graph.startswith(f"<{UNWRITTEN}")}
    return sorted((made & added) | (from_files & removed) | own)


def refuse_made_graphs(delta: Delta, base: str) -> None:
    """Refuses a change to a graph that is made, or that has a name which nobody may use.

    Raises:
        GraphForbidden: it touches one; the message says which graphs may be written to.
    """
    refused = refused_graphs(delta, base)
    if refused:
        which = refused[0] or "the unnamed default graph"
        places = ", ".join(graph_iri(name, base) for name in WRITTEN)
        raise GraphForbidden(f"{which} is made, not written: write to {places}, or to a graph of your own")
