"""A new database, filled from files by the engine's own reader: quads never become objects of Python.

The engine loads a file with one processor. Several files at a time take as many.
"""

import os
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyoxigraph

from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import MERGED

_MOST_AT_ONCE: Final = 2
"""Files that are loaded at a time: each takes up to some 400 MiB."""


class Filling:
    """A database that is being filled, in a ``with`` block.

    Args:
        folder: the folder of the database, a new one.
    """

    def __init__(self, folder: Path) -> None:
        self._store = pyoxigraph.Store(folder)
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
        """Begins to load a file of canonical lines; None is no file."""
        if path:
            self._loading.append(self._threads.submit(self._load, path))

    def merge(self, path: Path | None) -> None:
        """Begins to load a file of triples, also as N-Triples, into the merge of all graphs; None is no file."""
        if path:
            self._loading.append(self._threads.submit(self._load_merged, path))

    def wait(self) -> None:
        """Waits until all is loaded that was taken.

        Raises:
            OSError: the disk does not take it.
        """
        loading, self._loading = self._loading, []
        for load in loading:
            load.result()

    def asked(self) -> MemoryStore:
        """What is loaded, to be asked and added to; to be let go before the block ends."""
        return MemoryStore.over(self._store)

    def flush(self) -> None:
        """Has the disk hold all of it."""
        self._store.flush()

    def checkpoint(self, folder: Path) -> None:
        """Makes a new folder the database as it is now, by links to its files."""
        self._store.backup(folder)

    def _load(self, path: Path) -> None:
        # Lenient: the lines were read by the same engine, and written by it or from its terms.
        self._store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def _load_merged(self, path: Path) -> None:
        self._store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES, to_graph=MERGED, lenient=True)

    def load_all(self, paths: Iterable[Path]) -> None:
        """Loads files, and waits until they are."""
        for path in paths:
            self.take(path)
        self.wait()
