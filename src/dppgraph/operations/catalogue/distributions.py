"""A distribution for each file: where it is, what it is written in, how large it is, and its checksum."""

from collections.abc import Iterator, Mapping
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.catalogue.note import Dump
from dppgraph.operations.catalogue.stated import DCAT, DCT, A, Stated

_EU: Final = "http://publications.europa.eu/resource/authority"
_IANA: Final = "http://www.iana.org/assignments/media-types"
_SPDX: Final = PREFIXES["spdx"]
_XSD: Final = PREFIXES["xsd"]

FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "turtle": ("RDF_TURTLE", "Turtle"),
    "ntriples": ("RDF_N_TRIPLES", "N-Triples"),
    "nquads": ("RDF_N_QUADS", "N-Quads"),
    "trig": ("RDF_TRIG", "TriG"),
    "jsonld": ("JSON_LD", "JSON-LD"),
    "rdfxml": ("RDF_XML", "RDF/XML"),
    "csv": ("CSV", "CSV"),
}
"""Format to its code in the EU's list of file types, and what people call it. What is not here is no distribution."""

_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "plans": {"nl": "De plannen", "en": "The plans"},
    "lines-of-action": {"nl": "De krachtlijnen", "en": "The lines of action"},
    "approvals": {"nl": "De goedkeuringen", "en": "The approvals"},
    "targets": {"nl": "De streefdoelen", "en": "The targets"},
}
_AS: Final = {"nl": "als", "en": "as"}
_AS_TABLE: Final = {"nl": "als tabel", "en": "as a table"}
# The list of what a distribution has from its data set.
_INHERITED: Final = ("license", "language", "issued", "modified")


def owner_of(dump: Dump, whole: str, base: str) -> str:
    """The data set that a file is a distribution of, as a term."""
    if dump.holds == "all" or dump.holds.startswith("table:"):
        return whole
    if dump.holds.startswith("plan:"):
        return f"<{base}id/dataset/plan-{dump.holds.removeprefix(f'plan:{base}id/plan/')}>"
    return f"<{base}id/dataset/graph-{dump.holds}>"


def distribution(dump: Dump, dataset: str, stated: Stated, base: str, *, version: int | None = None) -> Iterator[Quad]:
    """The description of one file, but for what is stated of it already.

    Args:
        dump: the file.
        dataset: whose distribution it is, as a term.
        stated: what the catalogue says.
        base: the base of the data.
        version: the number of the version whose own address the file has; None for the current version's.
    """
    folder, mark = (f"dumps/{version}/", f"v{version}-") if version else ("dumps/", "")
    this = f"<{base}id/distribution/{mark}{_named(dump)}>"
    yield Quad(dataset, f"<{DCAT}distribution>", this)
    said = [
        *_address(this, f"<{base}{folder}{dump.file}>"),
        *_format(this, dump),
        *_content(this, dump),
        *_titles(this, dump, dataset, stated),
        *_rules(this, dump, dataset, stated, f"{base}{folder}"),
    ]
    yield from (quad for quad in said if quad.subject != this or not stated.has(this, quad.predicate[1:-1]))


def _named(dump: Dump) -> str:
    """The name of a file without the dots of its endings; a plan may have others in its own name."""
    stem, _, ending = dump.file.removesuffix(".gz").rpartition(".")
    return f"{stem}-{ending}-gz" if dump.gzip else f"{stem}-{ending}"


def _address(this: str, address: str) -> Iterator[Quad]:
    yield Quad(this, A, f"<{DCAT}Distribution>")
    yield Quad(this, f"<{DCAT}accessURL>", address)
    yield Quad(this, f"<{DCAT}downloadURL>", address)
    yield Quad(this, f"<{PREFIXES['adms']}status>", f"<{_EU}/distribution-status/COMPLETED>")
    yield Quad(this, "<http://data.europa.eu/r5r/availability>", f"<{_EU}/planned-availability/STABLE>")


def _format(this: str, dump: Dump) -> Iterator[Quad]:
    # Of a gzipped file these are those of what is inside (DCAT 3, section 6.8.17).
    yield Quad(this, f"<{DCT}format>", f"<{_EU}/file-type/{FORMATS[dump.format][0]}>")
    yield Quad(this, f"<{DCAT}mediaType>", f"<{_IANA}/{dump.media_type}>")
    if dump.gzip:
        yield Quad(this, f"<{DCAT}compressFormat>", f"<{_IANA}/application/gzip>")


def _content(this: str, dump: Dump) -> Iterator[Quad]:
    checksum = f"{this[:-1]}#checksum>"
    yield Quad(this, f"<{DCAT}byteSize>", literal(str(dump.size), datatype=f"{_XSD}nonNegativeInteger"))
    yield Quad(this, f"<{_SPDX}checksum>", checksum)
    yield Quad(checksum, A, f"<{_SPDX}Checksum>")
    yield Quad(checksum, f"<{_SPDX}algorithm>", f"<{_SPDX}checksumAlgorithm_sha256>")
    yield Quad(checksum, f"<{_SPDX}checksumValue>", literal(dump.sha256, datatype=f"{_XSD}hexBinary"))


def _titles(this: str, dump: Dump, dataset: str, stated: Stated) -> Iterator[Quad]:
    table = _TABLES.get(dump.holds.removeprefix("table:"), {}) if dump.holds.startswith("table:") else {}
    for language, as_ in _AS.items():
        called = table.get(language) or stated.text(dataset, f"{DCT}title", language)
        form = _AS_TABLE[language] if table else f"{as_} {FORMATS[dump.format][1]}"
        title = f"{called}, {form} ({FORMATS[dump.format][1]})" if table else f"{called}, {form}"
        packed = f"{title}, gzip" if dump.gzip else title
        yield Quad(this, f"<{DCT}title>", literal(packed, language=language))


def _rules(this: str, dump: Dump, dataset: str, stated: Stated, folder: str) -> Iterator[Quad]:
    for name in _INHERITED:
        for value in stated.objects(dataset, f"{DCT}{name}"):
            yield Quad(this, f"<{DCT}{name}>", value)
    whole = stated.whole()
    for value in stated.objects(dataset, f"{DCT}rights") or stated.objects(whole, f"{DCT}rights"):
        yield Quad(this, f"<{DCT}rights>", value)
    if dump.format == "csv":
        metadata = f"<{folder}{dump.file.removesuffix('.gz')}-metadata.json>"
        yield Quad(this, f"<{DCT}conformsTo>", metadata)
        return
    for value in stated.objects(dataset, f"{DCT}conformsTo"):
        yield Quad(this, f"<{DCT}conformsTo>", value)
    for service in stated.of_type(f"<{DCAT}DataService>"):
        if whole in stated.objects(service, f"{DCAT}servesDataset") and dataset == whole:
            yield Quad(this, f"<{DCAT}accessService>", service)
