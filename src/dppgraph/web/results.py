"""The answer to a query as a page shows it: a table, page by page, and bars where they help."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from dppgraph import errors
from dppgraph.core import formats
from dppgraph.errors import DppgraphError, Limit
from dppgraph.operations.facts import Facts
from dppgraph.operations.paging import pages_of
from dppgraph.operations.results import (
    Bar,
    Cell,
    Table,
    Timeline,
    bars,
    read_graph,
    read_table,
    shown,
    timeline,
)
from dppgraph.web.answers import Content
from dppgraph.web.rendering import translations
from dppgraph.web.vocabulary import labels

MOST: Final = 4 << 20
"""Bytes of an answer that a page reads: a longer one is for programs."""
FORMATS: Final = (formats.TSV, formats.NTRIPLES)
"""The formats in which a page asks for a table and for a graph."""

_ROWS: Final = 100
_PICTURED: Final = 60
_CAPITAL: Final = re.compile(r"[A-Z]")
_LONGEST: Final = 60


class Result(NamedTuple):
    """An answer as a page shows it.

    Attributes:
        columns: the names of its columns.
        rows: those of this page, a cell for each column.
        numeric: the columns that hold nothing but numbers.
        total: how many rows there are, as far as they were read.
        page: which page this is, from 1.
        pages: how many there are.
        whole: whether all of the answer was read.
        boolean: the answer to an ASK; else None.
        bars: the numbers of a column, as bars.
        timeline: the rows of this page on a line of time; None where they have no dates.
    """

    columns: list[str]
    rows: list[list[Cell]]
    numeric: frozenset[str]
    total: int
    page: int
    pages: int
    whole: bool
    boolean: bool | None
    bars: list[Bar]
    timeline: Timeline | None


def result_of(content: Content, page: int, facts: Facts, chart: str = "") -> Result:
    """A page of an answer.

    Args:
        content: the answer, in one of :data:`FORMATS`.
        page: which page, from 1.
        facts: says what things are called.
        chart: the column to show as bars; empty for none.

    Raises:
        Unknown: there is no such page.
    """
    table = _table(content)
    pages = pages_of(len(table.rows), page, _ROWS)
    label = labels(facts)
    part = shown(table.columns, table.rows[(page - 1) * _ROWS : page * _ROWS], label)
    pictured = bars(shown(table.columns, table.rows, label), chart) if chart and len(table.rows) <= _PICTURED else []
    return Result(
        part.columns,
        part.rows,
        part.numeric,
        len(table.rows),
        page,
        pages,
        table.whole,
        table.boolean,
        pictured,
        timeline(part),
    )


def data_of(result: Result) -> dict[str, object]:
    """The same for programs: what each cell says, and what its thing is called."""
    if result.boolean is not None:
        return {"boolean": result.boolean}
    rows = [dict(zip(result.columns, map(_said, row), strict=True)) for row in result.rows]
    counts = {"total": result.total, "page": result.page, "pages": result.pages, "whole": result.whole}
    return {"columns": result.columns, **counts, "rows": rows}


def word_of(start: str, name: str, language: str, otherwise: str = "") -> str:
    """The words of a language for a name, such as that of a column.

    Args:
        start: how the keys of these messages begin, with its full stop.
        name: the name; of any characters.
        language: the language.
        otherwise: what is said where there are no such words; the name itself where that is empty.
    """
    key = start + _CAPITAL.sub(lambda letter: f"-{letter[0].lower()}", name)
    found = translations(language).gettext(key) if len(name) < _LONGEST else key
    return (otherwise or name) if found == key else found


def failure_of(error: DppgraphError) -> str:
    """The key of the message that says in words what an error is."""
    return "result.failed-" + next(word for kind, word in _FAILURES if isinstance(error, kind))


_FAILURES: Final[Sequence[tuple[type[DppgraphError], str]]] = (
    (errors.QuerySyntax, "syntax"),
    (errors.QueryTimeout, "timeout"),
    (errors.Crowded, "crowded"),
    (errors.AddressTooLong, "long"),
    (Limit, "large"),
    (errors.Refused, "refused"),
    (errors.InvalidInput, "input"),
    (errors.Unknown, "unknown"),
    (DppgraphError, "unavailable"),
)


def _table(content: Content) -> Table:
    read = read_graph if content.format == formats.NTRIPLES else read_table
    return read(content.data, whole=content.whole)


def _said(cell: Cell) -> object:
    if not cell.kind:
        return None
    if cell.kind == "iri":
        return {"iri": cell.term[1:-1], "label": cell.text.text, "language": cell.text.language or None}
    if cell.kind == "boolean":
        return cell.text.text == "true"
    if cell.number is not None:
        return int(cell.number) if cell.number == cell.number.to_integral_value() else float(cell.number)
    return {"text": cell.text.text, "language": cell.text.language} if cell.text.language else cell.text.text
