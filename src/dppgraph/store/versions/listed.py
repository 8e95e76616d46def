"""Which versions there are, which is current, which are kept, and where each of them lies."""

import hashlib
import os
import re
from bisect import bisect_right
from datetime import datetime
from pathlib import Path

from dppgraph.errors import Damaged, Gone, NotBuilt, Unknown
from dppgraph.store.versions.chain import Chain, Current
from dppgraph.store.versions.files import read_checked
from dppgraph.store.versions.manifest import Manifest, read_manifest
from dppgraph.store.versions.retention import RETENTION, Retention, read_retention


class Listed:
    """The versions in a folder, as they are told of: their numbers, their manifests, their places.

    Args:
        folder: where they are, or will be once something is published.

    Attributes:
        folder: likewise.
        unfinished: the folder of what a writer is at; it is emptied by the next one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unfinished = folder / "unfinished"
        self._versions = folder / "versions"
        self._chain = Chain(self._manifest)
        self._retention: tuple[tuple[int, int], Retention] | None = None
        self._created: dict[int, datetime] = {}

    def last(self) -> int:
        """The number of the newest version; 0 where nothing is published."""
        try:
            current = self._current
        except Damaged:
            return max(self._folders(), default=0)
        return current[0] if current else 0

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
        last = self.last()
        if not last:
            raise NotBuilt(f"nothing is built in {self.folder} yet: run `dppgraph build`, or `dppgraph serve`")
        return last

    def manifest(self, number: int) -> Manifest:
        """The manifest of a version.

        Raises:
            Unknown: there is no such version.
            Damaged: there is one, and its manifest is not what was published.
        """
        try:
            current = self._current
        except Damaged:
            is_there, current = number in self._folders(), None
        else:
            is_there = 1 <= number <= (current[0] if current else 0)
        if not is_there:
            raise Unknown(f"there is no version {number} here: `dppgraph versions` and /changes list those there are")
        return self._manifest(number, self._chain.sha256(number, current))

    def _manifest(self, number: int, sha256: str | None) -> Manifest:
        path = self.path(number) / "manifest.json"
        data = read_checked(path, sha256)
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

    def created(self, number: int) -> datetime:
        """When a version was published, in UTC to the second; read once, as it never changes.

        Raises:
            Unknown: there is no such version.
            Damaged: its manifest is not what was published.
        """
        if number not in self._created:
            self._created[number] = datetime.fromisoformat(self.manifest(number).created)
        return self._created[number]

    def at(self, moment: datetime) -> int:
        """The number of the version that was current at a moment, or of the one nearest to it that is kept.

        That is what a TimeGate leads to (RFC 7089, section 4.5.3). Where the version of then was pruned, it is the last
        kept one before it, which tells of nothing that was not so yet; the first kept one, where there is none.

        Args:
            moment: with its time zone.

        Raises:
            NotBuilt: there is no version.
            Damaged: a manifest is not what was published.
        """
        self.current()
        numbers = self.numbers()
        # Each is later than the one before it, whatever the clock said.
        place = bisect_right(numbers, moment, key=self.created)
        older = (number for number in reversed(numbers[:place]) if self.is_kept(number))
        newer = (number for number in numbers[place:] if self.is_kept(number))
        return next(older, None) or next(newer, numbers[-1])

    def retention(self) -> Retention:
        """Which versions are pinned, and which were pruned.

        Raises:
            Damaged: the file that says so is something else.
        """
        path = self.folder / RETENTION
        try:
            found = path.stat()
        except OSError:
            return Retention()
        # Written anew, it is another file.
        seen = found.st_ino, found.st_mtime_ns
        if self._retention is None or self._retention[0] != seen:
            self._retention = seen, read_retention(path)
        return self._retention[1]

    def is_kept(self, number: int) -> bool:
        """Whether the files of a version were not pruned."""
        try:
            return number not in self.retention().pruned
        except Damaged:
            # What was pruned is then told as damaged; what is there can be read.
            return True

    def require_kept(self, number: int) -> None:
        """Makes sure that the files of a version were not pruned.

        Raises:
            Gone: they were.
        """
        if not self.is_kept(number):
            raise Gone(f"version {number} is not kept any more: `dppgraph versions` and /changes say which ones are")

    def pointer_damage(self) -> Damaged | None:
        """What is wrong with the file ``current``, if anything is."""
        try:
            _ = self._current
        except Damaged as error:
            return error
        return None

    def path(self, number: int) -> Path:
        """The folder of a version."""
        return self._versions / f"{number:06d}"

    def index_path(self, number: int) -> Path:
        """The folder of a version's Oxigraph database, whether it is there or not."""
        return self.folder / "indexes" / f"{number:06d}"

    @property
    def history_path(self) -> Path:
        """The file with the quads of all versions (``store.history``), whether it is there or not."""
        return self.folder / "history.sqlite"

    def harvest_path(self, number: int) -> Path:
        """The folder of what harvesters take of a version, whether it is there or not."""
        return self.folder / "harvest" / f"{number:06d}"

    @property
    def _current(self) -> Current | None:
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
        if not self._versions.is_dir():
            return []
        with os.scandir(self._versions) as found:
            return sorted(int(entry.name) for entry in found if entry.name.isdigit())
