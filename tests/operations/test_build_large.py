"""Data that are built on disk come to the version that they come to in memory."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest

from benchmarks.generate.__main__ import generate
from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Delta, parse_line
from dppgraph.errors import BadRdf, EngineDied, ShapeViolation
from dppgraph.operations.build import Built, build
from dppgraph.operations.build.unstated import Unstated
from dppgraph.operations.harvest import harvesting, is_made
from dppgraph.operations.sources import Sources
from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import MERGED
from dppgraph.store.versions import Harvesting, Manifest, VersionStore
from tests.conftest import BASE

pytestmark = pytest.mark.timeout(120)
TYPE = f"{PREFIXES['rdf']}type"


@contextmanager
def everything_large(monkeypatch: pytest.MonkeyPatch, *, large: bool = True) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr("dppgraph.operations.build.prepare.LARGE", 0 if large else 1 << 40)
        yield


def published(folder: Path, sources: Sources) -> tuple[VersionStore, Built]:
    store = VersionStore(folder)
    with store.writing("a test") as writer:
        return store, build(store, writer, sources, agent="tester")


def indexed(store: VersionStore) -> set[pyoxigraph.Quad]:
    """All that the engine has of a version, the merge of its graphs included."""
    return set(pyoxigraph.Store.read_only(str(store.index_path(1))))


def both(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> tuple[tuple[VersionStore, Built], tuple[VersionStore, Built]]:
    """A version built in memory, and one built on disk."""
    found = []
    for large in (False, True):
        with everything_large(monkeypatch, large=large):
            found.append(published(tmp_path / f"{large}", sources))
    return found[0], found[1]


def assert_same(one: tuple[VersionStore, Built], other: tuple[VersionStore, Built]) -> None:
    (store, built), (large, large_built) = one, other
    assert large.lines(1) == store.lines(1)
    assert replace(large_built.manifest, created="") == replace(built.manifest, created="")
    assert built.report
    assert large_built.report
    assert large_built.report.findings() == built.report.findings()
    assert indexed(large) == indexed(store)


@pytest.mark.heavy
def test_the_shipped_data_come_to_the_same_version(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same(*both(tmp_path, sources, monkeypatch))


@pytest.mark.heavy
@pytest.mark.parametrize("base", ["https://w3id.org/dppgraph/", "https://data.example.org/"])
def test_generated_data_do_too(base: str, tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(30_000, 7, tmp_path / "data")
    generated = replace(sources, data=tmp_path / "data", base=base)
    found = both(tmp_path, generated, monkeypatch)
    assert_same(*found)
    assert found[1][1].manifest.quads > 25_000


def shipped_with(tmp_path: Path, sources: Sources, **files: str) -> Sources:
    """The shipped data with files more in data/external/."""
    shutil.copytree(sources.data, tmp_path / "data")
    for name, text in files.items():
        (tmp_path / "data" / "external" / f"{name}.nt").write_text(text, encoding="utf-8")
    return replace(sources, data=tmp_path / "data")


def stated(store: VersionStore, graph: str) -> list[str]:
    """Some lines of a graph, as triples: with what describes them."""
    end = f" <{BASE}id/graph/{graph}> ."
    return [f"{line.removesuffix(end)} .\n" for line in store.lines(1) if line.endswith(end)]


@pytest.mark.heavy
def test_graphs_that_share_triples_are_merged_as_well(
    built: tuple[VersionStore, Built], tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = "".join(stated(built[0], "source")[:40])
    found = both(
        tmp_path, shipped_with(tmp_path, replace(sources, shapes=empty_shapes(tmp_path)), again=again), monkeypatch
    )
    assert_same(*found)
    assert found[1][1].manifest.sharing
    assert any(quad.graph_name == MERGED for quad in indexed(found[1][0]))


def empty_shapes(tmp_path: Path) -> Path:
    """Shapes that judge nothing: a gate that is on, and lets everything pass."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "none.ttl").write_text("<https://example.org/shapes> a <http://www.w3.org/2002/07/owl#Ontology> .\n")
    return folder


