"""Where the feed's members are: a file for each version of the store, made once, whole or absent, and never changed.

::

    STORE/feed/000003.sqlite

Each is an SQLite database that holds the members of one version by their position in the feed, and a *head*: where they
stand among all others. It is opened without locks, as nobody writes to it any more.
"""

import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.feed.members import NAMES, Member, version_in
from dppgraph.store.versions.files import sync_folder, writable

FORMAT: Final = 1
"""The number of the files' layout; those of another are made anew."""
_SCHEMA: Final = """
CREATE TABLE head (said TEXT NOT NULL);
CREATE TABLE members (
    position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, entity TEXT NOT NULL UNIQUE, digest BLOB NOT NULL,
    content BLOB NOT NULL
);
"""
_SOME: Final = 500
"""How many entities one query asks for."""
_CACHE: Final = 64 << 10
"""KiB of a file that memory keeps while it is written: names come in no order."""
_UNFINISHED: Final = ".unfinished-"
_LEFT: Final = 4 * 3600
"""Seconds after which nobody is at a file any more that has no name yet."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the members of a version stand.

    Attributes:
        format: the number of the file's layout.
        version: the version's number.
        base: the base of its IRIs.
        created: when it was made, as its manifest has it.
        digest: the version's digest.
        moment: its time in the feed.
        first: the position of its first member, counted from 0.
        count: how many members it has.
        pages: the pages that they are on, in order, each with how many of them.
        page: the last page so far, counted from 1; 0 for none.
        on_page: how many members it has.
        follows: the seal of the version before; empty for the first.
        seal: a hash of all that the feed says up to here.
        whole: whether the version could be read when this was made.
    """

    format: int
    version: int
    base: str
    created: str
    digest: str
    moment: str
    first: int
    count: int
    pages: list[list[int]]
    page: int
    on_page: int
    follows: str
    seal: str
    whole: bool = True

    @property
    def time(self) -> datetime:
        """The time of the version in the feed."""
        return datetime.fromisoformat(self.moment)


Row = tuple[int, str, str, bytes, list[str]]
"""Position, last part of the name, entity, digest, triples."""


class FeedFiles:
    """The files of one store.

    Args:
        folder: the store's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "feed"
        self._heads: dict[int, Head] = {}

    def head(self, number: int) -> Head | None:
        """The head of a version; None where there is no file of it that can be read."""
        if number not in self._heads:
            found = self._read_head(number)
            if found is None:
                return None
            self._heads[number] = found
        return self._heads[number]

    def members(self, number: int, first: int = 0, count: int = -1) -> list[Member]:
        """The members of a version from a position on, at most so many, in their order.

        Raises:
            Damaged: they cannot be read.
        """
        query = "SELECT name, entity, content FROM members WHERE position >= ? ORDER BY position LIMIT ?"
        return [self._member(number, *row) for row in self._rows(number, query, (first, count))]

    def member(self, name: str) -> Member:
        """The member whose name ends so.

        Raises:
            Unknown: there is none.
            Damaged: it cannot be read.
        """
        number = version_in(name)
        query = "SELECT name, entity, content FROM members WHERE name = ?"
        for row in self._rows(number, query, (name,)) if self.head(number) else ():
            return self._member(number, *row)
        raise Unknown(f"there is no version object {name} here")

    def digests(self, last: int, entities: Iterable[str] | None) -> dict[str, bytes]:
        """Entity to the digest of its latest member, of some or of all that have one.

        Args:
            last: the number of the last version that counts.
            entities: those that are asked for; None for all.
        """
        if entities is None:
            query = "SELECT entity, digest FROM members"
            return {row[0]: row[1] for number in range(1, last + 1) for row in self._rows(number, query)}
        wanted, found = set(entities), dict[str, bytes]()
        for number in range(last, 0, -1):
            if not wanted:
                break
            for some in _portions(sorted(wanted)):
                query = f"SELECT entity, digest FROM members WHERE entity IN ({','.join('?' * len(some))})"  # noqa: S608 - marks only
                found.update(self._rows(number, query, some))
            wanted -= found.keys()
        return found

    def write(self, rows: Iterable[Row], head: Callable[[], Head]) -> Head:
        """Makes the file of a version, in place of one that is there.

        Args:
            rows: its members, which are taken one by one.
            head: gives its head, once they all are taken.

        Raises:
            StoreUnavailable: the disk did not take it; nothing is left of it.
        """
        with writable(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
            try:
                made = _written(unfinished, rows, head)
                _sync(unfinished)
                unfinished.replace(self._path(made.version))
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(self.folder)
        self._heads = {number: known for number, known in self._heads.items() if number < made.version}
        return made

    def tidy(self) -> None:
        """Removes what a killed process left: what nobody has written to for some hours."""
        for left in self.folder.glob(f"{_UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime <= _LEFT:
                    continue
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A new folder, removed at the end.

        Raises:
            StoreUnavailable: the disk does not take what is written there.
        """
        with writable(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=_UNFINISHED) as work:
                yield Path(work)

    def _member(self, number: int, name: str, entity: str, content: bytes) -> Member:
        head = self.head(number)
        if head is None:
            raise Damaged(f"{self._path(number)} is damaged: delete it, and the next build makes it anew")
        lines = zlib.decompress(content).decode()
        return Member(f"{head.base}{NAMES}{name}", entity, number, head.time, lines.split("\n") if lines else [])

    def _read_head(self, number: int) -> Head | None:
        try:
            ((said,),) = self._rows(number, "SELECT said FROM head")
            found: dict[str, Any] = json.loads(said)
            return Head(**found) if found["format"] == FORMAT else None
        except (Damaged, ValueError, TypeError, KeyError):
            return None

    def _rows(self, number: int, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        path = self._path(number)
        try:
            with _opened(path) as database:
                return database.execute(query, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise Damaged(f"{path} cannot be read ({error}): delete it, and the next build makes it anew") from error

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.sqlite"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
        yield database


def _written(path: Path, rows: Iterable[Row], head: Callable[[], Head]) -> Head:
    with closing(sqlite3.connect(path)) as database:
        # It counts for nothing until it has its name, and is synced before that.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA cache_size = -{_CACHE}")
        database.executescript(_SCHEMA)
        database.executemany("INSERT INTO members VALUES (?, ?, ?, ?, ?)", map(_packed, rows))
        made = head()
        database.execute("INSERT INTO head VALUES (?)", (json.dumps(asdict(made)),))
        database.commit()
    return made


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _packed(row: Row) -> tuple[int, str, str, bytes, bytes]:
    position, name, entity, digest, triples = row
    return position, name, entity, digest, zlib.compress("\n".join(triples).encode(), 6)


def _portions(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _SOME):
        yield values[start : start + _SOME]
