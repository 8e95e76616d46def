"""Writing the version store: a version appears whole, by one rename, after everything else is on disk."""

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dppgraph.core.digest import Tree, root_of
from dppgraph.core.quads import Delta
from dppgraph.errors import StoreUnavailable
from dppgraph.store.runs import LinesFile
from dppgraph.store.versions.changed import said_changed
from dppgraph.store.versions.files import compressed, sync_folder, writable, write_synced, zipped
from dppgraph.store.versions.index import build_index, derive_index, prune_indexes
from dppgraph.store.versions.manifest import FORMAT, Manifest
from dppgraph.store.versions.names import ADDED, BUCKETS, FINDINGS, KEYFRAME, REMOVED, STATED, TREE
from dppgraph.store.versions.prune import Ahead, prune, retain
from dppgraph.store.versions.publication import New, Publication, new_of
from dppgraph.store.versions.retention import Retention

if TYPE_CHECKING:
    from dppgraph.store.versions.versions import VersionStore

_log = logging.getLogger("dppgraph.write")

_MOST_DELTAS: Final = 512
"""After which the quads are kept as a whole again, however small the changes were."""
_SMALL: Final = 1 << 16
"""Bytes of changes that no keyframe is worth."""
KEPT: Final = 3
"""Versions whose database and harvest are kept: both can be made anew."""

Harvesting = Callable[[Path, Manifest, Collection[str], Delta], None]
"""Fills a new folder with what is to be had of a version besides its quads: given manifest, lines and delta."""


class Writer:
    """The right to publish in a version store; obtained from ``VersionStore.writing``.

    Attributes:
        drops_writes: whether a build may go on without what was written since the one before.
    """

    def __init__(self, store: "VersionStore", *, drops_writes: bool = False) -> None:
        self.drops_writes = drops_writes
        self._store = store

    def tidy(self) -> None:
        """Removes what a killed writer left."""
        for left in self._store.unfinished.iterdir():
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

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A new folder on the store's disk, removed at the end; a version takes what it is made of from there.

        Raises:
            NotWritten: the disk does not take what is written there.
        """
        with writable(self._store.folder):
            work = Path(tempfile.mkdtemp(dir=self._store.unfinished))
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

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
        with self.room() as work:
            return self._publish(new_of(self._store, what, parent), work, harvesting, remember)

    def harvest(self, number: int, harvesting: Harvesting, lines: Collection[str] | None = None) -> None:
        """Makes anew what is to be had of a published version besides its quads.

        Args:
            number: the version.
            harvesting: makes it.
            lines: its lines, where somebody has them.

        Raises:
            StoreUnavailable: the disk did not take it; what was there before may be gone.
            Damaged: the version's files are not what was published.
        """
        with self.room() as work:
            manifest = self._store.manifest(number)
            if lines is not None and manifest.parent is None:
                delta = Delta(lines, [])
            else:
                lines, delta = self._store.at_hand(number, work)
            harvesting(work / "harvest", manifest, lines, delta)
            shutil.rmtree(self._store.harvest_path(number), ignore_errors=True)
            self._store.keep_harvest(work / "harvest", number)

    def remember(self, fingerprint: str, number: int) -> None:
        """Notes which files a version was last built from, so that the same files need no second build."""
        with writable(self._store.folder), tempfile.TemporaryDirectory(dir=self._store.unfinished) as work:
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
        retain(self._store, Retention(said.pinned | {number} if pinned else said.pinned - {number}, said.pruned))

    def prune(self, numbers: Iterable[int], ahead: Ahead | None = None) -> None:
        """Lets the files of versions go; as :func:`dppgraph.store.versions.prune.prune`, which says what it raises."""
        prune(self._store, numbers, ahead)

    def _publish(
        self,
        new: New,
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
            prune_indexes(self._store.folder / "indexes", keep=KEPT)
        except OSError as error:
            # It is published: whoever was told otherwise would send it again.
            _log.warning("old databases of %s are not removed: %s", self._store.folder, error)
        return manifest

    def _write(self, folder: Path, number: int, new: New) -> Manifest:
        what, before = new.what, new.before
        files = _Files(folder)
        files.put(REMOVED, compressed(new.delta.removed))
        files.put("changes.json", said_changed(new.entities))
        if what.report is not None:
            files.put(FINDINGS, zipped(what.report))
        if what.stated is not None:
            files.put(STATED, compressed(what.stated))
        if before is None:
            # All of it is what the first version adds: one file by two names.
            files.put_whole(new)
            files.link(ADDED, KEYFRAME)
        else:
            files.put(ADDED, compressed(new.delta.added))
            if self._keyframe_due(before, files.size(ADDED) + files.size(REMOVED)):
                files.put_whole(new)
        if KEYFRAME in files.known:
            files.put(TREE, json.dumps(new.tree, indent=0).encode())
        elif before:
            files.put(BUCKETS, json.dumps(_tree_changes(self._store.tree(before.version), new.tree)).encode())
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
            files=files.known,
        )

    def _keyframe_due(self, parent: Manifest, size: int) -> bool:
        """Whether the changes since the quads were last kept as a whole weigh more than these, or are too many."""
        since = self._store.since_keyframe(parent.version)
        return since.deltas >= _MOST_DELTAS or since.size + size > max(since.keyframe, _SMALL)

    def _index(self, target: Path, new: New, *, merge: bool) -> None:
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


class _Files:
    """The files of a version, as they are written.

    Attributes:
        known: name to the SHA-256 of its bytes, in hexadecimal.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.known: dict[str, str] = {}

    def put(self, name: str, data: bytes) -> None:
        """Writes a file."""
        self.known[name] = write_synced(self._folder / name, data)

    def put_whole(self, new: New) -> None:
        """Writes the file of all lines, or takes it where it was made with them."""
        lines = new.all_lines()
        if isinstance(lines, LinesFile) and lines.zipped:
            (self._folder / KEYFRAME).hardlink_to(lines.zipped.path)
            self.known[KEYFRAME] = lines.zipped.sha256
        else:
            self.put(KEYFRAME, compressed(lines))

    def link(self, name: str, there: str) -> None:
        """Gives a file another name."""
        (self._folder / name).hardlink_to(self._folder / there)
        self.known[name] = self.known[there]

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return (self._folder / name).stat().st_size


def _moment(before: Manifest | None) -> str:
    """Now, but a second after the parent at least: clients tell versions apart by a date in seconds."""
    now = datetime.now(UTC)
    if before:
        now = max(now, datetime.fromisoformat(before.created) + timedelta(seconds=1))
    return now.isoformat(timespec="seconds")


def _tree_changes(before: Tree, after: Tree) -> dict[str, str | None]:
    changed = {name for name, _ in before.items() ^ after.items()}
    return {name: after.get(name) for name in sorted(changed)}
