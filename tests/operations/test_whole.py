"""A whole is judged with the results that pySHACL has for it, though pySHACL judges few nodes of it."""

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical
from dppgraph.operations.sources import Shapes, Sources
from dppgraph.operations.validate import Result, assemble
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.judge import judged
from dppgraph.operations.validate.names import unknown_names
from dppgraph.operations.validate.whole import Checks, Whole
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import read_file
from tests.conftest import BASE
from tests.operations.judging import a_change
from tests.operations.test_again import EX, KINDS, WEIRD, triples, without_labels
from tests.operations.test_validate import FILES


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

    def full(self, quads: list[Quad]) -> list[Result]:
        """What pySHACL finds, judging all of it, and what is judged beside it."""
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
    assert both.found(quads) == both.full(quads)


@WEIRD
@pytest.mark.heavy
@pytest.mark.timeout(1200)
@settings(max_examples=25)
@given(seed=st.integers(0, 1 << 32), changes=st.integers(1, 60))
def test_whatever_is_done_to_the_shipped_data_is_judged_as_by_pyshacl(
    shipped: tuple[Both, list[Quad]], seed: int, changes: int
) -> None:
    both, shipped_quads = shipped
    quads = changed(shipped_quads, seed, changes)
    assert both.found(quads) == both.full(quads)


@WEIRD
@pytest.mark.heavy
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


@WEIRD
@settings(max_examples=40)
@given(st.sets(triples, max_size=40))
def test_shapes_of_every_kind_are_judged_as_by_pyshacl(kinds: Both, quads: set[Quad]) -> None:
    assert without_labels(kinds.found(quads)) == without_labels(kinds.full(sorted(quads)))
