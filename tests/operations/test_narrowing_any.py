"""Whatever a query is made of, the engine finds each node that rdflib finds, before and after it is put wider."""

from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.plugins.sparql.evaluate import evalQuery

from dppgraph.core.quads import Quad
from dppgraph.operations.validate.algebra import THIS
from dppgraph.operations.validate.given import can_be_given
from dppgraph.operations.validate.judge import graph_of
from dppgraph.operations.validate.narrowing import Narrowing
from dppgraph.operations.validate.prepared import prepared
from dppgraph.operations.validate.whole.asked import Blind, Plain
from dppgraph.operations.validate.whole.there import There
from dppgraph.store.memory import MemoryStore
from tests.conftest import BASE

NODES = [f"<{BASE}{name}>" for name in "abc"]
QUADS = st.sets(
    st.builds(
        Quad,
        st.sampled_from(NODES),
        st.sampled_from([f"<{BASE}{name}>" for name in "pq"]),
        st.sampled_from([*NODES, *NODES, '"x"']),
        st.just(f"<{BASE}graph>"),
    ),
    min_size=4,
    max_size=16,
)

VARIABLES = st.sampled_from(["?this", "?this", "?x", "?y", "?z"])
TRIPLES = st.builds(
    "{} {} {} .".format, VARIABLES, st.sampled_from([":p", ":q", ":p/:q", "^:p", "?k"]), VARIABLES | st.just(":a")
)
COMPARED = st.builds(
    "{} {} {}".format, VARIABLES, st.sampled_from(["=", "!="]), VARIABLES | st.sampled_from([":a", ":b"])
)
ASKED = st.builds("{}({})".format, st.sampled_from(["BOUND", "!BOUND", "isIRI"]), VARIABLES)


def conditions(nested: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        "{}EXISTS {{ {} }}".format,
        st.sampled_from(["NOT ", "NOT ", ""]),
        texts(TRIPLES, st.builds("FILTER({})".format, nested), most=3),
    )


def texts(first: st.SearchStrategy[str], *others: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    """Some parts in any order, one of the first kind among them."""
    parts = st.tuples(first, st.lists(st.one_of(first, *others), max_size=most - 1))
    return parts.flatmap(lambda said: st.permutations([said[0], *said[1]])).map(" ".join)


CONDITIONS = st.recursive(COMPARED | ASKED, conditions, max_leaves=4)
FILTERS = st.builds("FILTER({})".format, CONDITIONS)
BINDS = st.builds(
    "BIND({} AS {})".format, st.sampled_from([":a", "?x", "STR(?x)"]), st.sampled_from(["?y", "?z", "?w"])
)
GROUPS = st.recursive(
    texts(TRIPLES, FILTERS, BINDS, most=4),
    lambda inner: texts(
        TRIPLES,
        FILTERS,
        BINDS,
        st.builds("{{ {} }}".format, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{{ SELECT {} {{ {} }} }}".format, st.sampled_from(["?this", "?this ?x", "*"]), inner),
        st.builds("OPTIONAL {{ {} }}".format, TRIPLES),
        most=4,
    ),
    max_leaves=6,
)


def there_of(quads: set[Quad]) -> There:
    objects: dict[str, list[str]] = defaultdict(list)
    for quad in sorted(quads):
        objects[quad.predicate].append(quad.object)
    there = There()
    for predicate, found in objects.items():
        there.note(predicate, found)
    return there


@pytest.mark.heavy
@pytest.mark.timeout(600)
@settings(max_examples=600)
@given(text=GROUPS, quads=QUADS)
def test_no_node_is_left_out(text: str, quads: set[Quad]) -> None:
    try:
        query = prepared(f"PREFIX : <{BASE}> SELECT ?this {{ {text} }}", ())
    except Exception:  # noqa: BLE001
        # rdflib says what it does not take in many ways.
        assume(False)
    graph, there = graph_of(quads), there_of(quads)
    found = {row.get(THIS) for row in evalQuery(graph, query, {})["bindings"]}
    wanted = {f"<{node}>" for node in found if isinstance(node, URIRef)}
    store = MemoryStore(quads)
    for asked in (Plain(query, there).query(query), Blind(query, there).query(query, NODES)):
        if asked is not None:
            assert wanted <= {row[str(THIS)] for row in store.select(asked, base=BASE)}, asked
    if can_be_given(query) and (nodes := Narrowing(quads).nodes(query)) is not None:
        assert wanted <= {f"<{node}>" for node in nodes}
        # Asked about one node after the other, rdflib finds the same.
        alone = {node for node in NODES if any(evalQuery(graph, query, {"this": URIRef(node[1:-1])})["bindings"])}
        assert alone == wanted
