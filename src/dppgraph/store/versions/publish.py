"""Writing the version store: a version appears whole, by one rename, after everything else is on disk."""

import json
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from dppgraph.core.digest import Tree, changed_tree, root_of, tree_of
from dppgraph.core.quads import Delta, applied, changes_of, difference, parse_line, subject_of
from dppgraph.errors import StoreUnavailable
from dppgraph.store.merge import sharing
from dppgraph.store.versions.files import compressed, sync_folder, writable, write_synced, zipped
from dppgraph.store.versions.index import build_index, derive_index, prune
from dppgraph.store.versions.manifest import FORMAT, Kind, Manifest
from dppgraph.store.versions.retention import LATE, RETENTION, STAYS, Retention, read_late

if TYPE_CHECKING:
    from dppgraph.store.versions.versions import VersionStore

_log = logging.getLogger("dppgraph.write")

_MOST_DELTAS: Final = 512
"""After which the quads are kept as a whole again, however small the changes were."""
_SMALL: Final = 1 << 16
"""Bytes of changes that no keyframe is worth."""
KEPT: Final = 3
"""Versions whose database and harvest are kept: both can be made anew."""

ADDED: Final = "added.nq.gz"
REMOVED: Final = "removed.nq.gz"
"""How a version differs from its parent."""

FINDINGS: Final = "findings.json.gz"
"""What the shapes found of a version: it could only be had anew with the files that were built from."""

Harvesting = Callable[[Path, Manifest, list[str], Delta], None]
"""Fills a new folder with what is to be had of a version besides its quads: given manifest, lines and delta."""


KEYFRAME: Final = "quads.nq.gz"
"""All quads of a version."""
TREE: Final = "digest.json"
"""The tree of its digest (``core.digest``)."""
BUCKETS: Final = "buckets.json"
"""How that tree differs from the parent's: bucket to hash, or to null where it is empty now."""
STATED: Final = "stated.nq.gz"
"""What is stated in a graph that also holds what is made; with the versions in which that changed."""


class Before(Protocol):
    """The quads of a parent, looked up: what a change costs is then its own size."""

    def in_bucket(self, bucket: str) -> list[str]:
        """The lines of a bucket of the digest's tree."""
        ...

    def about(self, subject: str) -> list[str]:
        """The lines of a subject."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published, and what is said of it; the fields are those of the manifest.

    Attributes:
        lines: all lines of the version; None where it is told by its difference.
        report: what the shapes found, as the file that is kept of it; None where the gate was off.
        delta: what it adds to the lines of its parent, and removes from them, where ``lines`` does not say so.
        before: the quads of its parent, likewise.
        index: a folder with its database, which is taken; None where it is to be made.
        indexed: whether it gets one with it: a database is a cache, which whoever asks it can make.
        stated: the lines that are stated in a graph which also holds what is made; None where they are those of the
            version before, or nobody knows.
    """

    lines: list[str] | None
    agent: str
    message: str
    software: str
    base: str
    inputs: str
    findings: dict[str, int] | None
    data: str | None = None
    shapes: str | None = None
    report: bytes | None = None
    kind: Kind = "build"
    of: int | None = None
    delta: Delta | None = None
    before: Before | None = None
    index: Path | None = None
    indexed: bool = True
    stated: list[str] | None = None


