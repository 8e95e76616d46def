"""The quality score of data.europa.eu (MQA, https://data.europa.eu/mqa/methodology), computed from a catalogue as RDF.

405 points. Each metric is asked of each data set, or of each distribution, as the portal's own vocabulary says
(``suites/mqa/edp-dqv-vocabulary.ttl``). Of a data set's distributions the portal counts the one with most points
("identical content with several distributions", in its methodology). What is counted here is stricter: a metric's
points are multiplied by the share of all data sets, or of all distributions, that have it, as the tool ckan-mqa does,
so that 405 points mean that none is without. Non-proprietary and machine-readable are asked of the format alone,
where the portal is content with a media type. The portal asks addresses by HEAD; here whoever calls says which
addresses answer.

The points are those of ``suites/README.md``: a format of the EU's list and a media type of IANA's are 5 points each
there, where the portal gives 10 for both together.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pyshacl
import rdflib
from rdflib import RDF, URIRef
from rdflib.namespace import DCTERMS

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
EDP = rdflib.Namespace("https://europeandataportal.eu/voc#")
EU = "http://publications.europa.eu/resource/authority/"
IANA = "www.iana.org/assignments/media-types/"


@dataclass(frozen=True)
class Lists:
    """What the portal knows: licences, access rights, media types, and formats, some of which machines can read."""

    licences: frozenset[str]
    access_rights: frozenset[str]
    media_types: frozenset[str]
    formats: frozenset[str]
    machine_readable: frozenset[str]
    open_formats: frozenset[str]


def read_lists(folder: Path) -> Lists:
    """The lists in ``suites/mqa``, which add to the EU's own what the portal makes of some of their members.

    So of file types they hold only those that are open or machine-readable, of licences all that are known, some of
    them (CC0) only as something that is the same elsewhere.
    """
    readable = _marked(folder / "edp-machine-readable-format.rdf", EDP.isMachineReadable)
    open_formats = _marked(folder / "edp-non-proprietary-format.rdf", EDP.isNonProprietary)
    media_types = set()
    for path in folder.glob("edp-mediatype-*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            media_types |= {row["Template"] for row in csv.DictReader(file)}
    return Lists(
        licences=_members(folder / "edp-licences-skos.rdf"),
        access_rights=_members(folder / "access-right-skos.rdf"),
        media_types=frozenset(media_types),
        formats=readable | open_formats,
        machine_readable=readable,
        open_formats=open_formats,
    )


def score(
    catalogue: rdflib.Graph, lists: Lists, *, answers: Callable[[str], bool], compliant: bool
) -> dict[str, float]:
    """Points by metric; their sum is the score.

    Args:
        catalogue: as it is served.
        lists: what the portal knows.
        answers: whether an address gives what it promises (a status below 400).
        compliant: whether the shapes of DCAT-AP find nothing.
    """
    sets = list(catalogue.subjects(RDF.type, DCAT.Dataset))
    files = list(catalogue.subjects(RDF.type, DCAT.Distribution))

    def has(*names: URIRef) -> Callable[[rdflib.term.Node], bool]:
        return lambda thing: any((thing, name, None) in catalogue for name in names)

    def among(name: URIRef, known: frozenset[str], cut: str = "") -> Callable[[rdflib.term.Node], bool]:
        def test(thing: rdflib.term.Node) -> bool:
            values = [str(value).partition(cut)[2] if cut else str(value) for value in catalogue.objects(thing, name)]
            return bool(values) and all(value in known for value in values)

        return test

    def reached(name: URIRef) -> Callable[[rdflib.term.Node], bool]:
        def test(thing: rdflib.term.Node) -> bool:
            addresses = [str(value) for value in catalogue.objects(thing, name)]
            return bool(addresses) and all(answers(address) for address in addresses)

        return test

    def share(things: list[rdflib.term.Node], test: Callable[[rdflib.term.Node], bool]) -> float:
        return sum(map(test, things)) / len(things) if things else 0.0

    return {
        "keyword": 30 * share(sets, has(DCAT.keyword)),
        "theme": 30 * share(sets, has(DCAT.theme)),
        "spatial": 20 * share(sets, has(DCTERMS.spatial)),
        "temporal": 20 * share(sets, has(DCTERMS.temporal)),
        "accessURL answers": 50 * share(files, reached(DCAT.accessURL)),
        "downloadURL": 20 * share(files, has(DCAT.downloadURL)),
        "downloadURL answers": 30 * share(files, reached(DCAT.downloadURL)),
        "format": 20 * share(files, has(DCTERMS["format"])),
        "mediaType": 10 * share(files, has(DCAT.mediaType)),
        "format of the list": 5 * share(files, among(DCTERMS["format"], lists.formats)),
        "mediaType of the list": 5 * share(files, among(DCAT.mediaType, lists.media_types, IANA)),
        "non-proprietary": 20 * share(files, among(DCTERMS["format"], lists.open_formats)),
        "machine-readable": 20 * share(files, among(DCTERMS["format"], lists.machine_readable)),
        "DCAT-AP": 30 * float(compliant),
        "licence": 20 * share(files, has(DCTERMS.license)),
        "licence of the list": 10 * share(files, among(DCTERMS.license, lists.licences)),
        "accessRights": 10 * share(sets, has(DCTERMS.accessRights)),
        "accessRights of the list": 5 * share(sets, among(DCTERMS.accessRights, lists.access_rights)),
        "contactPoint": 20 * share(sets, has(DCAT.contactPoint)),
        "publisher": 10 * share(sets, has(DCTERMS.publisher)),
        "rights": 5 * share(files, has(DCTERMS.rights)),
        "byteSize": 5 * share(files, has(DCAT.byteSize)),
        "issued": 5 * share(files, has(DCTERMS.issued)),
        "modified": 5 * share(files, has(DCTERMS.modified)),
    }


def found_by_shapes(catalogue: rdflib.Graph, shapes: Path, background: Iterable[Path] = ()) -> list[str]:
    """What the shapes find: the results, a line each."""
    data = rdflib.Graph() + catalogue
    for path in background:
        data.parse(path, format="turtle")
    known = rdflib.Graph().parse(shapes, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=known, advanced=True)
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return [
        " ".join(str(report.value(result, shacl[part])) for part in ("focusNode", "resultPath", "resultMessage"))
        for result in report.subjects(RDF.type, shacl.ValidationResult)
    ]


def _marked(path: Path, mark: URIRef) -> frozenset[str]:
    graph = rdflib.Graph().parse(path, format="xml")
    return frozenset(str(subject) for subject, said in graph.subject_objects(mark) if str(said) == "true")


def _members(path: Path) -> frozenset[str]:
    graph = rdflib.Graph().parse(path, format="xml")
    return frozenset(map(str, graph.subjects()))
