"""What is made of a version whose lines are too many for memory is, byte for byte, what is made of few."""

import shutil
from pathlib import Path

import pytest

from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.harvest import Harvests, harvesting
from dppgraph.operations.harvest.make import GONE, LOOKED_UP, STATEMENTS
from dppgraph.store.history import ExactQuads
from dppgraph.store.versions import VersionStore


def files_in(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by their paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def copied(built: tuple[VersionStore, Built], tmp_path: Path) -> VersionStore:
    """A copy of the store of the shipped data that has nothing but the version itself."""
    made = built[0].folder
    shutil.copytree(made / "versions", tmp_path / "store" / "versions")
    shutil.copy(made / "current", tmp_path / "store")
    return VersionStore(tmp_path / "store")


@pytest.mark.heavy
def test_lines_in_a_file_make_the_same_files(
    built: tuple[VersionStore, Built], copied: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dppgraph.store.versions.streamed.MANY", 1)
    told: list[str] = []
    with copied.writing("a test") as writer:
        writer.harvest(1, harvesting(copied, told.append))
    for part in ("harvest", "feed"):
        assert files_in(copied.folder / part) == files_in(built[0].folder / part)
    assert copied.history_path.read_bytes() == built[0].history_path.read_bytes()
    assert len(told) == 3
    assert not list(copied.unfinished.iterdir())


@pytest.mark.heavy
def test_many_computed_statements_are_looked_up_as_few_are(
    built: tuple[VersionStore, Built], copied: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dppgraph.operations.harvest.make._MANY", 1)
    with copied.writing("a test") as writer:
        writer.harvest(1, harvesting(copied))
    folder = copied.harvest_path(1)
    assert (folder / LOOKED_UP).exists()
    assert (folder / GONE).read_bytes() == b""
    stores = (copied, built[0])
    many, few = (Harvests(store, "http://localhost:8000/").of(built[1].manifest).published for store in stores)
    assert isinstance(many._more, ExactQuads)
    quads = list(map(parse_line, (folder / STATEMENTS).read_text().splitlines()))
    assert quads
    for term in {quads[0].subject, quads[-1].subject, *(quad.object for quad in quads[:50])}:
        assert many.about(term) == few.about(term)
        assert many.parts(term) == few.parts(term)
        assert many.pointing(term, 0, 1000) == few.pointing(term, 0, 1000)
        assert many.count_by_predicate(term) == few.count_by_predicate(term)
    subject, predicate, object_, _ = quads[0]
    assert many.subjects(predicate, object_) == few.subjects(predicate, object_)
    assert many.saying(subject, frozenset({predicate})) == few.saying(subject, frozenset({predicate}))