class Writer:
    """The right to publish in a version store; obtained from ``VersionStore.writing``.

    Attributes:
        drops_writes: whether a build may go on without what was written since the one before.
    """

    def __init__(self, store: "VersionStore", *, drops_writes: bool = False) -> None:
        self.drops_writes = drops_writes
        self._store = store
        self._unfinished = store.folder / "unfinished"

    def tidy(self) -> None:
        """Removes what a killed writer left."""
        for left in self._unfinished.iterdir():
            # What is gone already is what this is about.
            with suppress(FileNotFoundError):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
        if self._store.pointer_damage():
            # Then nothing tells what is a leftover.
            return
        # A killed writer leaves at most the one version that it was about to make current.
        unpublished = self._store.last() + 1
        paths = (self._store.path, self._store.index_path, self._store.harvest_path)
        for left in (path(unpublished) for path in paths):
            if left.is_dir():
                shutil.rmtree(left)

    def publish(
        self,
        what: Publication,
        parent: int | None,
        harvesting: Harvesting | None = None,
        remember: Callable[[Manifest, Delta], object] | None = None,
    ) -> Manifest:
        """Publishes a version; when this returns, it is current and on disk.

        Args:
            what: its quads and what is said of them.
            parent: the number of the version that it follows, or None for the first.
            harvesting: makes what is there with it from the moment in which it is current.
            remember: takes note of it elsewhere, before it is current, where that is not left to ``harvesting``.

        Raises:
            StoreUnavailable: the disk did not take it; nothing is left of it. Or it took it, and does not say whether
                it keeps it: then the version is current, and that is told.
        """
        with writable(self._store.folder):
            work = Path(tempfile.mkdtemp(dir=self._unfinished))
            try:
                return self._publish(self._new(what, parent), work, harvesting, remember)
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def harvest(self, number: int, harvesting: Harvesting) -> None:
        """Makes anew what is to be had of a published version besides its quads.

        Raises:
            StoreUnavailable: the disk did not take it; what was there before may be gone.
            Damaged: the version's files are not what was published.
        """
        manifest, lines, delta = self._store.manifest(number), self._store.lines(number), self._store.delta(number)
        with writable(self._store.folder):
            work = Path(tempfile.mkdtemp(dir=self._unfinished))
            try:
                harvesting(work / "harvest", manifest, lines, delta)
                shutil.rmtree(self._store.harvest_path(number), ignore_errors=True)
                self._store.keep_harvest(work / "harvest", number)
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def remember(self, fingerprint: str, number: int) -> None:
        """Notes which files a version was last built from, so that the same files need no second build."""
        with writable(self._store.folder), tempfile.TemporaryDirectory(dir=self._unfinished) as work:
            new = Path(work) / "inputs"
            write_synced(new, f"{number} {fingerprint}\n".encode())
            new.replace(self._store.folder / "inputs")

    def pin(self, number: int, *, pinned: bool = True) -> None:
        """Has a version never be pruned; or, with ``pinned=False``, lets it be like others.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned already.
            StoreUnavailable: the disk did not take it.
        """
        self._store.manifest(number)
        self._store.require_kept(number)
        said = self._store.retention()
        self._retain(Retention(said.pinned | {number} if pinned else said.pinned - {number}, said.pruned))

    def prune(self, numbers: Iterable[int], ahead: "Ahead | None" = None) -> None:
        """Lets the files of versions go, after what rests on them got its own.

        Killed at any moment, it leaves every version either whole or told as pruned; run again, it goes on.

        Args:
            numbers: the versions; a pinned one or the current one is kept nevertheless.
            ahead: what :func:`made_ahead` made for them; what it lacks is made now.

        Raises:
            Unknown: there is no such version.
            Damaged: a version that is kept cannot be read; nothing is pruned.
            StoreUnavailable: the disk did not take it; no version is lost that is kept.
        """
        said = self._store.retention()
        pruned = _pruned_with(self._store, numbers)
        for number in _resting(self._store, pruned):
            self._make_whole(number, (ahead or {}).get(number))
        self._retain(Retention(said.pinned, pruned))
        with writable(self._store.folder):
            for number in pruned:
                for left in self._store.path(number).iterdir():
                    if left.name not in STAYS:
                        left.unlink()
                for folder in (self._store.index_path(number), self._store.harvest_path(number)):
                    shutil.rmtree(folder, ignore_errors=True)

    def _make_whole(self, number: int, contents: Mapping[str, bytes] | None = None) -> None:
        """Gives a published version the files that it is read with."""
        contents = _whole(self._store, number) if contents is None else contents
        folder = self._store.path(number)
        with writable(self._store.folder), tempfile.TemporaryDirectory(dir=self._unfinished) as name:
            work = Path(name)
            files = {name: write_synced(work / name, data) for name, data in contents.items()}
            for file in files:
                (work / file).replace(folder / file)
            sync_folder(folder)
            # Without it the others count for nothing.
            write_synced(work / LATE, (json.dumps({"files": files}) + "\n").encode())
            (work / LATE).replace(folder / LATE)
            sync_folder(folder)

    def _retain(self, what: Retention) -> None:
        with writable(self._store.folder), tempfile.TemporaryDirectory(dir=self._unfinished) as name:
            new = Path(name) / RETENTION
            write_synced(new, what.to_json().encode())
            new.replace(self._store.folder / RETENTION)
            sync_folder(self._store.folder)

    def _publish(
        self,
        new: "_New",
        work: Path,
        harvesting: Harvesting | None,
        remember: Callable[[Manifest, Delta], object] | None,
    ) -> Manifest:
        number = self._store.last() + 1
        version = work / "version"
        version.mkdir()
        manifest = self._write(version, number, new)
        sha256 = write_synced(version / "manifest.json", manifest.to_json().encode())
        sync_folder(version)
        index = (new.what.index or work / "index") if new.what.indexed else None
        if index and new.what.index is None:
            self._index(index, new, merge=bool(manifest.sharing))
        if harvesting:
            harvesting(work / "harvest", manifest, new.all_lines(), new.delta)
            self._store.keep_harvest(work / "harvest", number)
        if remember:
            remember(manifest, new.delta)
        for made, name in ((index, self._store.index_path(number)), (version, self._store.path(number))):
            if made:
                made.rename(name)
                sync_folder(name.parent)
        write_synced(work / "current", f"{number} {sha256}\n".encode())
        # The one step that publishes: whoever reads before it finds the old version, after it the new one.
        (work / "current").replace(self._store.folder / "current")
        try:
            sync_folder(self._store.folder)
        except OSError as error:
            said = f"version {number} is current, but the disk does not say that it keeps it ({error.strerror})"
            raise StoreUnavailable(f"{said}: see whether it is there before you send it again") from error
        self._store.published(manifest, sha256, new.tree, new.what.stated)
        try:
            prune(self._store.folder / "indexes", keep=KEPT)
        except OSError as error:
            # It is published: whoever was told otherwise would send it again.
            _log.warning("old databases of %s are not removed: %s", self._store.folder, error)
        return manifest

    def _new(self, what: Publication, parent: int | None) -> "_New":
        """What is new about a version, whichever way it is told."""
        before = self._store.manifest(parent) if parent else None
        if what.lines is not None:
            delta = difference(self._store.lines(parent) if parent else [], what.lines)
            graphs, shared = _graph_sizes(what.lines), sharing(what.lines)
            return _New(what, before, delta, tree_of(what.lines), graphs, shared, lambda: what.lines or [])
        if before is None or what.delta is None or what.before is None:
            raise ValueError("a version without a parent is told by all its lines")
        tree = changed_tree(self._store.tree(before.version), what.delta, what.before.in_bucket)
        graphs = _changed_sizes(before.graphs, what.delta)
        shared = self._store.sharing(before.version) | sharing_anew(what.delta, what.before)
        delta, number = what.delta, before.version
        return _New(what, before, delta, tree, graphs, shared, lambda: applied(self._store.lines(number), delta))

    def _write(self, folder: Path, number: int, new: "_New") -> Manifest:
        what, before = new.what, new.before
        contents = {
            ADDED: compressed(new.delta.added),
            REMOVED: compressed(new.delta.removed),
            "changes.json": json.dumps(changes_of(new.delta), indent=0, ensure_ascii=False).encode(),
        }
        if what.report is not None:
            contents[FINDINGS] = zipped(what.report)
        if what.stated is not None:
            contents[STATED] = compressed(what.stated)
        if before is None or self._keyframe_due(before, len(contents[ADDED]) + len(contents[REMOVED])):
            contents[KEYFRAME] = compressed(new.all_lines())
            contents[TREE] = json.dumps(new.tree, indent=0).encode()
        else:
            contents[BUCKETS] = json.dumps(_tree_changes(self._store.tree(before.version), new.tree)).encode()
        return Manifest(
            format=FORMAT,
            version=number,
            parent=before.version if before else None,
            parent_sha256=self._store.manifest_sha256(before.version) if before else None,
            created=_moment(before),
            agent=what.agent,
            message=what.message,
            software=what.software,
            base=what.base,
            inputs=what.inputs,
            digest=root_of(new.tree),
            quads=sum(new.graphs.values()),
            added=len(new.delta.added),
            removed=len(new.delta.removed),
            graphs=new.graphs,
            findings=what.findings,
            data=what.data,
            shapes=what.shapes,
            sharing=sorted(new.sharing),
            kind=what.kind,
            of=what.of,
            files={name: write_synced(folder / name, data) for name, data in contents.items()},
        )

    def _keyframe_due(self, parent: Manifest, size: int) -> bool:
        """Whether the changes since the quads were last kept as a whole weigh more than these, or are too many."""
        since = self._store.since_keyframe(parent.version)
        return since.deltas >= _MOST_DELTAS or since.size + size > max(since.keyframe, _SMALL)

    def _index(self, target: Path, new: "_New", *, merge: bool) -> None:
        parent = new.before
        parent_index = self._store.index_path(parent.version) if parent else None
        # A merge is made anew: what a delta means for it would have to be looked up triple by triple.
        if parent and parent_index and parent_index.is_dir() and not merge and not self._store.sharing(parent.version):
            try:
                derive_index(target, parent_index, new.delta, new.all_lines)
            except OSError:
                # The parent's database is a cache that somebody damaged; the quads are what counts.
                shutil.rmtree(target, ignore_errors=True)
            else:
                return
        build_index(target, new.all_lines(), merge=merge)