@pytest.mark.heavy
def test_what_breaks_a_shape_stops_it_with_file_and_line(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = (
        f'<{BASE}id/plan/x> <{TYPE}> <{NAMESPACE}PolicyPlan> .\n<{BASE}id/plan/x> <{NAMESPACE}succeeds> "no plan" .\n'
    )
    broken = shipped_with(tmp_path, sources, wrong=wrong)
    reports = []
    for large in (False, True):
        with everything_large(monkeypatch, large=large), pytest.raises(ShapeViolation) as raised:
            published(tmp_path / f"{large}", broken)
        reports.append(raised.value.report)
        store = VersionStore(tmp_path / f"{large}")
        assert store.numbers() == []
        assert list(store.unfinished.iterdir()) == []
    small, on_disk = ({result for result in report.results if result.severity == "Violation"} for report in reports)
    assert {(result.check, result.focus, result.file, result.line) for result in on_disk} == {
        (result.check, result.focus, result.file, result.line) for result in small
    }
    assert any(result.file.endswith("wrong.nt") and result.line == 2 for result in on_disk)


@pytest.mark.heavy
def test_a_file_that_does_not_parse_stops_it(tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = shipped_with(tmp_path, sources, wrong="<a:b> <a:c> nonsense .\n")
    with everything_large(monkeypatch), pytest.raises(BadRdf, match=r"wrong\.nt:1:"):
        published(tmp_path / "store", broken)
    assert VersionStore(tmp_path / "store").numbers() == []


@pytest.mark.heavy
def test_a_second_version_is_what_has_changed_and_the_same_data_are_none(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = f'<{BASE}id/concept/theme-social> <{PREFIXES["skos"]}altLabel> "another one"@en .\n'
    first = replace(sources, shapes=empty_shapes(tmp_path))
    with everything_large(monkeypatch):
        store, built = published(tmp_path / "store", first)
        assert not published(tmp_path / "store", first)[1].new
        second = published(tmp_path / "store", shipped_with(tmp_path, first, more=label))[1]
    assert second.manifest.parent == built.manifest.version
    assert any("another one" in line for line in store.delta(2).added)
    assert len(store.delta(2).added) == second.manifest.added < 50


@pytest.mark.heavy
def test_what_is_stated_in_another_spelling_is_not_stated(tmp_path: Path) -> None:
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    lines = [f'<a:a> <a:p> "01"^^<{integer}> <a:g> .', "<a:a> <a:p> <a:o> <a:g> ."]
    (tmp_path / "lines").write_text("".join(f"{line}\n" for line in lines))
    unstated = Unstated(MemoryStore(map(parse_line, lines)), [tmp_path / "lines"])
    made = [
        parse_line(f"<a:a> <a:p> {term} <a:i> .")
        for term in (f'"1"^^<{integer}>', f'"01"^^<{integer}>', "<a:o>", "<a:x>")
    ]
    assert unstated(set(made)) == {made[0], made[3]}


@pytest.mark.heavy
def test_the_folder_of_a_build_is_gone_after_it(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    with everything_large(monkeypatch):
        store, _ = published(tmp_path / "store", sources)
    assert list(store.unfinished.iterdir()) == []


@pytest.mark.heavy
def test_it_is_published_before_what_harvesters_take_is_made(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = replace(sources, shapes=empty_shapes(tmp_path))
    store, steps = VersionStore(tmp_path / "store"), list[str]()

    def fails(folder: Path, manifest: Manifest, lines: Collection[str], delta: Delta) -> None:
        assert store.current() == manifest.version == 1
        assert delta == Delta(lines, [])
        raise EngineDied("it was killed")

    def built_with(made: Harvesting) -> Built:
        with everything_large(monkeypatch), store.writing("a test") as writer:
            return build(store, writer, sources, agent="tester", harvesting=made, progress=steps.append)

    with pytest.raises(EngineDied):
        built_with(fails)
    assert steps[-1] == "version 1 is published: making what harvesters take"
    assert not list(store.unfinished.iterdir())
    # The next build finds what is published, and makes what is missing.
    again = built_with(harvesting(store))
    assert not again.new
    assert is_made(store, again.manifest)
