"""The data of lists: as JSON, and as a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.plain import plain
from dppgraph.web.pages import csv_of, json_of
from dppgraph.web.reading.words import Told

LIST: Final = (formats.DATA, formats.CSV)
"""What a list comes in besides HTML."""


class Rows(Protocol):
    """A page of a list."""

    def rows(self) -> Iterable[list[object]]:
        """What is on it, as rows of a table."""
        ...


def list_data(columns: Sequence[str]) -> Mapping[Format, Callable[[Told, Harvest], bytes]]:
    """What writes the list that a page shows as ``found``.

    Args:
        columns: those of its table.
    """

    def table(told: Told, _: Harvest) -> bytes:
        return csv_of(columns, cast("Rows", told["found"]).rows())

    def model(told: Told, _: Harvest) -> bytes:
        return json_of(plain(told["found"]))

    return {formats.DATA: model, formats.CSV: table}
