"""A disk that takes nothing, or not enough, and a clock that goes back: one clear error, and what there is stays."""

import errno
import hashlib
import json
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dppgraph.store.history import History, QuadPattern
from dppgraph.store.versions import VersionStore
from tests.cli.test_supervisor import until
from tests.cli.test_writer import Written, noting

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(300)]

KIB = 1 << 10
LEFT = (0, 8, 32, 64, 128, 256, 512, 1024, 1536, 2048, 3072, 4096, 5120, 6144, 8192, 12288, 16384, 24576)
"""KiB that are left of a disk when a change comes: each stops at another step."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount(folder, "-t", "tmpfs", "-o", "size=128m", "tmpfs")
    yield folder
    _umount(folder)


def _mount(folder: Path, *options: object) -> None:
    """Mounts at a folder, or skips the test."""
    done = subprocess.run(["/bin/mount", *map(str, options), folder], capture_output=True, check=False, timeout=30)
    if done.returncode:
        pytest.skip(
            f"nothing can be mounted here ({done.stderr.decode().strip()}): run as root, and not in a container"
        )


def _umount(folder: Path) -> None:
    # Whoever still has a file of it open keeps that, and the name is free.
    subprocess.run(["/bin/umount", "--lazy", folder], check=True, timeout=30)


class Disk:
    """Fills a disk, but for some KiB."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"
        self._folder = folder

    def leave(self, kib: int) -> None:
        self.empty()
        until(lambda: self._left(kib))

    def _left(self, kib: int) -> bool:
        stat = os.statvfs(self._folder)
        with self._filler.open("wb") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, stat.f_bavail * stat.f_frsize - kib * KIB)
            except OSError as error:
                # What follows the change before, its files and its index, took some of the room in between.
                if error.errno != errno.ENOSPC:
                    raise
                return False
        return True

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)


@pytest.fixture(scope="module", params=["memory", "disk"])
def mode(request: pytest.FixtureRequest) -> str:
    """Where changes are tried."""
    return str(request.param)


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory, few_shapes: Path, mode: str) -> Iterator[Written]:
    found = Written(tmp_path_factory.mktemp("writing"), few_shapes, mode=mode)
    yield found
    assert found.server.stop() == 0


def tried(written: Written, note: str) -> bool:
    """Whether a change was published; if not, it was told so once and clearly, and the version before is as it was."""
    store, before = written.store, written.store.current()
    status, headers, said = written.send(noting(f"'{note}'"))
    if status == 200:
        assert int(headers["dppgraph-version"]) == before + 1
    else:
        assert (status, said["status"], str(said["type"]).rpartition("/")[2]) == (503, 503, "store-unavailable"), said
        assert "cannot be" in str(said["detail"])
        assert str(store.folder) not in str(said["detail"])
    # Whether it was published is what it was told, and whoever asks finds just that.
    assert store.current() == before + (status == 200)
    assert (note in written.notes()) == (status == 200)
    assert store.newest_whole() == (store.current(), [])
    return status == 200


def all_is_whole(written: Written, notes: set[str]) -> None:
    """All that was acknowledged is there, and nothing else; nothing is left behind."""
    store = written.store
    assert set(written.notes()) == notes
    # The files of the last version may be in the making there.
    until(lambda: not list((store.folder / "unfinished").iterdir()))
    with closing(History(store.history_path)) as history:
        for number in store.numbers():
            assert sorted(quad.line() for quad in history.at(number).quads(QuadPattern())) == store.lines(number)
    assert not [line for line in written.server.said if "Traceback" in line]


@pytest.mark.parametrize("mode", ["disk"], indirect=True)
def test_on_a_full_disk_a_change_is_told_so_and_the_next_one_succeeds_once_there_is_room(
    disk: Path, few_shapes: Path, mode: str
) -> None:
    written, filler = Written(disk, few_shapes, mode=mode), Disk(disk)
    try:
        assert tried(written, "first")
        notes, refused = {"first"}, 0
        for kib in LEFT:
            filler.leave(kib)
            if tried(written, f"left-{kib}"):
                notes.add(f"left-{kib}")
            else:
                refused += 1
        assert 3 <= refused < len(LEFT)
        filler.empty()
        assert tried(written, "last")
        all_is_whole(written, {*notes, "last"})
    finally:
        assert written.server.stop() == 0


