"""The formats that dppgraph reads and writes, in one table: their short names, media types and file extensions.

An answer to SELECT or ASK is a table (:data:`RESULTS`), one to CONSTRUCT or DESCRIBE is RDF (:data:`RDF`).
"""

from dataclasses import dataclass

from dppgraph.errors import BadParameter


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing an answer.

    Attributes:
        name: the short name, as in ``--format`` and ``?format=``.
        media_types: the registered one first, then others that clients ask for.
        extension: of a file name, without the dot.
        charset: whether ``; charset=utf-8`` belongs in the Content-Type.
        named_graphs: whether it can say which graph a statement is in.
    """

    name: str
    media_types: tuple[str, ...]
    extension: str
    charset: bool = False
    named_graphs: bool = False

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header for it."""
        return f"{self.media_types[0]}; charset=utf-8" if self.charset else self.media_types[0]


JSON = Format("json", ("application/sparql-results+json", "application/json"), "json")
XML = Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), "xml")
CSV = Format("csv", ("text/csv",), "csv", charset=True)
TSV = Format("tsv", ("text/tab-separated-values",), "tsv", charset=True)

TURTLE = Format("turtle", ("text/turtle", "application/x-turtle"), "ttl", charset=True)
JSONLD = Format("jsonld", ("application/ld+json", "application/json"), "jsonld", named_graphs=True)
NTRIPLES = Format("ntriples", ("application/n-triples", "text/plain"), "nt")
RDFXML = Format("rdfxml", ("application/rdf+xml", "application/xml", "text/xml"), "rdf")
TRIG = Format("trig", ("application/trig",), "trig", charset=True, named_graphs=True)
NQUADS = Format("nquads", ("application/n-quads", "text/x-nquads"), "nq", named_graphs=True)

HTML = Format("html", ("text/html", "application/xhtml+xml"), "html", charset=True)
DATA = Format("json", ("application/json",), "json")
LINKSET = Format("linkset", ("application/linkset+json",), "linkset.json")

RESULTS = (JSON, XML, CSV, TSV)
"""For SELECT and ASK; the first is what a client without a preference gets."""

RDF = (TURTLE, JSONLD, NTRIPLES, RDFXML, TRIG, NQUADS)
"""For CONSTRUCT, DESCRIBE and documents; the first is what a client without a preference gets."""

PAGES = (*RDF, HTML)
"""For RDF that browsers may come across: then as a page."""

DOCUMENTS = (*RDF, HTML, LINKSET)
"""For the document about a thing: also for who reads it, and its links alone (RFC 9264)."""


SAME_FOR_ALL = (*RDF, LINKSET)
"""What has all languages in it, whoever reads it."""


def named(name: str, offered: tuple[Format, ...]) -> Format:
    """The offered format of that short name, extension or media type.

    Raises:
        BadParameter: none of them is called so.
    """
    wanted = name.strip().lower()
    for format_ in offered:
        if wanted in (format_.name, format_.extension, *format_.media_types):
            return format_
    names = ", ".join(format_.name for format_ in offered)
    raise BadParameter(f"there is no format {name!r} here: take one of {names}")


def of_file(file_name: str) -> Format | None:
    """The RDF format that a file's name announces, or None."""
    stem, _, extension = file_name.lower().rpartition(".")
    return next((format_ for format_ in RDF if stem and format_.extension == extension), None)
