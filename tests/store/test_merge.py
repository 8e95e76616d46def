"""A default graph of several graphs is their merge: a triple that stands in two of them stands once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dppgraph.core import formats
from dppgraph.core.quads import canonical
from dppgraph.store.merge import sharing
from dppgraph.store.rdf import parse
from dppgraph.store.workers.process import PoolOptions
from tests.store.conftest import BASE, MIB, Pool, published

SHARED = b"""
@prefix e: <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:one { e:a e:p "x" ; e:q "01"^^xsd:integer . }
e:two { e:a e:p "x" ; e:q 1 . e:b e:p "y" . }
e:three { e:c e:p "z" . }
"""
FIRST = "SELECT ?s ?o {from} {{ ?s <http://e/p> ?o }}"
Ask = Callable[..., list[tuple[str, ...]]]


@pytest.fixture(scope="module", params=["memory", "disk"])
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a store whose graphs share triples."""
    folder = tmp_path_factory.mktemp("merge")
    _, manifest = published(folder / "store", canonical(parse(SHARED, formats.TRIG)))
    assert manifest.sharing == ["http://e/one", "http://e/two"]
    index = folder / "index" if request.param == "disk" else None
    pool = Pool(PoolOptions(folder / "store", 1, BASE, union=True, query_memory=64 * MIB, index=index), folder / "pool")

    def ask_(text: str, **said: Any) -> list[tuple[str, ...]]:
        found = json.loads(pool.ask(text, **said)[1])
        return sorted(
            tuple(row[name]["value"] for name in found["head"]["vars"]) for row in found["results"]["bindings"]
        )

    yield ask_
    pool.stop()


def test_in_the_union_of_all_a_triple_stands_once(ask: Ask) -> None:
    assert ask(FIRST.format(**{"from": ""})) == [("http://e/a", "x"), ("http://e/b", "y"), ("http://e/c", "z")]
    assert ask("SELECT (COUNT(*) AS ?n) { ?s <http://e/p> ?o }") == [("3",)]


def test_so_does_what_the_engine_takes_for_the_same(ask: Ask) -> None:
    assert ask("SELECT ?o { ?s <http://e/q> ?o }") == [("1",)]


@pytest.mark.parametrize(
    "clause",
    ["FROM <http://e/one> FROM <http://e/two>", "FROM <one> FROM e:two", "FROM <http://e/two> FROM <http://e/one>"],
)
def test_so_it_does_in_the_graphs_that_a_query_names(ask: Ask, clause: str) -> None:
    prologue = "BASE <http://e/> PREFIX e: <http://e/> "
    assert ask(prologue + FIRST.format(**{"from": clause})) == [("http://e/a", "x"), ("http://e/b", "y")]


def test_so_it_does_in_the_graphs_that_a_request_names(ask: Ask) -> None:
    graphs = ("http://e/one", "http://e/two")
    assert ask(FIRST.format(**{"from": ""}), default_graphs=graphs) == [("http://e/a", "x"), ("http://e/b", "y")]


@pytest.mark.parametrize("graph", ["http://e/two", "http://e/three"])
def test_a_graph_that_is_named_twice_counts_once(ask: Ask, graph: str) -> None:
    count = "SELECT (COUNT(*) AS ?n) {from} {{ ?s <http://e/p> ?o }}"
    once = ask(count.format(**{"from": f"FROM <{graph}>"}))
    assert ask(count.format(**{"from": f"FROM <{graph}> FROM <{graph}>"})) == once
    assert ask(count.format(**{"from": ""}), default_graphs=(graph, graph)) == once
    assert ask(
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{graph}> FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    ) == ask(f"SELECT (COUNT(*) AS ?n) FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s ?p ?o }} }}")


def test_so_it_does_where_no_graphs_share_a_triple(tmp_path: Path) -> None:
    published(tmp_path / "store", canonical(parse(b'<http://e/one> { <a:a> <a:b> "x" }', formats.TRIG)))
    pool = Pool(PoolOptions(tmp_path / "store", 1, BASE, union=True, query_memory=64 * MIB), tmp_path / "pool")
    try:
        for clause in ("FROM <http://e/one>", "FROM <http://e/one> FROM <http://e/one>"):
            found = json.loads(pool.ask(f"SELECT ?o {clause} {{ ?s ?p ?o }}")[1])
            assert len(found["results"]["bindings"]) == 1
    finally:
        pool.stop()


def test_in_its_graphs_it_stands_as_often_as_it_is_there(ask: Ask) -> None:
    assert ask("SELECT ?g { GRAPH ?g { <http://e/a> <http://e/p> 'x' } }") == [("http://e/one",), ("http://e/two",)]
    named = "FROM NAMED <http://e/two> FROM <http://e/one> FROM <http://e/two>"
    assert ask(f"SELECT ?g {named} {{ GRAPH ?g {{ <http://e/a> ?p 'x' }} ?s ?q 'y' }}") == [("http://e/two",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o } FILTER(ISBLANK(?g)) }", {}),
        ("SELECT ?g { GRAPH ?g {} FILTER(ISBLANK(?g)) }", {}),
        ("SELECT ?s { GRAPH <dppgraph-merged> { ?s ?p ?o } }", {}),
        ("SELECT ?s FROM <dppgraph-merged> { ?s ?p ?o }", {}),
        ("SELECT ?s FROM NAMED <dppgraph-merged> { GRAPH ?g { ?s ?p ?o } }", {}),
        ("SELECT ?s { ?s ?p ?o }", {"default_graphs": ("http://e/dppgraph-merged",)}),
        ("SELECT ?s { GRAPH ?g { ?s ?p ?o } }", {"named_graphs": ("http://e/dppgraph-merged",)}),
    ],
)
def test_the_merge_itself_cannot_be_asked(ask: Ask, text: str, said: dict[str, Any]) -> None:
    assert ask(text, **said) == []


def test_graphs_that_share_nothing_are_none() -> None:
    lines = canonical(parse(b'<a:g> { <a:a> <a:b> 1 } <a:h> { <a:a> <a:b> 2 , "1" }', formats.TRIG))
    assert sharing(lines) == frozenset()


def test_the_default_graph_shares_as_any_other(tmp_path: Path) -> None:
    lines = canonical(parse(b"<a:a> <a:b> 1 . <a:g> { <a:a> <a:b> 1 }", formats.TRIG))
    assert sharing(lines) == {"", "a:g"}
    published(tmp_path / "store", lines)
    union = PoolOptions(tmp_path / "store", 1, BASE, union=True, query_memory=64 * MIB)
    for options, count in ((union, "1"), (replace(union, union=False), "1")):
        pool = Pool(options, tmp_path / f"pool-{options.union}")
        try:
            assert f'"{count}"' in pool.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[1].decode()
            assert '"1"' in pool.ask("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")[1].decode()
        finally:
            pool.stop()
