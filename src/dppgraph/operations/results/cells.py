"""What a cell of a table shows: a thing by its name, a date, a number, a text."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import datatype_of
from dppgraph.operations.facts import Text, text_of

_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = frozenset(
    f"{_XSD}{name}"
    for name in (
        *("integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort"),
    )
)
_LARGEST: Final = 300
"""The power of ten beyond which a number is only its text: nothing is counted with it."""

_DATES: Final = frozenset(f"{_XSD}{name}" for name in ("date", "dateTime", "gYear", "gYearMonth"))


class Cell(NamedTuple):
    """A cell.

    Attributes:
        term: the value, as a term; empty where there is none.
        kind: ``iri``, ``number``, ``date``, ``boolean``, ``text``, or empty.
        text: what the value is called, or says.
        number: its number, where it is one.
    """

    term: str
    kind: str = ""
    text: Text = Text("")
    number: Decimal | None = None


class Shown(NamedTuple):
    """Some rows of a table as they are shown.

    Attributes:
        columns: their names, without those that only repeat what things are called.
        rows: a cell for each column.
        numeric: the columns that hold nothing but numbers.
    """

    columns: list[str]
    rows: list[list[Cell]]
    numeric: frozenset[str]


def cell(term: str, label: Callable[[str], Text]) -> Cell:
    """A term as a cell."""
    if not term:
        return Cell("")
    if term.startswith(("_:", "<<")):
        return Cell(term, "text", Text(term))
    if not term.startswith('"'):
        return Cell(term, "iri", label(term))
    said, datatype = text_of(term), datatype_of(term)
    if datatype in _NUMBERS:
        return Cell(term, "number", said, _decimal(said.text))
    if datatype in _DATES:
        return Cell(term, "date", said)
    return Cell(term, "boolean" if datatype == f"{_XSD}boolean" else "text", said)


def shown(columns: Sequence[str], rows: Sequence[Sequence[str]], label: Callable[[str], Text]) -> Shown:
    """Rows of a table as they are shown.

    A column of texts that are just what the things of a column before it are called is left out: that one shows them.

    Args:
        columns: the names of the columns.
        rows: a term for each column, or an empty text.
        label: says what things are called.
    """
    cells = [[cell(term, label) for term in row] for row in rows]
    kept = [place for place in range(len(columns)) if not _repeats(place, cells)]
    numeric = frozenset(
        columns[place]
        for place in kept
        if any(row[place].kind for row in cells) and all(row[place].kind in ("number", "") for row in cells)
    )
    return Shown([columns[place] for place in kept], [[row[place] for place in kept] for row in cells], numeric)


def _repeats(place: int, cells: list[list[Cell]]) -> bool:
    def repeats(row: list[Cell], before: int) -> bool:
        return row[before].kind == "iri" and row[place].kind == "text" and row[before].text == row[place].text

    return bool(cells) and any(all(repeats(row, before) for row in cells) for before in range(place))


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= _LARGEST else None
