"""Databases for servers that run: linked copies, which stay whole when the version's own is pruned.

They lie in ``STORE/serving/``, a folder for each server, held by a lock that ends with it, however it ends.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dppgraph.store.versions.index import link_index
from dppgraph.store.versions.versions import VersionStore


class IndexCopies:
    """The copies of one server; a context manager, which removes them at its end, and what killed servers left."""

    def __init__(self, versions: VersionStore) -> None:
        self._versions = versions
        self._folder: Path | None = None
        self._lock = -1

    def __enter__(self) -> Self:
        """Tidies up, and makes room; where the store cannot be written, there are no copies."""
        place = self._versions.folder / "serving"
        with suppress(OSError):
            place.mkdir(exist_ok=True)
            for left in place.iterdir():
                _remove_if_left(left)
            folder = Path(tempfile.mkdtemp(dir=place))
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._folder = folder
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes the copies."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)

    def of(self, number: int) -> Path:
        """Where the database of a version is, or is to be made."""
        index = self._versions.index_path(number)
        if self._folder is None:
            return index
        copy = self._folder / f"{number:06d}"
        if not copy.exists():
            try:
                link_index(copy, index)
            except (OSError, shutil.Error):
                # It is made anew from the quads, by whoever asks it.
                shutil.rmtree(copy, ignore_errors=True)
        return copy

    def remove(self, number: int) -> None:
        """Removes the copy of a version, if there is one."""
        if self._folder:
            shutil.rmtree(self._folder / f"{number:06d}", ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Another server is about to make it.
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(descriptor)
