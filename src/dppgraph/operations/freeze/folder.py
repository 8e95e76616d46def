"""The site's folder: each file is written beside its place and renamed into it, and only if it is another one."""

import fcntl
import gzip
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from dppgraph.errors import FolderInUse, NotOurs
from dppgraph.operations.freeze.record import RECORDS, FrozenFile, Record

_PART: Final = "part"
_PACKED_FROM: Final = 1024
"""Bytes: what is smaller comes in one packet anyhow."""

_PACKABLE: Final = ("text/", "application/ld+json", "application/n-", "application/rdf+xml", "application/trig")
_PACKABLE_TOO: Final = ("json", "xml", "application/wasm", "image/svg+xml")
_LEVEL: Final = 6


@dataclass(slots=True)
class Written:
    """What was done in a folder.

    Attributes:
        files: how many files the site has now.
        changed: how many of them were written, since they are new or other ones.
        removed: how many were removed.
        size: bytes of all of them, without the packed ones.
    """

    files: int = 0
    changed: int = 0
    removed: int = 0
    size: int = 0


class Folder:
    """A folder that holds a site and nothing else, locked for whoever writes it.

    Args:
        path: the folder; it is made if it is not there.

    Attributes:
        record: what is known of its files.
        written: what was done so far.

    Raises:
        NotOurs: it holds files that were not written by this.
        FolderInUse: another process is writing it.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise FolderInUse(f"{path} is being written by another process: wait until it is done") from error
        try:
            self._records = path / RECORDS
            if not self._records.exists():
                self._refuse_strangers(None)
            self._records.mkdir(exist_ok=True)
            self.record = Record(self._records)
            self._refuse_strangers(self.record)
        except BaseException:
            os.close(self._lock)
            raise
        self.written = Written()
        self._staged: list[tuple[Path, FrozenFile]] = []
        self._count = 0

    def put(self, file: FrozenFile, content: bytes, *, last: bool = False) -> None:
        """Writes a file, if it is another one than before, and beside it the same packed, where that is of use.

        Args:
            file: its path and what else is said of it; its size and digest are found out here.
            content: its bytes.
            last: whether it is to be replaced only when all others are.
        """
        digest = hashlib.sha256(content).hexdigest()
        packed = _packed(file, content)
        file = replace(file, size=len(content), sha256=digest, gzip=f"{file.path}.gz" if packed else "")
        if packed:
            self._place(replace(file, path=file.gzip), packed, is_packed=True, last=last)
        self._place(file, content, last=last)

    async def stream(self, file: FrozenFile, chunks: AsyncIterator[bytes]) -> None:
        """The same for what may be large, which is not packed."""
        digest, size = hashlib.sha256(), 0
        beside = self._beside()
        with beside.open("wb") as part:
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                part.write(chunk)
        file = replace(file, size=size, sha256=digest.hexdigest())
        if self._is_there(file):
            beside.unlink()
            self._noted(file)
        else:
            self._move(beside, file)

    def keep(self, name: str, content: bytes) -> None:
        """Writes what whoever serves the site has to know, among the records."""
        beside = self._beside()
        beside.write_bytes(content)
        beside.replace(self._records / name)

    def finish(self) -> None:
        """Puts what was to be last into its place, removes what is of no more use, and keeps the list of all files."""
        for beside, file in self._staged:
            self._move(beside, file, is_packed=file.gzip == file.path)
        for path in self.record.left():
            place = self._path / path
            place.unlink(missing_ok=True)
            self.record.forget(path)
            self.written.removed += 1
            self._prune(place.parent)
        self.record.end()

    def close(self) -> None:
        """Lets others write the folder."""
        os.close(self._lock)

    def __enter__(self) -> Self:
        """The folder."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Keeps what is known where it was not finished."""
        if kind is not None:
            with suppress(Exception):
                self.record.close()
        self.close()

    def _place(self, file: FrozenFile, content: bytes, *, is_packed: bool = False, last: bool = False) -> None:
        if self._is_there(file, size=len(content)):
            self._noted(file, is_packed=is_packed)
            return
        beside = self._beside()
        beside.write_bytes(content)
        if last:
            self._staged.append((beside, file))
        else:
            self._move(beside, file, is_packed=is_packed)

    def _is_there(self, file: FrozenFile, size: int | None = None) -> bool:
        if self.record.sha256(file.path) != file.sha256:
            return False
        try:
            return (self._path / file.path).stat().st_size == (file.size if size is None else size)
        except OSError:
            return False

    def _move(self, beside: Path, file: FrozenFile, *, is_packed: bool = False) -> None:
        place = self._path / file.path
        # Known before it is there: whoever is killed between leaves nothing that the next one takes for a stranger's.
        self.record.begin(file.path)
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.replace(place)
        self.written.changed += 1
        self._noted(file, is_packed=is_packed)

    def _noted(self, file: FrozenFile, *, is_packed: bool = False) -> None:
        self.record.note(file, packed=is_packed)
        if not is_packed:
            self.written.files += 1
            self.written.size += file.size

    def _beside(self) -> Path:
        self._count += 1
        return self._records / f"{self._count}.{_PART}"

    def _prune(self, folder: Path) -> None:
        """Removes folders that have become empty, up to the site's own."""
        with suppress(OSError):
            while folder != self._path:
                folder.rmdir()
                folder = folder.parent

    def _refuse_strangers(self, record: Record | None) -> None:
        """Looks whether all files are ours, and removes what was left half-written.

        Raises:
            NotOurs: one is not.
        """
        for folder, _, names in os.walk(self._path):
            below = Path(folder).relative_to(self._path)
            for name in names:
                path = (below / name).as_posix()
                if below.as_posix() == RECORDS:
                    if name.endswith(f".{_PART}"):
                        (Path(folder) / name).unlink()
                elif record is None or not record.knows(path):
                    raise NotOurs(
                        f"{self._path} holds {path}, which was not written by `dppgraph freeze`: "
                        "name a folder of its own, or one that is empty"
                    )


def _packed(file: FrozenFile, content: bytes) -> bytes:
    media_type = file.type.partition(";")[0]
    packable = media_type.startswith(_PACKABLE) or media_type.endswith(_PACKABLE_TOO)
    if not packable or len(content) < _PACKED_FROM or file.path.startswith("dumps/"):
        return b""
    # The same bytes whenever they are packed.
    packed = gzip.compress(content, _LEVEL, mtime=0)
    return packed if len(packed) < len(content) else b""
