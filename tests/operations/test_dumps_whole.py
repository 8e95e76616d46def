"""A large version written with little of it in memory: the bytes that a small one is written in."""

import io
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.errors import Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.dumps import of_named, write_whole
from dppgraph.operations.export import export, of_graphs
from dppgraph.operations.frames import read_frames
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

FRAMES = read_frames(REPOSITORY / "ontology")


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
@pytest.mark.parametrize("names", [None, ["external", "source"]], ids=["all", "some"])
def test_it_is_what_is_written_from_memory(
    built: tuple[VersionStore, Built], tmp_path: Path, format_: formats.Format, names: list[str] | None
) -> None:
    lines = built[0].lines(1)
    some = lines if names is None else list(of_named(lines, built[1].manifest.graphs, names, BASE))
    out = io.BytesIO()
    write_whole(some, format_, FRAMES.context, out, tmp_path)
    assert out.getvalue() == export(lines if names is None else of_graphs(lines, names, BASE), format_, FRAMES)


def test_a_graph_is_told_from_an_object_that_is_called_like_it() -> None:
    graph = f"{BASE}id/graph/source"
    lines = [f"<a:a> <a:p> <{graph}> .", f"<a:a> <a:p> <{graph}> <a:g> .", f"<a:b> <a:p> <a:o> <{graph}> ."]
    assert list(of_named(lines, {graph, "a:g"}, ["source"], BASE)) == lines[2:]
    assert list(of_named(lines, {graph, "a:g"}, ["source", "a:g"], BASE)) == lines[1:]
    with pytest.raises(Unknown, match=r"no graph external .* there are a:g, source"):
        of_named(lines, {graph, "a:g", ""}, ["external"], BASE)
