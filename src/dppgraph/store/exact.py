"""The exact quads of a version, to be looked up: by subject, by object, by any pattern.

What a query asks is the engine's copy, in which literals are rewritten (``01`` becomes ``1``). Documents and fragments
are made from what was published, so they need it at hand, without all of it in memory. Terms are numbered in the order
of their text, so that what is found comes in the order of canonical N-Quads, whatever it is found by.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from dppgraph.core.quads import Quad, parse_line
from dppgraph.store.tables import Tables

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA page_size = 8192;
    CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL);
    -- Each triple once, with the first of its graphs; its other graphs are in `again`.
    CREATE TABLE triples (s INTEGER, p INTEGER, o INTEGER, g INTEGER, PRIMARY KEY (s, p, o)) WITHOUT ROWID;
    CREATE TABLE again (s INTEGER, p INTEGER, o INTEGER, g INTEGER, PRIMARY KEY (s, p, o, g)) WITHOUT ROWID;
    CREATE TABLE things (number INTEGER PRIMARY KEY, iri TEXT NOT NULL, version INTEGER NOT NULL);
    CREATE TABLE gone (iri TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_INDEXES: Final = """
    CREATE UNIQUE INDEX by_term ON terms (term);
    CREATE INDEX by_predicate ON triples (p, o, s);
    CREATE INDEX by_object ON triples (o, s, p);
"""
_ABOUT: Final = """
    SELECT s.term, p.term, o.term, g.term
    FROM (SELECT * FROM triples WHERE s = :subject UNION ALL SELECT * FROM again WHERE s = :subject) AS quads
    JOIN terms AS s ON s.id = quads.s JOIN terms AS p ON p.id = quads.p
    JOIN terms AS o ON o.id = quads.o JOIN terms AS g ON g.id = quads.g
"""
_SAYING: Final = """
    SELECT s.term, p.term, o.term, g.term
    FROM terms AS s, terms AS p
    CROSS JOIN (SELECT * FROM triples UNION ALL SELECT * FROM again) AS quads ON quads.s = s.id AND quads.p = p.id
    JOIN terms AS o ON o.id = quads.o JOIN terms AS g ON g.id = quads.g
    WHERE s.term = ? AND p.term IN ({places})
"""
_SUBJECTS: Final = """
    SELECT term FROM terms
    WHERE term > ? AND term < ? AND EXISTS (SELECT * FROM triples WHERE triples.s = terms.id)
"""
_MATCH: Final = """
    SELECT s.term, p.term, o.term
    FROM (SELECT s, p, o FROM triples WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?) AS found
    JOIN terms AS s ON s.id = found.s JOIN terms AS p ON p.id = found.p JOIN terms AS o ON o.id = found.o
    ORDER BY {found}
"""
_POINTING: Final = """
    SELECT p.term, found.number
    FROM (SELECT p, COUNT(*) AS number FROM triples WHERE o = ? GROUP BY p) AS found
    JOIN terms AS p ON p.id = found.p
    ORDER BY p.term
