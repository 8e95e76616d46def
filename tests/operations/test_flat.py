"""The flat document of JSON-LD, written a few things at a time: the same as if PyLD had got all of it at once."""

from collections import defaultdict

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.export import flat
from dppgraph.operations.export.inlined import with_context
from dppgraph.operations.export.jsonld import compact, nodes_of, used_in
from dppgraph.operations.frames import read_frames
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

CONTEXT = read_frames(REPOSITORY / "ontology").context
XSD = PREFIXES["xsd"]

iris = st.sampled_from([f"<{BASE}id/plan/{number}>" for number in range(5)] + ["<urn:a:b>", "_:b", f"<{XSD}date>"])
predicates = st.sampled_from(
    sorted({f"<{CONTEXT.iri(name)}>" for name in CONTEXT.definitions if ":" in CONTEXT.iri(name)})
) | st.just("<https://example.org/unknown>")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
literals = st.builds(
    lambda text, kind: literal(text, **kind),
    texts | st.sampled_from(["1", "01", "true", "1.0", "2009"]),
    st.sampled_from(
        [{}, {"language": "nl"}, {"language": "en-GB"}]
        + [{"datatype": f"{XSD}{name}"} for name in ("integer", "boolean", "date", "gYear", "decimal", "anyURI")]
    ),
)
graphs = st.sampled_from(["", f"<{BASE}id/graph/source>", "<urn:other>", "_:g"])
quads = st.lists(st.builds(Quad, iris, predicates, iris | literals, graphs), max_size=25)


def at_once(lines: list[str]) -> bytes:
    by_graph: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_graph[parse_line(line).graph].append(line)
    found = []
    for graph in sorted(by_graph):
        found += compact(nodes_of(by_graph[graph], CONTEXT), used_in(by_graph[graph], CONTEXT))["@graph"]
    return with_context({"@graph": found}, CONTEXT)


@given(quads, st.integers(min_value=1, max_value=4))
def test_a_few_things_at_a_time_make_the_same_document_as_all_at_once(found: list[Quad], things: int) -> None:
    lines = sorted({quad.line() for quad in found})
    before, flat._THINGS = flat._THINGS, things  # type: ignore[misc] # so few that there are several turns
    try:
        assert flat.compacted(lines, CONTEXT) == at_once(lines)
    finally:
        flat._THINGS = before  # type: ignore[misc] # as it was


@pytest.mark.heavy
def test_so_is_the_shipped_data(built: tuple[VersionStore, Built]) -> None:
    lines = built[0].lines(1)
    assert flat.compacted(lines, CONTEXT) == at_once(lines)
