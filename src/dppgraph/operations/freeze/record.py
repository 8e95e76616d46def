"""What was written into a folder, so that the next time only what changed is, and nothing of others is touched.

Between two times it is a list, ``.frozen/manifest.jsonl``, the same for the same files; while a site is written, a
database beside it, which outlives a process that is killed.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from dppgraph.errors import Damaged

RECORDS: Final = ".frozen"
"""The folder with what is known of the files, in the site's folder."""

MANIFEST: Final = "manifest.jsonl"
UNDER_WAY: Final = "under-way.sqlite"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, sha256 TEXT, said TEXT, round INTEGER)",
    "CREATE TABLE IF NOT EXISTS asked (key TEXT PRIMARY KEY, state INTEGER)",
    "CREATE INDEX IF NOT EXISTS waiting ON asked (state)",
)
_SEED, _WAITING, _DONE, _NOTHING = range(4)
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file of the site, as whoever serves or uploads it has to know it.

    Attributes:
        path: below the site's folder.
        addresses: where else it is to be found, besides its own path: below the site's address.
        type: its Content-Type.
        size: bytes.
        sha256: of its bytes, in hexadecimal.
        headers: more that belongs to an answer with it, by name.
        gzip: the path of the same, packed, to be sent with Content-Encoding; empty for none.
    """

    path: str
    addresses: tuple[str, ...]
    type: str
    size: int
    sha256: str
    headers: dict[str, str] = field(default_factory=dict)
    gzip: str = ""


class Record:
    """What is known of a folder's files.

    Args:
        folder: ``.frozen`` of the site's folder.

    Raises:
        Damaged: it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._manifest = folder / MANIFEST
        self._path = folder / UNDER_WAY
        try:
            self._open()
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
            told = f"what is known of the files in {folder.parent} cannot be read: remove that folder, and freeze anew"
            raise Damaged(told) from error

    def _open(self) -> None:
        self._database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        # What is lost with the power is written once more; a process that is killed loses nothing by this.
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        for table in _TABLES:
            self._database.execute(table)
        # One that was killed before it had begun has none either.
        if not self._database.execute("SELECT 1 FROM files LIMIT 1").fetchone():
            self._begin()
        self._database.execute("DELETE FROM asked")
        self._round = (self._database.execute("SELECT MAX(round) FROM files").fetchone()[0] or 0) + 1
        self._database.execute("BEGIN")
        self._pending = 0

    def _begin(self) -> None:
        self._database.execute("BEGIN")
        for file in read_manifest(self._manifest):
            said = json.dumps(asdict(file))
            row = (file.path, file.size, file.sha256, said)
            self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, 0)", row)
            if file.gzip:
                # Of the packed one, that it is ours; its bytes follow from those of the other.
                self._database.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, -1, ?, '', 0)", (file.gzip, file.sha256)
                )
        self._database.execute("COMMIT")

    def knows(self, path: str) -> bool:
        """Whether a file was written by us."""
        return self._database.execute("SELECT 1 FROM files WHERE path = ?", (path,)).fetchone() is not None

    def sha256(self, path: str) -> str:
        """The SHA-256 of the bytes that a file has; empty where that is not known."""
        row = self._database.execute("SELECT sha256 FROM files WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else ""

    def is_of_now(self, path: str) -> bool:
        """Whether a path was written, or found to be as it should be, since this record was opened."""
        row = self._database.execute("SELECT round FROM files WHERE path = ?", (path,)).fetchone()
        return bool(row and row[0] == self._round)

    def begin(self, path: str) -> None:
        """Notes that a file will be replaced: from now on it is ours, and what is in it is not known."""
        row = (path, 0, "", "", self._round)
        self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row)
        self._commit()

    def note(self, file: FrozenFile, *, packed: bool = False) -> None:
        """Notes what a file is now; ``packed`` for the packed one of another, which has that one's digest."""
        said = "" if packed else json.dumps(asdict(file))
        row = (file.path, -1 if packed else file.size, file.sha256, said, self._round)
        self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row)
        self._pending += 1
        if self._pending >= _BATCH:
            self._commit()

    def left(self) -> Iterator[str]:
        """The paths of files that are of no more use; each may be forgotten meanwhile."""
        query = "SELECT path FROM files WHERE round < ? AND path > ? ORDER BY path LIMIT ?"
        after = ""
        while found := self._database.execute(query, (self._round, after, _BATCH)).fetchall():
            yield from (str(path) for (path,) in found)
            after = found[-1][0]

    def forget(self, path: str) -> None:
        """Forgets a file, which is gone."""
        self._database.execute("DELETE FROM files WHERE path = ?", (path,))

    def files(self) -> Iterator[FrozenFile]:
        """The files that there are, by path, without those that are packed ones of others."""
        after = ""
        query = "SELECT path, said FROM files WHERE said != '' AND path > ? ORDER BY path LIMIT ?"
        while found := self._database.execute(query, (after, _BATCH)).fetchall():
            yield from (_file(json.loads(said)) for _, said in found)
            after = found[-1][0]

    def close(self) -> None:
        """Keeps what is known for the next one, who goes on from there."""
        self._database.execute("COMMIT")
        self._database.close()

    def end(self) -> None:
        """Puts the list in the place of the database."""
        self._commit()
        beside = self._manifest.with_suffix(".part")
        with beside.open("w", encoding="utf-8") as written:
            for file in self.files():
                written.write(f"{json.dumps(asdict(file), ensure_ascii=False)}\n")
        beside.replace(self._manifest)
        self.close()
        for left in (self._path, *(self._path.with_name(f"{self._path.name}{end}") for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)

    def seed(self, keys: Iterable[str]) -> None:
        """Has keys of addresses wait to be written, if it turns out that there is something at them."""
        self._database.executemany("INSERT OR IGNORE INTO asked VALUES (?, ?)", ((key, _SEED) for key in keys))

    def want(self, keys: Iterable[str]) -> None:
        """Likewise those at which there is something."""
        query = "INSERT INTO asked VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = ? WHERE state = ?"
        self._database.executemany(query, ((key, _WAITING, _WAITING, _SEED) for key in keys))

    def waiting(self) -> list[str]:
        """Some of those that wait, in an order that is always the same."""
        query = "SELECT key FROM asked WHERE state <= ? ORDER BY state, key LIMIT ?"
        return [str(key) for (key,) in self._database.execute(query, (_WAITING, _BATCH))]

    def settle(self, key: str, *, there: bool) -> None:
        """Notes of an address that it is done, or that there is nothing at it."""
        self._database.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (key, _DONE if there else _NOTHING))

    def is_there(self, key: str) -> bool | None:
        """Whether there is something at an address; None where nobody asked yet."""
        row = self._database.execute("SELECT state FROM asked WHERE key = ?", (key,)).fetchone()
        return None if row is None or row[0] == _SEED else row[0] != _NOTHING

    def _commit(self) -> None:
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")
        self._pending = 0

    def __enter__(self) -> Self:
        """The record itself."""
        return self


def read_manifest(path: Path) -> Iterator[FrozenFile]:
    """The files that a list names; none where it is not there."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _file(json.loads(line))


def _file(said: dict[str, Any]) -> FrozenFile:
    return FrozenFile(**said | {"addresses": tuple(said["addresses"])})
