import pytest

from dppgraph.core.quads import Quad
from dppgraph.errors import QuerySyntax
from dppgraph.store.memory import MemoryStore

S, P = "<http://e/s>", "<http://e/p>"
BASE = "http://e/"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(
        [Quad(S, P, '"one"@nl', "<http://e/g1>"), Quad(S, P, '"two"'), Quad("_:b", P, '"two"', "<http://e/g2>")]
    )


def test_a_construct_makes_quads_of_the_default_graph_from_all_graphs(store: MemoryStore) -> None:
    made = store.construct("CONSTRUCT { ?s <q> ?o } { ?s <p> ?o FILTER(isIRI(?s)) }", base=BASE)
    assert set(made) == {Quad(S, "<http://e/q>", '"one"@nl'), Quad(S, "<http://e/q>", '"two"')}


def test_a_select_gives_rows_of_terms_without_what_is_unbound(store: MemoryStore) -> None:
    rows = list(store.select("SELECT ?o ?none { <s> <p> ?o } ORDER BY ?o", base=BASE))
    assert rows == [{"o": '"one"@nl'}, {"o": '"two"'}]


def test_a_row_may_bind_nothing(store: MemoryStore) -> None:
    assert list(store.select("SELECT ?x {}", base=BASE)) == [{}]


def test_a_triple_term_comes_as_canonical_n_quads_writes_it() -> None:
    store = MemoryStore([Quad(S, P, f"<<( {S} {P} {S} )>>")])
    assert list(store.select("SELECT ?o { ?s ?p ?o }", base=BASE)) == [{"o": f"<<( {S} {P} {S} )>>"}]


def test_what_is_added_twice_is_there_once(store: MemoryStore) -> None:
    store.add([Quad(S, P, '"two"'), Quad(S, P, '"three"')])
    assert len(list(store.select("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", base=BASE))) == 2
    assert {row["o"] for row in store.select("SELECT ?o { ?s ?p ?o }", base=BASE)} == {'"one"@nl', '"two"', '"three"'}


@pytest.mark.parametrize("text", ["SELECT * {}", "ASK {}", "CONSTRUCT {", "INSERT DATA {}"])
def test_a_rule_that_is_no_construct_is_refused(store: MemoryStore, text: str) -> None:
    with pytest.raises(QuerySyntax):
        store.construct(text, base=BASE)


@pytest.mark.parametrize("text", ["CONSTRUCT { ?s ?p ?o } WHERE {}", "ASK {}", "SELECT", ""])
def test_a_question_that_is_no_select_is_refused(store: MemoryStore, text: str) -> None:
    with pytest.raises(QuerySyntax):
        store.select(text, base=BASE)
