"""After any change the results are those of a full run, though only what can have changed is judged."""

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql import prepareQuery

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadRdf
from dppgraph.operations.sources import Shapes, Sources
from dppgraph.operations.validate import Result, assemble
from dppgraph.operations.validate.again.again import Again
from dppgraph.operations.validate.again.shaped import NotRead
from dppgraph.operations.validate.given import can_be_given
from dppgraph.operations.validate.judge import judged
from dppgraph.store.rdf import read_file
from tests.conftest import BASE
from tests.operations.judging import GRAPHS, Judged, Judging, a_change
from tests.operations.test_validate import FILES, expected

KINDS = Path(__file__).resolve().parents[1] / "fixtures" / "again" / "shapes.ttl"
EX = "https://example.org/"
XSD = PREFIXES["xsd"]
A = f"<{PREFIXES['rdf']}type>"
# Reading an ill-typed literal, rdflib says so beside the shapes.
WEIRD = pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")


@pytest.fixture(scope="module")
def shipped(sources: Sources) -> Judging:
    candidate = assemble(sources)
    return Judging(candidate.shapes, candidate.quads)


@pytest.mark.heavy
def test_only_what_asks_whether_there_are_readings_at_all_is_judged_of_everything(shipped: Judging) -> None:
    every = {
        shape.node.rpartition("#")[2]
        for unit in shipped.again.units
        for shape, _ in unit.shapes
        if unit.whole or any(site.way is None for sites in unit.sites.values() for site in sites)
    }
    assert every == {"plan-line-listing", "plan-line-listing-unread"}


