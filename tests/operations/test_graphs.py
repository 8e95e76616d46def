"""Graphs out of the history: the same few at a time as all at once, in each format."""

import io
from pathlib import Path

import pyoxigraph
import pytest

from dppgraph import bundle
from dppgraph.core import formats
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadParameter
from dppgraph.operations.export import export
from dppgraph.operations.frames import read_frames
from dppgraph.operations.graphs import Graph, described, is_there, list_graphs, term_of, write_graph
from dppgraph.operations.graphs import graphs as module
from dppgraph.operations.graphs.lines import Lines
from dppgraph.store.history import ExactQuads
from dppgraph.store.rdf import engine_format
from tests.store.history_of import exact_of

A, B = "<urn:x:a>", "<urn:x:b>"
SAID = [
    *(f'<urn:x:s{number:02}> <urn:x:p> "{number}" {A} .' for number in range(30)),
    *(f'<urn:x:much> <urn:x:p> "{number:02}" {A} .' for number in range(25)),
    '<urn:x:much> <urn:x:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:x:b> .',
    f'<urn:x:s00> <urn:x:p> "0" {B} .',
    "<urn:x:z> <urn:x:p> <urn:x:a> .",
]


@pytest.fixture
def exact(tmp_path: Path) -> ExactQuads:
    return exact_of(tmp_path / "history.sqlite", sorted(SAID))


@pytest.mark.parametrize("graph", [A, B, "", None, "<urn:x:none>"])
@pytest.mark.parametrize("few", [1, 3, 10, 26, 1000])
def test_however_few_are_taken_at_a_time_all_are_written(
    exact: ExactQuads, graph: str | None, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FEW", few)
    quads = map(parse_line, SAID)
    expected = {quad._replace(graph="").line() for quad in quads if graph is None or quad.graph == graph}
    context = read_frames(bundle.folder("ontology")).context
    for format_ in (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML):
        out = io.BytesIO()
        write_graph(exact, graph, format_, context, out)
        assert out.getvalue() == export(expected, format_)
        found = pyoxigraph.parse(out.getvalue(), engine_format(format_))
        assert {f"{quad.triple} ." for quad in found} == expected


def test_the_list_has_the_named_ones(exact: ExactQuads) -> None:
    assert list_graphs(exact) == [Graph("urn:x:a", 55), Graph("urn:x:b", 2)]
    assert [is_there(exact, graph) for graph in (A, "", None, "<urn:x:none>")] == [True, True, True, False]
    lines = described(list_graphs(exact), "https://e.example/graphs")
    assert sum("service-description#name> <urn:x:" in line for line in lines) == 2
    for wrong in ("", "a", "urn:x: y", "urn:x:<y>"):
        with pytest.raises(BadParameter):
            term_of(wrong)


def test_lines_are_a_sequence() -> None:
    lines = Lines.of(["b", "é", "a"], io.BytesIO())
    assert (list(lines), list(lines), len(lines)) == (["b", "é", "a"], ["b", "é", "a"], 3)
    assert (lines[0], lines[-1], lines[1:], lines[::2]) == ("b", "a", ["é", "a"], ["b", "a"])
    with pytest.raises(IndexError):
        lines[3]
    assert not Lines.of([], io.BytesIO())
