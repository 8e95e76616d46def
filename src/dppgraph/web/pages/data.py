"""The data of a page: the same as it shows, for programs."""

import csv
import io
import json
from collections.abc import Iterable, Sequence

from dppgraph.operations.facts import text_of


def json_of(data: object) -> bytes:
    """Data as JSON, in UTF-8."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV (RFC 4180), in UTF-8; what is not known is an empty cell."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return file.getvalue().encode()


def plain(term: str) -> str:
    """A term as data have it: an IRI without its brackets, the characters of a literal."""
    if term.startswith('"'):
        return text_of(term).text
    return term[1:-1] if term.startswith("<") and not term.startswith("<<") else term
