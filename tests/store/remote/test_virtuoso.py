"""What Virtuoso is sent means what was asked: tried on the embedded engine, which takes all but Virtuoso's words."""

from collections.abc import Sequence
from contextlib import suppress

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadParameter, QuerySyntax
from dppgraph.store.merge import as_the_engine_has_them
from dppgraph.store.rdf import engine_quads, exact_term
from dppgraph.store.remote.virtuoso import asked, loaded, probe, read
from dppgraph.store.remote.virtuoso.literals import FALSE, TRUE
from tests.contract.test_virtuoso import CURED, DATA, LITERALS, NO_SPARQL, PREFIX, XSD

# Of a truth that may be a number, it is asked in a way in which SPARQL has an error.
_VIRTUOSOS = ("OPTION(", "define ", f"!= {FALSE}", f"!= {TRUE}")
PORTABLE = [text for text in CURED if not any(word in asked(PREFIX + text) for word in _VIRTUOSOS)]


def answer(store: pyoxigraph.Store, text: str) -> Sequence[object]:
    """An answer as what Virtuoso's would be read as, in no order."""
    found = store.query(text, use_default_graph_as_union=True)
    if isinstance(found, pyoxigraph.QueryBoolean):
        return [bool(found)]
    if isinstance(found, pyoxigraph.QueryTriples):
        return sorted((str(triple.subject), str(triple.predicate), read(exact_term(triple.object))) for triple in found)
    names = [variable.value for variable in found.variables]
    rows = [{name: read(exact_term(term)) for name in names if (term := row[name]) is not None} for row in found]
    return sorted(rows, key=str)


@pytest.fixture(scope="module")
def stores() -> tuple[pyoxigraph.Store, pyoxigraph.Store]:
    """Some data as it is, and as it is loaded."""
    plain, put_aside = pyoxigraph.Store(), pyoxigraph.Store()
    plain.load(DATA.encode(), pyoxigraph.RdfFormat.TRIG)
    for quad in plain:
        (object_,) = loaded([exact_term(quad.object)])
        (term,) = engine_quads([Quad("<a:a>", "<a:a>", object_)])
        put_aside.add(pyoxigraph.Quad(quad.subject, quad.predicate, term.object, quad.graph_name))
    return plain, put_aside


def test_most_queries_are_sent_in_words_that_others_know() -> None:
    assert len(PORTABLE) > len(CURED) * 0.8


@pytest.mark.parametrize("text", PORTABLE)
def test_what_is_sent_means_what_was_asked(stores: tuple[pyoxigraph.Store, pyoxigraph.Store], text: str) -> None:
    plain, put_aside = stores
    assert answer(put_aside, asked(PREFIX + text)) == answer(plain, PREFIX + text)


def test_literals_are_read_as_the_embedded_store_has_them() -> None:
    turtle = " ".join(f"<urn:s{place}> <urn:p> {term} ." for place, term in enumerate(LITERALS))
    quads = pyoxigraph.parse(f"PREFIX xsd: <{XSD}> {turtle}".encode(), pyoxigraph.RdfFormat.TURTLE)
    terms = [exact_term(quad.object) for quad in quads]
    assert [read(term) for term in loaded(terms)] == as_the_engine_has_them(terms)


@given(st.sampled_from(("integer", "decimal", "double", "float", "boolean", "date", "dateTime", "gYear")), st.text())
def test_a_literal_of_any_text_is_read_as_it_was_loaded(name: str, text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    term = literal(text, datatype=XSD + name)
    assert [read(one) for one in loaded([term])] == as_the_engine_has_them([term])


_MARKS = tuple("{}()[].;,*/+-|^!=<>?$@&")
_TERMS = ("?x", "<urn:a>", "'a'", "1.5", "a", "TRUE")
_KEYWORDS = (
    "SELECT",
    "WHERE",
    "FILTER",
    "BIND",
    "AS",
    "VALUES",
    "GROUP",
    "BY",
    "HAVING",
    "ORDER",
    "EXISTS",
    "NOT",
    "IN",
)
_CALLS = ("IF", "DATATYPE", "COUNT", "UNION", "GRAPH", "CONCAT", "REGEX", "STRDT", "SUM")
_WORDS = st.sampled_from((*_MARKS, *_TERMS, *_KEYWORDS, *_CALLS))


@given(st.lists(_WORDS).map(" ".join))
def test_no_text_is_more_than_refused(text: str) -> None:
    with suppress(QuerySyntax, BadParameter):
        assert asked(text) is not None


@given(st.lists(_WORDS).map(" ".join))
def test_no_pattern_is_more_than_refused(text: str) -> None:
    with suppress(QuerySyntax, BadParameter):
        assert asked(f"SELECT * {{ {text} }}") is not None


@pytest.mark.parametrize("text", NO_SPARQL)
def test_words_of_its_own_are_refused(text: str) -> None:
    with pytest.raises(QuerySyntax, match="does not parse"):
        asked(text)


@pytest.mark.parametrize("rows", [1, 10, 999, 1000, 123_456])
def test_a_probe_has_more_rows_than_are_asked_for(rows: int) -> None:
    found = pyoxigraph.Store().query(probe(rows))
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert sum(1 for _ in found) == rows + 1
