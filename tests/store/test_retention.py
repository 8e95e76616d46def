"""Versions that are pinned, pruned, compared, and found by a moment."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.digest import root_of, tree_of
from dppgraph.core.quads import Delta, difference
from dppgraph.errors import Damaged, Gone, NotBuilt, Unknown
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions.between import between
from dppgraph.store.versions.prune import make_whole
from tests.store.conftest import publication
from tests.store.history_of import manifest as manifest_of

pytestmark = pytest.mark.heavy


def lines(numbers: set[int]) -> list[str]:
    return sorted(f'<http://e/{number}> <http://e/p> "{number}" <http://e/g> .' for number in numbers)


def publish(store: VersionStore, versions: list[set[int]]) -> None:
    with store.writing("a test") as writer:
        for version in versions:
            writer.publish(publication(lines(version)), store.last() or None)


@pytest.fixture
def store(folder: Path) -> VersionStore:
    return VersionStore(folder / "store")


FIVE = [{1, 2, 3}, {2, 3, 4}, {2, 3, 4, 5}, {5}, {5, 6}]


# --- What differs


class Told:
    """Versions that are told, and lie on no disk."""

    def __init__(self, contents: list[set[int]], parents: list[int | None]) -> None:
        self._contents = list(map(lines, contents))
        self._parents = parents

    def require_kept(self, number: int) -> None:
        assert number

    def lines(self, number: int) -> list[str]:
        return self._contents[number - 1]

    def delta(self, number: int) -> Delta:
        parent = self._parents[number - 1]
        return difference(self.lines(parent) if parent else [], self.lines(number))

    def manifest(self, number: int) -> Manifest:
        added, removed = map(len, self.delta(number))
        parent, quads = self._parents[number - 1], len(self.lines(number))
        return replace(manifest_of(number), parent=parent, quads=quads, added=added, removed=removed)


@given(st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=6), st.data())
def test_what_is_between_two_versions_is_the_difference_of_their_lines(
    contents: list[set[int]], data: st.DataObject
) -> None:
    parents = [None, *(data.draw(st.integers(1, place)) for place in range(1, len(contents)))]
    told = Told(contents, parents)
    for before in range(1, len(contents) + 1):
        for after in range(1, len(contents) + 1):
            assert between(told, before, after) == difference(told.lines(before), told.lines(after))


def test_the_lines_of_a_large_version_are_not_read_where_the_differences_are_enough(store: VersionStore) -> None:
    publish(store, [set(range(100)), set(range(101)), set(range(1, 102))])
    keyframe = store.keyframe(1)
    assert keyframe
    keyframe.write_bytes(b"damaged")
    assert store.between(2, 3) == Delta(lines({101}), lines({0}))


def test_a_damaged_version_on_the_way_is_gone_around(store: VersionStore) -> None:
    contents = [set(range(number, number + 50)) for number in range(4)]
    publish(store, contents)
    with store.writing("a test"):
        make_whole(store, 3)
    (store.path(2) / "added.nq.gz").write_bytes(b"damaged")
    assert store.between(1, 4) == difference(lines(contents[0]), lines(contents[3]))
    with pytest.raises(Damaged):
        store.between(1, 2)
    with pytest.raises(Unknown):
        store.between(1, 5)


# --- What is let go


MANY = [set(range(number, number + 60)) if number % 7 else {number} for number in range(24)]


@pytest.fixture(scope="module")
def many() -> Iterator[Path]:
    """A store of many versions, to be copied; without databases, which are not what is pruned here."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:  # noqa: S108
        publish(VersionStore(Path(name)), MANY)
        shutil.rmtree(Path(name) / "indexes")
        yield Path(name)


@pytest.mark.heavy
@settings(max_examples=10)
@given(chosen=st.lists(st.sets(st.integers(1, len(MANY))), min_size=1, max_size=3))
def test_whatever_is_pruned_the_rest_is_read_as_before(many: Path, chosen: list[set[int]]) -> None:
    with tempfile.TemporaryDirectory(dir=many.parent) as name:
        store = VersionStore(shutil.copytree(many, Path(name) / "store"))
        manifests = [store.manifest(number) for number in store.numbers()]
        for some in chosen:
            with store.writing("a test") as writer:
                writer.prune(some)
        gone = set().union(*chosen) - {len(MANY)}
        store = VersionStore(store.folder)
        for number, manifest in enumerate(manifests, 1):
            assert store.manifest(number) == manifest
            assert store.is_kept(number) == (number not in gone)
            if number not in gone:
                assert store.lines(number) == lines(MANY[number - 1])
                assert root_of(store.tree(number)) == manifest.digest


