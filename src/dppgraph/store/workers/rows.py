"""How many rows a table has, counted in its bytes as they are written: the engine writes tables by itself and fast.

Each format has something that stands between its rows and nowhere else. What is counted is never more than what is
there, so no answer is refused that may be sent.
"""

import re
from typing import Final, Protocol

from dppgraph.core import formats
from dppgraph.core.formats import Format

# No string can hold this: its quotes would be escaped, and where one ends in the first half, no second half follows.
_BETWEEN_JSON_ROWS: Final = re.compile(rb'"\}\},\{"[^"\\]*":\{"type":')
_JSON_REMEMBERED: Final = 256
_XML_ROW: Final = b"<result>"


class RowCounter(Protocol):
    """Counts the rows of one table."""

    def count(self, data: bytes) -> int:
        """The rows so far, after these further bytes."""
        ...


def row_counter(format_: Format) -> RowCounter:
    """A counter for a table in one of :data:`formats.RESULTS`."""
    return _COUNTERS[format_]()


class _JsonRows:
    """SPARQL 1.1 Query Results JSON: rows are objects of an array (a row without any value is not counted)."""

    def __init__(self) -> None:
        self._rows = 0
        self._rest = b""

    def count(self, data: bytes) -> int:
        data = self._rest + data
        self._rows += len(_BETWEEN_JSON_ROWS.findall(data))
        rest = max(0, len(data) - _JSON_REMEMBERED)
        for match in _BETWEEN_JSON_ROWS.finditer(data, rest):
            rest = match.end()
        self._rest = data[rest:]
        return self._rows + 1 if self._rows else 0


class _XmlRows:
    """SPARQL Query Results XML: a row is a ``result``, and no text can hold a bare ``<``."""

    def __init__(self) -> None:
        self._rows = 0
        self._rest = b""

    def count(self, data: bytes) -> int:
        data = self._rest + data
        self._rows += data.count(_XML_ROW)
        self._rest = data[-(len(_XML_ROW) - 1) :]
        return self._rows


class _CsvRows:
    """SPARQL 1.1 Query Results CSV: a row is a line, and a line's end within quotes is none."""

    def __init__(self) -> None:
        self._lines = 0
        self._quoted = 0

    def count(self, data: bytes) -> int:
        parts = data.split(b'"')
        self._lines += b"".join(parts[self._quoted :: 2]).count(b"\n")
        self._quoted ^= (len(parts) - 1) & 1
        return max(0, self._lines - 1)


class _TsvRows:
    """SPARQL 1.1 Query Results TSV: a row is a line; those within a value are escaped."""

    def __init__(self) -> None:
        self._lines = 0

    def count(self, data: bytes) -> int:
        self._lines += data.count(b"\n")
        return max(0, self._lines - 1)


_COUNTERS: Final[dict[Format, type[RowCounter]]] = {
    formats.JSON: _JsonRows,
    formats.XML: _XmlRows,
    formats.CSV: _CsvRows,
    formats.TSV: _TsvRows,
}
