"""The terms of the ontology: what they are called and mean, what they go with, how often they are used."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.facts import Facts, Text
from dppgraph.store.history import Pattern

_OWL: Final = PREFIXES["owl"]
_RDFS: Final = PREFIXES["rdfs"]
_SKOS: Final = PREFIXES["skos"]
_DCT: Final = PREFIXES["dct"]
_DPP: Final = PREFIXES["dpp"]
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_THIS: Final = f"<{NAMESPACE}>"

KINDS: Final[Mapping[str, str]] = {
    f"<{_OWL}Class>": "class",
    f"<{_OWL}ObjectProperty>": "link",
    f"<{_OWL}DatatypeProperty>": "value",
    f"<{_OWL}AnnotationProperty>": "remark",
}
"""The kinds of terms, by their class in OWL: a property that leads to a thing is a link, one to a literal a value."""

_DOMAINS: Final = (f"<{_RDFS}domain>", f"<{PREFIXES['dcam']}domainIncludes>")
_RANGES: Final = (f"<{_RDFS}range>", f"<{PREFIXES['dcam']}rangeIncludes>")
_ABOVE: Final = (f"<{_RDFS}subClassOf>", f"<{_RDFS}subPropertyOf>")
_INVERSE: Final = f"<{_OWL}inverseOf>"
_SEE: Final = (
    f"<{_RDFS}seeAlso>",
    f"<{_OWL}equivalentClass>",
    f"<{_OWL}equivalentProperty>",
    *(f"<{_SKOS}{name}Match>" for name in ("exact", "close", "broad", "narrow", "related")),
)
_NOTES: Final = tuple(f"<{_SKOS}{name}>" for name in ("scopeNote", "example", "editorialNote"))


@dataclass(frozen=True, slots=True)
class Term:
    """A class or a property. What it goes with is given as terms (``<iri>``), sorted.

    Attributes:
        iri: the term itself.
        name: the last part of its IRI.
        kind: one of the values of :data:`KINDS`.
        label: what it is called.
        definition: what it means.
        notes: how it is used, and what it is not.
        above: the wider classes or properties, of others too.
        below: the narrower ones of this ontology.
        domains: what may have the property; any of them.
        ranges: what its values are.
        inverses: the property read the other way.
        see: comparable terms, mostly of others.
        traits: what OWL says of it besides, such as that it is transitive.
        expects: the properties that one would expect to know of each member of the class.
        single: whether two values of it mean that sources disagree.
        uses: how many members the class has, or how many statements use the property.
    """

    iri: str
    name: str
    kind: str
    label: Text
    definition: Text | None
    notes: tuple[Text, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    inverses: tuple[str, ...]
    see: tuple[str, ...]
    traits: tuple[str, ...]
    expects: tuple[str, ...]
    single: bool
    uses: int


@dataclass(frozen=True, slots=True)
class Ontology:
    """The ontology.

    Attributes:
        title: what it is called; None where the version holds no ontology.
        description: what it is for.
        edition: its own version, such as ``0.1.0``, or empty.
        licence: its licence, as an IRI, or empty.
        terms: its classes, then its properties, each in the order of their names.
    """

    title: Text | None
    description: Text | None
    edition: str
    licence: str
    terms: tuple[Term, ...]

    def named(self, name: str) -> Term | None:
        """The term of a name, or None."""
        return next((term for term in self.terms if term.name == name), None)


def ontology(facts: Facts) -> Ontology:
    """The ontology of a version, for a reader of one language."""
    kinds = {iri: kind for iri in _ours(facts) if (kind := _kind(facts, iri))}
    below, inverses = _pointing(facts, *_ABOVE), _pointing(facts, _INVERSE)
    order = list(KINDS.values())
    named = sorted(kinds, key=lambda iri: (order.index(kinds[iri]) > 0, iri.casefold(), iri))
    edition, licence = (facts.one(_THIS, name) or "" for name in (f"<{_OWL}versionInfo>", f"<{_DCT}license>"))
    return Ontology(
        facts.text(_THIS, f"<{_DCT}title>", f"<{_RDFS}label>"),
        facts.text(_THIS, f"<{_DCT}description>"),
        facts.label(edition).text if edition else "",
        licence.strip("<>"),
        tuple(_term(facts, iri, kinds[iri], below.get(iri, set()), inverses.get(iri, set())) for iri in named),
    )


def _ours(facts: Facts) -> list[str]:
    start = f"<{NAMESPACE}"
    return [iri for iri in facts.subjects(f"<{_RDFS}isDefinedBy>", _THIS) if iri.startswith(start) and iri != _THIS]


def _kind(facts: Facts, iri: str) -> str:
    types = facts.types(iri)
    # Of two kinds the first by name counts, as in the question `ontology-terms`.
    return next((KINDS[type_] for type_ in sorted(KINDS) if type_ in types), "")


def _term(facts: Facts, iri: str, kind: str, below: AbstractSet[str], inverses: AbstractSet[str]) -> Term:
    exact = facts.published.exact
    pattern = Pattern(None, _TYPE, iri) if kind == "class" else Pattern(None, iri, None)
    notes = (facts.text(iri, predicate) for predicate in _NOTES)
    return Term(
        iri=iri,
        name=iri[len(NAMESPACE) + 1 : -1],
        kind=kind,
        label=facts.text(iri, f"<{_RDFS}label>") or facts.label(iri),
        definition=facts.text(iri, f"<{_SKOS}definition>", f"<{_RDFS}comment>"),
        notes=tuple(note for note in notes if note),
        above=_things(facts, iri, *_ABOVE),
        below=tuple(sorted(below - {iri})),
        domains=_things(facts, iri, *_DOMAINS),
        ranges=_things(facts, iri, *_RANGES),
        inverses=tuple(sorted(inverses | set(_things(facts, iri, _INVERSE)))),
        see=_things(facts, iri, *_SEE),
        traits=tuple(type_ for type_ in facts.types(iri) if type_ not in KINDS and type_.startswith(f"<{_OWL}")),
        expects=_things(facts, iri, f"<{_DPP}expects>"),
        single=any(facts.label(value).text in ("true", "1") for value in facts.all(iri, f"<{_DPP}singleValued>")),
        uses=exact.count(pattern),
    )


def _things(facts: Facts, iri: str, *predicates: str) -> tuple[str, ...]:
    found = {value for predicate in predicates for value in facts.all(iri, predicate) if value.startswith("<")}
    return tuple(sorted(found - {iri}))


def _pointing(facts: Facts, *predicates: str) -> dict[str, set[str]]:
    """The subjects of some properties, by their object: one look-up for all terms."""
    found: dict[str, set[str]] = {}
    for predicate in predicates:
        for subject, _, object_ in facts.published.exact.match(Pattern(None, predicate, None)):
            found.setdefault(object_, set()).add(subject)
    return found
