"""RDF out of a version, from its exact quads: all of it, some graphs, or one thing.

The same version gives the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import entity_of, parse_line
from dppgraph.errors import Unknown
from dppgraph.store.rdf import serialised, used_prefixes

_RDF_TYPE: Final = PREFIXES["rdf"] + "type"


def export(lines: Iterable[str], format_: Format) -> bytes:
    """Canonical lines, in any order, written in a format.

    JSON-LD has its context inside, so that any parser reads it offline. A format without named graphs gets the union
    of the graphs.

    Raises:
        BadRdf: the format cannot say one of the literals.
    """
    ordered = sorted(set(lines))
    return _jsonld(ordered) if format_ == formats.JSONLD else serialised(ordered, format_)


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

    expanded = [_with_type(node) for node in json.loads(serialised(lines, formats.JSONLD))]
    context = used_prefixes(parse_line(line) for line in lines)
    # The context is all there is to know, so there is nothing to fetch; a loader that refuses makes sure.
    compacted = jsonld.compact(expanded, context, {"documentLoader": _refuse, "graph": True})
    return (json.dumps(compacted, ensure_ascii=False, indent=1) + "\n").encode()


def _with_type(node: dict[str, Any]) -> dict[str, Any]:
    """A node of expanded JSON-LD, and those of its graph, with ``@type`` in place of the property rdf:type."""
    changed = dict(node)
    if all("@id" in value for value in node.get(_RDF_TYPE, [{}])):
        changed["@type"] = [value["@id"] for value in changed.pop(_RDF_TYPE)]
    if "@graph" in node:
        changed["@graph"] = [_with_type(inner) for inner in node["@graph"]]
    return changed


def _refuse(url: str, _options: object) -> object:
    raise AssertionError(f"an export asked for {url}")