@dataclass(frozen=True, slots=True)
class _New:
    """What is new about a version."""

    what: Publication
    before: Manifest | None
    delta: Delta
    tree: Tree
    graphs: dict[str, int]
    sharing: frozenset[str]
    all_lines: Callable[[], list[str]]


Ahead = Mapping[int, Mapping[str, bytes]]
"""Version to what the files hold that it gets late: name to content."""


def made_ahead(store: "VersionStore", numbers: Iterable[int]) -> Ahead:
    """Makes what is to be written when versions are pruned, which takes long, before the right to write is held.

    What is published never changes, so it is right whatever is written meanwhile.

    Raises:
        Unknown: there is no such version.
        Damaged: a version that is kept cannot be read.
    """
    return {number: _whole(store, number) for number in _resting(store, _pruned_with(store, numbers))}


def _pruned_with(store: "VersionStore", numbers: Iterable[int]) -> frozenset[int]:
    """All that are pruned, with these, once they are."""
    said = store.retention()
    for number in (chosen := set(numbers)):
        store.manifest(number)
    return said.pruned | (chosen - said.pinned - {store.current()})


def _resting(store: "VersionStore", pruned: frozenset[int]) -> list[int]:
    """The versions that are read with the files of one of these, where no earlier one that stays is.

    The oldest first: what is made whole is there for those that rest on it.
    """
    return [number for number in store.numbers() if number not in pruned and _rests_on(store, number, pruned)]


