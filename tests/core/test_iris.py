import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import DEFAULT_BASE, GRAPHS, NAMESPACE, PREFIXES, graph_iri, rebased
from dppgraph.core.quads import literal

ELSEWHERE = "https://data.example.org/plans/"
ANY_URI = f"{PREFIXES['xsd']}anyURI"


@pytest.mark.parametrize(
    ("term", "moved"),
    [
        (f"<{DEFAULT_BASE}id/plan/2009-2011>", f"<{ELSEWHERE}id/plan/2009-2011>"),
        (f"<{DEFAULT_BASE}id/plan/2009-2011#period>", f"<{ELSEWHERE}id/plan/2009-2011#period>"),
        (f"<{DEFAULT_BASE}>", f"<{ELSEWHERE}>"),
        (f"<{DEFAULT_BASE}nsa>", f"<{ELSEWHERE}nsa>"),
        (f"<{DEFAULT_BASE}id/ns#x>", f"<{ELSEWHERE}id/ns#x>"),
        (f'"{DEFAULT_BASE}id/plan/x"^^<{ANY_URI}>', f'"{ELSEWHERE}id/plan/x"^^<{ANY_URI}>'),
    ],
)
def test_what_is_named_under_the_default_base_moves(term: str, moved: str) -> None:
    assert rebased(term, ELSEWHERE) == moved


@pytest.mark.parametrize(
    "term",
    [
        f"<{NAMESPACE}PolicyPlan>",
        f"<{NAMESPACE}>",
        f"<{DEFAULT_BASE}ns>",
        f"<{DEFAULT_BASE}ns/1.0>",
        f'"{NAMESPACE}PolicyPlan"^^<{ANY_URI}>',
        "<https://w3id.org/dppgraphs/id/x>",
        "<http://w3id.org/dppgraph/id/x>",
        f"<https://elsewhere.example/?of={DEFAULT_BASE}id/x>",
        f'"{DEFAULT_BASE}id/plan/x"',
        f'"{DEFAULT_BASE}id/plan/x"@nl',
        f'"see {DEFAULT_BASE}id/plan/x"^^<{ANY_URI}>',
        f'"x"^^<{NAMESPACE}Score>',
        "_:b0",
        "",
    ],
)
def test_the_ontology_and_what_only_mentions_an_iri_stay(term: str) -> None:
    assert rebased(term, ELSEWHERE) == term


def test_what_is_named_within_a_triple_term_moves_too() -> None:
    # RDF 1.2: an IRI that moved as a subject and stayed in a triple term would be two things.
    assert rebased(f"<<( <{DEFAULT_BASE}id/x> <{NAMESPACE}p> <{DEFAULT_BASE}id/y> )>>", ELSEWHERE) == (
        f"<<( <{ELSEWHERE}id/x> <{NAMESPACE}p> <{ELSEWHERE}id/y> )>>"
    )


@given(st.text())
def test_no_literal_of_text_is_ever_touched(text: str) -> None:
    for term in (literal(text), literal(DEFAULT_BASE + text), literal(DEFAULT_BASE + text, language="nl")):
        assert rebased(term, ELSEWHERE) == term


@given(st.from_regex(r"[a-z/#]*", fullmatch=True))
def test_moving_to_the_default_base_moves_nothing(path: str) -> None:
    assert rebased(f"<{DEFAULT_BASE}{path}>", DEFAULT_BASE) == f"<{DEFAULT_BASE}{path}>"


def test_every_named_graph_has_an_iri_of_its_own_under_the_base() -> None:
    iris = {graph_iri(name, ELSEWHERE) for name in GRAPHS}
    assert len(iris) == len(GRAPHS)
    assert all(iri.startswith(f"{ELSEWHERE}id/graph/") for iri in iris)
    assert graph_iri("source") == f"{DEFAULT_BASE}id/graph/source"


def test_no_two_prefixes_stand_for_the_same_iri() -> None:
    # Else an IRI could be shortened in two ways, and the same data written as different bytes.
    iris = list(PREFIXES.values())
    assert len(set(iris)) == len(iris)
    assert all(iri.endswith(("#", "/")) for iri in iris)
