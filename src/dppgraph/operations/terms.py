"""The terms that a version uses, as they stand in a query, with what they are called."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest

_A: Final = f"<{PREFIXES['rdf']}type>"
_COUNTED: Final = {f"<{PREFIXES['void']}class>": "class", f"<{PREFIXES['void']}property>": "property"}
_DECLARED: Final = {
    "owl:Class": "class",
    "owl:ObjectProperty": "property",
    "owl:DatatypeProperty": "property",
    "skos:Concept": "concept",
    "dpp:PolicyInstrument": "thing",
}
"""The classes whose members are terms, and what kind each is."""

_MOST: Final = 2000
"""Of one class no more than that: a list to choose from, not the data."""

_LOCAL: Final = re.compile(r"[A-Za-z_]([\w-]*\w)?", re.ASCII)


class Term(NamedTuple):
    """A term.

    Attributes:
        written: how it stands in a query: with a prefix where it can, else in full.
        kind: ``class``, ``property``, ``concept`` or ``thing``.
        label: what it is called.
    """

    written: str
    kind: str
    label: Text


def terms(harvest: Harvest, language: str) -> list[Term]:
    """The terms of a version: those that its data uses, those that the ontology declares, its concepts and plans.

    Args:
        harvest: the version.
        language: the language of the labels.

    Raises:
        StoreUnavailable: what is known of the version is not there.
    """
    facts = Facts(harvest.published, language)
    kinds = dict(_used(harvest))
    for name, kind in _DECLARED.items():
        prefix, _, local = name.partition(":")
        for term in facts.subjects(_A, f"<{PREFIXES[prefix]}{local}>")[:_MOST]:
            kinds.setdefault(term, kind)
    found = [Term(written(term[1:-1]), kind, facts.label(term)) for term, kind in kinds.items()]
    return sorted(found, key=lambda term: (term.written.startswith("<"), term.written))


def written(iri: str) -> str:
    """An IRI as it stands in a query: with one of our prefixes where that is allowed."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _used(harvest: Harvest) -> Iterator[tuple[str, str]]:
    for line in harvest.void():
        quad = parse_line(line)
        if quad.predicate in _COUNTED:
            yield quad.object, _COUNTED[quad.predicate]
