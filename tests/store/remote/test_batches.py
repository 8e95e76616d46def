"""A version cut into updates: all of it, in pieces of a bounded size, each shared triple in one part."""

from collections import Counter
from dataclasses import replace

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, canonical
from dppgraph.errors import BadRdf
from dppgraph.store.merge import sharing
from dppgraph.store.remote.batches import Batches, Content
from dppgraph.store.remote.dialect import OTHER, OXIGRAPH
from dppgraph.store.remote.names import Held, Naming

NAMING = Naming("https://data.example.org/", 7, "0123456789abcdef" * 4)
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"
GRAPHS = ("", "http://g/a", "http://g/b", "http://g/c?x#y")

quads = st.lists(
    st.builds(
        lambda subject, object_, graph: Quad(
            f"<http://s/{subject}>", "<http://p>", object_, f"<{graph}>" if graph else ""
        ),
        st.integers(0, 4),
        st.sampled_from(['"1"', f'"1"{INTEGER}', f'"01"{INTEGER}', '"één"@nl', '"a\\n\\"b\\\\"', "<http://o>"]),
        st.sampled_from(GRAPHS),
    ),
    max_size=40,
)


def loaded(lines: list[str], most: int = 10_000, size: int = 1 << 20) -> tuple[Batches, pyoxigraph.Store, list[int]]:
    """A store that carried all updates out, and how many triples each had."""
    store = pyoxigraph.Store()
    batches = Batches(NAMING, sharing(lines), replace(OXIGRAPH, insert_triples=most, insert_bytes=size))
    sizes = []
    for batch in batches.of(lines):
        sizes.append(batch.triples)
        assert len(batch.text.encode()) <= size + 200
        store.update(batch.text)
    return batches, store, sizes


def triples(store: pyoxigraph.Store, graph: str) -> set[str]:
    found = store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph))
    return {str(quad.triple) for quad in found}


@given(quads, st.sampled_from([1, 3, 1000]))
def test_all_of_a_version_arrives_in_its_graphs(data: list[Quad], most: int) -> None:
    lines = canonical(data)
    batches, store, sizes = loaded(lines, most)
    assert all(size <= most for size in sizes)
    assert sum(sizes) == len(store)
    for name, content in batches.content.items():
        found = Content()
        for quad in store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(name)):
            found.take(str(quad.subject), str(quad.predicate), str(quad.object))
        assert found == content


@given(quads, st.sets(st.sampled_from(GRAPHS)))
def test_the_merge_of_any_graphs_holds_each_triple_once(data: list[Quad], asked: set[str]) -> None:
    lines = canonical(data)
    begun = {}
    batches = Batches(NAMING, sharing(lines), OXIGRAPH)
    store = pyoxigraph.Store()
    for batch in batches.of(lines):
        begun.update({graph.name: graph for graph in batch.begun})
        store.update(batch.text)
    held = Held(
        NAMING,
        {graph.holds: name for name, graph in begun.items() if graph.holds is not None},
        {name: graph.shares for name, graph in begun.items() if graph.holds is None},
    )
    found = Counter(triple for name in held.merge(asked) for triple in triples(store, name))
    wanted = {triple for graph in asked for triple in triples(store, NAMING.graph(graph))}
    assert found == Counter(wanted)


def test_no_update_is_larger_than_the_engine_takes() -> None:
    lines = [f'<http://s/{n:03}> <http://p> "{"é" * 50}" <http://g/a> .' for n in range(200)]
    _, store, sizes = loaded(lines, size=2000)
    assert len(store) == 200
    assert len(sizes) > 10


def test_terms_are_written_as_the_engine_takes_them_and_compared_as_it_keeps_them() -> None:
    dialect = replace(
        OTHER,
        loaded=lambda terms: [term.replace('"a"', '"A"') for term in terms],
        kept=lambda terms: [term.replace('"a"', '"b"') for term in terms],
    )
    batches = Batches(NAMING, frozenset(), dialect)
    (batch,) = batches.of(['<http://s> <http://p> "a" <http://g/a> .'])
    assert '<http://s> <http://p> "A" .' in batch.text
    expected = Content()
    expected.take("<http://s>", "<http://p>", '"b"')
    assert list(batches.content.values()) == [expected]


@pytest.mark.parametrize("line", ["_:a <http://p> <http://o> .", "<http://s> <http://p> _:a <http://g> ."])
def test_blank_nodes_are_refused(line: str) -> None:
    with pytest.raises(BadRdf, match="blank nodes"):
        list(Batches(NAMING, frozenset(), OXIGRAPH).of([line]))


def test_names_of_versions_never_meet() -> None:
    other = Naming(NAMING.base, 7, "f" * 64)
    names = {naming.graph(iri) for naming in (NAMING, other, Naming(NAMING.base, 8, NAMING.digest)) for iri in GRAPHS}
    assert len(names) == 3 * len(GRAPHS)
    for name in names:
        pyoxigraph.NamedNode(name)
