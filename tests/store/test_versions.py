"""Publishing versions and reading them: exact, whole, one writer at a time."""

import errno
import gzip
import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.digest import bucket_of, root_of, tree_of
from dppgraph.core.quads import Delta, Quad, difference, subject_of
from dppgraph.errors import NotBuilt, NotWritten, StoreInUse, StoreUnavailable, Unknown
from dppgraph.store.rdf import engine_quads
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions import publish as publishing
from dppgraph.store.versions.files import sync_folder
from dppgraph.store.versions.index import build_index
from tests.store.conftest import BASE, publication, published

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
PLAN = "<http://e/plan>"


def lines(*numbers: int) -> list[str]:
    """One canonical line for each number, as a version wants them: sorted."""
    return sorted(f'<http://e/{number}> <http://e/p> "{number}"@nl <http://e/g{number % 2}> .' for number in numbers)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.fixture
def store(folder: Path) -> VersionStore:
    return VersionStore(folder / "store")


def publish(store: VersionStore, *versions: list[str]) -> None:
    """Publishes one version after the other."""
    with store.writing("a test") as writer:
        for what in versions:
            writer.publish(publication(what), store.numbers()[-1] if store.numbers() else None)


def test_a_version_that_is_published_is_read_back_to_the_letter(store: VersionStore) -> None:
    exact = sorted(
        [
            f'{PLAN} <http://e/p> "01"^^<{INTEGER}> .',
            f'{PLAN} <http://e/p> "1"^^<{INTEGER}> .',
            f'{PLAN} <http://e/p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> <http://e/g> .',
            f'{PLAN} <http://e/p> "a line\\nand \u2028 another \x85"@nl-be .',
            f'{PLAN} <http://e/p> "\\u0001\\\\n" <http://e/g> .',
            "_:b <http://e/p> <<( <http://e/s> <http://e/p> <http://e/o> )>> .",
        ]
    )
    publish(store, exact)
    assert store.lines(1) == exact


def test_a_version_holds_its_difference_from_its_parent(store: VersionStore) -> None:
    publish(store, lines(1, 2, 3), lines(2, 3, 4, 5))
    assert (store.manifest(2).added, store.manifest(2).removed, store.manifest(2).quads) == (2, 1, 4)
    added, removed = (gzip.decompress((store.path(2) / name).read_bytes()) for name in ("added.nq.gz", "removed.nq.gz"))
    assert added.decode().splitlines() == lines(4, 5)
    assert removed.decode().splitlines() == lines(1)


def test_a_version_tells_what_changed_about_which_thing(store: VersionStore) -> None:
    publish(
        store,
        [f'{PLAN} <http://e/p> "1" .'],
        [f'{PLAN} <http://e/p> "2" .', '<http://e/plan#period> <http://e/p> "3" .'],
    )
    assert store.changes(1) == {"http://e/plan": (1, 0)}
    assert store.changes(2) == {"http://e/plan": (2, 1)}


def test_a_manifest_says_what_the_version_is(store: VersionStore) -> None:
    with store.writing("a test") as writer:
        writer.publish(publication(lines(1)), None)
        said = writer.publish(
            publication(
                [*lines(1, 2, 3), '<http://e/z> <http://e/p> "no graph" .'],
                agent="Ann",
                message="Drie lijnen «erbij»",
                software="dppgraph 9.9",
                inputs="ab" * 32,
                findings={"Warning": 2},
            ),
            1,
        )
    assert store.manifest(2) == said
    assert (said.version, said.parent, said.format, said.kind) == (2, 1, 2, "build")
    assert (said.agent, said.message, said.software) == ("Ann", "Drie lijnen «erbij»", "dppgraph 9.9")
    assert (said.base, said.inputs, said.findings) == (BASE, "ab" * 32, {"Warning": 2})
    assert said.graphs == {"": 1, "http://e/g0": 1, "http://e/g1": 2}
    assert (said.quads, said.added, said.removed) == (4, 3, 0)
    assert said.digest == root_of(tree_of(store.lines(2)))
    assert datetime.fromisoformat(said.created).utcoffset() is not None
    assert set(said.files) == {path.name for path in store.path(2).iterdir()} - {"manifest.json"}
    assert json.loads((store.path(2) / "manifest.json").read_text(encoding="utf-8"))["message"] == "Drie lijnen «erbij»"


