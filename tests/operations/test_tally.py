"""Statistics after a change are those of everything, counted anew."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Delta, Quad, canonical, difference, literal, parse_line
from dppgraph.errors import Damaged
from dppgraph.operations.build import Built
from dppgraph.operations.service import statistics, statistics_following, tally_of, tally_said
from dppgraph.operations.service.statistics import counted
from dppgraph.store.history import ExactQuads, QuadPattern
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.store.history_of import exact_of

A = f"<{PREFIXES['rdf']}type>"
DCAT = PREFIXES["dcat"]
GRAPHS = ["", *(f"<{graph_iri(name, BASE)}>" for name in ("source", "inferred", "catalogue"))]
THINGS = [*(f"<{BASE}id/plan/{number}>" for number in range(5)), "<https://elsewhere.example/x>", "_:c14n0"]
CLASSES = [
    f"<{PREFIXES['dpp']}PolicyPlan>",
    f"<{DCAT}Catalog>",
    "<https://elsewhere.example/Class>",
    literal("no\u2028class"),
    THINGS[0],
]
OUT = [
    *(f"<https://many.example/{folder}/{page}>" for folder in range(14) for page in range(2)),
    *(f"<https://host-{number}.example/page>" for number in range(4)),
    "<https://bare.example>",
    "<urn:no:web>",
]
LITERALS = [
    literal("tab\tand line\nend"),
    literal("01", datatype=f"{PREFIXES['xsd']}integer"),
    literal("in het Nederlands", language="nl"),
    literal("שלום", language="he--rtl"),
    f"<<( {THINGS[0]} {A} {CLASSES[0]} )>>",
]
PREDICATES = [
    f"<{DCAT}dataset>",
    f"<{DCAT}servesDataset>",
    f"<{PREFIXES['dct']}source>",
    f"<{PREFIXES['rdf']}subject>",
    "<https://elsewhere.example/property>",
]

typings = st.builds(Quad, st.sampled_from(THINGS), st.just(A), st.sampled_from(CLASSES), st.sampled_from(GRAPHS))
links = st.builds(
    Quad, st.sampled_from(THINGS[:2]), st.just(PREDICATES[2]), st.sampled_from(OUT), st.sampled_from(GRAPHS[:2])
)
others = st.builds(
    Quad,
    st.sampled_from(THINGS),
    st.sampled_from(PREDICATES),
    st.sampled_from([*THINGS, *OUT, *LITERALS]),
    st.sampled_from(GRAPHS),
)
states = st.lists(st.lists(st.one_of(typings, links, others), max_size=40).map(frozenset), min_size=2, max_size=6)


class Held:
    """Quads in memory, looked up."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(quads)

    def quads(self, pattern: QuadPattern, *, outside: str | None = None, limit: int = -1) -> list[Quad]:
        found = [
            quad
            for quad in self._quads
            if quad.graph != outside and all(given in (None, has) for given, has in zip(pattern, quad, strict=True))
        ]
        return found[:limit] if limit >= 0 else found


@given(states)
def test_sums_after_changes_are_those_of_everything(states: list[frozenset[Quad]]) -> None:
    tally = tally_of(states[0], BASE)
    for before, after in pairwise(states):
        delta = difference(canonical(before), canonical(after))
        following = tally.changed(delta, Held(before))
        assert following == tally_of(after, BASE)
        assert canonical(counted(following)) == canonical(statistics(after, BASE))
        assert statistics_following(tally, following) == difference(
            canonical(statistics(before, BASE)), canonical(statistics(after, BASE))
        )
        tally = following


@given(states)
def test_sums_are_left_as_they_are_by_what_follows(states: list[frozenset[Quad]]) -> None:
    tally = tally_of(states[0], BASE)
    tally.changed(difference(canonical(states[0]), canonical(states[1])), Held(states[0]))
    assert tally == tally_of(states[0], BASE)


@given(states)
def test_sums_can_be_written_and_read(states: list[frozenset[Quad]]) -> None:
    tally = tally_of(states[0], BASE)
    assert tally_said(tally.said()) == tally


@given(states)
def test_sums_can_be_told_by_what_is_not_the_same(states: list[frozenset[Quad]]) -> None:
    before, after = (tally_of(state, BASE) for state in states[:2])
    assert tally_said(after.said(before), before) == after
    assert after.said(after).count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tally 0\tb\t\n",
        "tally 1\tb\t\ngraph\tx\n",
        "tally 1\tb\t\nsize\ta\tb\n",
        "tally 1\tb\t\nother\ta\t1\n",
        "{}",
    ],
)
def test_what_is_no_tally_is_told(text: str) -> None:
    with pytest.raises(Damaged):
        tally_said(text)


@pytest.fixture(scope="module")
def lines(built: tuple[VersionStore, Built]) -> list[str]:
    return built[0].lines(1)


@pytest.fixture(scope="module")
def exact(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExactQuads]:
    with closing(exact_of(tmp_path_factory.mktemp("history") / "history.sqlite", lines)) as exact:
        yield exact


def test_a_change_of_the_shipped_graph_is_counted_from_its_history(lines: list[str], exact: ExactQuads) -> None:
    quads = list(map(parse_line, lines))
    tally = tally_of(quads, BASE)
    plan = exact.subjects(A, f"<{PREFIXES['dpp']}PolicyPlan>")[0]
    gone = exact.quads(QuadPattern(plan))
    retyped = Quad(plan, A, "<https://elsewhere.example/Class>", GRAPHS[1])
    delta = Delta([retyped.line()], sorted(quad.line() for quad in gone))
    assert tally.changed(delta, exact) == tally_of({*quads, retyped}.difference(gone), BASE)


def test_a_graph_can_be_left_out_of_what_is_looked_up(exact: ExactQuads) -> None:
    everywhere = exact.quads(QuadPattern(None, A))
    source = f"<{graph_iri('source', BASE)}>"
    outside = exact.quads(QuadPattern(None, A), outside=source)
    assert sorted(outside) == sorted(quad for quad in everywhere if quad.graph != source)
    assert 0 < len(outside) < len(everywhere)
    assert exact.quads(QuadPattern(None, A), outside="<https://elsewhere.example/unknown>", limit=2)[2:] == []
