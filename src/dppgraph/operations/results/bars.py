"""A column of numbers as bars."""

from decimal import Decimal
from typing import Final, NamedTuple

from dppgraph.operations.facts import Text
from dppgraph.operations.results.cells import Shown

_FEWEST: Final = 2
_MOST: Final = 60


class Bar(NamedTuple):
    """A bar.

    Attributes:
        labels: what it is of.
        number: its number.
        percent: how long it is, 0 to 100; the longest is 100.
    """

    labels: list[Text]
    number: Decimal
    percent: float


def bars(table: Shown, column: str) -> list[Bar]:
    """The bars of a column; none where there are too few or too many, or a number is below 0.

    Args:
        table: the rows.
        column: the column; what it is of is what the things of the columns before it are called.
    """
    if column not in table.columns:
        return []
    place = table.columns.index(column)
    found = [
        ([cell.text for cell in row[:place] if cell.kind in ("iri", "text")] or [row[0].text], number)
        for row in table.rows
        if (number := row[place].number) is not None
    ]
    most = max((number for _, number in found), default=Decimal(0))
    if not _FEWEST <= len(found) <= _MOST or most <= 0 or any(number < 0 for _, number in found):
        return []
    return [Bar(labels, number, round(float(100 * number / most), 2)) for labels, number in found]
