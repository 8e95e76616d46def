"""Adding versions: each in one transaction, which costs by what it changed. Whoever calls holds the store's lock."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from dppgraph.core.quads import Delta, Quad, difference, entity_of, parse_line
from dppgraph.errors import Damaged, Unknown
from dppgraph.store.history.beginning import begin, bucket_number, note_version
from dppgraph.store.history.exact import QuadPattern
from dppgraph.store.history.history import ALWAYS, History
from dppgraph.store.versions.files import writable
from dppgraph.store.versions.manifest import Manifest

_PATIENCE: Final = 10.0
_LAST: Final = "\U0010ffff"


class Versions(Protocol):
    """What a history is made of."""

    def numbers(self) -> list[int]:
        """The numbers of all versions, oldest first."""
        ...

    def manifest(self, number: int) -> Manifest:
        """The manifest of a version."""
        ...

    def lines(self, number: int) -> list[str]:
        """Its lines."""
        ...

    def stream(self, number: int) -> Iterator[str]:
        """The same, one after the other."""
        ...

    def delta(self, number: int) -> Delta:
        """What it added to those of its parent, and removed from them."""
        ...


def add_version(path: Path, manifest: Manifest, delta: Delta, results: Delta | None = None) -> None:
    """Adds a version to a history that ends with its parent, or begins one with it.

    Args:
        path: the file.
        manifest: the version's.
        delta: what it added to the lines of the one before, and removed from them.
        results: what the shapes found that they had not found of the one before, and the other way round; all that
            they found, where nobody knows of the one before; None where nobody knows of this one.

    Raises:
        StoreUnavailable: the disk did not take it; the file is as before.
    """
    with writable(path.parent):
        if not path.exists():
            begin(path, manifest, delta.added, results)
            return
        with _changing(path) as file:
            _add(file, manifest, delta, results)


def forget_after(path: Path, number: int) -> None:
    """Takes out what a writer left there that was killed before its version was published.

    Raises:
        StoreUnavailable: the disk did not take it; the file is as before.
        Damaged: the file is something else.
    """
    with writable(path.parent), _changing(path) as file:
        for table in ("quads", "results"):
            # The first condition is what the index is for.
            first = "since > 1 AND " if table == "quads" else ""
            file.execute(f"DELETE FROM {table} WHERE {first} since > ?", (number,))  # noqa: S608 - names of tables
            again = f"UPDATE {table} SET until = {ALWAYS} WHERE until < {ALWAYS} AND until > ?"  # noqa: S608 - likewise
            file.execute(again, (number,))
        file.execute("DELETE FROM things WHERE version > ?", (number,))
        file.execute("DELETE FROM versions WHERE number > ?", (number,))


def forget_all_but(path: Path, kept: Iterable[int]) -> None:
    """Takes out what none of the kept versions has, and the others with it; when the rest came is still known.

    Args:
        path: the file.
        kept: the numbers of the versions, the last one among them.

    Raises:
        StoreUnavailable: the disk did not take it; the file is as before.
        Damaged: the file is something else.
    """
    with writable(path.parent), _changing(path) as file:
        file.execute("CREATE TEMP TABLE kept (version INTEGER PRIMARY KEY)")
        file.executemany("INSERT INTO kept VALUES (?)", ((number,) for number in kept))
        file.execute("DELETE FROM versions WHERE number NOT IN (SELECT version FROM kept)")
        for table in ("quads", "results"):
            file.execute(
                f"""
                DELETE FROM {table} WHERE until < {ALWAYS}
                AND NOT EXISTS (SELECT * FROM kept WHERE version >= since AND version < until)
                """  # noqa: S608 - names of tables, and a number
            )


def catch_up(versions: Versions, path: Path) -> None:
    """Makes a history go as far as the published versions; anew where it is lost, damaged, or not theirs.

    Raises:
        StoreUnavailable: the disk did not take it.
        Damaged: the versions cannot be read.
    """
    numbers = versions.numbers()
    if not numbers:
        return
    last = _good_until(versions, path, numbers[-1])
    if last is not None:
        try:
            _go_on(versions, path, last, numbers[-1])
        except Damaged:
            last = None
    if last is None:
        with writable(path.parent):
            _remove(path)
        _go_on(versions, path, _begin_anew(versions, path, numbers), numbers[-1])


def _go_on(versions: Versions, path: Path, last: int, until: int) -> None:
    """Adds the versions after one that it ends with; those that cannot be read are left out.

    Raises:
        Damaged: the history itself is.
    """
    for number in range(last + 1, until + 1):
        manifest: Manifest | None = None
        delta: Delta | None = None
        lines: list[str] | None = None
        with suppress(Damaged, Unknown):
            manifest = versions.manifest(number)
            # A version before it may have been pruned, or be damaged.
            delta = versions.delta(number) if manifest.parent == last else None
        if delta is None:
            # What it says of its difference cannot be read, or is another one.
            with suppress(Damaged, Unknown):
                lines = versions.lines(number)
        if manifest and lines is not None:
            delta = since_last(path, lines)
        if manifest and delta is not None:
            add_version(path, manifest, delta)
            last = number


def since_last(path: Path, lines: Iterable[str]) -> Delta:
    """What lines add to those of the last version in a history, and lack of them.

    Raises:
        Damaged: it cannot be read.
    """
    if not path.exists():
        return Delta(sorted(lines), [])
    with closing(History(path)) as history:
        before = [quad.line() for quad in history.at(history.state().version).quads(QuadPattern())]
    return difference(before, lines)


def _good_until(versions: Versions, path: Path, last: int) -> int | None:
    """The last version up to which a history can be relied on; None where it cannot."""
    try:
        with closing(History(path)) as history:
            state = history.state()
        if state.version > last:
            forget_after(path, last)
            return last
        return state.version if versions.manifest(state.version).digest == state.digest else None
    except (Damaged, Unknown):
        return None


def _begin_anew(versions: Versions, path: Path, numbers: Iterable[int]) -> int:
    """Begins with the first version that can be read; its number."""
    failed: Damaged | Unknown | None = None
    for number in numbers:
        try:
            with writable(path.parent):
                begin(path, versions.manifest(number), versions.stream(number), None)
        except (Damaged, Unknown) as error:
            failed = error
        else:
            return number
    raise failed or Damaged(f"there is no version that {path} could be made of")


def _remove(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()


@contextmanager
def _changing(path: Path) -> Iterator[sqlite3.Connection]:
    """The file in a transaction, which is committed at the end."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as file:
            # A commit that a loss of power undoes is made up for from the versions' own files.
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute("BEGIN IMMEDIATE")
            yield file
            file.execute("COMMIT")
            # So that who may only read the folder finds all of it in the file itself; readers are not waited for.
            file.execute("PRAGMA busy_timeout = 0")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise Damaged(f"{path} is damaged ({error}): it is made anew with the next version") from error


