"""Looking facts up: in what was published, one thing at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.facts.evidence import PROVENANCE, Evidence
from dppgraph.operations.facts.text import Text, best, tag_of, text_of
from dppgraph.operations.harvest import Published

_RDF: Final = PREFIXES["rdf"]
_NAMING: Final = tuple(
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("skos", "prefLabel"),
        ("dct", "title"),
        ("rdfs", "label"),
        ("foaf", "name"),
        ("sh", "name"),
        ("skos", "notation"),
        ("dct", "identifier"),
    )
)
"""The properties that name a thing, the better one first."""

_LARGEST: Final = 300
"""The power of ten beyond which a number is none: nothing is counted with it, and it would cost what it is long."""

_MANY: Final = 100
"""Up to so many descriptions of what is said of a thing are all read at once."""


class Fact(NamedTuple):
    """A value, and what it rests on.

    Attributes:
        term: the value, as a term.
        evidence: the descriptions of the statement that says so; empty where there is none.
    """

    term: str
    evidence: list[Evidence]


class Facts:
    """What a version says, for a reader of one language. Things and properties are given as terms (``<iri>``).

    Args:
        published: the statements of the version.
        language: the language that is liked best.
    """

    def __init__(self, published: Published, language: str) -> None:
        self.published = published
        self.language = language
        self._about: dict[str, dict[str, list[str]]] = {}
        self._labels: dict[str, Text] = {}
        self._telling: dict[str, frozenset[str]] = {}
        self._described: dict[str, dict[tuple[str, str], list[str]]] = {}

    def about(self, subject: str) -> Mapping[str, list[str]]:
        """All that is said of a thing: by property, its values, each once and sorted; both as terms."""
        if subject not in self._about:
            self._about[subject] = _by_property(map(parse_line, self.published.about(subject)))
        return self._about[subject]

    def some(self, subject: str, *predicates: str) -> Mapping[str, list[str]]:
        """Likewise of some properties alone, as of a catalogue, which lists tens of thousands of data sets."""
        return _by_property(map(parse_line, self.published.saying(subject, frozenset(predicates))))

    def all(self, subject: str, predicate: str) -> list[str]:
        """The values of a property, sorted."""
        return self.about(subject).get(predicate, [])

    def every(self, predicate: str, *classes: str) -> dict[str, list[str]]:
        """What each thing has for a property, in one look: its values, sorted.

        What is told besides the version's own statements, as of its dumps, is left out.

        Args:
            predicate: the property.
            classes: the classes of the things; none for all things.
        """
        term, found = self.published.saying_so.term, defaultdict[str, set[str]](set)
        for class_ in classes or (None,):
            for subject, object_ in self.published.exact.pairs(predicate, class_):
                found[term(subject)].add(term(object_))
        return {subject: sorted(values) for subject, values in found.items()}

    def called(self, *classes: str) -> dict[str, Text]:
        """What each thing of some classes is called, as :meth:`label` has it, in one look; not what has no name."""
        named: dict[str, Text] = {}
        for predicate in _NAMING:
            for subject, values in self.every(predicate, *classes).items():
                if subject not in named and (text := best(values, self.language)):
                    named[subject] = text
        return named

    def one(self, subject: str, predicate: str) -> str | None:
        """The first value of a property, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """The things that have this value of a property, sorted."""
        return self.published.subjects(predicate, object_)

    def types(self, subject: str) -> list[str]:
        """The classes of a thing, sorted."""
        return self.all(subject, f"<{_RDF}type>")

    def text(self, subject: str, *predicates: str) -> Text | None:
        """The text of the first of these properties that has one, in the best language there is."""
        found = (best(self.all(subject, predicate), self.language) for predicate in predicates)
        return next((text for text in found if text is not None), None)

    def label(self, term: str) -> Text:
        """What a thing is called; a literal is its own text, and what has no name goes by its IRI, shortened."""
        if term.startswith('"'):
            return text_of(term)
        if term not in self._labels:
            self._labels[term] = self._named(term)
        return self._labels[term]

    def facts(self, subject: str, predicate: str) -> list[Fact]:
        """The values of a property, each with what it rests on."""
        return [Fact(term, self.evidence(subject, predicate, term)) for term in self.all(subject, predicate)]

    def evidence(self, subject: str, predicate: str, object_: str) -> list[Evidence]:
        """The descriptions of a statement: quoted ones first, in the order of their source's text."""
        found = [self.described(statement) for statement in self._describing(subject, predicate, object_)]
        order = list(dict.fromkeys(PROVENANCE.values()))
        return sorted(found, key=lambda one: (order.index(one.provenance), one.start or 0, one.statement))

    def described(self, statement: str) -> Evidence:
        """What a description of a statement says; a reading that one line continues another is one too."""
        provenance = next(
            (PROVENANCE[type_] for type_ in self.types(statement) if type_ in PROVENANCE), "interpretation"
        )
        selectors = self.all(statement, _name("oa:hasSelector"))
        source = self.one(statement, _name("dpp:inDocument"))
        return Evidence(
            statement,
            provenance,
            self._quote(selectors, source),
            self._integer(selectors, _name("oa:start")),
            self._integer(selectors, _name("oa:end")),
            source,
            self.one(source, _name("foaf:page")) if source else None,
            _decimal(self.one(statement, _name("dpp:confidence"))),
            self.text(statement, _name("dpp:rationale")),
            self.one(statement, _name("prov:wasAttributedTo")),
            self.one(statement, _name("dpp:inferredBy")),
            self.one(statement, _name("dpp:verification")),
        )

    def language_of(self, source: str) -> str:
        """The language of a source document, where it is in one (dct:language); empty where that is not known."""
        found = {tag_of(said) for said in self.all(source, _name("dct:language"))}
        return found.pop() if len(found) == 1 else ""

    def _quote(self, selectors: list[str], source: str | None) -> Text | None:
        found = (self.text(selector, _name("oa:exact")) for selector in selectors)
        quote = next((text for text in found if text is not None), None)
        if quote is None or quote.language or source is None:
            return quote
        # Words of a document are in its language.
        return quote._replace(language=self.language_of(source))

    def _named(self, term: str) -> Text:
        said = _by_property(map(parse_line, self.published.saying(term, frozenset(_NAMING))))
        found = (best(said[predicate], self.language) for predicate in _NAMING if predicate in said)
        text = next((text for text in found if text is not None), None)
        return text or Text(compact(term[1:-1], self.published.base) if term.startswith("<") else term)

    def _describing(self, subject: str, predicate: str, object_: str) -> list[str]:
        """The descriptions of a statement."""
        if subject not in self._telling:
            self._telling[subject] = frozenset(self.subjects(f"<{_RDF}subject>", subject))
        telling = self._telling[subject]
        if len(telling) > _MANY:
            # Of a plan with ten thousand lines, only those that are shown are looked up.
            found = (one for one in self.subjects(f"<{_RDF}object>", object_) if one in telling)
            return [statement for statement in found if predicate in self.all(statement, f"<{_RDF}predicate>")]
        if subject not in self._described:
            self._described[subject] = self._descriptions(telling)
        return self._described[subject].get((predicate, object_), [])

    def _descriptions(self, statements: Iterable[str]) -> dict[tuple[str, str], list[str]]:
        """Descriptions of statements about a thing, by the property and value that they describe."""
        found: dict[tuple[str, str], list[str]] = {}
        for statement in sorted(statements):
            if predicate := self.one(statement, f"<{_RDF}predicate>"):
                for object_ in self.all(statement, f"<{_RDF}object>"):
                    found.setdefault((predicate, object_), []).append(statement)
        return found

    def _integer(self, subjects: list[str], predicate: str) -> int | None:
        values = (_decimal(value) for subject in subjects for value in self.all(subject, predicate))
        return next((int(value) for value in values if value is not None), None)


def compact(iri: str, base: str = "") -> str:
    """An IRI with a prefix, or as it goes on after the base."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(base) or iri


def _name(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _by_property(quads: Iterable[Quad]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for quad in quads:
        found.setdefault(quad.predicate, set()).add(quad.object)
    return {predicate: sorted(values) for predicate, values in sorted(found.items())}


def _decimal(literal: str | None) -> Decimal | None:
    try:
        value = Decimal(text_of(literal).text.strip()) if literal and literal.startswith('"') else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and abs(value.adjusted()) <= _LARGEST else None