def test_of_a_pruned_version_its_manifest_and_what_it_changed_are_left(store: VersionStore) -> None:
    publish(store, FIVE)
    with store.writing("a test") as writer:
        writer.prune([1, 2, 3])
    for number in (1, 2, 3):
        assert {path.name for path in store.path(number).iterdir()} == {"manifest.json", "changes.json"}
        assert not store.index_path(number).exists()
        for ask in (store.lines, store.delta, store.tree, store.verified, store.findings, store.stated):
            with pytest.raises(Gone, match="is not kept any more"):
                ask(number)
    assert store.newest_whole() == (5, [])
    # What rests on version 3 came late, is checked like everything else, and has the digest that was published.
    late = json.loads((store.path(4) / "keyframe.json").read_text())["files"]
    assert set(late) == {"quads.nq.gz", "digest.json"}
    assert root_of(tree_of(store.lines(4))) == store.manifest(4).digest
    assert not (store.path(5) / "keyframe.json").exists()
    (store.path(4) / "quads.nq.gz").write_bytes(b"altered")
    with pytest.raises(Damaged, match=r"quads\.nq\.gz is damaged"):
        store.lines(5)


def test_the_current_version_and_pinned_ones_are_never_pruned(store: VersionStore) -> None:
    publish(store, FIVE)
    with store.writing("a test") as writer:
        writer.pin(2)
        writer.prune(store.numbers())
    assert [number for number in store.numbers() if store.is_kept(number)] == [2, 5]
    assert [store.lines(number) for number in (2, 5)] == [lines(FIVE[1]), lines(FIVE[4])]
    assert store.between(2, 5) == difference(lines(FIVE[1]), lines(FIVE[4]))
    with store.writing("a test") as writer:
        with pytest.raises(Gone):
            writer.pin(1)
        with pytest.raises(Unknown):
            writer.pin(6)
        writer.pin(2, pinned=False)
        writer.prune([2])
    assert not store.is_kept(2)


def test_what_is_stated_is_still_told_where_the_version_that_said_it_is_pruned(store: VersionStore) -> None:
    said = lines({9})
    with store.writing("a test") as writer:
        writer.publish(publication(lines({1}), stated=said), None)
        writer.publish(publication(lines({2}), kind="write"), 1)
        writer.publish(publication(lines({3}), kind="write"), 2)
        writer.publish(publication(lines({1}), kind="rollback", of=1), 3)
        writer.publish(publication(lines({4})), 4)
        writer.publish(publication(lines({5}), kind="write"), 5)
        writer.prune([1, 2])
    assert [store.stated(number) for number in (3, 4, 5, 6)] == [said, said, None, None]
    with store.writing("a test") as writer:
        writer.prune([5])
    assert store.stated(6) is None


def test_nothing_is_pruned_where_what_is_kept_cannot_be_read(store: VersionStore) -> None:
    publish(store, FIVE)
    (store.path(2) / "added.nq.gz").write_bytes(b"damaged")
    with store.writing("a test") as writer, pytest.raises(Damaged):
        writer.prune([1])
    assert store.lines(1) == lines(FIVE[0])


def test_without_its_list_what_is_there_is_read_and_nothing_is_pruned(store: VersionStore) -> None:
    publish(store, FIVE)
    with store.writing("a test") as writer:
        writer.prune([1])
        (store.folder / "retention.json").write_text("[]")
        assert store.lines(5) == lines(FIVE[4])
        with pytest.raises(Damaged, match="does not say which versions are pinned"):
            writer.prune([2])
    assert store.lines(2) == lines(FIVE[1])


class Pruning(VersionStore):
    """A store in which all versions but the last two are pruned as soon as something of one of them was read."""

    def manifest(self, number: int) -> Manifest:
        found = super().manifest(number)
        if number == 3 and self.is_kept(3):
            with VersionStore(self.folder).writing("another process") as writer:
                writer.prune([1, 2, 3])
        return found


