"""A document as people read it: what is said of the thing, of what hangs on it, and by what it is named."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, datatype_of, parse_line
from dppgraph.operations.documents import Document, path_of
from dppgraph.operations.facts import Facts, Text, text_of
from dppgraph.operations.frames import Frames
from dppgraph.operations.harvest import Published
from dppgraph.web.documents.signposts import Address, signposts
from dppgraph.web.originals import VERSION
from dppgraph.web.pages import Links, Reader, Site, rendered
from dppgraph.web.rendering import followed
from dppgraph.web.vocabulary import labels

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_TEXTS: Final = (f"{PREFIXES['xsd']}string", f"{PREFIXES['rdf']}langString", f"{PREFIXES['rdf']}dirLangString")
_MOST: Final = 100
"""How many values of a property, and how many sections, a page shows: the other formats have all."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is said: a text, with its language and what kind of value it is, and where it leads."""

    text: str
    language: str = ""
    datatype: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said by one property: its first values, and how many more there are."""

    property: Value
    values: list[Value]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one thing: its rows, in the order of the properties' names."""

    anchor: str
    title: Value
    rows: list[Row]


def page(document: Document, published: Published, frames: Frames, site: Site, reader: Reader) -> bytes:
    """The page of a document in HTML."""
    links = site.links(reader)
    words = _Words(document, Facts(published, reader.language), links, frames)
    iri = document.description.iri
    path = path_of(iri, published.base) or ""
    at = Address(f"{published.url}{path}", site.version if site.since else None)
    subjects = words.subjects()
    # The ontology is read at an address of its own.
    read = links.link("ontology") if path == "ns" and "ontology" in site.there else links.to(f"<{iri}>")
    told = {
        "iri": iri,
        "title": words.title(iri),
        "types": [words.value(f"<{type_}>") for type_ in document.types],
        "sections": [words.section(subject) for subject in subjects[:_MOST]],
        "left_out": max(0, len(subjects) - _MOST),
        "pointing": words.pointing(),
        # What is told beside a version came with none, and what others say of it is told with them.
        "blamed": bool(published.exact.about(f"<{iri}>") or published.exact.parts(f"<{iri}>")),
        "read": read if read != links.link(path) else "",
        "page": document.page,
        "pages": document.pages,
        "posts": [
            post for post in signposts(document, published, at) if post.relation not in ("cite-as", "describedby")
        ],
    }
    parameters = ({"page": document.page} if document.page > 1 else {}) | ({VERSION: at.version} if at.version else {})
    data = [(at.page(1, known), known) for known in formats.RDF]
    return rendered("document.html", site, reader, path, told, parameters=parameters, data=data)


class Named:
    """The words for things.

    Args:
        facts: what is said.
        links: where things are.
    """

    def __init__(self, facts: Facts, links: Links) -> None:
        self._label = labels(facts)
        self._links = links

    def value(self, term: str) -> Value:
        """What is shown of a term."""
        if term.startswith('"'):
            text, datatype = text_of(term), datatype_of(term)
            kind = "" if datatype in _TEXTS else self._label(f"<{datatype}>").text
            return Value(text.text, text.language, kind)
        if not term.startswith("<") or term.startswith("<<("):
            return Value(term)
        name = self._label(term)
        return Value(name.text, name.language, href=self._href(term))

    def _href(self, term: str) -> str:
        mark, part = term[1:-1].partition("#")[1:]
        document = self._links.document(term)
        return f"{document}{mark}{part}" if document else followed(term[1:-1])


class _Words(Named):
    """The words for the things of one document."""

    def __init__(self, document: Document, facts: Facts, links: Links, frames: Frames) -> None:
        super().__init__(facts, links)
        self._document = document
        self._facts = facts
        self._naming = frames.named_by
        self._by_subject: dict[str, list[Quad]] = defaultdict(list)
        for quad in sorted({parse_line(line)._replace(graph="") for line in document.description.lines}):
            self._by_subject[quad.subject].append(quad)

    def value(self, term: str) -> Value:
        """What is shown of a term; a part without a name goes by what it is."""
        said = super().value(term)
        mark, part = term.strip("<>").partition("#")[1:]
        if said.language or not mark or not term.startswith(f"<{self._document.description.iri}#"):
            return said
        kinds = [self._label(quad.object) for quad in self._by_subject.get(term, ()) if quad.predicate == _TYPE]
        name = next((kind for kind in kinds if kind.language), Text(f"#{part}"))
        return replace(said, text=name.text, language=name.language)

    def title(self, iri: str) -> Value:
        """What the thing is called; an ontology, which ends in a hash, by that name of it."""
        hashed = f"<{iri}#>"
        named = self._facts.published.saying(hashed, frozenset(self._naming))
        name = self._label(hashed if named else f"<{iri}>")
        return Value(name.text, name.language)

    def subjects(self) -> list[str]:
        """What something is said of here: the thing, then what hangs on it."""
        iri = self._document.description.iri
        pointing = set(self._document.pointing)
        # What is no more than named, or only points here, is said where it is named.
        told = [
            subject
            for subject, quads in self._by_subject.items()
            if subject.partition("#")[0].strip("<>") == iri
            or any(quad.predicate not in {*self._naming, _TYPE} and quad not in pointing for quad in quads)
        ]
        return sorted(told, key=lambda one: (one != f"<{iri}>", one.partition("#")[0] != f"<{iri}", one))

    def section(self, subject: str) -> Section:
        """What is said of one of them."""
        named = subject.strip("<>")
        owner, _, part = named.partition("#")
        return Section(
            # Parts of other things may have the same name as its own.
            part if part and owner == self._document.description.iri else named,
            self.value(subject),
            self._rows(((quad.predicate, quad.object) for quad in self._by_subject[subject]), _MOST),
        )

    def pointing(self) -> list[Row]:
        """By which property what points here, as much of it as the document has on this page."""
        pointing = self._document.pointing
        return self._rows(((quad.predicate, quad.subject) for quad in pointing), len(pointing))

    def _rows(self, pairs: Iterable[tuple[str, str]], most: int) -> list[Row]:
        by_predicate: dict[str, list[str]] = defaultdict(list)
        for predicate, term in pairs:
            by_predicate[predicate].append(term)
        return [
            Row(self.value(predicate), list(map(self.value, terms[:most])), max(0, len(terms) - most))
            for predicate, terms in sorted(by_predicate.items())
        ]
