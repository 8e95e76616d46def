"""How a document hangs together with others: FAIR Signposting (https://signposting.org/FAIR/), levels 1 and 2.

The links are in the header of each answer; the linkset (RFC 9264) says the same of the document and its formats.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple, Self

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES, uri_of
from dppgraph.core.quads import parse_line
from dppgraph.operations.documents import Document, path_of
from dppgraph.operations.harvest import Harvest, Published
from dppgraph.operations.licence import WHOLE
from dppgraph.operations.said import prefixed
from dppgraph.web.originals import VERSION

_ABOUT_PAGE: Final = "https://schema.org/AboutPage"
_SCHEMA: Final[Mapping[str, str]] = {
    f"{PREFIXES['dcat']}Catalog": "https://schema.org/DataCatalog",
    f"{PREFIXES['dcat']}Dataset": "https://schema.org/Dataset",
    f"{PREFIXES['dcat']}Distribution": "https://schema.org/DataDownload",
    f"{PREFIXES['dcat']}DataService": "https://schema.org/WebAPI",
    f"{PREFIXES['dpp']}PolicyInstrument": "https://schema.org/CreativeWork",
    f"{PREFIXES['dpp']}SourceDocument": "https://schema.org/DigitalDocument",
    f"{PREFIXES['org']}Organization": "https://schema.org/Organization",
    f"{PREFIXES['skos']}Concept": "https://schema.org/DefinedTerm",
    f"{PREFIXES['skos']}ConceptScheme": "https://schema.org/DefinedTermSet",
}
_OTHERWISE: Final = "https://schema.org/Thing"
_A: Final = f"<{PREFIXES['rdf']}type>"
_LISTS: Final = "dcat:dataset"
_MOST: Final = 10
"""Links of one relation in a header: proxies take a head of a few kilobytes; the linkset has all of them."""


class Signpost(NamedTuple):
    """A link: its relation, where it leads, and the media type of what is there, where that is known."""

    relation: str
    target: str
    type: str = ""


class Address(NamedTuple):
    """Where a document is on this server.

    Attributes:
        path: its address, of whichever version is current, in whichever format is asked for.
        version: the number of the version that it is of for good; None where it is of the current one.
    """

    path: str
    version: int | None = None

    @classmethod
    def of(cls, document: Document, harvest: Harvest) -> Self:
        """The address of a document of a version."""
        published = harvest.published
        path = f"{published.url}{path_of(document.description.iri, published.base) or ''}"
        return cls(path, harvest.manifest.version if harvest.is_past else None)

    def page(self, number: int = 1, format_: Format | None = None) -> str:
        """That of a page of it, in a format or in whichever is asked for."""
        asked = [*([f"page={number}"] if number > 1 else []), *([f"{VERSION}={self.version}"] if self.version else [])]
        return f"{self.path}{f'.{format_.extension}' if format_ else ''}{'?' if asked else ''}{'&'.join(asked)}"


def signposts(document: Document, published: Published, at: Address) -> list[Signpost]:
    """The links of a document, whatever format it is in.

    Args:
        document: the document.
        published: what is said.
        at: where it is.
    """
    found = [
        Signpost("cite-as", document.description.iri),
        Signpost("type", _ABOUT_PAGE),
        Signpost("type", next((_SCHEMA[type_] for type_ in document.types if type_ in _SCHEMA), _OTHERWISE)),
        *(Signpost("describedby", at.page(1, known), known.media_types[0]) for known in formats.RDF),
    ]
    about = _catalogue_of(document, published)
    found += [Signpost("license", licence) for licence in about.licences]
    found += [Signpost("author", publisher) for publisher in about.publishers]
    found += [Signpost("item", item, type_) for item, type_ in about.items]
    found += [Signpost("collection", collection, formats.HTML.media_types[0]) for collection in about.collections]
    return [*found, Signpost("linkset", at.page(1, formats.LINKSET), formats.LINKSET.media_types[0])]


def links(posts: Iterable[Signpost], document: Document, format_: Format, at: Address) -> str:
    """The value of the Link header (RFC 8288) of a document in a format."""
    counts: dict[str, int] = {}
    said = []
    for post in posts:
        counts[post.relation] = counts.get(post.relation, 0) + 1
        if counts[post.relation] <= _MOST:
            said.append(_link(post))
    said.append(_link(Signpost("alternate", at.page(1, formats.HTML), formats.HTML.media_types[0])))
    if format_ != formats.HTML:
        said.append(_link(Signpost("describes", at.page(), formats.HTML.media_types[0])))
    said += [
        f'<{at.page(page, format_)}>; rel="{relation}"'
        for relation, page in (("prev", document.page - 1), ("next", document.page + 1))
        if 1 <= page <= document.pages
    ]
    return ", ".join(said)


def linkset(posts: Iterable[Signpost], at: Address) -> bytes:
    """The same as a linkset in JSON (RFC 9264, section 4.2)."""
    address = at.page()
    by_relation: dict[str, list[dict[str, str]]] = {}
    for post in posts:
        if post.relation != "linkset":
            target = {"href": uri_of(post.target)} | ({"type": post.type} if post.type else {})
            by_relation.setdefault(post.relation, []).append(target)
    page = {"href": address, "type": formats.HTML.media_types[0]}
    described = [
        {"anchor": uri_of(post.target), "describes": [page]} | {"license": by_relation.get("license", [])}
        for post in posts
        if post.relation == "describedby"
    ]
    said = {"linkset": [{"anchor": address} | by_relation, *described]}
    return json.dumps(said, indent=1, ensure_ascii=False).encode()


class _Catalogued(NamedTuple):
    licences: list[str]
    publishers: list[str]
    items: list[tuple[str, str]]
    collections: list[str]


def _catalogue_of(document: Document, published: Published) -> _Catalogued:
    """What the catalogue says of a thing: of a data set itself, else of the one that holds the whole graph."""
    iri = f"<{document.description.iri}>"
    catalogues = published.subjects(_A, f"<{PREFIXES['dcat']}Catalog>")
    is_set, is_catalogue = _is_listed(published, iri, catalogues), iri in catalogues
    whole = [] if is_set or is_catalogue else _whole(published, catalogues)
    said_of = [iri] if is_set or is_catalogue else whole
    licences = [licence for of in said_of for licence in _objects(published, of, "dct:license")]
    publishers = [publisher for of in said_of for publisher in _objects(published, of, "dct:publisher")]
    items: list[tuple[str, str]] = []
    for distribution in sorted(_objects(published, iri, "dcat:distribution")):
        for item in _objects(published, distribution, "dcat:downloadURL"):
            # A packed file is of the type that it is packed as, whatever is inside.
            packed = _objects(published, distribution, "dcat:compressFormat")
            media = "".join([*packed, *_objects(published, distribution, "dcat:mediaType")][:1])
            items.append((item[1:-1], media.rpartition("media-types/")[2].removesuffix(">")))
    if is_catalogue:
        items += [(_address(published, set_), formats.HTML.media_types[0]) for set_ in _sets(published, catalogues)]
    above = catalogues if is_set else [] if is_catalogue else whole
    return _Catalogued(
        [licence[1:-1] for licence in licences],
        [publisher[1:-1] for publisher in publishers],
        items,
        [_address(published, one) for one in above],
    )


def _sets(published: Published, catalogues: Iterable[str]) -> Iterator[str]:
    return (set_ for catalogue in catalogues for set_ in _objects(published, catalogue, _LISTS))


def _is_listed(published: Published, term: str, catalogues: Iterable[str]) -> bool:
    return not set(catalogues).isdisjoint(published.subjects(prefixed(_LISTS), term))


def _whole(published: Published, catalogues: Sequence[str]) -> list[str]:
    """The data set that is part of no other one; there may be none.

    It is looked for first by the name that it usually has: a catalogue may list tens of thousands.
    """
    usual = f"<{published.base}{WHOLE}>"
    sets = chain([usual] if _is_listed(published, usual, catalogues) else [], _sets(published, catalogues))
    return list(islice((set_ for set_ in sets if not _objects(published, set_, "dct:isPartOf")), 1))


def _address(published: Published, term: str) -> str:
    path = path_of(term[1:-1], published.base)
    return f"{published.url}{path}" if path is not None else term[1:-1]


def _objects(published: Published, subject: str, name: str) -> list[str]:
    quads = map(parse_line, published.saying(subject, frozenset({prefixed(name)})))
    return sorted({quad.object for quad in quads if quad.object.startswith("<")})


def _link(post: Signpost) -> str:
    said = f'<{uri_of(post.target)}>; rel="{post.relation}"'
    return f'{said}; type="{post.type}"' if post.type else said
