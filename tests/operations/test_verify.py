"""What is counted in the statements of a version as they pass by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.digest import root_of, tree_of
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadRdf
from dppgraph.operations.service import graphs_request
from dppgraph.operations.verify.lines import Counted, lines_of
from dppgraph.store.memory import MemoryStore

XSD = "http://www.w3.org/2001/XMLSchema#"
CATALOGUE = "<https://w3id.org/dppgraph/id/graph/catalogue>"
OBJECTS = [
    "<urn:o>",
    '"1"',
    '"1"@en',
    *(f'"{text}"^^<{XSD}integer>' for text in ("1", "01", "+1", "2")),
    *(f'"{text}"^^<{XSD}decimal>' for text in ("1", "1.0")),
    *(f'"{text}"^^<{XSD}boolean>' for text in ("1", "true")),
    f'"2020-01-01T00:00:00.0Z"^^<{XSD}dateTime>',
    f'"2020-01-01T00:00:00Z"^^<{XSD}dateTime>',
]
LINES = st.sets(
    st.builds(
        lambda subject, predicate, object_, graph: f"<urn:{subject}> <urn:{predicate}> {object_}{graph} .",
        st.sampled_from("ab"),
        st.sampled_from("pq"),
        st.sampled_from(OBJECTS),
        st.sampled_from(["", " <urn:g>", f" {CATALOGUE}"]),
    )
)


def counted(lines: set[str]) -> Counted:
    found = Counted()
    for line in sorted(lines):
        found.take(line)
    return found


@given(LINES)
def test_the_engine_finds_as_many_statements_as_there_are_but_for_values_that_are_alike(lines: set[str]) -> None:
    found = counted(lines)
    store = MemoryStore(parse_line(line) for line in lines)
    text = graphs_request("sizes", version=1).text
    rows = [row for row in store.select(text, base="urn:base/") if "graph" in row]
    counts = {row["graph"][1:-1]: int(row["triples"].split('"')[1]) for row in rows}
    assert set(counts) == {graph for graph in found.graphs if graph}
    for graph, count in counts.items():
        assert found.graphs[graph] - found.alike[graph] <= count <= found.graphs[graph]


@given(LINES)
def test_all_that_is_counted_is_what_is_there(lines: set[str]) -> None:
    found = counted(lines)
    quads = [parse_line(line) for line in lines]
    assert found.quads == found.graphs.total() == len(lines)
    assert found.described == len({quad[:3] for quad in quads if quad.graph != CATALOGUE})
    assert found.digest.root() == root_of(tree_of(lines))


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))), st.integers(1, 9))
def test_lines_come_whole_however_their_bytes_come(lines: list[str], size: int) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert list(lines_of(pieces)) == lines


@pytest.mark.parametrize("pieces", [[b"a"], [b"a\nb"], [b"\xff\n"], [b"x" * (1 << 20)] * 17])
def test_what_is_no_file_of_lines_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(BadRdf):
        list(lines_of(pieces))
