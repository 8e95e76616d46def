"""A file of tables of one version, which nobody changes any more and several threads read."""

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dppgraph.errors import Damaged


class Tables:
    """Answers out of an SQLite file.

    Args:
        path: the file; opened when the first question comes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def ask(self, text: str, values: tuple[object, ...] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """The rows that answer a question.

        Raises:
            Damaged: the file is not there, or is something else.
        """
        try:
            held = self._held()
            return list(held.file.execute(text, values))
        except sqlite3.Error as error:
            raise Damaged(f"{self._path} cannot be read: {error}") from error

    def close(self) -> None:
        """Lets the file go, once nobody is asking something of it; whoever asks later opens it anew."""
        self._local = threading.local()

    def _held(self) -> "_Held":
        local = self._local
        held: _Held | None = getattr(local, "held", None)
        if held is None:
            # Immutable: no lock is taken, and a file on a disk that cannot be written is read as well. The last that
            # has it in hand may be another thread.
            address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            held = local.held = _Held(sqlite3.connect(address, uri=True, check_same_thread=False))
        return held


class _Held:
    """One thread's connection, closed when nobody has it in hand: never while another thread is asking by it."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file

    def __del__(self) -> None:
        # A connection refers to itself: it would stay open until somebody looks for what does.
        self.file.close()
