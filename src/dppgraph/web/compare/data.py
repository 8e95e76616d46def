"""A comparison as data: all of it, whichever part the page shows."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, cast

from dppgraph.operations.compare import Comparison, Line, Pair, Reading
from dppgraph.operations.facts import Text
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages import csv_of, json_of

COLUMNS: Final = (
    "status",
    "older",
    "olderLabel",
    "olderQuote",
    "newer",
    "newerLabel",
    "newerQuote",
    "kind",
    "kindLabel",
    "confidence",
    "rationale",
)
"""The columns of the table; ``status`` is kept, changed, dropped, new or unsure."""


class _Row(NamedTuple):
    status: str
    older: Line | None
    newer: Line | None
    reading: Reading | None


def compare_json(told: Mapping[str, object], _: Harvest) -> bytes:
    """A comparison as JSON; without two plans, the pairs that follow each other."""
    found = cast("Comparison | None", told["found"])
    if found is None:
        pairs = cast("list[Pair]", told["pairs"])
        return json_of(
            {
                "pairs": [
                    {"older": _iri(pair.older.term), "newer": _iri(pair.newer.term), "compared": pair.is_compared}
                    for pair in pairs
                ]
            }
        )
    said: dict[str, object] = {
        "minConfidence": float(str(told["least"])),
        "compared": found.is_compared,
    }
    rows: dict[str, list[object]] = {status: [] for status in ("kept", "changed", "dropped", "new", "unsure")}
    for row in _rows(told):
        line = row.older or row.newer
        rows[row.status].append(_line(line) if row.reading is None and line else _pair(row))
    return json_of(said | rows)


def compare_csv(told: Mapping[str, object], _: Harvest) -> bytes:
    """A comparison as a table."""
    return csv_of(COLUMNS, map(_cells, _rows(told)))


def _rows(told: Mapping[str, object]) -> Iterator[_Row]:
    found = cast("Comparison | None", told["found"])
    line = cast("Callable[[str], Line]", told["line"])
    if found is None:
        return
    for status, readings in (("kept", found.kept), ("changed", found.changed), ("unsure", found.unsure)):
        for reading in readings:
            yield _Row(status, line(reading.older), line(reading.newer), reading)
    for term in found.dropped:
        yield _Row("dropped", line(term), None, None)
    for term in found.new:
        yield _Row("new", None, line(term), None)


def _cells(row: _Row) -> list[object]:
    cells: list[object] = [row.status]
    for line in (row.older, row.newer):
        cells += [_iri(line.term), line.label.text, _quote(line)] if line else [None] * 3
    reading = row.reading
    if reading is None:
        return [*cells, None, None, None, None]
    kind = _iri(reading.kind) if reading.kind else None
    said = reading.kind_label.text if reading.kind_label else None
    why = reading.evidence.rationale
    return [*cells, kind, said, reading.confidence, why.text if why else None]


def _pair(row: _Row) -> dict[str, object]:
    reading = row.reading
    said: dict[str, object] = {"older": _line(row.older), "newer": _line(row.newer)}
    if reading is None:
        return said
    return said | {
        "reading": _iri(reading.term),
        "kind": _iri(reading.kind) if reading.kind else None,
        "kindLabel": _text(reading.kind_label),
        "confidence": None if reading.confidence is None else float(reading.confidence),
        "rationale": _text(reading.evidence.rationale),
    }


def _line(line: Line | None) -> dict[str, object] | None:
    if line is None:
        return None
    return {"line": _iri(line.term), "position": line.position, "label": _text(line.label), "quote": _quote(line)}


def _quote(line: Line) -> str | None:
    return next((one.quote.text for one in line.evidence if one.quote), None)


def _text(text: Text | None) -> dict[str, str | None] | None:
    return {"text": text.text, "language": text.language or None} if text else None


def _iri(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term
