"""A whole is judged with the results that pySHACL has for it, though pySHACL judges few nodes of it."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.generate.__main__ import generate
from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.errors import BadRdf
from dppgraph.operations.sources import Shapes, Sources
from dppgraph.operations.validate import Result, assemble
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.judge import judged
from dppgraph.operations.validate.names import unknown_names
from dppgraph.operations.validate.validate import facts_of, raw_results
from dppgraph.operations.validate.whole import Checks, Whole
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import parse, read_file
from tests.conftest import BASE
from tests.operations.judging import a_change
from tests.operations.test_again import EX, KINDS, WEIRD, triples, without_labels
from tests.operations.test_narrowing import LINKED, NODES, TEXTS
from tests.operations.test_validate import FILES

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "whole"


def whole_of(quads: Iterable[Quad]) -> Whole:
    lines = canonical(quads)
    return Whole(lambda: lines, MemoryStore(quads))


class Both:
    """Shapes, by which data is judged in both ways."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.checks = Checks(shapes, BASE)

    def found(self, quads: Iterable[Quad]) -> list[Result]:
        return self.checks.results(whole_of(quads))

    def full(self, quads: Iterable[Quad]) -> list[Result]:
        """What pySHACL finds, judging all of it, and what is judged beside it."""
        quads = list(quads)
        found = judged(quads, self.shapes.merged)
        for name, shapes in self.shapes.by_graph.items():
            graph = f"<{graph_iri(name, BASE)}>"
            found += judged([quad for quad in quads if quad.graph == graph], shapes)
        here = Here(self.shapes.merged, BASE)
        found += here.quotes(quads)
        stated = Facts(quad for quad in quads if quad.graph != f"<{graph_iri('inferred', BASE)}>")
        found += here.names(unknown_names(stated, BASE))
        return sorted(set(found))


@pytest.fixture(scope="module")
def shipped(sources: Sources) -> tuple[Both, list[Quad]]:
    candidate = assemble(sources)
    return Both(candidate.shapes), sorted(candidate.quads)


def changed(quads: list[Quad], seed: int, changes: int) -> list[Quad]:
    chance = random.Random(seed)
    held = set(quads)
    for _ in range(changes):
        change = a_change(sorted(held), chance)
        held = held.difference(change.removed).union(change.added)
    return sorted(held)


def test_the_shipped_data_is_judged_as_by_pyshacl(shipped: tuple[Both, list[Quad]]) -> None:
    both, quads = shipped
    assert len(both.checks.read) == 4
    assert both.found(quads) == both.full(quads)


@WEIRD
@pytest.mark.heavy
@pytest.mark.timeout(1200)
@settings(max_examples=12)
@given(seed=st.integers(0, 1 << 32), changes=st.integers(1, 60))
def test_whatever_is_done_to_the_shipped_data_is_judged_as_by_pyshacl(
    shipped: tuple[Both, list[Quad]], seed: int, changes: int
) -> None:
    both, shipped_quads = shipped
    quads = changed(shipped_quads, seed, changes)
    assert both.found(quads) == both.full(quads)


@WEIRD
@pytest.mark.heavy
@pytest.mark.sampled
@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.stem)
def test_what_breaks_a_shape_is_judged_as_by_pyshacl(
    sources: Sources, shipped: tuple[Both, list[Quad]], path: Path
) -> None:
    both, _ = shipped
    quads = sorted(assemble(sources, [path]).quads)
    assert both.found(quads) == both.full(quads)


# --- Shapes of every kind --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kinds() -> Both:
    quads = read_file(KINDS, formats.TURTLE, graph="", base=EX)
    nested = sorted({quad.object for quad in quads if quad.predicate == f"<{PREFIXES['sh']}property>"})
    names = {term: f"<{EX}shapes#nested-{place}>" for place, term in enumerate(nested) if term.startswith("_:")}
    return Both(Shapes([Quad(*(names.get(term, term) for term in quad)) for quad in quads], {}))


@pytest.mark.heavy
@WEIRD
@settings(max_examples=40)
@given(st.sets(triples, max_size=40))
def test_shapes_of_every_kind_are_judged_as_by_pyshacl(kinds: Both, quads: set[Quad]) -> None:
    assert without_labels(kinds.found(quads)) == without_labels(kinds.full(sorted(quads)))


# --- Queries of every kind -------------------------------------------------------------------------------------------

EXPRESSIONS = (FIXTURES / "expressions.txt").read_text().splitlines()