def _rests_on(store: "VersionStore", number: int, pruned: frozenset[int]) -> bool:
    manifest, files = store.manifest(number), store.files(number)
    if KEYFRAME not in files and manifest.parent in pruned:
        return True
    says = STATED in files or read_late(store.path(number)) is not None
    source = {"write": manifest.parent, "rollback": manifest.of}.get(manifest.kind)
    return not says and source in pruned


def _whole(store: "VersionStore", number: int) -> dict[str, bytes]:
    """The files that a version lacks to be read without others."""
    manifest, lines = store.manifest(number), store.lines(number)
    contents = {KEYFRAME: compressed(lines), TREE: json.dumps(tree_of(lines), indent=0).encode()}
    stated = store.stated(number)
    if stated is not None:
        contents[STATED] = compressed(stated)
    return {name: data for name, data in contents.items() if name not in manifest.files}


def _moment(before: Manifest | None) -> str:
    """Now, but a second after the parent at least: clients tell versions apart by a date in seconds."""
    now = datetime.now(UTC)
    if before:
        now = max(now, datetime.fromisoformat(before.created) + timedelta(seconds=1))
    return now.isoformat(timespec="seconds")


def _graph_sizes(lines: Iterable[str]) -> dict[str, int]:
    sizes = Counter(parse_line(line).graph.strip("<>") for line in lines)
    return dict(sorted(sizes.items()))


def _changed_sizes(sizes: Mapping[str, int], delta: Delta) -> dict[str, int]:
    found = Counter(sizes)
    found.update(_graph_sizes(delta.added))
    found.subtract(_graph_sizes(delta.removed))
    return {graph: size for graph, size in sorted(found.items()) if size}


def _tree_changes(before: Tree, after: Tree) -> dict[str, str | None]:
    changed = {name for name, _ in before.items() ^ after.items()}
    return {name: after.get(name) for name in sorted(changed)}


def sharing_anew(delta: Delta, before: Before) -> frozenset[str]:
    """The graphs that have a triple in common with another one by what is added."""
    removed = set(delta.removed)
    subjects = sorted({subject_of(line) for line in delta.added})
    beside = (line for subject in subjects for line in before.about(subject) if line not in removed)
    # Neither has a space in it, and of another property there is nothing to compare.
    about = {tuple(line.split(" ", 2)[:2]) for line in delta.added}
    return sharing(sorted({*delta.added, *(line for line in beside if tuple(line.split(" ", 2)[:2]) in about)}))
