"""What is known only when a version's files are made: distributions, the chain of versions, quality, dumps for VoID.

None of it is in the digested graph, which the files are made from.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.operations.catalogue.distributions import FORMATS, distribution, owner_of
from dppgraph.operations.catalogue.note import Dump, VersionNote
from dppgraph.operations.catalogue.quality import quality
from dppgraph.operations.catalogue.stated import DATASET, A, Stated, of_use
from dppgraph.operations.catalogue.versions import versions

_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FEATURES: Final = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
}
"""Format to its name in W3C's list (https://www.w3.org/ns/formats/)."""


def catalogue_statements(lines: Collection[str], dumps: Sequence[Dump], version: VersionNote) -> list[str]:
    """The catalogue's computed statements, in the graph ``catalogue``; none without a catalogue in the data.

    Args:
        lines: all lines of the version, those of each subject together.
        dumps: its files.
        version: what it is.
    """
    return sorted(set(stated_besides(lines, dumps, version)))


def stated_besides(lines: Collection[str], dumps: Sequence[Dump], version: VersionNote) -> Iterator[str]:
    """Likewise, in no order, some of them perhaps more than once; of a large version more than memory should hold."""
    stated = Stated(of_use(lines, version.base))
    whole = stated.whole()
    if not whole:
        return
    graph = f"<{graph_iri('catalogue', version.base)}>"
    found = (
        _files(dumps, whole, stated, version.base),
        versions(dumps, whole, stated, version),
        quality(lines, whole, version),
    )
    for quad in chain.from_iterable(found):
        yield quad._replace(graph=graph).line()


def _files(dumps: Sequence[Dump], whole: str, stated: Stated, base: str) -> Iterator[Quad]:
    for dump in dumps:
        dataset = owner_of(dump, whole, base)
        if dump.format not in FORMATS or DATASET not in stated.objects(dataset, A[1:-1]):
            continue
        yield from distribution(dump, dataset, stated, base)
        if dump.format != "csv" and dataset.startswith((whole, f"<{base}id/dataset/graph-")):
            yield Quad(dataset, f"<{PREFIXES['void']}dataDump>", f"<{base}dumps/{dump.file}>")
            yield Quad(dataset, f"<{PREFIXES['void']}feature>", f"<{_FORMATS}{_FEATURES[dump.format]}>")
