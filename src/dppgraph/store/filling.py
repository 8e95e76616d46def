"""A new database, filled from files by the engine's own reader: quads never become objects of Python.

The engine loads a file with one processor. Several files at a time take as many. After every second one it sorts what
it has anew, so small files are put together, and the lots that are loaded grow.
"""

import os
import shutil
from bisect import bisect
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyoxigraph

from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import MERGED

_MOST_AT_ONCE: Final = 2
"""Lots that are loaded at a time: each takes up to some 400 MiB."""
_LOT: Final = 48 << 20
"""Bytes of the first lot. Each one after it is twice as large, unless it is the last."""
_FEW_LOTS: Final = 4
"""Lots in which nothing is looked up so often that it is worth while to sort them as one."""
_PIECE: Final = 1 << 20


class Filling:
    """A database that is being filled, in a ``with`` block.

    Args:
        folder: the folder of the database, a new one.
    """

    def __init__(self, folder: Path) -> None:
        self._store = pyoxigraph.Store(folder)
        self._folder = folder
        self._waiting: list[Path] = []
        self._size = 0
        self._lot = _LOT
        self._lots = 0
        self._threads = ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1))
        self._loading: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        del self._store

    def take(self, path: Path | None) -> None:
        """Takes a file of canonical lines, to be loaded with others; None is no file."""
        if path is None:
            return
        self._waiting.append(path)
        self._size += path.stat().st_size
        if self._size >= self._lot:
            self.begin()
            self._lot *= 2

    def begin(self) -> None:
        """Begins to load what waits, as one file."""
        paths, self._waiting, self._size = self._waiting, [], 0
        self._begin(paths)

    def _begin(self, paths: Sequence[Path]) -> None:
        if paths:
            self._lots += 1
            self._loading.append(self._threads.submit(self._load, paths, self._lots))

    def add(self, lines: Sequence[str]) -> None:
        """Begins to add lines, few beside those that are there."""
        self._loading.append(
            self._threads.submit(self.asked().add_lines, "".join(f"{line}\n" for line in lines).encode())
        )

    def merge(self, path: Path | None) -> None:
        """Begins to load a file of triples, also as N-Triples, into the merge of all graphs; None is no file."""
        if path:
            self._loading.append(self._threads.submit(self._load_merged, path))

    def wait(self) -> None:
        """Waits until all is loaded that was taken.

        Raises:
            OSError: the disk does not take it.
        """
        if self._size > _LOT:
            # Whoever waits leaves a processor free.
            half, self._waiting = _halved(self._waiting)
            self._begin(half)
        self.begin()
        loading, self._loading = self._loading, []
        for load in loading:
            load.result()

    def asked(self) -> MemoryStore:
        """What is loaded, to be asked and added to; to be let go before the block ends."""
        return MemoryStore.over(self._store)

    def begin_to_flush(self) -> None:
        """Begins to have the disk hold what is there now."""
        self._loading.append(self._threads.submit(self._store.flush))

    def flush(self) -> None:
        """Has the disk hold all of it."""
        self._store.flush()

    def checkpoint(self, folder: Path) -> Path:
        """Makes a new folder the database as it is now, by links to its files; that folder.

        It is sorted as a whole before: else each look into it is a look into each of the lots.
        """
        if self._lots > _FEW_LOTS:
            self._store.optimize()
            self._lots = 0
        self._store.backup(folder)
        return folder

    def _load(self, paths: Sequence[Path], number: int) -> None:
        with put_together(paths, self._folder.with_name(f"lot-{number}.nq")) as path:
            # Lenient: the lines were read by the same engine, and written by it or from its terms.
            self._store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def _load_merged(self, path: Path) -> None:
        self._store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES, to_graph=MERGED, lenient=True)


def _halved(paths: Sequence[Path]) -> tuple[Sequence[Path], list[Path]]:
    """Files in two parts of about the same size."""
    ends = list(accumulate(path.stat().st_size for path in paths))
    half = bisect(ends, ends[-1] // 2) + 1
    return paths[:half], list(paths[half:])


@contextmanager
def put_together(paths: Sequence[Path], path: Path) -> Iterator[Path]:
    """Files as one: the only one of them, or a new one that is gone afterwards."""
    if len(paths) == 1:
        yield paths[0]
        return
    try:
        with path.open("xb") as whole:
            for part in paths:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, whole, _PIECE)
        yield path
    finally:
        path.unlink(missing_ok=True)
