"""Graphs out of the history: the same few at a time as all at once, in each format."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from dppgraph import bundle
from dppgraph.core import formats
from dppgraph.core.quads import Delta, parse_line
from dppgraph.errors import BadParameter, Damaged
from dppgraph.operations.build import Built
from dppgraph.operations.export import export
from dppgraph.operations.frames import read_frames
from dppgraph.operations.graphs import Graph, described, is_there, list_graphs, term_of, write_apart, write_graph
from dppgraph.operations.graphs import graphs as module
from dppgraph.operations.graphs.lines import Lines
from dppgraph.store.history import ExactQuads, History, add_version, forget_all_but
from dppgraph.store.rdf import engine_format
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.store.history_of import manifest

A, B = "<urn:x:a>", "<urn:x:b>"
SAID = [
    *(f'<urn:x:s{number:02}> <urn:x:p> "{number}" {A} .' for number in range(30)),
    *(f'<urn:x:much> <urn:x:p> "{number:02}" {A} .' for number in range(25)),
    '<urn:x:much> <urn:x:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:x:b> .',
    f'<urn:x:s00> <urn:x:p> "0" {B} .',
    "<urn:x:z> <urn:x:p> <urn:x:a> .",
]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    path = tmp_path / "history.sqlite"
    add_version(path, manifest(1), Delta(sorted(SAID), []))
    with closing(History(path)) as found:
        yield found


@pytest.fixture
def exact(history: History) -> ExactQuads:
    return history.at(1)


@pytest.mark.parametrize("graph", [A, B, "", None, "<urn:x:none>"])
@pytest.mark.parametrize("few", [1, 3, 10, 26, 1000])
def test_however_few_are_taken_at_a_time_all_are_written(
    history: History, graph: str | None, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FEW", few)
    quads = map(parse_line, SAID)
    expected = {quad._replace(graph="").line() for quad in quads if graph is None or quad.graph == graph}
    context = read_frames(bundle.folder("ontology")).context
    for format_ in (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML):
        out = io.BytesIO()
        write_graph(history, 1, graph, format_, context, out)
        assert out.getvalue() == export(expected, format_)
        found = pyoxigraph.parse(out.getvalue(), engine_format(format_))
        assert {f"{quad.triple} ." for quad in found} == expected


@pytest.mark.parametrize("format_", [formats.TURTLE, formats.JSONLD], ids=lambda format_: format_.name)
def test_a_large_graph_is_written_alike_by_a_process_of_its_own(
    built: tuple[VersionStore, Built], tmp_path: Path, format_: formats.Format
) -> None:
    path, graph = built[0].history_path, f"<{BASE}id/graph/external>"
    context = read_frames(bundle.folder("ontology")).context
    here = io.BytesIO()
    write_graph(History(path), 1, graph, format_, context, here)
    with (tmp_path / "graph").open("w+b") as out:
        write_apart(path, 1, graph, format_, context, out)
    assert (tmp_path / "graph").read_bytes() == here.getvalue() != b""
    with pytest.raises(Damaged), (tmp_path / "none").open("w+b") as out:
        write_apart(path, 99, graph, format_, context, out)


def test_the_list_has_the_named_ones(exact: ExactQuads) -> None:
    sizes = {graph.strip("<>"): count for graph, count in exact.graphs().items()}
    listed = list_graphs({**sizes, "urn:x:gone": 0, "_:b": 1})
    assert listed == [Graph("urn:x:a", 55), Graph("urn:x:b", 2)]
    assert [is_there(exact, graph) for graph in (A, "", None, "<urn:x:none>")] == [True, True, True, False]
    lines = described(listed, "https://e.example/graphs")
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


class Pruning(History):
    """A history out of which the first version is taken as soon as the first subjects of a graph were read."""

    def ask(self, text: str, values: Any) -> list[tuple[Any, ...]]:
        rows = super().ask(text, values)
        if "after" in values and values["after"] == "":
            forget_all_but(self._path, [2])
        return rows


def test_a_graph_is_written_whole_though_its_version_be_pruned_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FEW", 10)
    path = tmp_path / "history.sqlite"
    lines = [f'<urn:x:s{number:02}> <urn:x:p> "{number}" {A} .' for number in range(30)]
    add_version(path, manifest(1), Delta(lines, []))
    add_version(path, manifest(2), Delta([], lines))
    context = read_frames(bundle.folder("ontology")).context
    with closing(Pruning(path)) as history:
        out = io.BytesIO()
        write_graph(history, 1, A, formats.NTRIPLES, context, out)
        assert out.getvalue().decode() == "".join(line.replace(f" {A} .", " .\n") for line in lines)
        with pytest.raises(Damaged, match="does not have version 1"):
            write_graph(history, 1, A, formats.NTRIPLES, context, io.BytesIO())
