"""RDF out of a version, from its exact quads: all of it, some graphs, or one thing.

The same version gives the same bytes.
"""

import json
from collections.abc import Iterable, Sequence

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import entity_of, parse_line
from dppgraph.errors import Unknown
from dppgraph.store.rdf import serialised, used_prefixes


def export(lines: Iterable[str], format_: Format) -> bytes:
    """Canonical lines written in a format.

    JSON-LD has its context inside, so that any parser reads it offline. A format without named graphs gets the union
    of the graphs.

    Raises:
        BadRdf: the format cannot say one of the literals.
    """
    return _jsonld(list(lines)) if format_ == formats.JSONLD else serialised(lines, format_)


def of_graphs(lines: Iterable[str], names: Sequence[str], base: str) -> list[str]:
    """The lines of some graphs, named by IRI or by the short name of one of ours.

    Raises:
        Unknown: a graph holds nothing in this version.
    """
    by_graph: dict[str, list[str]] = {}
    for line in lines:
        by_graph.setdefault(parse_line(line).graph, []).append(line)
    found: list[str] = []
    for name in names:
        term = f"<{name if ':' in name else graph_iri(name, base)}>"
        if term not in by_graph:
            there = ", ".join(sorted(graph.strip("<>").rpartition("/")[2] for graph in by_graph if graph))
            raise Unknown(f"there is no graph {name} in this version: there are {there}")
        found += by_graph[term]
    return sorted(set(found))


def of_thing(lines: Iterable[str], iri: str) -> list[str]:
    """The lines about one thing, its dependent parts (``iri#...``) included; all of a hash IRI's own lines.

    Raises:
        Unknown: nothing is said of it in this version.
    """
    if "#" in iri:
        found = [line for line in lines if line.startswith(f"<{iri}> ")]
    else:
        found = [line for line in lines if entity_of(line) == iri]
    if not found:
        raise Unknown(f"nothing is said of <{iri}> in this version")
    return found


def _jsonld(lines: list[str]) -> bytes:
    # 0.1 s that only JSON-LD needs.
    from pyld import jsonld  # noqa: PLC0415

    context = used_prefixes(parse_line(line) for line in lines)
    expanded = jsonld.from_rdf("".join(f"{line}\n" for line in lines), {"format": "application/n-quads"})
    # The context is all there is to know, so there is nothing to fetch; a loader that refuses makes sure.
    compacted = jsonld.compact(expanded, context, {"documentLoader": _refuse, "graph": True})
    return (json.dumps(compacted, ensure_ascii=False, indent=1) + "\n").encode()


def _refuse(url: str, _options: object) -> object:
    raise AssertionError(f"an export asked for {url}")
