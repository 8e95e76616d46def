"""From the bytes of an answer to a table of terms: SPARQL's TSV for SELECT and ASK, N-Triples for a graph.

Both are a line for a row, so that the beginning of a long answer can be read without the rest.
"""

import re
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal, parse_line

GRAPH: Final = ("subject", "predicate", "object")
"""The columns of a graph."""

_XSD: Final = PREFIXES["xsd"]
_BARE: Final = (
    (re.compile(r"[+-]?[0-9]+"), f"{_XSD}integer"),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+"), f"{_XSD}decimal"),
    (re.compile(r"true|false"), f"{_XSD}boolean"),
    (re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"), f"{_XSD}double"),
)
"""How TSV shortens literals, as Turtle does (SPARQL 1.1 Query Results CSV and TSV Formats, section 4)."""


class Table(NamedTuple):
    """An answer.

    Attributes:
        columns: their names, in order; none for the answer to an ASK.
        rows: a term for each column, as in canonical N-Triples; empty where there is no value.
        whole: whether these are all rows.
        boolean: the answer to an ASK; else None.
    """

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    whole: bool = True
    boolean: bool | None = None


def read_table(tsv: bytes, *, whole: bool = True) -> Table:
    """The answer to a SELECT or an ASK.

    Args:
        tsv: the answer in ``formats.TSV``, or the beginning of it.
        whole: whether it is all of it; else its last line, which may be cut, is left out.
    """
    if tsv.strip() in (b"true", b"false"):
        return Table((), [], boolean=tsv.strip() == b"true")
    head, *lines = _lines(tsv, whole=whole) or [""]
    columns = tuple(name.removeprefix("?") for name in head.split("\t")) if head else ()
    return Table(columns, [tuple(map(_term, line.split("\t"))) for line in lines], whole)


def read_graph(ntriples: bytes, *, whole: bool = True) -> Table:
    """The answer to a CONSTRUCT or a DESCRIBE, from ``formats.NTRIPLES``; ``whole`` as for :func:`read_table`."""
    return Table(GRAPH, [parse_line(line)[:3] for line in _lines(ntriples, whole=whole) if line], whole)


def _lines(data: bytes, *, whole: bool) -> list[str]:
    kept = data if whole else data[: data.rfind(b"\n") + 1]
    # Not splitlines, which knows more ends of lines than these formats do.
    return kept.decode().removesuffix("\n").split("\n") if kept else []


def _term(cell: str) -> str:
    if not cell or cell[0] in '<"_':
        return cell
    datatype = next((datatype for looks, datatype in _BARE if looks.fullmatch(cell)), None)
    return literal(cell, datatype=datatype)
