"""Targets that are looked for with the engine's help are those that rdflib finds by itself."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.query import ResultRow
from rdflib.term import Node

from dppgraph.core.quads import Quad
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate.again.shaped import Shaped
from dppgraph.operations.validate.given import can_be_given
from dppgraph.operations.validate.judge import graph_of
from dppgraph.operations.validate.narrowing import Narrowing, narrowed
from tests.conftest import BASE

TEXTS = """
SELECT ?this { ?this :p ?x }
SELECT ?this { ?this :p 1 }
SELECT ?this { ?this :p "x"@nl }
SELECT ?this { ?this :p ?x . ?x :q ?y . FILTER(?x = :a) }
SELECT ?this { ?this :p ?x . FILTER(?x != :a) }
SELECT ?this { ?this :p ?x . FILTER(?x IN (:a, :b)) }
SELECT ?this { ?this :p ?x . FILTER(?x NOT IN (:a, :b)) }
SELECT ?this { ?this :p ?x . ?this :q ?y . FILTER(?x = ?y) }
SELECT ?this { ?this :p ?x . ?this :q ?y . FILTER(?x != ?y) }
SELECT ?this { ?this :p ?x . ?this :q ?x }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?x } }
SELECT ?this { ?this :p ?x FILTER EXISTS { ?x :q ?y FILTER(?y != :a) } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q ?y FILTER NOT EXISTS { ?y :r ?this } } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q ?y FILTER(STR(?y) = "1") } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?y OPTIONAL { ?y :r ?x } } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?y FILTER NOT EXISTS { ?y :r ?z FILTER(?z != ?this) } } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?y FILTER NOT EXISTS { ?y :r ?z FILTER(?z != ?x) } } }
SELECT ?this { ?this :p ?x BIND(:a AS ?z) FILTER NOT EXISTS { ?this :q ?y FILTER EXISTS { ?y :r ?z } } }
SELECT ?this { ?this :p ?x BIND(:a AS ?z) FILTER NOT EXISTS { ?this :q ?y FILTER(?z = :b) } }
SELECT ?this { ?this :p ?x BIND(:a AS ?z) FILTER EXISTS { ?this :q ?y FILTER(?z = :a) } }
SELECT ?this { { ?this :p ?x FILTER EXISTS { ?this :q ?y } } ?this :r ?y }
SELECT ?this { { ?this :p ?x FILTER EXISTS { ?this :q ?z } } BIND(STR(?x) AS ?z) }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { { ?x :q ?y FILTER(?y != ?x) } UNION { ?x :r ?y FILTER(?y != ?x) } } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { { ?x :q ?y FILTER(?y != ?x) } ?x :r ?z } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q ?y BIND(STR(?x) AS ?z) FILTER(STRLEN(?z) > 1) } }
SELECT ?this { { SELECT ?this ?z { ?this :p ?x BIND(STR(?x) AS ?z) } } FILTER(STRLEN(?z) > 1) }
SELECT ?this { { ?x :p ?y FILTER NOT EXISTS { ?y :q ?z FILTER(?z != ?this) } } ?this :r ?x }
SELECT ?this { ?this :q ?z { ?this :p ?x BIND(STR(?x) AS ?z) } }
SELECT ?this { ?this :p ?x { SELECT * { ?z :q ?y } } BIND(STR(?y) AS ?z) FILTER NOT EXISTS { ?x :r ?z } }
SELECT ?this { ?this :p ?x { ?this :r ?y FILTER EXISTS { ?this :q ?x . ?x :r ?z } } }
SELECT ?this { { ?this :r ?y FILTER EXISTS { ?this :q ?x . ?x :r ?z } } ?this :p ?x }
SELECT ?this { ?this :q ?z . ?this :r ?y { ?this :p ?x BIND(?x AS ?z) } }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?x } FILTER EXISTS { ?x :q ?y } FILTER(?x != :a) }
SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?x } FILTER(isLiteral(?x) || EXISTS { ?x :q ?y }) }
SELECT ?this { { ?this :p ?x BIND(?x AS ?y) } UNION { ?this :q ?x BIND(:b AS ?y) } FILTER NOT EXISTS { ?this :r ?y } }
SELECT ?this { ?this :p ?x FILTER(isIRI(?x) || isLiteral(?x)) }
SELECT ?this { ?this :p ?x FILTER(!(?x = :a && EXISTS { ?x :q ?this })) }
SELECT ?this { ?this :p ?x FILTER(!BOUND(?y)) }
SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y } FILTER(!BOUND(?y)) }
SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y } FILTER NOT EXISTS { ?y :r ?x } }
SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y } ?y :r ?z }
SELECT ?this { ?this :p ?x BIND(:a AS ?y) FILTER NOT EXISTS { ?x :q ?y } }
SELECT ?this { ?this :p ?x BIND(STR(?x) AS ?y) FILTER(STRLEN(?y) > 1) }
SELECT ?this { { ?this :p ?x } UNION { ?x :q ?this } }
SELECT ?this { ?this :p ?v { ?this :p ?x } UNION { ?this :q ?y } FILTER NOT EXISTS { ?x :r ?y } }
SELECT ?this { ?this :p ?x MINUS { ?x :q ?y } }
SELECT ?this { VALUES ?x { :a :b } ?this :p ?x }
SELECT ?this { VALUES ?x { :a } ?this :p ?y FILTER NOT EXISTS { ?y :q ?x } }
SELECT ?this { { SELECT DISTINCT ?this { ?this ?p ?o } } FILTER NOT EXISTS { ?this :p ?x } }
SELECT ?this { { SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q ?this } } } ?this :r ?x }
SELECT DISTINCT ?this { ?this :p ?x . ?x :p* ?this }
SELECT ?this { ?this :p/^:q ?x FILTER NOT EXISTS { ?x (:r|:p)+ ?this } }
SELECT ?this { ?this !:p ?x }
SELECT ?this { ?this :p [ :q ?y ] FILTER NOT EXISTS { ?y :r [] } }
SELECT ?this { :z :p* ?this }
SELECT ?this { VALUES ?x { :z } ?x :p* ?this }
SELECT ?this { BIND(:z AS ?x) ?x (:p|:q)? ?this }
SELECT ?this { :a :p+ ?this }
SELECT ?this { ?x :p ?this }
SELECT ?this { ?x :p ?this FILTER(isLiteral(?this)) }
SELECT ?this { ?this :p ?x FILTER(?x > 0) }
SELECT (?x AS ?this) { ?x :p ?y }
SELECT ?this { ?this :p ?x } ORDER BY ?x LIMIT 1
SELECT ?this (COUNT(?x) AS ?n) { ?this :p ?x } GROUP BY ?this HAVING (COUNT(?x) > 1)
""".strip().splitlines()

NODES = [f"<{BASE}{name}>" for name in "abcz"]
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
LITERALS = [
    f'"1"^^{INTEGER}',
    f'"01"^^{INTEGER}',
    '"1"',
    '"x"@nl',
    '"x"@NL',
    '"2009"^^<http://www.w3.org/2001/XMLSchema#gYear>',
]
QUADS = st.builds(
    Quad,
    st.sampled_from(NODES),
    st.sampled_from([f"<{BASE}{name}>" for name in "pqr"]),
    st.sampled_from(NODES + LITERALS),
)

LINKED = {
    Quad(f"<{BASE}{one}>", f"<{BASE}{name}>", f"<{BASE}{other}>", f"<{BASE}graph>")
    for one, name, other in ("apb", "aqc", "crb", "bpb", "bqa", "arz", "zpc", "bra", "zqz")
}
"""Nodes of which most are found by what is not said of others: by chance alone, such are rare."""


def found(graph: Graph, text: str) -> set[Node | None]:
    return {row.get("this") for row in graph.query(text) if isinstance(row, ResultRow)}


@pytest.mark.parametrize("text", TEXTS)
@settings(max_examples=15)
@example(quads=LINKED)
@given(quads=st.sets(QUADS, max_size=12))
def test_targets_are_those_that_rdflib_finds(text: str, quads: set[Quad]) -> None:
    text = f"PREFIX : <{BASE}> {text}"
    graph = graph_of(quads)
    by_itself = found(graph, text)
    graph.narrowing = Narrowing(quads)
    assert found(graph, text) == by_itself


@pytest.mark.heavy
def test_each_target_in_the_shapes_is_narrowed(sources: Sources) -> None:
    shapes = read_shapes(sources)
    units = [unit for quads in (shapes.merged, *shapes.by_graph.values()) for unit in Shaped(quads, BASE).units]
    queries = [query for unit in units for _, targets in unit.shapes for query in targets.queries]
    assert len(queries) > 10
    assert all(can_be_given(query) and narrowed(query) for query in queries)
