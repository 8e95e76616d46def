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
        self._files: list[sqlite3.Connection] = []

    def ask(self, text: str, values: tuple[object, ...] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """The rows that answer a question.

        Raises:
            Damaged: the file is not there, is something else, or was let go.
        """
        try:
            return list(self._file().execute(text, values))
        except sqlite3.Error as error:
            raise Damaged(f"{self._path} cannot be read: {error}") from error

    def close(self) -> None:
        """Lets the file go; whoever is asking something of it then is told that it cannot be read."""
        while self._files:
            self._files.pop().close()

    def _file(self) -> sqlite3.Connection:
        file: sqlite3.Connection | None = getattr(self._local, "file", None)
        if file is None:
            # Immutable: no lock is taken, and a file on a disk that cannot be written is read as well.
            address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            # Each thread asks by its own; they are closed by another one.
            file = self._local.file = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._files.append(file)
        return file
