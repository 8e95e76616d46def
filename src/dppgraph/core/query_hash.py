"""What names a query wherever it is asked: a SHA-256 that whoever has the query can work out."""

import hashlib
from collections.abc import Iterable, Mapping


def query_hash(
    text: str,
    default_graphs: Iterable[str] = (),
    named_graphs: Iterable[str] = (),
    values: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> str:
    """The SHA-256 of a query as 64 hexadecimal digits: that of its text as it is, if nothing else is asked with it.

    Else a line stands above the text for each thing more: ``default-graph-uri IRI`` and ``named-graph-uri IRI`` for
    the graphs of SPARQL 1.1 Protocol, section 2.1.4, each once and in order, and ``?VARIABLE TERM`` for each value that
    takes a variable's place, in order of the names. No query begins with such a line, so no two have the same text.

    Args:
        text: the query, letter by letter as it was sent.
        default_graphs: the graphs that the request says make up the default graph.
        named_graphs: the graphs that the request lets GRAPH reach.
        values: variable name to term, as in N-Triples.
    """
    lines = [f"default-graph-uri {iri}\n" for iri in sorted(set(default_graphs))]
    lines += [f"named-graph-uri {iri}\n" for iri in sorted(set(named_graphs))]
    lines += [f"?{name} {term}\n" for name, term in sorted(dict(values).items())]
    return hashlib.sha256("".join([*lines, text]).encode(errors="replace")).hexdigest()
