"""Fills the tables from exact quads, so that each literal stands there as it was written."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import by_subject, parse_line, subject_of
from dppgraph.operations.describe import Statements
from dppgraph.operations.dumps.tables.described import Column, Table
from dppgraph.store.rdf import literal_text

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_PERIOD: Final = f"<{PREFIXES['dct']}temporal>"
_IS_A: Final = f" {_TYPE} "

_Said = Mapping[str, set[str]]
"""Property to objects."""


def write_tables(tables: Mapping[str, Table], lines: Iterable[str], statements: Statements, folder: Path) -> None:
    """Each table as RFC 4180 has it, in UTF-8, the names of its columns in its first line; a row for each thing.

    Rows are in the order of their IRIs, and so are the values of a cell. A column that can hold but one value has the
    first. What has no IRI is no row and no value.

    Args:
        tables: the tables, by name; so is the file of each.
        lines: canonical lines, sorted, each once; they are read twice.
        statements: where they are looked up.
        folder: where the files are put.

    Raises:
        OSError: a file cannot be written.
    """
    filling = _Filling(tables, statements)
    others = filling.referred(filling.members(lines))
    with ExitStack() as held:
        writers = {}
        for name, table in tables.items():
            file = held.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file, lineterminator="\r\n")
            writers[name].writerow([column.name for column in table.columns])
        for row in merge(filling.members(lines), others, key=lambda row: row.thing):
            for name in row.tables:
                writers[name].writerow([filling.cell(column, row) for column in tables[name].columns])


class _Row(NamedTuple):
    """A thing that is a row of some tables, and what is said of it."""

    thing: str
    tables: Sequence[str]
    said: _Said


class _Filling:
    """What rows and cells hold.

    Args:
        tables: the tables, by name.
        statements: where what is said is looked up.
    """

    def __init__(self, tables: Mapping[str, Table], statements: Statements) -> None:
        self._tables = tables
        self._statements = statements
        self._classes = frozenset[str]().union(*(table.classes for table in tables.values()))

    def members(self, lines: Iterable[str]) -> Iterator[_Row]:
        """The things of the tables' classes, in their order."""
        for group in by_subject(lines):
            # Of most subjects no more is looked at than whether they have a class.
            if group[0].startswith("<") and any(_IS_A in line for line in group):
                said = _said(group)
                tables = self._tables_of(said)
                if tables:
                    yield _Row(subject_of(group[0]), tables, said)

    def referred(self, members: Iterable[_Row]) -> list[_Row]:
        """The things that a row's key refers to, in their order, as rows of the tables whose they are not otherwise."""
        found: dict[str, set[str]] = defaultdict(set)
        seen: set[tuple[str, str]] = set()
        left: list[_Row] = []
        for row in members:
            left.append(row)
            while left:
                for key in set(self._keys(left.pop())) - seen:
                    seen.add(key)
                    name, thing = key
                    if name not in self._tables_of(self._about(thing)):
                        found[thing].add(name)
                        left.append(_Row(thing, [name], self._known(thing)))
        return [_Row(thing, sorted(names), self._known(thing)) for thing, names in sorted(found.items())]

    def cell(self, column: Column, row: _Row) -> str:
        """What a cell of a row tells."""
        if column.property is None:
            return row.thing[1:-1]
        terms = self._terms(column, row)
        texts = (term[1:-1] if column.is_iri else literal_text(term) for term in terms)
        return column.separator.join(texts) if column.separator else next(texts, "")

    def _keys(self, row: _Row) -> Iterator[tuple[str, str]]:
        """The things that a row refers to, each with the table that it is a row of."""
        for table in map(self._tables.__getitem__, row.tables):
            for column in table.columns:
                other = table.refers.get(column.name)
                for term in self._terms(column, row)[:1] if other else ():
                    if other:
                        yield other, term

    def _terms(self, column: Column, row: _Row) -> list[str]:
        """What a cell tells, as terms, in their order."""
        property_ = column.property
        if property_ is None:
            return []
        subjects = sorted(row.said.get(_PERIOD, ())) if column.of_period else [row.thing]
        found: set[str] = set()
        for subject in subjects:
            if column.backwards:
                found.update(self._statements.subjects(property_, subject))
            elif column.of_period:
                said = self._statements.saying(subject, frozenset({property_}))
                found.update(parse_line(line).object for line in said)
            else:
                found |= row.said.get(property_, set())
        return sorted(term for term in found if _fits(column, term))

    def _tables_of(self, said: _Said) -> list[str]:
        classes = said.get(_TYPE, set())
        return [name for name, table in self._tables.items() if classes & table.classes]

    def _about(self, thing: str) -> _Said:
        return _said(self._statements.about(thing))

    def _known(self, thing: str) -> _Said:
        """What is told of a thing: nothing of one that is neither of a class that has rows nor a period."""
        said = self._about(thing)
        if said.get(_TYPE, set()) & self._classes or self._statements.subjects(_PERIOD, thing):
            return said
        return {}


def _said(lines: Iterable[str]) -> _Said:
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        quad = parse_line(line)
        found[quad.predicate].add(quad.object)
    return found


def _fits(column: Column, term: str) -> bool:
    if column.is_iri:
        return term.startswith("<") and not term.startswith("<<")
    return term.startswith('"') and (column.language is None or term.endswith(f'"@{column.language}'))
