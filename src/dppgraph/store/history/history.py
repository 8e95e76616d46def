"""The file: opened for reading by each thread for itself, and asked about any version."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from dppgraph.core.quads import Quad
from dppgraph.errors import Damaged
from dppgraph.store.history.exact import ExactQuads

FORMAT: Final = 2
"""The number of the file's layout: what another number made is made anew."""

ALWAYS: Final = 2**63 - 1
"""Before which version a quad is there that is there now."""

_FIRST_BYTE: Final = 0xFF
"""Where the kind of an error of SQLite is; the rest tells more of it."""

_SPANS: Final = """
    SELECT since, until FROM quads
    WHERE s = (SELECT id FROM terms WHERE term = ?) AND p = (SELECT id FROM terms WHERE term = ?)
    AND o = (SELECT id FROM terms WHERE term = ?) AND g = (SELECT id FROM terms WHERE term = ?)
    ORDER BY since
"""
_CHANGES: Final = "SELECT version, present FROM things WHERE iri = ? AND version <= ? ORDER BY version"
_NUMBER: Final = "SELECT id FROM terms WHERE term = ?"
_REMEMBERED: Final = 4096
"""Terms of which each thread remembers the number."""
_RESULTS: Final = "SELECT line FROM results WHERE since <= ? AND until > ? ORDER BY line"


class Span(NamedTuple):
    """The versions in which something was there.

    Attributes:
        since: the first of them.
        until: the one that had it no more; None where it is there still.
    """

    since: int
    until: int | None


class State(NamedTuple):
    """How far the file goes: the last version in it, and that version's digest."""

    version: int
    digest: str


class History:
    """All versions of a store; may be asked by several threads, each by a connection of its own.

    A connection is closed by the thread that opened it, when it asks again or ends: one by which another thread is
    asking must not be closed under its hands.

    Args:
        path: the file; opened when the first question comes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = _Own()
        self._opened = 0

    def state(self) -> State:
        """How far it goes.

        Raises:
            Damaged: the file is not there, is something else, or of another layout.
        """
        if self.ask("SELECT format FROM state", {}) != [(FORMAT,)]:
            raise Damaged(f"{self._path} is of another dppgraph: it is made anew with the next version")
        rows = self.ask("SELECT number, digest FROM versions ORDER BY number DESC LIMIT 1", {})
        if not rows:
            raise Damaged(f"{self._path} has no version: it is made anew with the next one")
        return State(int(rows[0][0]), str(rows[0][1]))

    def at(self, version: int) -> ExactQuads:
        """The quads of a version; what takes many questions is asked :meth:`still`.

        Raises:
            Damaged: they cannot be had from this file, which ends before or does not know this version.
        """
        if not self._knows(version):
            # Another file may have taken its place since it was opened; unless it has already told something here.
            if not self._own.is_settled:
                self.close()
            if self._own.is_settled or not self._knows(version):
                raise Damaged(f"{self._path} does not have version {version}: it is made anew with the next version")
        self._own.is_settled = self._own.is_still
        return ExactQuads(self._told, self._number_of, version)

    def _knows(self, version: int) -> bool:
        return self.state().version >= version and bool(self.ask("SELECT 1 FROM versions WHERE number = ?", (version,)))

    def spans(self, quad: Quad) -> list[Span]:
        """When a quad was there, from the first time on."""
        rows = self.ask(_SPANS, tuple(quad))
        return [Span(int(since), None if until == ALWAYS else int(until)) for since, until in rows]

    def changes(self, iri: str, until: int) -> list[tuple[int, bool]]:
        """The versions up to one that changed what is said of a thing or its parts; and whether anything is since."""
        return [(int(version), bool(present)) for version, present in self.ask(_CHANGES, (iri, until))]

    def results(self, version: int) -> list[str] | None:
        """What the shapes found of a version, as it was written; sorted. None where nobody knows."""
        known = self.ask("SELECT judged FROM versions WHERE number = ?", (version,))
        if not known or not known[0][0]:
            return None
        return [line for (line,) in self.ask(_RESULTS, (version, version))]

    def ask(self, text: str, values: Mapping[str, object] | tuple[object, ...]) -> list[tuple[Any, ...]]:
        """The rows that answer a question.

        Raises:
            Damaged: the file is not there, is something else, or was let go.
        """
        try:
            return list(self._file().execute(text, values))
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _told(self, text: str, values: Mapping[str, object] | tuple[object, ...]) -> list[tuple[Any, ...]]:
        rows = self.ask(text, values)
        self._own.is_settled = self._own.is_still
        return rows

    def _number_of(self, term: str) -> int | None:
        """The number of a term, which is its own for good in one file."""
        try:
            self._file()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        numbers = self._own.numbers
        if term not in numbers:
            rows = self.ask(_NUMBER, (term,))
            if not rows:
                return None
            if len(numbers) >= _REMEMBERED:
                numbers.clear()
            numbers[term] = int(rows[0][0])
        return numbers[term]

    @contextmanager
    def still(self) -> Iterator[None]:
        """Has this thread see the file as it is at its first question, whatever is added or pruned meanwhile.

        It also costs one look alone at whether the file has changed. The file's log only grows for as long as the block
        runs, so no client is waited for in it. Within another one, it is that one.
        """
        own = self._own
        if own.is_still:
            yield
            return
        own.is_still = True
        try:
            yield
        finally:
            own.is_still = own.is_settled = False
            if own.file is not None and own.file.in_transaction:
                own.file.execute("COMMIT")

    def close(self) -> None:
        """Lets the file go, as far as this thread holds it; others do when they ask again, and open it anew."""
        self._opened += 1
        self._close_own()

    def _close_own(self) -> None:
        file, self._own.file = self._own.file, None
        if file is not None:
            file.close()

    def _file(self) -> sqlite3.Connection:
        own = self._own
        # What has begun to tell of a version goes on with it.
        if own.file is None or (own.opened != self._opened and not own.is_settled):
            self._close_own()
            own.opened = self._opened
            own.numbers = {}
            own.file = _opened(self._path)
        if own.is_still and not own.file.in_transaction:
            own.file.execute("BEGIN")
        return own.file

    def _unreadable(self, error: sqlite3.Error) -> Damaged:
        return Damaged(f"{self._path} cannot be read: {error}")


class _Own(threading.local):
    """What one thread has of a history.

    Attributes:
        file: its connection, once it has asked something.
        opened: which of the files it is that were opened one after the other.
        numbers: those of the terms that it has looked up.
        is_still: whether it sees the file as it was.
        is_settled: whether it was told something of a version since: no other file is opened then.
    """

    file: sqlite3.Connection | None = None
    opened: int = 0
    is_still: bool = False
    is_settled: bool = False

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}


def _opened(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    file = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None)
    try:
        file.execute("SELECT format FROM state")
    except sqlite3.OperationalError as error:
        file.close()
        if error.sqlite_errorcode & _FIRST_BYTE != sqlite3.SQLITE_CANTOPEN:
            raise
        # Where the folder cannot be written, nobody writes, and the log that a reader needs cannot be made.
        file = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        file.close()
        raise
    return file
