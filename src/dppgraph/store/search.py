"""The words of a version, to be searched: a full-text index (SQLite FTS5) beside its exact quads.

The index holds no text, only which words stand where: texts are read from the exact quads, in the language of whoever
asks. It holds as well which words of which source each described statement rests on, in reading order.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from dppgraph.core.words import Wanted, folded
from dppgraph.store.tables import Tables

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA page_size = 8192;
    CREATE TABLE sources (id INTEGER PRIMARY KEY, term TEXT NOT NULL);
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, term TEXT NOT NULL, weight REAL NOT NULL,
        source INTEGER, start INTEGER, end INTEGER
    );
    CREATE TABLE statements (entry INTEGER, term TEXT, PRIMARY KEY (entry, term)) WITHOUT ROWID;
    -- Words are folded before they come here: what is not ASCII is a letter or a figure.
    CREATE TABLE vocabulary (word TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(
        label, text, quote, content = '', tokenize = 'ascii'
    );
"""
_INDEXES: Final = """
    INSERT INTO words (words) VALUES ('optimize');
    CREATE VIRTUAL TABLE temp.counted USING fts5vocab(main, words, row);
    INSERT INTO vocabulary SELECT term, doc FROM temp.counted ORDER BY term;
    CREATE UNIQUE INDEX by_source_term ON sources (term);
    CREATE INDEX by_place ON entries (source, start, end DESC, id) WHERE source IS NOT NULL;
    CREATE INDEX by_kind ON entries (kind);
"""
_FIND: Final = """
    SELECT entries.id, kind, entries.term, sources.term, start, end
    FROM words JOIN entries ON entries.id = words.rowid LEFT JOIN sources ON sources.id = entries.source
    WHERE words MATCH :match AND (:kind IS NULL OR kind = :kind)
    ORDER BY bm25(words, 8.0, 2.0, 3.0) * weight, entries.id LIMIT :limit OFFSET :offset
"""
_COUNT: Final = """
    SELECT kind, COUNT(*) FROM words JOIN entries ON entries.id = words.rowid WHERE words MATCH ? GROUP BY kind
"""
_PASSAGES: Final = """
    SELECT entries.id, start, end, kind <> '', statements.term
    FROM sources JOIN entries ON source = sources.id JOIN statements ON entry = entries.id
    WHERE sources.term = ? ORDER BY start IS NULL, start, end DESC, entries.id, statements.term
"""
_BEGINNING: Final = "SELECT word FROM vocabulary WHERE word >= ? AND word < ? ORDER BY entries DESC, word LIMIT ?"
_CONTAINING: Final = """
    SELECT word FROM vocabulary WHERE instr(word, :part) > 1 ORDER BY entries DESC, word LIMIT :limit
"""


class Passage(NamedTuple):
    """A place in a source, or, without offsets, the source as a whole, that statements rest on.

    Attributes:
        source: the source document, as a term.
        start: where the words begin, in code points from 0; None where that is not said.
        end: where they end, exclusive.
        statements: the statements that rest on it, as terms; sorted.
        quoted: whether its words are given.
    """

    source: str
    start: int | None
    end: int | None
    statements: tuple[str, ...]
    quoted: bool = True


class Entry(NamedTuple):
    """Something that can be found.

    Attributes:
        kind: what kind of thing it is; empty for what only :meth:`SearchIndex.passages` gives.
        term: the thing; of a quote, a statement that has it.
        weight: how much sooner than others of the same words it is to be found; 1 is usual.
        label: what it is called, in all languages.
        text: what else is said of it in words.
        quote: the words of a source that it is.
        passage: where these stand.
    """

    kind: str
    term: str
    weight: float = 1.0
    label: str = ""
    text: str = ""
    quote: str = ""
    passage: Passage | None = None


class Found(NamedTuple):
    """An entry that was found: its kind and term, and, of a quote, where it stands."""

    kind: str
    term: str
    passage: Passage | None


def write_search(path: Path, entries: Iterable[Entry]) -> None:
    """Makes the file that :class:`SearchIndex` reads; the same bytes for the same entries in the same order.

    Args:
        path: the file, which is not there yet.
        entries: what can be found.
    """
    sources: dict[str, int] = {}
    with sqlite3.connect(path) as file:
        file.executescript(_TABLES)
        for number, entry in enumerate(entries, 1):
            place = entry.passage
            at = (sources.setdefault(place.source, len(sources)), place.start, place.end) if place else (None,) * 3
            file.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", (number, entry.kind, entry.term, entry.weight, *at)
            )
            said = ((number, statement) for statement in (place.statements if place else ()))
            file.executemany("INSERT INTO statements VALUES (?, ?)", said)
            if entry.kind:
                words = (folded(text) for text in (entry.label, entry.text, entry.quote))
                file.execute("INSERT INTO words (rowid, label, text, quote) VALUES (?, ?, ?, ?)", (number, *words))
        file.executemany("INSERT INTO sources VALUES (?, ?)", ((number, term) for term, number in sources.items()))
        file.executescript(_INDEXES)
    file.close()


