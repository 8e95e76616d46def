"""A version whose files are not what was published is named, and the newest whole one is found."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dppgraph.errors import Damaged, StoreUnavailable
from dppgraph.store.versions import VersionStore
from tests.store.conftest import publication

Harm = Callable[[VersionStore], object]


def lines(count: int) -> list[str]:
    return [f"<http://e/{number:02}> <http://e/p> <http://e/o> ." for number in range(count)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions, of which only the first has a keyframe."""
    store = VersionStore(tmp_path_factory.mktemp("whole") / "store")
    with store.writing("a test") as writer:
        for number in range(3):
            writer.publish(publication(lines(number + 1)), number or None)
    return store.folder


@pytest.fixture
def store(whole: Path, folder: Path) -> VersionStore:
    """A copy of the three versions, to be damaged."""
    return VersionStore(Path(shutil.copytree(whole, folder / "store")))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def replaced_by_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.touch()


def altered(path: Path) -> None:
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"message": "another"}))


LAST: dict[str, Harm] = {
    "truncated delta": lambda store: truncated(store.path(3) / "added.nq.gz"),
    "empty delta": lambda store: (store.path(3) / "removed.nq.gz").write_bytes(b""),
    "altered delta": lambda store: (store.path(3) / "added.nq.gz").write_bytes(gzip.compress(b"<a:a> <b:b> <c:c> .\n")),
    "missing delta": lambda store: (store.path(3) / "added.nq.gz").unlink(),
    "missing digest": lambda store: (store.path(3) / "buckets.json").unlink(),
    "truncated changes": lambda store: truncated(store.path(3) / "changes.json"),
    "missing manifest": lambda store: (store.path(3) / "manifest.json").unlink(),
    "manifest of garbage": lambda store: (store.path(3) / "manifest.json").write_bytes(b"\xff\x00{"),
    "empty manifest": lambda store: (store.path(3) / "manifest.json").write_bytes(b""),
    "altered manifest": lambda store: altered(store.path(3) / "manifest.json"),
    "manifest of another version": lambda store: shutil.copy(
        store.path(2) / "manifest.json", store.path(3) / "manifest.json"
    ),
    "missing folder": lambda store: shutil.rmtree(store.path(3)),
    "a file in place of the folder": lambda store: replaced_by_a_file(store.path(3)),
}


@pytest.mark.parametrize("harm", LAST.values(), ids=LAST)
def test_damage_to_the_last_version_is_named_and_the_one_before_is_whole(store: VersionStore, harm: Harm) -> None:
    harm(store)
    number, damage = store.newest_whole()
    assert number == 2
    assert ["000003" in str(error) for error in damage] == [True]
    with pytest.raises(Damaged, match="000003"):
        store.lines(3)
    assert store.lines(2) == lines(2)


@pytest.mark.parametrize("number", [1, 2])
def test_a_manifest_that_is_not_the_last_one_is_guarded_too(store: VersionStore, number: int) -> None:
    # What is cited has to stay what it was, who made it and why included.
    altered(store.path(number) / "manifest.json")
    with pytest.raises(Damaged, match=f"00000{number}"):
        store.manifest(number)


EARLIER: dict[str, Harm] = {
    "altered keyframe": lambda store: (store.path(1) / "quads.nq.gz").write_bytes(
        gzip.compress(b"<a:a> <b:b> <c:c> .\n")
    ),
    "missing keyframe": lambda store: (store.path(1) / "quads.nq.gz").unlink(),
    "missing manifest": lambda store: (store.path(1) / "manifest.json").unlink(),
    "manifest of garbage": lambda store: (store.path(1) / "manifest.json").write_text('{"format": 1, "version": 1}'),
    "manifest that is a list": lambda store: (store.path(1) / "manifest.json").write_text("[]"),
    "missing folder": lambda store: shutil.rmtree(store.path(1)),
}


@pytest.mark.parametrize("harm", EARLIER.values(), ids=EARLIER)
def test_damage_to_what_all_versions_rest_on_is_named_for_each(store: VersionStore, harm: Harm) -> None:
    harm(store)
    number, damage = store.newest_whole()
    assert number is None
    assert len(damage) >= 2
    assert all("000001" in str(error) for error in damage)


def test_a_store_of_a_later_format_asks_for_an_update(store: VersionStore) -> None:
    path = store.path(3) / "manifest.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps({"format": said["format"] + 1, "what a later dppgraph adds": []}))
    (store.folder / "current").write_text(f"3 {hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    with pytest.raises(Damaged, match="update dppgraph"):
        store.manifest(3)


@pytest.mark.parametrize("said", ["", "three", "3", "3 4 5", "\x00"])
def test_without_a_readable_current_the_last_version_counts(store: VersionStore, said: str) -> None:
    (store.folder / "current").write_text(said)
    assert store.current() == 3
    number, (damage,) = store.newest_whole()
    assert number == 3
    assert "does not say which version is current" in str(damage)


def test_the_next_build_mends_a_damaged_current_and_loses_nothing(store: VersionStore) -> None:
    (store.folder / "current").write_text("three")
    with store.writing("a test") as writer:
        writer.publish(publication(lines(9)), 3)
    assert (store.current(), store.numbers()) == (4, [1, 2, 3, 4])
    assert store.newest_whole() == (4, [])


def test_versions_beyond_the_current_one_are_never_swept_away(store: VersionStore) -> None:
    before = (store.folder / "current").read_text()
    digest = hashlib.sha256((store.path(1) / "manifest.json").read_bytes()).hexdigest()
    (store.folder / "current").write_text(f"1 {digest}\n")
    with pytest.raises(Damaged, match="holds version 3, but `current` names version 1"), store.writing("a test"):
        pass
    (store.folder / "current").write_text(before)
    assert store.newest_whole() == (3, [])


def test_a_whole_store_has_no_damage(store: VersionStore) -> None:
    assert store.newest_whole() == (3, [])


def test_after_damage_a_new_version_can_follow_the_newest_whole_one(store: VersionStore) -> None:
    truncated(store.path(3) / "added.nq.gz")
    with store.writing("a test") as writer:
        whole, _ = store.newest_whole()
        said = writer.publish(publication(lines(9)), whole)
    assert (said.version, said.parent) == (4, 2)
    assert store.newest_whole() == (4, [])
    assert store.lines(4) == lines(9)


def test_a_version_that_rests_on_damage_is_not_published(store: VersionStore) -> None:
    truncated(store.path(3) / "added.nq.gz")
    with pytest.raises(StoreUnavailable), store.writing("a test") as writer:
        writer.publish(publication(lines(9)), 3)
    assert store.current() == 3
    assert list((store.folder / "unfinished").iterdir()) == []
