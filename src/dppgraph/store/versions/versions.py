"""Reading the version store: what a version holds, and how it differs from the one before it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from dppgraph.core.digest import Tree, root_of, tree_of
from dppgraph.core.quads import Delta
from dppgraph.errors import Damaged, Gone
from dppgraph.store.merge import sharing
from dppgraph.store.runs import written
from dppgraph.store.versions.between import between
from dppgraph.store.versions.changed import ChangedThings
from dppgraph.store.versions.files import check, decompressed, read_checked, sync_files, sync_folder, unzipped, writable
from dppgraph.store.versions.index import prune_indexes
from dppgraph.store.versions.listed import Listed
from dppgraph.store.versions.lock import write_lock
from dppgraph.store.versions.manifest import Manifest
from dppgraph.store.versions.names import ADDED, BUCKETS, FINDINGS, KEYFRAME, REMOVED, STATED, TREE
from dppgraph.store.versions.publish import KEPT, Writer
from dppgraph.store.versions.retention import read_late
from dppgraph.store.versions.streamed import delta_of, is_many, streamed

_Read = TypeVar("_Read")
_CHANGES: Final = "changes.json"


@dataclass(frozen=True, slots=True)
class Since:
    """What was written since all quads were last kept as a whole.

    Attributes:
        keyframe: bytes of the file with all quads; 0 where there is none.
        deltas: versions that are told by their difference since.
        size: bytes of these.
    """

    keyframe: int
    deltas: int = 0
    size: int = 0


class VersionStore(Listed):
    """The versions in a folder. Reading needs no lock: what is published never changes.

    Args:
        folder: where they are, or will be once something is published.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._tree: tuple[int, str, Tree] | None = None
        self._stated: tuple[int, str, list[str] | None] | None = None
        self._since: dict[int, Since] = {}

    def lines(self, number: int) -> list[str]:
        """The exact quads of a version, as canonical sorted lines.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files, or those that it rests on, are not what was published.
        """
        return self._though_pruned(number, self._read_lines)

    def stream(self, number: int) -> Iterator[str]:
        """The same lines one after the other, with little of them in memory.

        Returns:
            The lines; the last one is followed by ``Damaged`` where they have another digest than the version.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files, or those that it rests on, are not what was published.
        """
        return self._though_pruned(number, lambda number: streamed(self._behind(number), self._file))

    def at_hand(self, number: int, folder: Path) -> tuple[Collection[str], Delta]:
        """The lines of a version, and its difference to its parent: in memory, or, where they are many, in files.

        Args:
            number: the version.
            folder: where the files are put, in a folder of their own; whoever calls removes them.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files, or those that it rests on, are not what was published.
            OSError: a file cannot be written.
        """
        if not is_many(self.manifest(number)):
            return self.lines(number), self.delta(number)

        def put(number: int) -> tuple[Collection[str], Delta]:
            work = Path(tempfile.mkdtemp(dir=folder))
            lines = written(streamed(self._behind(number), self._file), work / "lines.nq")
            return lines, delta_of(self.verified(number), lines, self._file, work)

        return self._though_pruned(number, put)

    def require_whole(self, number: int) -> None:
        """Makes sure that the files of a version, and those that it rests on, are what was published.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files, or those that it rests on, are not.
        """
        # Files that have their checksums are those that were published: their lines need not be read, which of ten
        # million takes half a minute.
        self._though_pruned(number, self._behind)

    def _though_pruned(self, number: int, read: Callable[[int], _Read]) -> _Read:
        """What is read of a version, although one that it rests on be pruned meanwhile: it is whole by then."""
        before = self._pruned()
        try:
            return read(number)
        except (Damaged, Gone):
            self.require_kept(number)
            if self._pruned() == before:
                raise
            return read(number)

    def _pruned(self) -> frozenset[int]:
        try:
            return self.retention().pruned
        except Damaged:
            return frozenset()

    def _read_lines(self, number: int) -> list[str]:
        *chain, whole = self._behind(number)
        lines = set(self._read(whole, KEYFRAME))
        for manifest in reversed(chain):
            lines.difference_update(self._read(manifest, REMOVED))
            lines.update(self._read(manifest, ADDED))
        found = sorted(lines)
        if root_of(tree_of(found)) != self.manifest(number).digest:
            raise Damaged(f"version {number} in {self.folder} is damaged: its statements have not the digest it names")
        return found

    def _behind(self, number: int) -> list[Manifest]:
        """The manifests of a version, of its parent, and so on, up to one that has all its quads; verified."""
        chain = [self.verified(number)]
        while KEYFRAME not in self.files(chain[-1].version):
            parent = chain[-1].parent
            if parent is None:
                raise Damaged(f"version {chain[-1].version} in {self.folder} has neither keyframe nor parent")
            chain.append(self.verified(parent))
        return chain

    def _file(self, manifest: Manifest, name: str) -> Path:
        return self.path(manifest.version) / name

    def delta(self, number: int) -> Delta:
        """What a version added to its parent's lines, and removed from them.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files are not what was published.
        """
        manifest = self.verified(number)
        return Delta(self._read(manifest, ADDED), self._read(manifest, REMOVED))

    def tree(self, number: int) -> Tree:
        """The tree of a version's digest.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files, or those that it rests on, are not what was published.
        """
        self.require_kept(number)
        digest = self.manifest(number).digest
        if self._tree is None or self._tree[:2] != (number, digest):
            self._tree = number, digest, self._though_pruned(number, self._read_tree)
        return self._tree[2]

    def _read_tree(self, number: int) -> Tree:
        manifest = self.manifest(number)
        changes = []
        while TREE not in self.files(manifest.version):
            changes.append(self._said(manifest, BUCKETS))
            if manifest.parent is None:
                raise Damaged(f"version {manifest.version} in {self.folder} has neither keyframe nor parent")
            manifest = self.manifest(manifest.parent)
        tree: Tree = self._said(manifest, TREE)
        for change in reversed(changes):
            tree |= change
        found = {name: tree[name] for name in sorted(tree) if tree[name]}
        if root_of(found) != self.manifest(number).digest:
            raise Damaged(f"version {number} in {self.folder} is damaged: its tree has not the digest it names")
        return found

    def stated(self, number: int) -> list[str] | None:
        """What is stated in a graph of a version that also holds what is made; None where nobody kept it.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its file is not what was published.
        """
        self.require_kept(number)
        digest = self.manifest(number).digest
        if self._stated is None or self._stated[:2] != (number, digest):
            self._stated = number, digest, self._though_pruned(number, self._read_stated)
        return self._stated[2]

    def _read_stated(self, number: int) -> list[str] | None:
        following: int | None = number
        while following is not None:
            self.require_kept(following)
            manifest, late = self.manifest(following), read_late(self.path(following))
            if STATED in {**(late or {}), **manifest.files}:
                return self._read(manifest, STATED)
            if late is not None:
                return None
            # A build says it anew, or says nothing of the kind.
            following = {"write": manifest.parent, "rollback": manifest.of}.get(manifest.kind)
        return None

    def keyframe(self, number: int) -> Path | None:
        """The file with all quads of a version, where it has one."""
        return self.path(number) / KEYFRAME if KEYFRAME in self.files(number) else None

    def since_keyframe(self, number: int) -> Since:
        """What was written since all quads were last kept, up to and with a version."""
        behind: list[int] = []
        following: int | None = number
        while following is not None and following not in self._since:
            if keyframe := self.keyframe(following):
                self._since[following] = Since(keyframe.stat().st_size)
                break
            behind.append(following)
            following = self.manifest(following).parent
        since = self._since[following] if following is not None else Since(0)
        for one in reversed(behind):
            since = self._since[one] = Since(since.keyframe, since.deltas + 1, since.size + self._delta_size(one))
        return since

    def _delta_size(self, number: int) -> int:
        """Bytes of the files that say how a version differs from its parent."""
        paths = (self.path(number) / name for name in (ADDED, REMOVED))
        return sum(path.stat().st_size for path in paths if path.exists())

    def published(self, manifest: Manifest, sha256: str, tree: Tree, stated: list[str] | None) -> None:
        """Takes note of a version that was just published, so that it need not be read to be followed."""
        self._tree = manifest.version, manifest.digest, tree
        if stated is not None:
            self._stated = manifest.version, manifest.digest, stated
        elif manifest.kind == "write" and self._stated and self._stated[0] == manifest.parent:
            self._stated = manifest.version, manifest.digest, self._stated[2]
        self._chain.published(manifest, sha256)

    def sharing(self, number: int) -> frozenset[str]:
        """The graphs of a version that have a triple in common with another one (``store.merge``).

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its files are not what was published.
        """
        known = self.manifest(number).sharing
        return sharing(self.lines(number)) if known is None else frozenset(known)

    def changes(self, number: int) -> dict[str, tuple[int, int]]:
        """Entity to how many statements about it a version added and removed.

        Raises:
            Unknown: there is no such version.
            Damaged: its files are not what was published.
        """
        manifest = self.manifest(number)
        said = json.loads(read_checked(self.path(number) / _CHANGES, manifest.files[_CHANGES]))
        return {entity: (added, removed) for entity, (added, removed) in said.items()}

    def changed(self, number: int, rank: Callable[[str], int]) -> ChangedThings:
        """The same, to be read a page at a time: things of a lower rank first, those of one rank by their names.

        Raises:
            Unknown: there is no such version.
            Damaged: its files are not what was published.
        """
        return ChangedThings(self.path(number) / _CHANGES, self.manifest(number).files[_CHANGES], rank)

    def findings(self, number: int) -> bytes | None:
        """What the shapes found of a version, as it was handed over when it was published; None where it is not kept.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: its file is not what was published.
        """
        self.require_kept(number)
        sha256 = self.manifest(number).files.get(FINDINGS)
        path = self.path(number) / FINDINGS
        return unzipped(read_checked(path, sha256), str(path)) if sha256 else None

    def verified(self, number: int) -> Manifest:
        """The manifest of a version of which every file has been compared with its checksum.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            Damaged: one of its files is missing or altered.
        """
        self.require_kept(number)
        manifest = self.manifest(number)
        for name, sha256 in self.files(number).items():
            check(self.path(number) / name, sha256)
        return manifest

    def newest_whole(self) -> tuple[int | None, list[Damaged]]:
        """The number of the newest version that can be read whole, or None; and what is wrong with those after it."""
        damage = [error] if (error := self.pointer_damage()) else []
        for number in reversed(self.numbers()):
            try:
                self.require_whole(number)
            except Damaged as error:
                damage.append(error)
            except Gone:
                continue
            else:
                return number, damage
        return None, damage

    def files(self, number: int) -> dict[str, str]:
        """The files of a version with their SHA-256: those of its manifest, and those that it got later.

        Raises:
            Unknown: there is no such version.
            Damaged: what tells of them is not what was written.
        """
        return {**(read_late(self.path(number)) or {}), **self.manifest(number).files}

    def between(self, before: int, after: int) -> Delta:
        """What the version ``after`` has that ``before`` has not, and the other way round.

        Raises:
            Unknown: there is no such version.
            Gone: one of the two was pruned.
            Damaged: their files are not what was published.
        """
        return between(self, before, after)

    def fingerprint(self, number: int) -> str:
        """The fingerprint of the files that a version was last built from (other files may make the same version).

        Raises:
            Damaged: the version's manifest is not what was published.
        """
        return self.remembered(number) or self.manifest(number).inputs

    def as_built(self, number: int) -> int:
        """The last version up to this one that files made, or were found to say.

        Raises:
            Unknown: there is no such version.
            Damaged: a manifest is not what was published.
        """
        manifest = self.manifest(number)
        while manifest.kind != "build" and manifest.parent is not None and not self.remembered(manifest.version):
            manifest = self.manifest(manifest.parent)
        return manifest.version

    def remembered(self, number: int) -> str:
        """The fingerprint of files that were found to make a version that is there; empty where none were."""
        try:
            said, fingerprint = (self.folder / "inputs").read_text().split()
            return fingerprint if int(said) == number else ""
        except (OSError, ValueError):
            return ""

    def keep_harvest(self, made: Path, number: int) -> None:
        """Puts what was made of a version for harvesters in its place, and lets that of old versions go.

        Args:
            made: the folder that it was made in, on the same disk.
            number: the version.

        Raises:
            OSError: it cannot be put there.
        """
        kept = self.harvest_path(number)
        kept.parent.mkdir(exist_ok=True)
        sync_files(made)
        shutil.rmtree(kept, ignore_errors=True)
        made.rename(kept)
        sync_folder(kept.parent)
        prune_indexes(kept.parent, keep=KEPT)

    @contextmanager
    def writing(self, holder: str, *, drops_writes: bool = False) -> Iterator[Writer]:
        """The right to publish, for as long as the block runs.

        Args:
            holder: what is told to whoever comes second.
            drops_writes: whether a build may go on without what was written since the one before.

        Raises:
            StoreInUse: another process has it.
            StoreUnavailable: the folder cannot be written.
            Damaged: there are later versions than the one that ``current`` names.
        """
        with ExitStack() as held:
            with writable(self.folder):
                for folder in (self._versions, self.folder / "indexes", self.unfinished):
                    folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(write_lock(self.folder / "lock", holder))
                self._refuse_strangers()
                writer = Writer(self, drops_writes=drops_writes)
                writer.tidy()
            yield writer

    def _refuse_strangers(self) -> None:
        """Makes sure that nothing is there which a writer could take for its own leftover."""
        last = self.last()
        later = [number for number in self._folders() if number > last + 1]
        if later:
            raise Damaged(
                f"{self.folder} holds version {max(later)}, but `current` names version {last}: "
                "put the right `current` back, or move the later versions away"
            )

    def _said(self, manifest: Manifest, name: str) -> dict[str, Any]:
        path = self.path(manifest.version) / name
        said: dict[str, Any] = json.loads(read_checked(path, self.files(manifest.version).get(name)))
        return said

    def _read(self, manifest: Manifest, name: str) -> list[str]:
        path = self.path(manifest.version) / name
        return decompressed(read_checked(path, self.files(manifest.version)[name]), str(path))