def same_after(shipped: Judging, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    data = Judged(shipped)
    for _ in range(changes):
        data.change(*a_change(sorted(data.held.all), chance))
    assert data.results == data.full()


@WEIRD
@pytest.mark.heavy
@settings(max_examples=2)
@given(seed=st.integers(0, 1 << 32))
def test_after_some_changes_the_shipped_data_is_judged_as_in_full(shipped: Judging, seed: int) -> None:
    same_after(shipped, seed, 6)


@WEIRD
@pytest.mark.heavy
@pytest.mark.timeout(1200)
@settings(max_examples=12)
@given(seed=st.integers(0, 1 << 32), changes=st.integers(1, 20))
def test_after_many_changes_the_shipped_data_is_judged_as_in_full(shipped: Judging, seed: int, changes: int) -> None:
    same_after(shipped, seed, changes)


def broken_by(path: Path, sources: Sources, shipped: Judging) -> Judged:
    """The shipped data, and then what a fixture adds, with all that follows."""
    data = Judged(shipped)
    after = set(assemble(sources, [path]).quads)
    data.change(after - data.held.all, data.held.all - after)
    return data


@pytest.mark.heavy
@pytest.mark.parametrize("path", FILES[::30], ids=lambda path: path.stem)
def test_what_breaks_a_shape_breaks_it_as_a_change(sources: Sources, shipped: Judging, path: Path) -> None:
    data = broken_by(path, sources, shipped)
    assert expected(path)[1:] in {(result.check, result.focus) for result in data.results}


@WEIRD
@pytest.mark.heavy
@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_each_fixture_as_a_change_is_judged_as_in_full(sources: Sources, shipped: Judging, path: Path) -> None:
    data = broken_by(path, sources, shipped)
    assert expected(path)[1:] in {(result.check, result.focus) for result in data.results}
    assert data.results == data.full()
    added = set(data.held.all) - set(shipped.quads)
    data.change(set(shipped.quads) - data.held.all, added)
    assert data.results == shipped.results


# --- Shapes of every kind --------------------------------------------------------------------------------------------


class Alone(Judging):
    """Shapes that all are judged by pySHACL."""

    def full(self, quads: Iterable[Quad]) -> list[Result]:
        return judged(quads, self.shapes.merged)


@pytest.fixture(scope="module")
def kinds() -> Judging:
    quads = read_file(KINDS, formats.TURTLE, graph="", base=EX)
    nested = sorted({quad.object for quad in quads if quad.predicate == f"<{PREFIXES['sh']}property>"})
    names = {term: f"<{EX}shapes#nested-{place}>" for place, term in enumerate(nested) if term.startswith("_:")}
    return Alone(Shapes([Quad(*(names.get(term, term) for term in quad)) for quad in quads], {}), ())


things = st.sampled_from([f"<{EX}{name}>" for name in "abcdef"])
# Not 0 nor an empty text: rdflib takes these, where a path begins with one, for no term at all, and goes anywhere.
literals = st.sampled_from(
    ['"x"', '"x"@nl', '"x"@nl-BE', '"x"@nl-be', '"y"@en']
    + [literal(text, datatype=f"{XSD}integer") for text in ("3", "1", "01", "2", "x")]
)
classes = st.sampled_from([f"<{EX}{name}>" for name in "ABC"])
triples = st.one_of(
    st.builds(Quad, things, st.just(A), classes),
    st.builds(Quad, classes, st.just(f"<{PREFIXES['rdfs']}subClassOf>"), classes),
    st.builds(Quad, things, st.sampled_from([f"<{EX}{name}>" for name in "pqr"]), things),
    st.builds(Quad, things, st.sampled_from([f"<{EX}{name}>" for name in "nm"]), literals),
    st.builds(Quad, things, st.sampled_from([f"<{EX}{name}>" for name in "pqnm"]), st.one_of(things, literals)),
).map(lambda quad: quad._replace(graph=GRAPHS["source"]))


def without_labels(results: list[Result]) -> set[str]:
    """Results without the labels of blank nodes, which a path has another one of in each run.

    Of languages that differ only in capitals rdflib takes any.
    """
    return {str(replace(result, path=result.path[:2])).replace("nl-BE", "nl-be") for result in results}


def same_of_every_kind(kinds: Judging, steps: list[tuple[set[Quad], set[Quad]]]) -> None:
    data = Judged(kinds)
    for added, removed in steps:
        data.change(added, removed)
        assert without_labels(data.results) == without_labels(data.full())


changes = st.lists(st.tuples(st.sets(triples, max_size=12), st.sets(triples, max_size=6)), max_size=6)


@pytest.mark.heavy
@settings(max_examples=10)
@given(changes)
def test_shapes_of_every_kind_are_judged_as_in_full(kinds: Judging, steps: list[tuple[set[Quad], set[Quad]]]) -> None:
    same_of_every_kind(kinds, steps)


@pytest.mark.heavy
@pytest.mark.timeout(1200)
@settings(max_examples=60)
@given(changes)
def test_shapes_of_every_kind_are_judged_as_in_full_often(
    kinds: Judging, steps: list[tuple[set[Quad], set[Quad]]]
) -> None:
    same_of_every_kind(kinds, steps)


# --- What is not judged in part --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("SELECT ?this WHERE { ?this ?p ?o FILTER(?o != ?this) }", True),
        ("SELECT ?this WHERE { { SELECT ?this WHERE { ?this ?p ?o } } ?this ?q ?r }", True),
        ("SELECT ?this WHERE { ?this ?p ?o FILTER NOT EXISTS { ?o ?q ?this } }", True),
        ("SELECT ?this WHERE { ?x ?p ?o { SELECT ?o WHERE { ?this ?q ?o } } ?this ?y ?z }", False),
        ("SELECT ?this WHERE { ?this ?p ?o { ?x ?y ?z FILTER(BOUND(?this)) } }", False),
        ("SELECT ?this WHERE { ?this ?p ?o } LIMIT 1", False),
        ("SELECT ?this WHERE { ?x ?p ?o BIND(?o AS ?this) }", False),
        ("SELECT ?this WHERE { ?x ?p ?this } GROUP BY ?this HAVING (COUNT(?x) > 1)", False),
        ("SELECT ?this WHERE { ?this ?p ?o MINUS { ?this ?p ?this } }", False),
        ("SELECT ?this WHERE { ?x ?p ?o OPTIONAL { ?this ?q ?o } }", False),
        ("SELECT ?this WHERE { { ?this ?p ?o } UNION { ?x ?p ?o } }", False),
    ],
)
def test_a_query_is_asked_about_one_thing_only_where_that_is_the_same(text: str, can: bool) -> None:
    assert can_be_given(prepareQuery(text)) is can


@pytest.mark.parametrize(
    "text",
    [
        "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate <a:p> ; sh:object <a:o> ]",
        "sh:property [ sh:path <a:p> ; sh:minCount 1 ]",
        "sh:property <a:not-there>",
        'sh:sparql [ sh:select "SELECT $this WHERE { $this <a:p> ?o MINUS { ?o <a:p> $this } }" ]',
    ],
)
def test_what_cannot_be_told_apart_is_not_judged_in_part(tmp_path: Path, text: str) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(f"PREFIX sh: <{PREFIXES['sh']}>\n<a:shape> a sh:NodeShape ; sh:targetNode <a:x> ; {text} .\n")
    with pytest.raises(NotRead):
        Again(Shapes(read_file(file, formats.TURTLE, graph="", base=EX), {}), BASE)


@pytest.mark.parametrize("term", ["<<( <a:a> <a:b> <a:c> )>>", '"x"@nl--ltr'])
def test_what_rdf_1_1_has_not_is_refused_in_the_same_words(kinds: Judging, term: str) -> None:
    new = Quad(f"<{EX}a>", f"<{EX}p>", term, GRAPHS["source"])
    data = Judged(kinds)
    with pytest.raises(BadRdf) as changed:
        data.change([new])
    with pytest.raises(BadRdf) as full:
        judged([new], kinds.shapes.merged)
    assert str(changed.value) == str(full.value)
