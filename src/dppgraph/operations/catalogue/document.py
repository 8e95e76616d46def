"""The catalogue as it is served: what a harvester needs of it, valid by itself.

The shapes of DCAT-AP want to know of whatever a catalogue points at what it is: that a licence is a licence, a theme a
concept with a name. Harvesters usually have the EU's lists beside them; with ``ranges.ttl`` and ``lists.ttl`` the
catalogue says it itself, and needs no other file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, parse_line
from dppgraph.operations.catalogue.stated import DCAT, DCT, A
from dppgraph.store.rdf import read_file

_HERE: Final = Path(__file__).parent
_EU: Final = "<http://publications.europa.eu/resource/authority/"
_SKOS: Final = PREFIXES["skos"]
_ROOTS: Final = {f"<{DCAT}{name}>" for name in ("Catalog", "Dataset", "DataService", "Distribution", "CatalogRecord")}
_METRIC: Final = f"<{PREFIXES['dqv']}isMeasurementOf>"
_AGENTS: Final = {f"<{DCT}publisher>", f"<{DCT}creator>"}


def catalogue_document(lines: Iterable[str], base: str) -> list[str]:
    """The catalogue, its data sets, files and services, their agents and measurements: canonical lines without a graph.

    Statistics (VoID) and example queries are left out: they have places of their own.

    Args:
        lines: those of the graphs ``catalogue`` and ``concepts`` at least, and the catalogue's computed statements.
        base: the base of the data.
    """
    about: dict[str, list[Quad]] = defaultdict(list)
    for line in lines:
        quad = parse_line(line)._replace(graph="")
        if not (quad.predicate.startswith(f"<{PREFIXES['void']}") or quad.object.startswith(f"<{PREFIXES['void']}")):
            about[quad.subject].append(quad)
    roots = {subject for subject, said in about.items() if any(q.predicate == A and q.object in _ROOTS for q in said)}
    roots |= {subject for subject, said in about.items() if any(q.predicate == f"<{DCAT}isVersionOf>" for q in said)}
    found = {quad for subject in sorted(roots) for quad in about[subject]}
    told = {quad.object for quad in found if quad.predicate in _AGENTS or _is_part(quad.object, roots)}
    found |= {quad for subject in told for quad in about.get(subject, ())}
    found |= {quad for metric in _objects(found, _METRIC) for quad in about.get(metric, ())}
    return canonical(_explained(found, base))


def _is_part(term: str, owners: set[str]) -> bool:
    owner, mark, _ = term.partition("#")
    return bool(mark) and f"{owner}>" in owners


def _objects(quads: Iterable[Quad], predicate: str) -> list[str]:
    return sorted({quad.object for quad in quads if quad.predicate == predicate})


def _explained(quads: set[Quad], base: str) -> set[Quad]:
    """The quads, with what DCAT-AP wants to know of the things that they point at."""
    ranges = _read("ranges.ttl", base)
    said: Mapping[str, str] = {quad.subject: quad.object for quad in ranges}
    pointed = {quad.object for quad in quads}
    found = {
        *quads,
        *(Quad(q.object, A, said[q.predicate]) for q in quads if q.predicate in said and q.object.startswith("<")),
    }
    known = [quad for quad in _read("lists.ttl", base) if quad.subject in pointed]
    for term in sorted(pointed):
        # The name of a list is the name of its members, up to the last slash.
        if term.startswith(_EU) and "/" in term[len(_EU) :]:
            found.add(Quad(term, f"<{_SKOS}inScheme>", f"{term.rpartition('/')[0]}>"))
    return found | set(known)


def _read(name: str, base: str) -> list[Quad]:
    return read_file(_HERE / name, formats.TURTLE, graph="", base=base)