"""
_COUNT: Final = "SELECT COUNT(*) FROM triples WHERE {where}"
_LAST: Final = "\U0010ffff"


class Pattern(NamedTuple):
    """What a triple may look like: a term, or None for any, in each place."""

    subject: str | None = None
    predicate: str | None = None
    object: str | None = None


def write_exact(
    path: Path, lines: Iterable[str], things: Mapping[str, int] = MappingProxyType({}), gone: Iterable[str] = ()
) -> None:
    """Makes the file that :class:`ExactQuads` reads; the same bytes for the same lines.

    Args:
        path: the file, which is not there yet.
        lines: the canonical lines of a version.
        things: those that have names of ours, as IRIs, to the number of the version that changed them last.
        gone: the things, as IRIs, that an earlier version knew and this one does not.
    """
    quads = sorted(set(map(parse_line, lines)))
    numbers = {term: number for number, term in enumerate(sorted({term for quad in quads for term in quad}))}
    with sqlite3.connect(path) as file:
        file.executescript(_TABLES)
        file.executemany("INSERT INTO terms VALUES (?, ?)", ((number, term) for term, number in numbers.items()))
        file.executemany("INSERT OR IGNORE INTO triples VALUES (?, ?, ?, ?)", _rows(quads, numbers))
        file.executemany("INSERT INTO again VALUES (?, ?, ?, ?)", _rows(_repeated(quads), numbers))
        file.executemany("INSERT INTO things VALUES (?, ?, ?)", _numbered(things))
        file.executemany("INSERT INTO gone VALUES (?)", ((iri,) for iri in sorted(set(gone))))
        file.executescript(_INDEXES)
    file.close()


def _rows(quads: Iterable[Quad], numbers: dict[str, int]) -> Iterator[tuple[int, ...]]:
    return (tuple(numbers[term] for term in quad) for quad in quads)


def _numbered(things: Mapping[str, int]) -> Iterator[tuple[int, str, int]]:
    return ((number, iri, things[iri]) for number, iri in enumerate(sorted(things)))


def _repeated(quads: list[Quad]) -> Iterator[Quad]:
    """The quads whose triple is in a graph before theirs as well."""
    return (quad for before, quad in pairwise(quads) if before[:3] == quad[:3])


class ExactQuads:
    """The exact quads of one version; may be asked by several threads.

    Args:
        path: what :func:`write_exact` made.

    Raises:
        Damaged: it is not there, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self._tables = Tables(path)
        self._one("SELECT COUNT(*) FROM gone")

    def about(self, subject: str) -> list[str]:
        """The lines of a subject, given as a term; sorted."""
        number = self._number(subject)
        found = [] if number is None else self._tables.ask(_ABOUT, {"subject": number})
        return sorted(Quad(*row).line() for row in found)

    def saying(self, subject: str, predicates: frozenset[str]) -> list[str]:
        """Those of a subject's lines that have one of these predicates; sorted."""
        text = _SAYING.format(places=", ".join("?" * len(predicates)))
        return sorted(Quad(*row).line() for row in self._tables.ask(text, (subject, *predicates)))

    def parts(self, owner: str) -> list[str]:
        """The subjects that are a fragment of the thing ``owner``, as terms; sorted."""
        start = f"{owner.removesuffix('>')}#"
        return [term for (term,) in self._tables.ask(f"{_SUBJECTS} ORDER BY term", (start, start + _LAST))]

    def beginning(self, start: str, limit: int) -> list[str]:
        """The subjects whose term begins so, at most so many; sorted."""
        text = f"{_SUBJECTS} ORDER BY term LIMIT ?"
        return [term for (term,) in self._tables.ask(text, (start, start + _LAST, limit))]

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """The subjects of the triples with this predicate and object; sorted."""
        return [triple[0] for triple in self.match(Pattern(None, predicate, object_))]

    def match(self, pattern: Pattern, *, offset: int = 0, limit: int = -1) -> list[tuple[str, str, str]]:
        """Triples that a pattern fits, each once whatever graphs it is in, in a fixed order.

        Args:
            pattern: the pattern.
            offset: how many to leave out.
            limit: how many to give at most; below 0, all.
        """
        where, values = self._where(pattern)
        if values is None:
            return []
        by, found = (", ".join(f"{table}{column}" for column in _order(pattern)) for table in ("", "found."))
        text = _MATCH.format(where=where, order=by, found=found)
        return [(row[0], row[1], row[2]) for row in self._tables.ask(text, (*values, limit, offset))]

    def count(self, pattern: Pattern) -> int:
        """How many triples a pattern fits."""
        where, values = self._where(pattern)
        return 0 if values is None else int(self._one(_COUNT.format(where=where), values))

    def count_by_predicate(self, object_: str) -> dict[str, int]:
        """How many triples have an object, by their predicate; sorted."""
        number = self._number(object_)
        return {} if number is None else dict(self._tables.ask(_POINTING, (number,)))

    def things(self, *, offset: int = 0, limit: int = -1) -> list[tuple[str, int]]:
        """The things that have names of ours, as IRIs, each with the version that changed it last; by name.

        Args:
            offset: how many to leave out.
            limit: how many to give at most; below 0, all.
        """
        text = "SELECT iri, version FROM things WHERE number >= ? ORDER BY number LIMIT ?"
        return [(iri, int(version)) for iri, version in self._tables.ask(text, (offset, limit))]

    def count_things(self) -> int:
        """How many there are of them."""
        return self._one("SELECT COUNT(*) FROM things")

    def is_gone(self, iri: str) -> bool:
        """Whether an earlier version knew a thing that this one does not."""
        return bool(self._one("SELECT COUNT(*) FROM gone WHERE iri = ?", (iri,)))

    def gone(self) -> list[str]:
        """Those things, as IRIs; sorted."""
        return [iri for (iri,) in self._tables.ask("SELECT iri FROM gone ORDER BY iri")]

    def close(self) -> None:
        """Lets the file go; whoever is looking something up in it then is told that it cannot be read."""
        self._tables.close()

    def _where(self, pattern: Pattern) -> tuple[str, list[int] | None]:
        """The condition that a pattern is, and its values; None for those where a term is not known."""
        given = [(column, term) for column, term in zip("spo", pattern, strict=True) if term is not None]
        values = [self._number(term) for _, term in given]
        known = [value for value in values if value is not None]
        where = " AND ".join(f"{column} = ?" for column, _ in given) or "TRUE"
        return where, known if len(known) == len(values) else None

    def _number(self, term: str) -> int | None:
        found = self._tables.ask("SELECT id FROM terms WHERE term = ?", (term,))
        return int(found[0][0]) if found else None

    def _one(self, text: str, values: Iterable[object] = ()) -> int:
        return int(self._tables.ask(text, tuple(values))[0][0])


def _order(pattern: Pattern) -> str:
    """The index that a pattern is looked up in, so that none has to be sorted."""
    if pattern.object and not pattern.predicate:
        return "osp"
    return "pos" if pattern.predicate and not pattern.subject else "spo"
