"""The first version of a history, written in the order of its terms and quads.

Terms have numbers in the order of their text, so all of them must be known before the first quad can be written. They
are sorted on disk; memory has a few numbers for each quad, and the objects of a part of them.
"""

import shutil
import sqlite3
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, repeat
from pathlib import Path
from typing import Final

from dppgraph.core.digest import bucket_of
from dppgraph.core.quads import Delta, Graphs, by_subject, entity_of, subject_of
from dppgraph.errors import BadRdf
from dppgraph.store.history.history import ALWAYS, FORMAT
from dppgraph.store.runs import Runs
from dppgraph.store.versions.manifest import Manifest

_FOLDER: Final = Path(__file__).parent
_CACHE: Final = 64 << 10
"""KiB of the file that memory keeps; as much is sorted in memory for an index."""
_PART: Final = 200_000
"""Different objects that are in memory at a time."""
_SUBJECTS: Final = 0
_OTHERS: Final = 1
"""Predicates and graphs."""
_OBJECTS: Final = 2
"""The first part of the objects."""


def begin(path: Path, manifest: Manifest, lines: Iterable[str], results: Delta | None) -> None:
    """Makes the file of a first version: it appears whole, or not at all.

    Args:
        path: the file.
        manifest: the version's.
        lines: its lines, sorted, each once; read once.
        results: what the shapes found of it, as what is added; None where nobody knows.

    Raises:
        BadRdf: the lines are not sorted.
        OSError: the disk did not take it.
        sqlite3.OperationalError: likewise.
    """
    unfinished = path.with_name(f".{path.name}-unfinished")
    for left in unfinished.parent.glob(f"{unfinished.name}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as file:
        # It counts for nothing until it has its name.
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA page_size = 8192")
        file.execute(f"PRAGMA cache_size = -{_CACHE}")
        file.execute("BEGIN")
        for statement in (_FOLDER / "schema.sql").read_text(encoding="utf-8").split(";\n"):
            file.execute(statement)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{unfinished.name}-") as work:
            _fill(file, manifest, lines, Path(work))
        file.executemany(
            "INSERT INTO results VALUES (?, ?, ?)",
            ((line, manifest.version, ALWAYS) for line in (results.added if results else ())),
        )
        file.execute("INSERT INTO state VALUES (?)", (FORMAT,))
        note_version(file, manifest, results)
        for statement in (_FOLDER / "indexes.sql").read_text(encoding="utf-8").split(";\n"):
            file.execute(statement)
        file.execute("COMMIT")
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as file:
        file.execute("PRAGMA synchronous = FULL")
        file.execute("PRAGMA journal_mode = WAL")
    unfinished.rename(path)


def note_version(file: sqlite3.Connection, manifest: Manifest, results: Delta | None) -> None:
    """Has the file know a version, and whether what the shapes found of it is known."""
    row = (manifest.version, manifest.digest, results is not None)
    file.execute("INSERT INTO versions VALUES (?, ?, ?)", row)


def bucket_number(subject: str) -> int:
    """The part of the digest's tree that the lines of a subject, given as a term, fall into."""
    return int(bucket_of(f"{subject} "), 16)


def _fill(file: sqlite3.Connection, manifest: Manifest, lines: Iterable[str], work: Path) -> None:
    terms = _Terms(work)
    things = Runs(work, "things")
    buckets: dict[int, array[int]] = defaultdict(lambda: array("I"))
    last = before = ""
    for place, group in enumerate(by_subject(lines)):
        subject = subject_of(group[0])
        if subject <= before:
            raise BadRdf(f"these lines are not sorted: {group[0][:80]}")
        before = subject
        terms.take(subject, group)
        buckets[bucket_number(subject)].append(place)
        entity = entity_of(group[0])
        if entity != last:
            last = entity
            things.take(f"{entity}\n".encode())
    file.executemany("INSERT INTO terms VALUES (?, ?)", terms.numbered())
    since, subjects = manifest.version, terms.subjects
    file.executemany(
        "INSERT INTO quads VALUES (?, ?, ?, ?, ?, ?)", zip(*terms.quads(), repeat(since), repeat(ALWAYS), strict=False)
    )
    file.executemany(
        "INSERT INTO subjects VALUES (?, ?)",
        ((bucket, subjects[place]) for bucket in sorted(buckets) for place in buckets[bucket]),
    )
    ours = f"{manifest.base}id/"
    rows = ((iri, since, iri.startswith(ours)) for iri in things.lines())
    file.executemany("INSERT INTO things VALUES (?, ?, 1, ?)", rows)


class _Terms:
    """The terms of quads that come subject by subject: each gets its number once all have come.

    Args:
        work: a folder for the terms, as far as they are not in memory.

    Attributes:
        subjects: the number of each subject, in their order.
    """

    def __init__(self, work: Path) -> None:
        self._runs = Runs(work, "terms")
        self._split = Graphs().split
        self._counts = array("I")
        # Of each quad: predicate and graph as places among all of these, and the object as one in its part.
        self._predicates, self._graphs, self._objects = array("I"), array("I"), array("I")
        self._others: dict[str, int] = {}
        self._part: dict[str, int] = {}
        self._ends: list[int] = []
        # Of each part: the order of its objects, and then their numbers in that order.
        self._orders: list[array[int]] = []
        self._numbers: dict[int, array[int]] = defaultdict(lambda: array("I"))

    def take(self, subject: str, group: list[str]) -> None:
        """Takes the lines of the next subject."""
        self._runs.take(f"{subject}\t{_SUBJECTS}\n".encode())
        self._counts.append(len(group))
        begin, others, part = len(subject) + 1, self._others, self._part
        for predicate, object_, graph in self._split(group, begin):
            self._predicates.append(others.setdefault(predicate, len(others)))
            self._objects.append(part.setdefault(object_, len(part)))
            self._graphs.append(others.setdefault(graph, len(others)))
        if len(part) > _PART:
            self._end_part()

    def numbered(self) -> Iterator[tuple[int, str]]:
        """All terms with their numbers, once all quads have come."""
        self._end_part()
        order = self._put(self._others, _OTHERS)
        number, last = -1, None
        # No term has a tab in it, and none has a character before it: they stay in their order.
        for line in self._runs.lines():
            term, _, part = line.rpartition("\t")
            if term != last:
                number, last = number + 1, term
                yield number, term
            self._numbers[int(part)].append(number)
        self._others_numbers = _by_place(order, self._numbers[_OTHERS])

    @property
    def subjects(self) -> "array[int]":
        return self._numbers[_SUBJECTS]

    def quads(self) -> tuple[Iterator[int], Iterator[int], Iterator[int], Iterator[int]]:
        """The numbers of the subjects, predicates, objects and graphs of all quads, once all terms are numbered."""
        other = self._others_numbers.__getitem__
        return (
            chain.from_iterable(map(repeat, self.subjects, self._counts)),
            map(other, self._predicates),
            self._object_numbers(),
            map(other, self._graphs),
        )

    def _object_numbers(self) -> Iterator[int]:
        begin = 0
        for part, (order, end) in enumerate(zip(self._orders, self._ends, strict=True)):
            numbers = _by_place(order, self._numbers[_OBJECTS + part])
            yield from map(numbers.__getitem__, self._objects[begin:end])
            begin = end

    def _end_part(self) -> None:
        self._orders.append(self._put(self._part, _OBJECTS + len(self._orders)))
        self._ends.append(len(self._objects))
        self._part.clear()

    def _put(self, places: dict[str, int], part: int) -> "array[int]":
        """Has terms be sorted among all others; the place of each, in their order."""
        ordered = sorted(places)
        self._runs.take("".join(f"{term}\t{part}\n" for term in ordered).encode())
        return array("I", map(places.__getitem__, ordered))


def _by_place(order: "array[int]", numbers: "array[int]") -> "array[int]":
    """The numbers of terms by their places, from those in the order of the terms."""
    found = array("I", bytes(order.itemsize * len(order)))
    for place, number in zip(order, numbers, strict=True):
        found[place] = number
    return found