@pytest.mark.parametrize(
    ("mode", "size"),
    [*(("memory", size) for size in (0, 500, 2_000, 8_000, 40_000, 200_000)), ("disk", 40_000)],
    indirect=["mode"],
)
def test_where_no_file_may_grow_a_change_is_told_so(writing: Written, size: int) -> None:
    """As a quota has it, and in any container: what may be written ends at some byte of some file."""
    assert tried(writing, f"before-{size}")
    notes = set(writing.notes())
    writer = writing.server.child("dppgraph.cli.writer")
    soft, hard = resource.prlimit(writer, resource.RLIMIT_FSIZE)
    resource.prlimit(writer, resource.RLIMIT_FSIZE, (size, hard))
    assert not tried(writing, "refused")
    assert not tried(writing, "refused-again")
    resource.prlimit(writer, resource.RLIMIT_FSIZE, (soft, hard))
    assert tried(writing, f"after-{size}")
    # By the same process that could not.
    assert writing.server.child("dppgraph.cli.writer") == writer
    all_is_whole(writing, {*notes, f"after-{size}"})


@pytest.mark.parametrize(
    ("mode", "name"),
    [*(("memory", name) for name in ("", "unfinished", "versions")), ("disk", "indexes")],
    indirect=["mode"],
)
def test_what_is_read_only_takes_no_change_and_is_told_so(writing: Written, name: str) -> None:
    """Each folder in turn, so that a change comes as far as that."""
    notes = set(writing.notes())
    folder = writing.store.folder / name
    for _ in range(2):
        # Once over itself: whoever has a file of it open would keep all of the disk from being made so.
        _mount(folder, "--bind", folder)
        try:
            _mount(folder, "-o", "remount,bind,ro")
            assert not tried(writing, "refused")
        finally:
            _umount(folder)
    assert tried(writing, f"after-{name}")
    all_is_whole(writing, {*notes, f"after-{name}"})


@pytest.mark.parametrize("mode", ["memory", "disk"], indirect=True)
def test_what_is_published_is_served_from_a_disk_that_takes_nothing(
    tmp_path: Path, few_shapes: Path, mode: str
) -> None:
    first = Written(tmp_path, few_shapes, mode=mode)
    assert tried(first, "before")
    assert first.server.stop() == 0
    for _ in range(2):
        _mount(tmp_path, "--bind", tmp_path)
    _mount(tmp_path, "-o", "remount,bind,ro")
    try:
        written = Written(tmp_path, few_shapes, mode=mode)
        try:
            assert [line for line in written.server.said if "cannot be written" in line and "is served" in line]
            assert not tried(written, "refused")
            assert written.notes() == ["before"]
            for address in (
                "/plans",
                "/doc/concept/level-regional?version=1",
                "/dumps",
                "/feed",
                "/changes",
                "/quality",
            ):
                assert written.server.ask("GET", address)[0] == 200, address
        finally:
            assert written.server.stop() == 0
    finally:
        for _ in range(2):
            _umount(tmp_path)


def ahead(store: VersionStore, moment: str) -> None:
    """Has the one version of a store say that it was made at another moment, as where the clock went back since."""
    path = store.path(1) / "manifest.json"
    said = json.loads(path.read_text()) | {"created": moment}
    path.write_text(json.dumps(said, indent=2) + "\n")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (store.folder / "current").write_text(f"1 {sha256}\n")


def test_after_the_clock_went_back_versions_still_come_one_after_the_other(tmp_path: Path, few_shapes: Path) -> None:
    first = Written(tmp_path, few_shapes)
    assert first.server.stop() == 0
    ahead(first.store, "2099-12-31T23:59:58+00:00")
    (first.store.folder / "history.sqlite").unlink()
    written = Written(tmp_path, few_shapes)
    try:
        assert all(tried(written, f"number-{number}") for number in range(3))
        moments = [written.store.manifest(number).created for number in written.store.numbers()]
        assert moments == [
            "2099-12-31T23:59:58+00:00",
            "2099-12-31T23:59:59+00:00",
            "2100-01-01T00:00:00+00:00",
            "2100-01-01T00:00:01+00:00",
        ]
        all_is_whole(written, {f"number-{number}" for number in range(3)})
    finally:
        assert written.server.stop() == 0
