"""Which graphs may be written to."""

import pytest

from dppgraph.core.iris import GRAPHS, graph_iri
from dppgraph.core.quads import Delta, Quad
from dppgraph.errors import GraphForbidden
from dppgraph.operations.write.graphs import refuse_made_graphs, refused_graphs

BASE = "https://data.example.org/"
OWN = "<http://example.org/own>"


def line(graph: str) -> str:
    return Quad("<a:s>", "<a:p>", '"in a <text> ."', graph).line()


@pytest.mark.parametrize("name", GRAPHS)
def test_what_rules_and_files_make_is_not_written(name: str) -> None:
    graph = f"<{graph_iri(name, BASE)}>"
    expected = [graph] if name in ("inferred", "ontology", "shapes") else []
    assert refused_graphs(Delta([line(graph)], []), BASE) == expected
    # What follows from statements goes with them.
    assert refused_graphs(Delta([line(OWN)], [line(graph)]), BASE) == [one for one in expected if name != "inferred"]
    # Under another base it is a graph of somebody's own.
    assert refused_graphs(Delta([line(graph)], []), "https://elsewhere.example/") == []


def test_a_name_that_stands_for_something_while_a_change_is_judged_is_nobodys() -> None:
    graph = "<urn:dppgraph:removed>"
    assert refused_graphs(Delta([line(graph)], []), BASE) == [graph]
    # Whatever way it has come in, it can go.
    assert refused_graphs(Delta([], [line(graph)]), BASE) == []


def test_it_is_told_which_graphs_are_written() -> None:
    refuse_made_graphs(Delta([line(OWN)], []), BASE)
    with pytest.raises(GraphForbidden, match=r"unnamed default graph is made.*id/graph/source, .*of your own"):
        refuse_made_graphs(Delta([line("")], []), BASE)
