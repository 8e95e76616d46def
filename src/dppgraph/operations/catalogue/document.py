"""The catalogue as it is served: what a harvester needs of it, valid by itself.

The shapes of DCAT-AP want to know of whatever a catalogue points at what it is: that a licence is a licence, a theme a
concept with a name. Harvesters usually have the EU's lists beside them; with ``ranges.ttl`` and ``lists.ttl`` the
catalogue says it itself, and needs no other file.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, by_subject, parse_line, subject_of
from dppgraph.operations.catalogue.stated import DCAT, DCT, A
from dppgraph.store.rdf import read_file

_HERE: Final = Path(__file__).parent
_EU: Final = "<http://publications.europa.eu/resource/authority/"
_SKOS: Final = PREFIXES["skos"]
_ROOTS: Final = {f"<{DCAT}{name}>" for name in ("Catalog", "Dataset", "DataService", "Distribution", "CatalogRecord")}
_METRIC: Final = f"<{PREFIXES['dqv']}isMeasurementOf>"
_VOID: Final = f"<{PREFIXES['void']}"
_AGENTS: Final = {f"<{DCT}publisher>", f"<{DCT}creator>"}


def catalogue_document(lines: Collection[str], base: str) -> list[str]:
    """The catalogue, its data sets, files and services, their agents and measurements: canonical lines without a graph.

    Statistics (VoID) and example queries are left out: they have places of their own.

    Args:
        lines: those of the graphs ``catalogue`` and ``concepts`` at least, and the catalogue's computed statements.
        base: the base of the data.
    """
    return sorted(set(told_of_catalogue(lines, base)))


def told_of_catalogue(lines: Iterable[str], base: str) -> Iterator[str]:
    """Likewise, in no order, some of them perhaps more than once.

    Args:
        lines: likewise; they are read several times.
        base: the base of the data.
    """
    explaining = _Explaining(base)
    roots, told, metrics = _roots(lines), set[str](), set[str]()
    for quad in _about(lines, roots):
        if quad.predicate in _AGENTS or _is_part(quad.object, roots):
            told.add(quad.object)
        if quad.predicate == _METRIC:
            metrics.add(quad.object)
        yield from explaining.take(quad)
    for quad in _about(lines, told - roots):
        if quad.predicate == _METRIC:
            metrics.add(quad.object)
        yield from explaining.take(quad)
    for quad in _about(lines, metrics - told - roots):
        yield from explaining.take(quad)
    yield from explaining.known()


def _roots(lines: Iterable[str]) -> set[str]:
    """What the catalogue is about: all that has one of its classes, and the versions of the whole."""
    is_a, is_version = f" {A} ", f" <{DCAT}isVersionOf> "
    found: set[str] = set()
    for line in lines:
        if is_a in line:
            quad = parse_line(line)
            if quad.predicate == A and quad.object in _ROOTS:
                found.add(quad.subject)
        elif is_version in line and line.split(" ", 2)[1] == is_version.strip() and _is_told(parse_line(line)):
            found.add(subject_of(line))
    return found


def _about(lines: Iterable[str], subjects: Container[str]) -> Iterator[Quad]:
    """What is told of some things, without graphs."""
    for group in by_subject(lines):
        if subject_of(group[0]) in subjects:
            yield from filter(_is_told, (parse_line(line)._replace(graph="") for line in group))


def _is_told(quad: Quad) -> bool:
    return not (quad.predicate.startswith(_VOID) or quad.object.startswith(_VOID))


def _is_part(term: str, owners: set[str]) -> bool:
    owner, mark, _ = term.partition("#")
    return bool(mark) and f"{owner}>" in owners


class _Explaining:
    """The quads, with what DCAT-AP wants to know of the things that they point at.

    Args:
        base: the base of the data.
    """

    def __init__(self, base: str) -> None:
        self._said: Mapping[str, str] = {quad.subject: quad.object for quad in _read("ranges.ttl", base)}
        self._lists = _read("lists.ttl", base)
        self._listed = {quad.subject for quad in self._lists}
        self._pointed: set[str] = set()

    def take(self, quad: Quad) -> Iterator[str]:
        """The lines of a quad, and of what it says of its object."""
        yield quad.line()
        object_ = quad.object
        if quad.predicate in self._said and object_.startswith("<"):
            yield Quad(object_, A, self._said[quad.predicate]).line()
        if object_ in self._listed or object_.startswith(_EU):
            self._pointed.add(object_)

    def known(self) -> Iterator[str]:
        """What the EU's lists say of the things that were pointed at."""
        for term in self._pointed:
            # The name of a list is the name of its members, up to the last slash.
            if term.startswith(_EU) and "/" in term[len(_EU) :]:
                yield Quad(term, f"<{_SKOS}inScheme>", f"{term.rpartition('/')[0]}>").line()
        yield from (quad.line() for quad in self._lists if quad.subject in self._pointed)


def _read(name: str, base: str) -> list[Quad]:
    return read_file(_HERE / name, formats.TURTLE, graph="", base=base)
