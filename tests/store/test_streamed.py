"""The lines of a version one after the other are those that are read at once, whatever changed since they were kept."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Delta
from dppgraph.errors import Damaged, Unknown
from dppgraph.store.runs import LinesFile
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.streamed import streamed
from tests.store.conftest import publication

LINES = [f"<http://e/{number:02}> <http://e/p> <http://e/o> ." for number in range(12)]
VERSIONS = st.lists(st.frozensets(st.sampled_from(LINES)), min_size=1, max_size=5)


def store_of(versions: list[frozenset[str]], folder: Path) -> VersionStore:
    store = VersionStore(folder / "store")
    with store.writing("a test") as writer:
        for number, lines in enumerate(versions):
            writer.publish(publication(sorted(lines)), number or None)
    return store


@pytest.mark.heavy
@given(versions=VERSIONS, many=st.sampled_from((1, 3, 500_000)))
def test_a_version_is_streamed_as_it_is_read(
    versions: list[frozenset[str]], many: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("streamed")
    store = store_of(versions, folder)
    with pytest.MonkeyPatch.context() as patched:
        # Then small changes are read as large ones are.
        patched.setattr("dppgraph.store.versions.streamed.MANY", many)
        for number in store.numbers():
            assert list(store.stream(number)) == store.lines(number) == sorted(versions[number - 1])
            lines, delta = store.at_hand(number, folder)
            assert list(lines) == store.lines(number)
            assert Delta(*map(list, delta)) == store.delta(number)


def test_what_is_many_is_put_into_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of([frozenset(LINES)], folder)
    assert store.at_hand(1, folder) == (LINES, Delta(LINES, []))
    monkeypatch.setattr("dppgraph.store.versions.streamed.MANY", len(LINES))
    lines, delta = store.at_hand(1, folder)
    assert isinstance(lines, LinesFile)
    assert delta == Delta(lines, [])


def test_what_is_pruned_while_it_is_read_is_read_to_its_end(folder: Path) -> None:
    store = store_of([frozenset(LINES[:3]), frozenset(LINES)], folder)
    stream = store.stream(1)
    with store.writing("a test") as writer:
        writer.prune([1])
    assert list(stream) == LINES[:3]


def test_lines_of_another_digest_are_refused_at_their_end(folder: Path) -> None:
    store = store_of([frozenset(LINES)], folder)
    other = replace(store.manifest(1), digest="0" * 64)
    with pytest.raises(Damaged, match="have not the digest"):
        list(streamed([other], lambda _, name: store.path(1) / name))


def test_what_is_damaged_is_told(folder: Path) -> None:
    store = store_of([frozenset(LINES)], folder)
    path = store.keyframe(1)
    assert path is not None
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged, match="its bytes are not those"):
        list(store.stream(1))
    path.unlink()
    with pytest.raises(Damaged):
        list(store.stream(1))
    with pytest.raises(Unknown):
        list(store.stream(2))
