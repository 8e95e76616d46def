"""A document as people read it: what is said of the thing, of what hangs on it, and by what it is named."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, datatype_of, parse_line
from dppgraph.operations.documents import Document, path_of
from dppgraph.operations.frames import Frames
from dppgraph.operations.harvest import Published
from dppgraph.store.rdf import literal_text
from dppgraph.web.documents.signposts import signposts
from dppgraph.web.pages import Reader, Site, rendered
from dppgraph.web.rendering import followed

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_TEXTS: Final = (f"{PREFIXES['xsd']}string", f"{PREFIXES['rdf']}langString")
_SPOKEN: Final = ("en", "nl", "")
"""The languages of names, the better one first."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is said: a text, with its language and datatype, and where it leads."""

    text: str
    language: str = ""
    datatype: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one thing: property and values, in the order of the properties' names."""

    anchor: str
    title: Value
    rows: list[tuple[Value, list[Value]]]


def page(document: Document, published: Published, frames: Frames, site: Site, reader: Reader) -> bytes:
    """The page of a document in HTML."""
    words = _Words(document, published, frames)
    iri = document.description.iri
    path = path_of(iri, published.base) or ""
    address = f"{published.url}{path}"
    told = {
        "iri": iri,
        "title": words.title(iri),
        "types": [words.value(f"<{type_}>") for type_ in document.types],
        "sections": words.sections(),
        "pointing": words.pointing(),
        "formats": [(f"{address}.{known.extension}", known) for known in formats.RDF],
        "address": address,
        "page": document.page,
        "pages": document.pages,
        "posts": [post for post in signposts(document, published) if post.relation not in ("cite-as", "describedby")],
    }
    parameters = {"page": document.page} if document.page > 1 else {}
    return rendered("document.html", site, reader, path, told, parameters=parameters)


class Named:
    """The words for things.

    Args:
        published: what is said.
        frames: which properties name a thing.
    """

    def __init__(self, published: Published, frames: Frames) -> None:
        self._published = published
        self._naming = frozenset(frames.named_by)
        self._names: dict[str, Value] = {}

    def value(self, term: str) -> Value:
        """What is shown of a term."""
        if term.startswith('"'):
            language = term.rpartition("@")[2] if not term.endswith(('"', ">")) else ""
            datatype = datatype_of(term)
            shown = "" if datatype in _TEXTS else _compact(datatype)
            return Value(literal_text(term), language.partition("--")[0], shown)
        if not term.startswith("<") or term.startswith("<<("):
            return Value(term)
        name = self.name(term)
        return Value(name.text, name.language, href=self._href(term[1:-1]))

    def name(self, term: str) -> Value:
        """What a thing is called."""
        if term not in self._names:
            self._names[term] = self._looked_up(term)
        return self._names[term]

    def _looked_up(self, term: str) -> Value:
        found: dict[str, str] = {}
        for line in sorted(self._published.saying(term, self._naming)):
            text = parse_line(line).object
            if text.startswith('"'):
                language = text.rpartition("@")[2] if not text.endswith(('"', ">")) else ""
                found.setdefault(language, text)
        if not found:
            return Value(_compact(term[1:-1], self._published.base))
        language = next(known for known in (*_SPOKEN, *found) if known in found)
        return Value(literal_text(found[language]), language)

    def _href(self, iri: str) -> str:
        path = path_of(iri, self._published.base)
        if path is not None:
            mark, part = iri.partition("#")[1:]
            return f"{self._published.url}{path}{mark}{part}"
        return followed(iri)


class _Words(Named):
    """The words for the things of one document."""

    def __init__(self, document: Document, published: Published, frames: Frames) -> None:
        super().__init__(published, frames)
        self._document = document
        self._quads = sorted({parse_line(line)._replace(graph="") for line in document.description.lines})

    def title(self, iri: str) -> Value:
        """What the thing is called; an ontology, which ends in a hash, by that name of it."""
        hashed = f"<{iri}#>"
        return self.name(hashed if self._published.saying(hashed, self._naming) else f"<{iri}>")

    def sections(self) -> list[Section]:
        """What is said of the thing, then of what hangs on it."""
        iri = self._document.description.iri
        pointing = set(self._document.pointing)
        by_subject: dict[str, list[Quad]] = defaultdict(list)
        for quad in self._quads:
            by_subject[quad.subject].append(quad)
        # What is no more than named, or only points here, is said where it is named.
        told = [
            subject
            for subject, quads in by_subject.items()
            if subject.partition("#")[0].strip("<>") == iri
            or any(quad.predicate not in {*self._naming, _TYPE} and quad not in pointing for quad in quads)
        ]
        told.sort(key=lambda subject: (subject != f"<{iri}>", subject.partition("#")[0] != f"<{iri}", subject))
        return [self._section(subject, by_subject[subject]) for subject in told]

    def pointing(self) -> list[tuple[Value, list[Value]]]:
        """By which property what points here."""
        return self._rows((quad.predicate, quad.subject) for quad in self._document.pointing)

    def _section(self, subject: str, quads: list[Quad]) -> Section:
        return Section(
            subject.strip("<>").partition("#")[2] or subject.strip("<>"),
            self.value(subject),
            self._rows((quad.predicate, quad.object) for quad in quads),
        )

    def _rows(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[Value, list[Value]]]:
        by_predicate: dict[str, list[Value]] = defaultdict(list)
        for predicate, term in pairs:
            by_predicate[predicate].append(self.value(term))
        return [(self.value(predicate), values) for predicate, values in sorted(by_predicate.items())]


def _compact(iri: str, base: str = "") -> str:
    """An IRI with a prefix, or as it goes on after the base."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(base) or iri
