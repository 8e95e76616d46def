"""Writing the version store: a version appears whole, by one rename, after everything else is on disk."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dppgraph.core.digest import root_of, tree_of
from dppgraph.core.quads import Delta, difference, entity_of, parse_line
from dppgraph.store.merge import sharing
from dppgraph.store.versions.files import compressed, sync_files, sync_folder, writable, write_synced
from dppgraph.store.versions.index import build_index, derive_index, prune
from dppgraph.store.versions.manifest import FORMAT, Manifest

if TYPE_CHECKING:
    from dppgraph.store.versions.versions import VersionStore

_KEYFRAME_EVERY: Final = 16
KEPT: Final = 3
"""Versions whose database and harvest are kept: both can be made anew."""

FINDINGS: Final = "findings.json"
"""What the shapes found of a version: it could only be had anew with the files that were built from."""

Harvesting = Callable[[Path, Manifest, list[str], Delta], None]
"""Fills a new folder with what is to be had of a version besides its quads: given manifest, lines and delta."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published, and what is said of it; the fields are those of the manifest.

    Attributes:
        report: what the shapes found, as the file that is kept of it; None where the gate was off.
    """

    lines: list[str]
    agent: str
    message: str
    software: str
    base: str
    inputs: str
    findings: dict[str, int] | None
    data: str | None = None
    shapes: str | None = None
    report: bytes | None = None


class Writer:
    """The right to publish in a version store; obtained from ``VersionStore.writing``."""

    def __init__(self, store: "VersionStore") -> None:
        self._store = store
        self._unfinished = store.folder / "unfinished"

    def tidy(self) -> None:
        """Removes what a killed writer left."""
        for left in self._unfinished.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
        if self._store.pointer_damage():
            # Then nothing tells what is a leftover.
            return
        # A killed writer leaves at most the one version that it was about to make current.
        unpublished = max(self._store.numbers(), default=0) + 1
        paths = (self._store.path, self._store.index_path, self._store.harvest_path)
        for left in (path(unpublished) for path in paths):
            if left.is_dir():
                shutil.rmtree(left)

    def publish(self, what: Publication, parent: int | None, harvesting: Harvesting | None = None) -> Manifest:
        """Publishes a version; when this returns, it is current and on disk.

        Args:
            what: its quads and what is said of them.
            parent: the number of the version that it follows, or None for the first.
            harvesting: makes what is there with it from the moment in which it is current.

        Raises:
            StoreUnavailable: the disk did not take it; nothing is left of it.
        """
        with writable(self._store.folder):
            work = Path(tempfile.mkdtemp(dir=self._unfinished))
            try:
                return self._publish(what, parent, work, harvesting)
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
                self._keep_harvest(work, number)
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def remember(self, fingerprint: str, number: int) -> None:
        """Notes which files a version was last built from, so that the same files need no second build."""
        with writable(self._store.folder), tempfile.TemporaryDirectory(dir=self._unfinished) as work:
            new = Path(work) / "inputs"
            write_synced(new, f"{number} {fingerprint}\n".encode())
            new.replace(self._store.folder / "inputs")

    def _publish(self, what: Publication, parent: int | None, work: Path, harvesting: Harvesting | None) -> Manifest:
        delta = difference(self._store.lines(parent) if parent else [], what.lines)
        number = max(self._store.numbers(), default=0) + 1
        version = work / "version"
        version.mkdir()
        manifest = self._write(version, number, parent, delta, what)
        sha256 = write_synced(version / "manifest.json", manifest.to_json().encode())
        sync_folder(version)
        self._index(work / "index", what.lines, delta, parent, merge=bool(manifest.sharing))
        if harvesting:
            harvesting(work / "harvest", manifest, what.lines, delta)
            self._keep_harvest(work, number)
        for made, name in ((work / "index", self._store.index_path(number)), (version, self._store.path(number))):
            made.rename(name)
            sync_folder(name.parent)
        write_synced(work / "current", f"{number} {sha256}\n".encode())
        # The one step that publishes: whoever reads before it finds the old version, after it the new one.
        (work / "current").replace(self._store.folder / "current")
        sync_folder(self._store.folder)
        prune(self._store.folder / "indexes", keep=KEPT)
        return manifest

    def _keep_harvest(self, work: Path, number: int) -> None:
        """Gives a harvest its name, and lets those of old versions go."""
        kept = self._store.harvest_path(number)
        kept.parent.mkdir(exist_ok=True)
        sync_files(work / "harvest")
        (work / "harvest").rename(kept)
        sync_folder(kept.parent)
        prune(kept.parent, keep=KEPT)

    def _write(self, folder: Path, number: int, parent: int | None, delta: Delta, what: Publication) -> Manifest:
        tree = tree_of(what.lines)
        contents = {
            "added.nq.gz": compressed(delta.added),
            "removed.nq.gz": compressed(delta.removed),
            "digest.json": json.dumps(tree, indent=0).encode(),
            "changes.json": json.dumps(_changes(delta), indent=0, ensure_ascii=False).encode(),
        }
        if what.report is not None:
            contents[FINDINGS] = what.report
        if self._keyframe_due(parent):
            contents["quads.nq.gz"] = compressed(what.lines)
        return Manifest(
            format=FORMAT,
            version=number,
            parent=parent,
            parent_sha256=self._store.manifest_sha256(parent) if parent else None,
            created=self._moment(parent),
            agent=what.agent,
            message=what.message,
            software=what.software,
            base=what.base,
            inputs=what.inputs,
            digest=root_of(tree),
            quads=len(what.lines),
            added=len(delta.added),
            removed=len(delta.removed),
            graphs=_graph_sizes(what.lines),
            findings=what.findings,
            data=what.data,
            shapes=what.shapes,
            sharing=sorted(sharing(what.lines)),
            files={name: write_synced(folder / name, data) for name, data in contents.items()},
        )

    def _moment(self, parent: int | None) -> str:
        """Now, but a second after the parent at least: clients tell versions apart by a date in seconds."""
        now = datetime.now(UTC)
        if parent:
            now = max(now, datetime.fromisoformat(self._store.manifest(parent).created) + timedelta(seconds=1))
        return now.isoformat(timespec="seconds")

    def _keyframe_due(self, parent: int | None) -> bool:
        """Whether reading this version would otherwise take too many deltas."""
        for _ in range(_KEYFRAME_EVERY - 1):
            if parent is None:
                return True
            manifest = self._store.manifest(parent)
            if "quads.nq.gz" in manifest.files:
                return False
            parent = manifest.parent
        return True

    def _index(self, target: Path, lines: list[str], delta: Delta, parent: int | None, *, merge: bool) -> None:
        parent_index = self._store.index_path(parent) if parent else None
        # A merge is made anew: what a delta means for it would have to be looked up triple by triple.
        if parent and parent_index and parent_index.is_dir() and not merge and not self._store.sharing(parent):
            try:
                derive_index(target, parent_index, delta, lines)
            except OSError:
                # The parent's database is a cache that somebody damaged; the quads are what counts.
                shutil.rmtree(target, ignore_errors=True)
            else:
                return
        build_index(target, lines, merge=merge)


def _changes(delta: Delta) -> dict[str, list[int]]:
    """Entity to how many statements about it were added and removed."""
    added, removed = Counter(map(entity_of, delta.added)), Counter(map(entity_of, delta.removed))
    return {entity: [added[entity], removed[entity]] for entity in sorted({*added, *removed})}


def _graph_sizes(lines: Iterable[str]) -> dict[str, int]:
    sizes = Counter(parse_line(line).graph.strip("<>") for line in lines)
    return dict(sorted(sizes.items()))