def test_the_same_data_has_the_same_digest_and_the_same_files_in_any_folder(tmp_path: Path) -> None:
    stores = [published(tmp_path / name, lines(*range(200)))[0] for name in ("one", "other")]
    one, other = (store.manifest(1) for store in stores)
    assert one.digest == other.digest
    assert one.files == other.files
    # Nor is the time in them: RFC 1952, section 2.3.
    assert {path.read_bytes()[4:8] for path in stores[0].path(1).glob("*.gz")} == {bytes(4)}


@pytest.mark.heavy
def test_each_of_many_versions_stays_what_it_was_and_a_keyframe_comes_now_and_then(store: VersionStore) -> None:
    chance = random.Random(0)
    # Of text that cannot be packed, so that each change weighs some ten kilobytes.
    versions = [
        sorted(f'<http://e/s> <http://e/p> "{chance.randbytes(20).hex()}" .' for _ in range(500)) if number % 6 else []
        for number in range(18)
    ]
    publish(store, *versions)
    assert store.numbers() == list(range(1, 19))
    assert store.current() == 18
    assert [store.lines(number) for number in store.numbers()] == versions
    # A version in between is read from the last keyframe before it.
    keyframes = [number for number in store.numbers() if store.keyframe(number)]
    assert keyframes[0] == 1
    assert 2 <= len(keyframes) <= 5
    assert store.tree(keyframes[-1] - 1) == tree_of(versions[keyframes[-1] - 2])
    # The indexes of the last few are kept, and nothing of the work.
    assert [number for number in store.numbers() if store.index_path(number).is_dir()] == [16, 17, 18]
    assert files(store.folder / "unfinished") == set()


def test_a_version_can_follow_another_one_than_the_last(store: VersionStore) -> None:
    with store.writing("a test") as writer:
        writer.publish(publication(lines(1)), None)
        writer.publish(publication(lines(2)), 1)
        said = writer.publish(publication(lines(1, 3)), 1)
    assert (said.version, said.parent, said.added, said.removed) == (3, 1, 1, 0)
    assert store.lines(3) == lines(1, 3)


def test_nothing_is_built_in_a_folder_that_is_not_there(store: VersionStore) -> None:
    with pytest.raises(NotBuilt, match="dppgraph build"):
        store.current()
    assert store.numbers() == []
    assert store.newest_whole() == (None, [])
    assert not store.folder.exists()


def test_a_number_without_a_version_is_unknown(store: VersionStore) -> None:
    publish(store, lines(1))
    for ask in (store.manifest, store.lines, store.changes, store.verified):
        for number in (0, 2, -1):
            with pytest.raises(Unknown, match=f"version {number} "):
                ask(number)


def test_what_a_version_was_last_built_from_is_remembered(store: VersionStore) -> None:
    publish(store, lines(1))
    assert store.fingerprint(1) == "0" * 64
    with store.writing("a test") as writer:
        writer.remember("cd" * 32, 1)
    assert store.fingerprint(1) == "cd" * 32
    publish(store, lines(2))
    assert store.fingerprint(2) == "0" * 64


# --- The index


def contents(index: Path) -> set[str]:
    """What an index holds: literals as Oxigraph rewrites them."""
    return {str(quad) for quad in pyoxigraph.Store.read_only(str(index))}