def test_a_version_that_is_kept_is_read_though_those_that_it_rests_on_be_pruned_meanwhile(many: Path) -> None:
    contents = [set(range(1000, 1300 + number)) for number in range(5)]
    said = lines({9})
    with tempfile.TemporaryDirectory(dir=many.parent) as name:
        whole = VersionStore(Path(name) / "whole")
        with whole.writing("a test") as writer:
            for number, some in enumerate(contents):
                writer.publish(publication(lines(some), kind="write", stated=None if number else said), number or None)
        trees = [whole.tree(number) for number in whole.numbers()]

        def pruning(copy: str) -> VersionStore:
            return Pruning(shutil.copytree(whole.folder, Path(name) / copy))

        assert pruning("lines").lines(5) == lines(contents[4])
        assert pruning("tree").tree(5) == trees[4]
        assert pruning("stated").stated(5) == said
        for ask in (pruning("itself").lines, pruning("its tree").tree, pruning("what it says").stated):
            with pytest.raises(Gone, match="version 3 is not kept"):
                ask(3)


PRUNERS = """
import os, sys
from pathlib import Path
from dppgraph.operations.versions import prune
from dppgraph.store.versions import VersionStore

store = VersionStore(Path(sys.argv[1]))
for keep in sys.stdin:
    process = os.fork()
    if process == 0:
        with store.writing("a pruner") as writer:
            prune(store, writer, int(keep))
        os._exit(0)
    print(process, flush=True)
    os.waitpid(process, 0)
    print("ended", flush=True)
"""


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_pruning_that_is_killed_loses_nothing_that_is_kept(many: Path, folder: Path) -> None:
    pruned = [
        kill_while_pruning(VersionStore(shutil.copytree(many, folder / str(number))), random.Random(number))
        for number in range(20)
    ]
    assert any(pruned), "none was pruned: the test tests nothing"


def kill_while_pruning(store: VersionStore, chance: random.Random) -> int:
    """Prunes ever more, and is killed each time; how many versions are pruned in the end."""
    with store.writing("a test") as writer:
        writer.pin(4)
    with subprocess.Popen(
        [sys.executable, "-P", "-c", PRUNERS, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as pruners:
        assert pruners.stdin is not None
        assert pruners.stdout is not None
        for keep in range(len(MANY) - 1, 1, -2):
            pruners.stdin.write(f"{keep}\n".encode())
            pruners.stdin.flush()
            pruner = int(pruners.stdout.readline())
            time.sleep(chance.uniform(0, chance.choice((0.02, 0.1, 0.3))))
            # It may have come to its end.
            with suppress(ProcessLookupError):
                os.kill(pruner, signal.SIGKILL)
            assert pruners.stdout.readline() == b"ended\n"
            for number in (4, *range(len(MANY) - keep + 1, len(MANY) + 1)):
                assert store.lines(number) == lines(MANY[number - 1])
    with store.writing("a test") as writer:
        writer.prune([])
    for number in store.numbers():
        if store.is_kept(number):
            assert store.lines(number) == lines(MANY[number - 1])
        else:
            assert {path.name for path in store.path(number).iterdir()} == {"manifest.json", "changes.json"}
    return len(store.retention().pruned)


# --- Moments


def test_the_version_of_a_moment_is_the_newest_that_was_there(store: VersionStore) -> None:
    with pytest.raises(NotBuilt):
        store.at(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    publish(store, FIVE)
    created = [store.created(number) for number in store.numbers()]
    assert created == [datetime.fromisoformat(store.manifest(number).created) for number in store.numbers()]
    # Even where all were published within a second.
    assert created == sorted(set(created))
    second = timedelta(seconds=1)
    assert store.at(created[0] - second) == 1
    assert [store.at(moment) for moment in created] == store.numbers()
    assert store.at(created[2] + second / 2) == 3
    assert store.at(created[-1] + timedelta(days=9)) == 5
    with store.writing("a test") as writer:
        writer.prune([1, 2, 4])
    # Where that one is not kept, it is the last one before it that is; before all of those, the first.
    assert [store.at(moment) for moment in created] == [3, 3, 3, 3, 5]
    with pytest.raises(Unknown):
        store.created(6)


def test_the_moments_of_many_versions_are_read_once(store: VersionStore) -> None:
    publish(store, FIVE)
    store.at(store.created(1))
    for number in (1, 2):
        (store.path(number) / "manifest.json").unlink()
    assert store.at(store.created(1)) == 1
    assert store.created(2) > store.created(1)
