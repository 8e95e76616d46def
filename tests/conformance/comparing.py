"""Whether two answers are the same: tables as bags or sequences of rows, graphs up to the names of blank nodes.

Both sides pass through a store of the engine before they are compared, so that numbers are compared in the form in
which every answer of this engine has them (``1.50`` is ``1.5``); all else is compared letter by letter.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

Term = NamedNode | BlankNode | Literal | pyoxigraph.Triple
Row = dict[str, Term]

RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ROW: Final = NamedNode("urn:row")
_COLUMN: Final = "urn:column:"


def same_graph(one: Iterable[pyoxigraph.Triple], other: Iterable[pyoxigraph.Triple]) -> bool:
    """Whether two graphs are isomorphic."""
    return _canonical(_quads(one)) == _canonical(_quads(other))


def same_dataset(one: Iterable[Quad], other: Iterable[Quad]) -> bool:
    """Whether two data sets have isomorphic graphs of the same names; an empty graph is none."""
    return _canonical(one) == _canonical(other)


def same_rows(one: Sequence[Row], other: Sequence[Row], *, ordered: bool) -> bool:
    """Whether two tables have the same rows, each as often; in the same order, where it is a part of the answer."""
    return _canonical(_rows(one, ordered)) == _canonical(_rows(other, ordered))


def result_set(data: bytes, format_: pyoxigraph.RdfFormat, base: str) -> tuple[list[Row] | bool, bool]:
    """A table or a truth value written as RDF (the W3C's result-set vocabulary), and whether it is ordered."""
    said: dict[tuple[object, str], list[Term]] = {}
    for triple in pyoxigraph.parse(data, format_, base_iri=base):
        said.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)
    roots = [
        node for (node, name), found in said.items() if name == f"{_RDF}type" and NamedNode(f"{RS}ResultSet") in found
    ]
    (root,) = dict.fromkeys(roots)
    if boolean := said.get((root, f"{RS}boolean")):
        return _text(boolean[0]) == "true", False
    solutions = said.get((root, f"{RS}solution"), [])
    index = {node: int(_text(found[0])) for node in solutions if (found := said.get((node, f"{RS}index")))}
    rows = [
        {
            _text(said[binding, f"{RS}variable"][0]): said[binding, f"{RS}value"][0]
            for binding in said.get((node, f"{RS}binding"), [])
        }
        for node in sorted(solutions, key=lambda node: index.get(node, 0))
    ]
    return rows, bool(index)


def table(data: bytes, format_: pyoxigraph.QueryResultsFormat) -> tuple[list[Row] | bool, list[str]]:
    """The rows of a table or a truth value, and the columns."""
    found = pyoxigraph.parse_query_results(data, format_)
    if isinstance(found, pyoxigraph.QueryBoolean):
        return bool(found), []
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found], names


def same_csv(one: bytes, other: bytes) -> bool:
    """Whether two CSV tables have the same header and rows; which blank node is which, CSV does not say."""

    def read(data: bytes) -> tuple[list[str], list[list[str]]]:
        header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
        return header, sorted([["_:" if cell.startswith("_:") else cell for cell in row] for row in rows])

    return read(one) == read(other)


def _text(term: Term) -> str:
    return term.value if isinstance(term, Literal | NamedNode | BlankNode) else str(term)


def _rows(rows: Sequence[Row], ordered: bool) -> list[Quad]:
    quads = []
    for number, row in enumerate(rows):
        node = BlankNode(f"row{number}")
        position = Literal(str(number)) if ordered else Literal("")
        quads.append(Quad(node, _ROW, position, DefaultGraph()))
        quads += [Quad(node, NamedNode(_COLUMN + name), value, DefaultGraph()) for name, value in row.items()]
    return quads


def _quads(triples: Iterable[pyoxigraph.Triple]) -> list[Quad]:
    return [Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()) for triple in triples]


def _canonical(quads: Iterable[Quad]) -> set[str]:
    store = pyoxigraph.Store()
    store.extend(quads)
    dataset = pyoxigraph.Dataset(store)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
