"""Reading the version store: which versions there are, which is current, what a version holds."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dppgraph.core.digest import root_of, tree_of
from dppgraph.core.quads import Delta
from dppgraph.errors import Damaged, NotBuilt, Unknown
from dppgraph.store.merge import sharing
from dppgraph.store.versions.files import decompressed, read_checked, writable
from dppgraph.store.versions.lock import write_lock
from dppgraph.store.versions.manifest import Manifest, read_manifest
from dppgraph.store.versions.publish import FINDINGS, Writer


class VersionStore:
    """The versions in a folder. Reading needs no lock: what is published never changes.

    Args:
        folder: where they are, or will be once something is published.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = folder / "versions"
        self._chain: tuple[tuple[int, str] | None, dict[int, str]] = (None, {})

    def numbers(self) -> list[int]:
        """The numbers of all published versions, oldest first; empty where nothing is published.

        Where the file ``current`` is damaged, every version that lies there counts.
        """
        try:
            current = self._current
        except Damaged:
            return self._folders()
        # A later number is what a writer left that was killed before its last step.
        return list(range(1, current[0] + 1)) if current else []

    def current(self) -> int:
        """The number of the version that is current.

        Raises:
            NotBuilt: there is none.
        """
        numbers = self.numbers()
        if not numbers:
            raise NotBuilt(f"nothing is built in {self.folder} yet: run `dppgraph build`, or `dppgraph serve`")
        return numbers[-1]

    def manifest(self, number: int) -> Manifest:
        """The manifest of a version.

        Raises:
            Unknown: there is no such version.
            Damaged: there is one, and its manifest is not what was published.
        """
        if number not in self.numbers():
            raise Unknown(f"there is no version {number} here: `dppgraph versions` lists those there are")
        path = self.path(number) / "manifest.json"
        data = read_checked(path, self._pins().get(number))
        manifest = read_manifest(data.decode(errors="replace"), str(path))
        if manifest.version != number:
            raise Damaged(f"{path} is damaged: it is the manifest of version {manifest.version}")
        return manifest

    def manifest_sha256(self, number: int) -> str:
        """The SHA-256 of a version's manifest, as its successor remembers it.

        Raises:
            Damaged: it cannot be read.
        """
        return hashlib.sha256(read_checked(self.path(number) / "manifest.json", None)).hexdigest()

    def lines(self, number: int) -> list[str]:
        """The exact quads of a version, as canonical sorted lines.

        Raises:
            Unknown: there is no such version.
            Damaged: its files, or those that it rests on, are not what was published.
        """
        chain = [self.verified(number)]
        while "quads.nq.gz" not in chain[-1].files:
            parent = chain[-1].parent
            if parent is None:
                raise Damaged(f"version {chain[-1].version} in {self.folder} has neither keyframe nor parent")
            chain.append(self.verified(parent))
        lines = set(self._read(chain.pop(), "quads.nq.gz"))
        for manifest in reversed(chain):
            lines.difference_update(self._read(manifest, "removed.nq.gz"))
            lines.update(self._read(manifest, "added.nq.gz"))
        found = sorted(lines)
        if root_of(tree_of(found)) != self.manifest(number).digest:
            raise Damaged(f"version {number} in {self.folder} is damaged: its statements have not the digest it names")
        return found

    def delta(self, number: int) -> Delta:
        """What a version added to its parent's lines, and removed from them.

        Raises:
            Unknown: there is no such version.
            Damaged: its files are not what was published.
        """
        manifest = self.verified(number)
        return Delta(self._read(manifest, "added.nq.gz"), self._read(manifest, "removed.nq.gz"))

    def sharing(self, number: int) -> frozenset[str]:
        """The graphs of a version that have a triple in common with another one (``store.merge``).

        Raises:
            Unknown: there is no such version.
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
        name = "changes.json"
        said = json.loads(read_checked(self.path(number) / name, manifest.files[name]))
        return {entity: (added, removed) for entity, (added, removed) in said.items()}

    def findings(self, number: int) -> bytes | None:
        """What the shapes found of a version, as it was handed over when it was published; None where it is not kept.

        Raises:
            Unknown: there is no such version.
            Damaged: its file is not what was published.
        """
        sha256 = self.manifest(number).files.get(FINDINGS)
        return read_checked(self.path(number) / FINDINGS, sha256) if sha256 else None

    def verified(self, number: int) -> Manifest:
        """The manifest of a version of which every file has been compared with its checksum.

        Raises:
            Unknown: there is no such version.
            Damaged: one of its files is missing or altered.
        """
        manifest = self.manifest(number)
        for name, sha256 in manifest.files.items():
            read_checked(self.path(number) / name, sha256)
        return manifest

    def newest_whole(self) -> tuple[int | None, list[Damaged]]:
        """The number of the newest version that can be read whole, or None; and what is wrong with those after it."""
        damage = [error] if (error := self.pointer_damage()) else []
        for number in reversed(self.numbers()):
            try:
                self.lines(number)
            except Damaged as error:
                damage.append(error)
            else:
                return number, damage
        return None, damage

    def pointer_damage(self) -> Damaged | None:
        """What is wrong with the file ``current``, if anything is."""
        try:
            _ = self._current
        except Damaged as error:
            return error
        return None

    def fingerprint(self, number: int) -> str:
        """The fingerprint of the files that a version was last built from (other files may make the same version).

        Raises:
            Damaged: the version's manifest is not what was published.
        """
        try:
            said, fingerprint = (self.folder / "inputs").read_text().split()
            if int(said) == number:
                return fingerprint
        except (OSError, ValueError):
            pass
        return self.manifest(number).inputs

    def path(self, number: int) -> Path:
        """The folder of a version."""
        return self._versions / f"{number:06d}"

    def index_path(self, number: int) -> Path:
        """The folder of a version's Oxigraph database, whether it is there or not."""
        return self.folder / "indexes" / f"{number:06d}"

    def harvest_path(self, number: int) -> Path:
        """The folder of what harvesters take of a version, whether it is there or not."""
        return self.folder / "harvest" / f"{number:06d}"

    @contextmanager
    def writing(self, holder: str) -> Iterator[Writer]:
        """The right to publish, for as long as the block runs; ``holder`` is told to whoever comes second.

        Raises:
            StoreInUse: another process has it.
            StoreUnavailable: the folder cannot be written.
            Damaged: there are later versions than the one that ``current`` names.
        """
        with ExitStack() as held:
            with writable(self.folder):
                for folder in (self._versions, self.folder / "indexes", self.folder / "unfinished"):
                    folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(write_lock(self.folder / "lock", holder))
                self._refuse_strangers()
                writer = Writer(self)
                writer.tidy()
            yield writer

    def _refuse_strangers(self) -> None:
        """Makes sure that nothing is there which a writer could take for its own leftover."""
        last = max(self.numbers(), default=0)
        later = [number for number in self._folders() if number > last + 1]
        if later:
            raise Damaged(
                f"{self.folder} holds version {max(later)}, but `current` names version {last}: "
                "put the right `current` back, or move the later versions away"
            )

    @property
    def _current(self) -> tuple[int, str] | None:
        """The number in ``current``, and the checksum of its manifest; None where nothing was published yet."""
        path = self.folder / "current"
        try:
            text = path.read_text()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Damaged(f"{path} cannot be read: {error}") from error
        found = re.fullmatch(r"([1-9]\d{0,8}) ([0-9a-f]{64})\n", text)
        if found is None:
            raise Damaged(f"{path} is damaged: it does not say which version is current; the next build mends it")
        return int(found.group(1)), found.group(2)

    def _folders(self) -> list[int]:
        paths = self._versions.iterdir() if self._versions.is_dir() else ()
        return sorted(int(path.name) for path in paths if path.name.isdigit())

    def _pins(self) -> dict[int, str]:
        """Version to the SHA-256 of its manifest, as far as the chain from ``current`` is whole."""
        current = None if self.pointer_damage() else self._current
        if self._chain[0] != current:
            self._chain = (current, self._pins_from(current))
        return self._chain[1]

    def _pins_from(self, following: tuple[int, str] | None) -> dict[int, str]:
        pins: dict[int, str] = {}
        while following:
            number, sha256 = following
            pins[number] = sha256
            path = self.path(number) / "manifest.json"
            try:
                manifest = read_manifest(read_checked(path, sha256).decode(errors="replace"), str(path))
            except Damaged:
                break
            parent, sha256 = manifest.parent, manifest.parent_sha256 or ""
            following = (parent, sha256) if parent and sha256 else None
        return pins

    def _read(self, manifest: Manifest, name: str) -> list[str]:
        path = self.path(manifest.version) / name
        return decompressed(read_checked(path, manifest.files[name]), str(path))
