"""One pass over all lines finds what is found by looking at them for each thing alone."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.digest import tree_of
from dppgraph.core.quads import Delta, Quad, by_subject, canonical, changes_of, difference, parse_line, subject_of
from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import sharing
from dppgraph.store.versions.overview import differing, overview
from tests.core.test_quads import LINES, QUADS
from tests.store.test_rdf import LINES as ODD

FEW = st.sampled_from([quad._replace(graph=graph) for quad in map(parse_line, ODD) for graph in ("<a:g>", "<a:h>", "")])


@given(st.lists(QUADS | FEW, max_size=12))
def test_an_overview_is_what_each_look_alone_finds(quads: list[Quad]) -> None:
    lines = canonical(quads)
    found = overview(lines)
    sizes = Counter(parse_line(line).graph.strip("<>") for line in lines)
    assert found.tree == tree_of(lines)
    assert found.sharing == sharing(lines)
    assert found.graphs == dict(sorted(sizes.items()))
    assert {entity: (number, 0) for entity, number in found.entities.items()} == changes_of(Delta(lines, []))


@given(st.lists(QUADS, max_size=12))
def test_lines_come_subject_by_subject(quads: list[Quad]) -> None:
    lines = canonical(quads)
    groups = list(by_subject(lines))
    assert [line for group in groups for line in group] == lines
    assert [len({*map(subject_of, group)}) for group in groups] == [1] * len({*map(subject_of, lines)})


@given(LINES, LINES)
def test_sorted_lines_differ_as_sets_do(old: set[str], new: set[str]) -> None:
    assert differing(sorted(old), sorted(new)) == difference(old, new)


TERMS = (
    '"a"@nl-BE',
    '"a"@nl-be',
    '"b"@nl-be',
    '"\\"@A"',
    '"\\"@a"',
    '"a\\"@A"^^<a:b>',
    '"a\\"@a"^^<a:b>',
    '"01"',
    "<a:a>",
)
NUMBERS = tuple(
    f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{kind}>' for text in ("01", "1") for kind in ("int", "date")
)
NESTED = tuple(f"<<( <a:a> <a:b> {term} )>>" for term in (*TERMS[:3], *NUMBERS[:2]))


@pytest.mark.parametrize("first", [*TERMS, *NUMBERS, *NESTED])
def test_two_graphs_share_what_the_engine_takes_for_one(first: str) -> None:
    for second in (*TERMS, *NUMBERS, *NESTED):
        said = (
            ("<a:s>", "<a:p>", first, "<a:g>"),
            ("<a:s>", "<a:p>", second, "<a:h>"),
            ("<a:s>", "<a:q>", first, "<a:h>"),
        )
        lines = canonical(Quad(*terms) for terms in said)
        store = MemoryStore(map(parse_line, lines))
        (row,) = store.select(
            "SELECT (COUNT(*) AS ?n) { GRAPH <a:g> { ?s ?p ?o } GRAPH <a:h> { ?s ?p ?o } }", base="a:"
        )
        are_one = row["n"].startswith('"1"')
        assert overview(lines).sharing == (frozenset(("a:g", "a:h")) if are_one else frozenset())
