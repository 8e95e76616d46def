from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.fragments import PAGE, Fragment, controls, fragment, pattern_of
from dppgraph.store.history import ExactQuads, Pattern
from tests.store.history_of import exact_of

P = "<http://e.org/p>"
URL = "http://localhost:8000/fragments"
HYDRA = "http://www.w3.org/ns/hydra/core#"


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> ExactQuads:
    path = tmp_path_factory.mktemp("fragments") / "exact"
    quads = [Quad(f"<http://e.org/{number:03}>", P, '"a \\"b\\""@nl-BE') for number in range(2 * PAGE + 1)]
    quads += [Quad("<http://e.org/x>", P, '"01"^^<http://www.w3.org/2001/XMLSchema#integer>', "<http://e.org/g>")]
    quads += [quads[0]._replace(graph=f"<http://e.org/g{number}>") for number in range(3)]
    return exact_of(path, [quad.line() for quad in quads])


def said(found: Fragment, predicate: str) -> set[str]:
    lines = map(parse_line, controls(found, URL, URL, named=False))
    return {quad.object for quad in lines if quad.predicate == f"<{HYDRA}{predicate}>"}


def test_pages_part_a_fragment_and_each_triple_is_there_once(exact: ExactQuads) -> None:
    pages = [fragment(exact, {"predicate": "http://e.org/p"}, page) for page in (1, 2, 3)]
    assert {page.total for page in pages} == {2 * PAGE + 2}
    assert [len(page.triples) for page in pages] == [PAGE, PAGE, 2]
    assert len({triple for page in pages for triple in page.triples}) == 2 * PAGE + 2
    with pytest.raises(Unknown, match="3 pages"):
        fragment(exact, {"predicate": "http://e.org/p"}, 4)


def test_controls_lead_from_page_to_page(exact: ExactQuads) -> None:
    asked = f"<{URL}?predicate=http%3A%2F%2Fe.org%2Fp"
    first, second, last = (fragment(exact, {"predicate": "http://e.org/p"}, page) for page in (1, 2, 3))
    assert (said(first, "next"), said(first, "previous")) == ({f"{asked}&page=2>"}, set())
    assert (said(second, "next"), said(second, "previous")) == ({f"{asked}&page=3>"}, {f"{asked}>"})
    assert (said(last, "next"), said(last, "previous")) == (set(), {f"{asked}&page=2>"})
    assert said(first, "totalItems") == {f'"{2 * PAGE + 2}"^^<http://www.w3.org/2001/XMLSchema#integer>'}
    assert said(first, "template") == {f'"{URL}{{?subject,predicate,object}}"'}
    assert {quad.graph for quad in map(parse_line, controls(second, URL, URL, named=True))} == {
        f"{asked}&page=2#metadata>"
    }


def test_literals_are_found_as_clients_write_them(exact: ExactQuads) -> None:
    assert fragment(exact, {"object": '"a "b""@nl-BE'}).total == 2 * PAGE + 1
    # Languages are compared whatever their case (RDF 1.1 Concepts, section 3.3).
    assert fragment(exact, {"object": '"a "b""@nl-be'}).total == 2 * PAGE + 1
    for datatype in ("http://www.w3.org/2001/XMLSchema#integer", "<http://www.w3.org/2001/XMLSchema#integer>"):
        assert fragment(exact, {"object": f'"01"^^{datatype}'}).total == 1
        assert fragment(exact, {"object": f'"1"^^{datatype}'}).total == 0
    assert fragment(exact, {"subject": "http://e.org/nowhere"}).pages == 1


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_literal(text: str) -> None:
    (pattern,) = pattern_of({"object": f'"{text}"'})
    assert pattern == Pattern(None, None, literal(text))
    assert pattern_of({"object": f'"{text}"^^http://www.w3.org/2001/XMLSchema#string'}) == [pattern]


@given(st.text())
def test_whatever_is_given_is_a_pattern_or_refused(text: str) -> None:
    for place in ("subject", "predicate", "object"):
        with suppress(BadParameter):
            assert pattern_of({place: text})


@pytest.mark.parametrize("value", ['"', '"a', '"a"@', '"a"^^', '"a"x', "a b", "<a", '"a"@nl be', "a\nb"])
def test_what_is_no_term_is_refused(value: str) -> None:
    with pytest.raises(BadParameter, match="object is"):
        pattern_of({"object": value})


def test_a_variable_is_anything(exact: ExactQuads) -> None:
    assert pattern_of({"subject": "?s", "predicate": "_:p", "object": ""}) == [Pattern()]