def test_an_index_that_is_derived_equals_one_that_is_built(store: VersionStore, folder: Path) -> None:
    # Any mixture of literals that Oxigraph takes for the same, and of graphs: what stays has to be found.
    chance = random.Random(7)
    pool = [
        Quad(PLAN, "<http://e/p>", f'"{zeros}{number}"^^<{INTEGER}>', graph).line()
        for zeros in ("", "0", "00", "+")
        for number in (1, 2)
        for graph in ("", "<http://e/g>")
    ]
    versions = [sorted(chance.sample(pool, chance.randrange(1, len(pool)))) for _ in range(4)]
    publish(store, *versions)
    for number in store.numbers()[-3:]:
        build_index(folder / str(number), versions[number - 1], merge=bool(store.sharing(number)))
        assert contents(store.index_path(number)) == contents(folder / str(number))


def test_removing_one_way_to_write_a_number_leaves_the_other(store: VersionStore) -> None:
    one, other = (f'{PLAN} <http://e/p> "{number}"^^<{INTEGER}> .' for number in ("01", "1"))
    publish(store, sorted([one, other]), [other])
    assert store.lines(2) == [other]
    assert contents(store.index_path(2)) == {
        str(quad) for quad in engine_quads([Quad(PLAN, "<http://e/p>", f'"1"^^<{INTEGER}>')])
    }


def test_an_index_is_a_cache_that_may_go(store: VersionStore) -> None:
    publish(store, lines(1))
    shutil.rmtree(store.index_path(1))
    publish(store, lines(1, 2))
    assert len(contents(store.index_path(2))) == 2


def test_an_index_that_lost_its_files_is_not_built_upon(store: VersionStore) -> None:
    publish(store, lines(1))
    for path in store.index_path(1).iterdir():
        path.unlink()
    publish(store, lines(1, 2))
    assert len(contents(store.index_path(2))) == 2


# --- One writer

HOLDER = """
import sys
from pathlib import Path
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.index import build_index
with VersionStore(Path(sys.argv[1])).writing("another program"):
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_whoever_comes_second_is_told_who_writes(store: VersionStore) -> None:
    publish(store, lines(1))
    with subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding\n"
        try:
            with pytest.raises(StoreInUse) as refusal, store.writing("a test"):
                raise AssertionError("two hold the lock")
            assert f"process {holder.pid}" in str(refusal.value)
            assert "another program" in str(refusal.value)
            assert store.lines(1) == lines(1), "reading needs no lock"
        finally:
            holder.kill()
    # A killed holder holds nothing.
    publish(store, lines(2))
    assert store.current() == 2


def test_the_lock_is_free_again_after_an_error(store: VersionStore) -> None:
    with pytest.raises(ZeroDivisionError), store.writing("a test"):
        raise ZeroDivisionError
    publish(store, lines(1))


# --- What fails leaves nothing behind


def test_a_store_that_cannot_be_written_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with (
        pytest.raises(StoreUnavailable, match=str(tmp_path / "file")),
        VersionStore(tmp_path / "file").writing("a test"),
    ):
        raise AssertionError("a file was written to as a folder")
    with (
        pytest.raises(StoreUnavailable, match="file/store"),
        VersionStore(tmp_path / "file" / "store").writing("a test"),
    ):
        raise AssertionError("a file was written to as a folder")


def test_a_publishing_that_fails_leaves_nothing_behind(store: VersionStore) -> None:
    publish(store, lines(1))
    before = files(store.folder / "versions")
    # A folder where the version is to appear stops it at its last step but one.
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        _publish_against(store, obstacle=store.path(2) / "in the way")
    assert store.current() == 1
    assert files(store.folder / "unfinished") == set()
    publish(store, lines(2))
    assert store.lines(2) == lines(2)
    assert files(store.folder / "versions") - before == {
        "000002", "000002/manifest.json", *(f"000002/{name}" for name in store.manifest(2).files)
    }  # fmt: skip


def _publish_against(store: VersionStore, obstacle: Path) -> None:
    with store.writing("a test") as writer:
        obstacle.mkdir(parents=True)
        writer.publish(publication(lines(2)), 1)


def test_what_a_killed_writer_left_is_tidied_by_the_next(store: VersionStore) -> None:
    publish(store, lines(1))
    (store.folder / "unfinished" / "work" / "version").mkdir(parents=True)
    (store.folder / "unfinished" / "inputs").write_text("half")
    store.path(2).mkdir()
    store.index_path(2).mkdir()
    assert store.numbers() == [1]
    with store.writing("a test"):
        assert files(store.folder / "unfinished") == set()
        assert not store.path(2).exists()
        assert not store.index_path(2).exists()
    assert store.lines(1) == lines(1)


class Looked:
    """The lines of a version, looked up."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def in_bucket(self, bucket: str) -> list[str]:
        return [line for line in self.lines if bucket_of(line) == bucket]

    def about(self, subject: str) -> list[str]:
        return [line for line in self.lines if subject_of(line) == subject]