class SearchIndex:
    """What can be found in one version; may be asked by several threads.

    Args:
        path: what :func:`write_search` made.

    Raises:
        Damaged: it is not there, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self._tables = Tables(path)
        self._tables.ask("SELECT COUNT(*) FROM statements", ())

    def find(
        self, wanted: Sequence[Wanted], *, every: bool = True, kind: str | None = None, offset: int = 0, limit: int = 20
    ) -> list[Found]:
        """The entries that have what is looked for, the best first.

        Args:
            wanted: what is looked for; nothing finds nothing.
            every: whether they must have all of it, or any.
            kind: only those of this kind.
            offset: how many to leave out.
            limit: how many to give at most.
        """
        if not wanted:
            return []
        asked = {"match": _match(wanted, every), "kind": kind, "offset": offset, "limit": limit}
        return [self._found(*row) for row in self._tables.ask(_FIND, asked)]

    def named(self, wanted: Sequence[Wanted], limit: int) -> list[Found]:
        """Likewise those only that are called so."""
        if not wanted:
            return []
        asked = {"match": f"label : ({_match(wanted, every=True)})", "kind": None, "offset": 0, "limit": limit}
        return [self._found(*row) for row in self._tables.ask(_FIND, asked)]

    def count(self, wanted: Sequence[Wanted], *, every: bool = True) -> dict[str, int]:
        """How many entries have what is looked for, by kind."""
        return {} if not wanted else dict(self._tables.ask(_COUNT, (_match(wanted, every),)))

    def kinds(self) -> dict[str, int]:
        """How many entries there are, by kind."""
        text = "SELECT kind, COUNT(*) FROM entries WHERE kind <> '' GROUP BY kind ORDER BY kind"
        return dict(self._tables.ask(text))

    def sources(self) -> dict[str, int]:
        """The source documents that statements rest on, as terms, each with how many passages it has."""
        text = "SELECT sources.term, COUNT(*) FROM sources JOIN entries ON source = sources.id GROUP BY sources.id"
        return dict(self._tables.ask(text))

    def passages(self, source: str) -> list[Passage]:
        """Those of a source in reading order, of two that begin together the longer first; unplaced ones last."""
        found = self._tables.ask(_PASSAGES, (source,))
        return [
            Passage(source, start, end, tuple(row[-1] for row in rows), bool(quoted))
            for (_, start, end, quoted), rows in groupby(found, key=lambda row: row[:-1])
        ]

    def beginning(self, letters: str, limit: int) -> list[str]:
        """Words of the index that begin with some letters, as they are folded; those of most entries first."""
        return [word for (word,) in self._tables.ask(_BEGINNING, (letters, letters + "\U0010ffff", limit))]

    def containing(self, part: str, limit: int) -> list[str]:
        """Words that have some letters later than at their beginning; those of most entries first."""
        return [word for (word,) in self._tables.ask(_CONTAINING, {"part": part, "limit": limit})]

    def close(self) -> None:
        """Lets the file go; whoever still looks something up in it opens it anew."""
        self._tables.close()

    def _found(self, number: int, kind: str, term: str, source: str | None, *place: int | None) -> Found:
        passage = Passage(source, place[0], place[1], self._statements(number)) if source else None
        return Found(kind, term, passage)

    def _statements(self, number: int) -> tuple[str, ...]:
        return tuple(
            term for (term,) in self._tables.ask("SELECT term FROM statements WHERE entry = ? ORDER BY term", (number,))
        )


def _match(wanted: Sequence[Wanted], every: bool) -> str:
    """What is looked for, as FTS5 writes it: folded words alone, in quotation marks, so that none is an operator."""
    return (" AND " if every else " OR ").join(map(_one, wanted))


def _one(one: Wanted) -> str:
    phrase = f'"{" ".join(one.words)}"'
    # A word as it stands counts twice, and so comes before longer ones.
    if not one.begins:
        return phrase
    return f"({' OR '.join([phrase, f'{phrase}*', *map(_quoted, one.others)])})"


def _quoted(word: str) -> str:
    return f'"{word}"'