def _add(file: sqlite3.Connection, manifest: Manifest, delta: Delta, results: Delta | None) -> None:
    version = manifest.version
    added, removed = (list(map(parse_line, lines)) for lines in delta)
    numbers = _numbers(file, [*added, *removed])
    places = [tuple(numbers[term] for term in quad) for quad in removed]
    file.executemany(
        "UPDATE quads SET until = ? WHERE s = ? AND p = ? AND o = ? AND g = ? AND until > ?",
        ((version, *place, version) for place in places),
    )
    file.executemany(
        "INSERT INTO quads VALUES (?, ?, ?, ?, ?, ?)",
        ((*(numbers[term] for term in quad), version, ALWAYS) for quad in added),
    )
    subjects = sorted({quad.subject for quad in added})
    rows = ((bucket_number(subject), numbers[subject]) for subject in subjects)
    file.executemany("INSERT OR IGNORE INTO subjects VALUES (?, ?)", rows)
    _note_things(file, manifest, delta)
    if results is None:
        file.execute("UPDATE results SET until = ? WHERE until > ?", (version, version))
    else:
        gone = ((version, line, version) for line in results.removed)
        file.executemany("UPDATE results SET until = ? WHERE line = ? AND until > ?", gone)
        file.executemany("INSERT INTO results VALUES (?, ?, ?)", ((line, version, ALWAYS) for line in results.added))
    note_version(file, manifest, results)


def _numbers(file: sqlite3.Connection, quads: Iterable[Quad]) -> dict[str, int]:
    """The number of each term; those that are new get the next ones, in the order of their text."""
    found: dict[str, int] = {}
    new = []
    for term in sorted({term for quad in quads for term in quad}):
        row = file.execute("SELECT id FROM terms WHERE term = ?", (term,)).fetchone()
        if row:
            found[term] = row[0]
        else:
            new.append(term)
    (most,) = file.execute("SELECT coalesce(max(id), -1) FROM terms").fetchone()
    found |= {term: number for number, term in enumerate(new, most + 1)}
    file.executemany("INSERT INTO terms VALUES (?, ?)", ((found[term], term) for term in new))
    return found


def _note_things(file: sqlite3.Connection, manifest: Manifest, delta: Delta) -> None:
    said = {entity_of(line) for line in delta.added}
    changed = said | {entity_of(line) for line in delta.removed}
    ours = f"{manifest.base}id/"
    rows = (
        (iri, manifest.version, iri in said or _is_said(file, iri), iri.startswith(ours)) for iri in sorted(changed)
    )
    file.executemany("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?)", list(rows))


def _is_said(file: sqlite3.Connection, iri: str) -> bool:
    """Whether anything is said of a thing or of its parts now."""
    whole = iri if iri.startswith("_:") else f"<{iri}>"
    part = f"<{iri}#"
    text = f"""
        SELECT EXISTS (
            SELECT * FROM terms JOIN quads ON s = terms.id
            WHERE (term = ? OR (term > ? AND term < ?)) AND until = {ALWAYS}
        )
    """  # noqa: S608 - a number
    return bool(file.execute(text, (whole, part, part + _LAST)).fetchone()[0])
