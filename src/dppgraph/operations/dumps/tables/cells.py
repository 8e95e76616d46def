"""Fills the tables from exact quads, so that each literal stands there as it was written."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.operations.dumps.tables.described import Column, Table
from dppgraph.store.rdf import literal_text

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_PERIOD: Final = f"<{PREFIXES['dct']}temporal>"

_Values = Mapping[str, Mapping[str, set[str]]]
"""Property to subject to objects; ``^`` before a property: to object to subjects."""


def tables_of(tables: Mapping[str, Table], lines: Sequence[str]) -> dict[str, bytes]:
    """Each table as RFC 4180 has it, in UTF-8, the names of its columns in its first line; a row for each thing.

    Rows are in the order of their IRIs, and so are the values of a cell. A column that can hold but one value has the
    first. What has no IRI is no row and no value.
    """
    values = _values(tables.values(), lines)
    rows = _rows(tables, values)
    return {name: _written(table, sorted(rows[name]), values) for name, table in tables.items()}


def _values(tables: Iterable[Table], lines: Iterable[str]) -> _Values:
    columns = [column for table in tables for column in table.columns]
    classes = frozenset().union(*(table.classes for table in tables))
    forwards = {column.property for column in columns if not column.backwards} | {_PERIOD, _TYPE}
    backwards = {column.property for column in columns if column.backwards}
    subjects: set[str] = set()
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        object_ = rest.partition(" ")[0]
        if predicate == _TYPE and object_ in classes:
            subjects.add(subject)
        elif predicate == _PERIOD:
            subjects.add(object_)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in lines:
        subject, predicate, _ = line.split(" ", 2)
        # Most lines are about statements: of what is no row, and no period, nothing is kept.
        if predicate in forwards and subject in subjects:
            found[predicate][subject].add(parse_line(line).object)
        if predicate in backwards:
            found[f"^{predicate}"][parse_line(line).object].add(subject)
    return found


def _rows(tables: Mapping[str, Table], values: _Values) -> dict[str, set[str]]:
    """The things of each table: those of its classes, and those that another row's key refers to."""
    types = values.get(_TYPE, {})
    rows = {
        name: {thing for thing, classes in types.items() if thing.startswith("<") and classes & table.classes}
        for name, table in tables.items()
    }
    left = [(name, thing) for name in rows for thing in rows[name]]
    while left:
        name, thing = left.pop()
        for column in tables[name].columns:
            other = tables[name].refers.get(column.name)
            for term in _terms(column, thing, values)[:1] if other else ():
                if other and term not in rows[other]:
                    rows[other].add(term)
                    left.append((other, term))
    return rows


def _written(table: Table, rows: Iterable[str], values: _Values) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(column, thing, values) for column in table.columns] for thing in rows)
    return out.getvalue().encode()


def _cell(column: Column, thing: str, values: _Values) -> str:
    if column.property is None:
        return thing[1:-1]
    terms = _terms(column, thing, values)
    texts = (term[1:-1] if column.is_iri else literal_text(term) for term in terms)
    return column.separator.join(texts) if column.separator else next(texts, "")


def _terms(column: Column, thing: str, values: _Values) -> list[str]:
    """What a cell tells, as terms, in their order."""
    if column.property is None:
        return []
    name = f"^{column.property}" if column.backwards else column.property
    known = values.get(name, {})
    subjects = sorted(values.get(_PERIOD, {}).get(thing, ())) if column.of_period else [thing]
    found = {term for subject in subjects for term in known.get(subject, ())}
    return sorted(term for term in found if _fits(column, term))


def _fits(column: Column, term: str) -> bool:
    if column.is_iri:
        return term.startswith("<") and not term.startswith("<<")
    return term.startswith('"') and (column.language is None or term.endswith(f'"@{column.language}'))