NUMBERS = st.lists(st.frozensets(st.integers(0, 40)), min_size=2, max_size=6)


@pytest.mark.heavy
@given(versions=NUMBERS)
def test_a_version_told_by_its_difference_is_the_one_that_is_told_whole(
    versions: list[frozenset[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, told = (VersionStore(tmp_path_factory.mktemp(name) / "store") for name in ("whole", "told"))
    publish(whole, *(lines(*numbers) for numbers in versions))
    publish(told, lines(*versions[0]))
    for number, numbers in enumerate(versions[1:], 2):
        before, after = told.lines(number - 1), lines(*numbers)
        what = replace(publication(after), lines=None, delta=difference(before, after), before=Looked(before))
        with told.writing("a test") as writer:
            writer.publish(what, number - 1)
    for number, numbers in enumerate(versions, 1):
        one, other = whole.manifest(number), told.manifest(number)
        assert told.lines(number) == lines(*numbers)
        assert (one.digest, one.graphs, one.quads, one.files) == (other.digest, other.graphs, other.quads, other.files)
        assert told.tree(number) == tree_of(lines(*numbers))
        assert set(one.sharing or ()) <= set(other.sharing or ())


def test_graphs_that_come_to_share_a_triple_are_told(store: VersionStore) -> None:
    first = ['<http://e/s> <http://e/p> "1" <http://e/g> .']
    publish(store, first)
    delta = Delta(['<http://e/s> <http://e/p> "1" <http://e/h> .'], [])
    with store.writing("a test") as writer:
        said = writer.publish(replace(publication([]), lines=None, delta=delta, before=Looked(first)), 1)
    assert said.sharing == ["http://e/g", "http://e/h"]


@pytest.mark.heavy
def test_small_changes_of_a_large_version_take_little_room(store: VersionStore) -> None:
    large = lines(*range(20_000))
    publish(store, large)

    def size() -> int:
        return sum(path.stat().st_size for path in (store.folder / "versions").rglob("*") if path.is_file())

    before, current = size(), large
    for number in range(20):
        after = sorted({*current[1:], f'<http://e/new> <http://e/p> "{number}" .'})
        what = replace(publication([]), lines=None, delta=difference(current, after), before=Looked(current))
        with store.writing("a test") as writer:
            writer.publish(what, store.current())
        current = after
    assert store.lines(21) == current
    assert size() - before < 20 * 3_000


def test_what_is_stated_is_known_of_each_version_that_follows(store: VersionStore) -> None:
    stated = lines(7)
    with store.writing("a test") as writer:
        writer.publish(replace(publication(lines(1, 7)), stated=stated), None)
        for number, more in ((2, None), (3, [])):
            after = lines(*range(number + 7))
            delta = difference(store.lines(number - 1), after)
            what = replace(
                publication([]), lines=None, delta=delta, before=Looked(store.lines(number - 1)), stated=more,
                kind="write",
            )  # fmt: skip
            writer.publish(what, number - 1)
        writer.publish(replace(publication(lines(1, 7)), kind="rollback", of=1), 3)
        writer.publish(publication(lines(1)), 4)
    assert [store.stated(number) for number in store.numbers()] == [stated, stated, [], stated, None]


def test_a_store_of_the_first_layout_is_read_and_followed(store: VersionStore) -> None:
    publish(store, lines(1, 2), lines(2, 3))
    pinned = None
    for number in (1, 2):
        folder = store.path(number)
        said = json.loads((folder / "manifest.json").read_text())
        (folder / "buckets.json").unlink(missing_ok=True)
        tree = json.dumps(tree_of(store.lines(number) if number == 1 else lines(2, 3)), indent=0).encode()
        (folder / "digest.json").write_bytes(tree)
        files = {name: sha for name, sha in said["files"].items() if name != "buckets.json"}
        files["digest.json"] = hashlib.sha256(tree).hexdigest()
        first = {name: value for name, value in said.items() if name not in ("kind", "of")}
        text = json.dumps(first | {"format": 1, "files": files, "parent_sha256": pinned})
        (folder / "manifest.json").write_text(text)
        pinned = hashlib.sha256(text.encode()).hexdigest()
        (store.folder / "current").write_text(f"{number} {pinned}\n")
    old = VersionStore(store.folder)
    assert (old.lines(2), old.manifest(2).format, old.tree(2)) == (lines(2, 3), 1, tree_of(lines(2, 3)))
    publish(old, lines(3, 4))
    assert VersionStore(store.folder).lines(3) == lines(3, 4)
    assert VersionStore(store.folder).tree(3) == tree_of(lines(3, 4))


def test_a_disk_that_does_not_say_that_it_keeps_a_version_is_told_as_that(
    store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, lines(1))

    def fails(folder: Path) -> None:
        # No disk does so when it is asked to: this is the one place where the kernel would say so.
        if folder == store.folder:
            raise OSError(errno.EIO, "Input/output error")
        sync_folder(folder)

    with monkeypatch.context() as failing:
        failing.setattr(publishing, "sync_folder", fails)
        with pytest.raises(StoreUnavailable, match=r"version 2 is current, but .* see whether it is there") as raised:
            publish(store, lines(1, 2))
    assert not isinstance(raised.value, NotWritten)
    assert store.lines(store.current()) == VersionStore(store.folder).lines(2) == lines(1, 2)
    publish(store, lines(2))
    assert store.lines(3) == lines(2)


def test_what_one_more_version_costs_does_not_grow_with_those_before(
    store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    manifest = VersionStore._manifest

    def counted(self: VersionStore, number: int, sha256: str | None) -> Manifest:
        read.append(number)
        return manifest(self, number, sha256)

    def cost(work: Callable[[], object]) -> int:
        read.clear()
        work()
        return len(read)

    publish(store, lines(1))
    monkeypatch.setattr(VersionStore, "_manifest", counted)

    def write(number: int) -> None:
        delta = Delta(lines(number), [])
        with store.writing("a test") as writer:
            before = Looked(store.lines(number - 1))
            read.clear()
            writer.publish(
                replace(publication([]), lines=None, kind="write", delta=delta, before=before, indexed=False),
                number - 1,
            )

    costs = [cost(partial(write, number)) for number in range(2, 24)]
    assert costs[-1] == costs[4]
    for ask in (VersionStore.current, VersionStore.last, partial(VersionStore.manifest, number=23)):
        assert cost(partial(ask, VersionStore(store.folder))) <= 2
    assert store.stated(23) is None
    assert cost(partial(store.stated, 23)) == 1


def test_what_fails_once_a_version_is_published_does_not_tell_that_it_is_not(store: VersionStore) -> None:
    with store.writing("a test") as writer:
        shutil.rmtree(store.folder / "indexes")
        (store.folder / "indexes").touch()
        assert writer.publish(publication(lines(1), indexed=False), None).version == 1
    assert (store.current(), store.lines(1)) == (1, lines(1))
