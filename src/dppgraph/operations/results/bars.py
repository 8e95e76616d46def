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
    """The bars of a column; none where a picture says nothing: few or many of them, all alike, some below 0.

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
    numbers = {number for _, number in found}
    if not _FEWEST <= len(found) <= _MOST or len(numbers) == 1 or min(numbers) < 0:
        return []
    return [Bar(labels, number, round(float(100 * number / most), 2)) for labels, number in found]