XSD = PREFIXES["xsd"]
MANY = st.sampled_from(
    [literal(text) for text in ("x", "1", "2012", "1\n", "2012-x")]
    + [literal("x", language=tag) for tag in ("nl", "NL")]
    + [
        literal(text, datatype=f"{XSD}{name}")
        for name, texts in {
            "integer": ("1", "2", "01", "5", "x", "10"),
            "decimal": ("1", "1.0", "0.9", "0.95", "5."),
            "date": ("2012-12-31", "2013-01-01", "2013-02-30", "2999-01-01"),
            "gYear": ("2012",),
            "gYearMonth": ("2012-12",),
            "boolean": ("true",),
            "dateTime": ("2012-12-31T00:00:00Z", "2012-12-31T00:00:00"),
        }.items()
        for text in texts
    ]
)
QUADS = st.builds(
    Quad,
    st.sampled_from(NODES),
    st.sampled_from([f"<{BASE}{name}>" for name in "pqr"]),
    st.one_of(st.sampled_from(NODES), MANY),
    st.just(f"<{graph_iri('source', BASE)}>"),
)
ASKING = (FIXTURES / "asking.ttl").read_text()


def outcome(work: Callable[[Iterable[Quad]], list[Result]], quads: list[Quad]) -> list[Result] | str:
    try:
        return work(quads)
    except BadRdf as error:
        return str(error)


@WEIRD
@pytest.mark.heavy
@pytest.mark.timeout(600)
@pytest.mark.sampled
@pytest.mark.parametrize("text", [*TEXTS, *EXPRESSIONS])
@settings(max_examples=25)
@example(quads=LINKED)
@given(quads=st.sets(QUADS, max_size=14))
def test_queries_of_every_kind_find_what_rdflib_finds(text: str, quads: set[Quad]) -> None:
    both = asking(text)
    assert outcome(both.found, sorted(quads)) == outcome(both.full, sorted(quads))


def test_a_query_in_which_rdflib_recurs_without_end_is_told_of() -> None:
    both = asking(f'SELECT ?this {{ ?this <{BASE}p> ?v FILTER(STR(?v + "P1D"^^<{XSD}dayTimeDuration>) != "") }}')
    day = literal("2013-02-30", datatype=f"{XSD}date")
    said = Quad(f"<{BASE}a>", f"<{BASE}p>", day, f"<{graph_iri('source', BASE)}>")
    for work in (both.found, both.full):
        with pytest.raises(BadRdf, match="rdflib goes on without end"):
            work([said])


def test_a_query_with_a_relative_name_finds_nothing() -> None:
    both = asking("SELECT ?this { ?this <p> ?v }")
    said = Quad(f"<{BASE}a>", f"<{BASE}p>", "<p:p>", f"<{graph_iri('source', BASE)}>")
    assert both.found([said]) == both.full([said]) == []


@cache
def asking(text: str) -> Both:
    # What is no constraint (SHACL, section 5.2.1) is a target only.
    asked = ASKING if not {"VALUES", "MINUS", "AS"} & set(text.split()) else ASKING.partition(":broken ")[0]
    said = asked.format(
        base=BASE, sh=PREFIXES["sh"], xsd=XSD, text=literal(text), given=literal(text.replace("?this", "$this"))
    )
    both = Both(Shapes(parse(said.encode(), formats.TURTLE, base=BASE), {}))
    assert both.checks.read == [None]
    return both


# --- Large data ------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_generated_data_is_judged_as_by_pyshacl(tmp_path: Path, sources: Sources) -> None:
    generate(40_000, 5, tmp_path / "data")
    candidate = assemble(replace(sources, data=tmp_path / "data"))
    both = Both(candidate.shapes)
    full = both.full(candidate.quads)
    assert len(full) > 10
    assert both.found(candidate.quads) == full
    # So large a graph is judged like that by itself.
    assert raw_results(candidate, facts_of(candidate)) == full


@pytest.mark.heavy
def test_an_engine_on_disk_and_a_file_of_lines_do_as_well(tmp_path: Path, shipped: tuple[Both, list[Quad]]) -> None:
    both, quads = shipped
    file = tmp_path / "lines.nq"
    file.write_text("".join(f"{line}\n" for line in canonical(quads)))
    store = pyoxigraph.Store(str(tmp_path / "index"))
    MemoryStore.over(store).add(quads)
    whole = Whole(lambda: file.read_text().splitlines(keepends=True), MemoryStore.over(store))
    assert both.checks.results(whole) == both.found(quads)


@pytest.mark.parametrize("term", ["<<( <a:a> <a:b> <a:c> )>>", '"x"@nl--ltr'])
def test_what_rdf_1_1_has_not_is_refused_in_the_same_words(kinds: Both, term: str) -> None:
    quads = [Quad(f"<{EX}a>", f"<{EX}p>", term, f"<{graph_iri('source', BASE)}>")]
    refused = outcome(kinds.found, quads)
    assert isinstance(refused, str)
    assert refused == outcome(kinds.full, quads)
