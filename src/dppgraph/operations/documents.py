"""The document about a thing: its description, and what points at it, a page at a time."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.core.skolem import GENID
from dppgraph.errors import Gone, Unknown
from dppgraph.operations.describe import INCLUDED, Description, Descriptions, Layout
from dppgraph.operations.feed import FeedReader
from dppgraph.operations.frames import Frames, Link
from dppgraph.operations.harvest import Published
from dppgraph.operations.paging import pages_of

PAGE: Final = 200
"""How many statements that point at a thing are on one page."""

_SAFE: Final = "/:@!$&'()*+,;=~-._%"
"""What stands in a path as it is (RFC 3986, section 3.3), escapes included."""

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_VERSION_IRI: Final = f"<{PREFIXES['owl']}versionIRI>"
_ONTOLOGY: Final = NAMESPACE.removesuffix("#")
VERSIONS: Final = "doc/version/"
"""Where the documents about version objects of the feed are."""

_GENID_DOCUMENT: Final = "doc/genid/"


@dataclass(frozen=True, slots=True)
class Document:
    """What is said about a thing, and by which things it is named.

    Attributes:
        description: all of it, with the statements that point at the thing.
        types: the classes of the thing, as IRIs; sorted.
        pointing: the statements that point at it or at its parts and are on this page; those that the description has
            anyhow are among them.
        page: which page this is, from 1; what is said of the thing itself is on the first.
        pages: how many there are.
    """

    description: Description
    types: tuple[str, ...]
    pointing: tuple[Quad, ...]
    page: int
    pages: int


def iri_of(path: str, base: str) -> str:
    """The thing that the document at a path below the base is about; see :func:`path_of`."""
    if path == "ns" or path.startswith("ns/"):
        return f"{_ONTOLOGY}{path.removeprefix('ns')}"
    if path.startswith(_GENID_DOCUMENT):
        return f"{base}{GENID}{path.removeprefix(_GENID_DOCUMENT)}"
    return f"{base}id/{path.removeprefix('doc/')}" if path.startswith("doc/") else f"{base}{path}"


def path_of(iri: str, base: str) -> str | None:
    """Where the document about a thing is, as a path below the server's address; None for what is not ours.

    A name ``id/...`` has the document ``doc/...``; the ontology is at ``ns`` whatever the base, a node without a name
    at ``doc/genid/...``, and what has no such name is its own document. A part's document is that of its owner.

    >>> path_of("https://w3id.org/dppgraph/id/plan/x#period", DEFAULT_BASE)
    'doc/plan/x'
    >>> path_of("https://w3id.org/dppgraph/ns#PolicyPlan", "https://data.example.org/")
    'ns'
    """
    owner = iri.partition("#")[0]
    if owner == _ONTOLOGY or owner.startswith(f"{_ONTOLOGY}/"):
        return f"ns{owner.removeprefix(_ONTOLOGY)}"
    if not owner.startswith(base):
        return None
    local = quote(owner.removeprefix(base), safe=_SAFE)
    if local.startswith(GENID):
        return f"{_GENID_DOCUMENT}{local.removeprefix(GENID)}"
    return f"doc/{local.removeprefix('id/')}" if local.startswith("id/") else local


def is_thing(published: Published, iri: str) -> bool:
    """Whether something is said of a thing, or names it."""
    thing = f"<{iri}>"
    return bool(published.about(thing) or published.parts(thing) or published.count_pointing(thing))


def document(published: Published, frames: Frames, iri: str, page: int = 1) -> Document:
    """A page of the document about a thing.

    Args:
        published: what is said.
        frames: what belongs to a thing.
        iri: the thing.
        page: which page.

    Raises:
        Gone: an earlier version knew it.
        Unknown: nothing is said of it, or there is no such page.
    """
    versions = published.subjects(_VERSION_IRI, f"<{iri}>")
    if versions and path_of(versions[0][1:-1], published.base) is not None:
        # The name of a version of an ontology leads to that version (OWL 2 Structural Specification, section 3.2).
        iri = versions[0][1:-1].partition("#")[0]
    try:
        description = Descriptions(published, frames).of(iri)
    except Unknown:
        if published.is_gone(iri):
            raise Gone(f"<{iri}> was here in an earlier version, and is not any more") from None
        if not published.count_pointing(f"<{iri}>"):
            raise
        # Nothing is said of it, but others name it.
        description = Description(iri, [], Layout(), [], [], frozenset())
    thing = f"<{iri}>"
    counted = [(target, published.count_pointing(target)) for target in (thing, *published.parts(thing))]
    pages = pages_of(sum(count for _, count in counted), page, PAGE)
    pointing = _pointing(published, counted, page)
    types = sorted(quad.object[1:-1] for quad in map(parse_line, published.about(thing)) if quad.predicate == _TYPE)
    if page > 1:
        naming = published.saying(thing, frozenset({*frames.named_by, _TYPE}))
        description = Description(iri, naming, Layout(), [], [], frozenset())
    description = _with_pointing(description, pointing, published, frames)
    return Document(description, tuple(dict.fromkeys(types)), tuple(pointing), page, pages)


def version_object(reader: FeedReader, iri: str) -> Document:
    """The document about a version object of the feed: what it says, and nothing else.

    Raises:
        Unknown: the feed has no such member.
    """
    lines = reader.member(iri.rpartition("/")[2])
    if lines is None:
        raise Unknown(f"the feed has no version object <{iri}>")
    quads = sorted({parse_line(line)._replace(graph="") for line in lines})
    named = {Link(quad.predicate, backwards=False): None for quad in quads if quad.object.startswith("<")}
    parts = sorted({quad.subject for quad in quads} - {f"<{iri}>"})
    layout = Layout(dict(named))
    if parts:
        layout.add(INCLUDED, Layout(dict(named)))
    said = sorted(quad.line() for quad in quads)
    types = (quad.object[1:-1] for quad in quads if (quad.subject, quad.predicate) == (f"<{iri}>", _TYPE))
    return Document(Description(iri, said, layout, [], parts, frozenset()), tuple(types), (), 1, 1)


def _pointing(published: Published, counted: list[tuple[str, int]], page: int) -> list[Quad]:
    """What points at some things on a page, if they are counted one after the other."""
    found: list[Quad] = []
    skip = (page - 1) * PAGE
    for target, count in counted:
        if len(found) < PAGE and count > skip:
            found += published.pointing(target, skip, PAGE - len(found))
        skip = max(0, skip - count)
    return found


def _with_pointing(description: Description, pointing: list[Quad], published: Published, frames: Frames) -> Description:
    """A description with statements that point at its thing, and the names of what they are about."""
    known = {parse_line(line)._replace(graph="") for line in description.lines}
    owner = description.iri
    new = [quad for quad in pointing if quad not in known and quad.subject[1:-1].partition("#")[0] != owner]
    lines = {quad.line() for quad in new}
    naming = frozenset({*frames.named_by, _TYPE})
    subjects = sorted({quad.subject for quad in new})
    for subject in subjects:
        lines.update(published.saying(subject, naming))
    for quad in new:
        # Of a thing that points, all that it says by this property here would be its; only this is asked.
        description.layout.add(INCLUDED, Layout({Link(quad.predicate, backwards=False): None}))
    return replace(
        description,
        lines=sorted({*description.lines, *lines}),
        included=[*description.included, *(subject for subject in subjects if subject not in description.included)],
    )
