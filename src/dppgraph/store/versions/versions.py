"""Reading the version store: which versions there are, which is current, what a version holds."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dppgraph.errors import Damaged, NotBuilt, StoreUnavailable, Unknown
from dppgraph.store.versions.files import decompressed, read_checked
from dppgraph.store.versions.lock import write_lock
from dppgraph.store.versions.manifest import Manifest, read_manifest
from dppgraph.store.versions.publish import Writer


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
        """The numbers of all published versions, oldest first; empty where nothing is published."""
        if self._current:
            # A later number is what a writer left that was killed before its last step.
            return list(range(1, self._current[0] + 1))
        paths = self._versions.iterdir() if self._versions.is_dir() else ()
        return sorted(int(path.name) for path in paths if path.name.isdigit())

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
        return read_manifest(data.decode(errors="replace"), str(path))

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
        return sorted(lines)

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
        damage: list[Damaged] = []
        for number in reversed(self.numbers()):
            try:
                self.lines(number)
            except Damaged as error:
                damage.append(error)
            else:
                return number, damage
        return None, damage

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

    @contextmanager
    def writing(self, holder: str) -> Iterator[Writer]:
        """The right to publish, for as long as the block runs; ``holder`` is told to whoever comes second.

        Raises:
            StoreInUse: another process has it.
            StoreUnavailable: the folder cannot be written.
        """
        try:
            for folder in (self._versions, self.folder / "indexes", self.folder / "unfinished"):
                folder.mkdir(parents=True, exist_ok=True)
            with write_lock(self.folder / "lock", holder):
                writer = Writer(self)
                writer.tidy()
                yield writer
        except OSError as error:
            where = error.filename2 or error.filename or self.folder
            raise StoreUnavailable(
                f"the store {self.folder} cannot be written ({where}: {error.strerror or error}): take another --store"
            ) from error

    @property
    def _current(self) -> tuple[int, str] | None:
        """The number in ``current``, and the checksum of its manifest."""
        try:
            number, sha256 = (self.folder / "current").read_text().split()
            return int(number), sha256
        except (OSError, ValueError):
            return None

    def _pins(self) -> dict[int, str]:
        """Version to the SHA-256 of its manifest, as far as the chain from ``current`` is whole."""
        current = self._current
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
