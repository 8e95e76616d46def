"""The ontology's terms for programs that want no RDF."""

from collections.abc import Mapping, Sequence

from dppgraph.operations.facts import Evidence, Text
from dppgraph.operations.ontology import Example, Ontology, Scheme, Term
from dppgraph.web.pages import plain

COLUMNS = ("term", "name", "kind", "label", "definition", "domains", "ranges", "uses", "questions")
"""The columns of the table of terms; several values of a cell stand apart by a space."""


def said_of(text: Text | None) -> str | None:
    """The characters of a text."""
    return text.text if text else None


def term_data(term: Term, asked: Sequence[str]) -> dict[str, object]:
    """A term, with the names of the questions that use it."""
    several = ("above", "below", "domains", "ranges", "inverses", "see", "traits", "expects")
    return {
        "term": plain(term.iri),
        "name": term.name,
        "kind": term.kind,
        "label": term.label.text,
        "definition": said_of(term.definition),
        "notes": [note.text for note in term.notes],
        **{name: [plain(iri) for iri in getattr(term, name)] for name in several},
        "singleValued": term.single,
        "uses": term.uses,
        "questions": list(asked),
    }


def ontology_data(
    ontology: Ontology, lists: Sequence[Scheme], asking: Mapping[str, tuple[str, ...]]
) -> dict[str, object]:
    """The whole ontology, and the lists of concepts."""
    return {
        "title": said_of(ontology.title),
        "description": said_of(ontology.description),
        "edition": ontology.edition or None,
        "licence": ontology.licence or None,
        "terms": [term_data(term, asking.get(term.iri, ())) for term in ontology.terms],
        "lists": [_list(scheme) for scheme in lists],
    }


def rows_of(ontology: Ontology, asking: Mapping[str, tuple[str, ...]]) -> list[tuple[object, ...]]:
    """The rows of the table of terms."""
    return [
        (
            plain(term.iri),
            term.name,
            term.kind,
            term.label.text,
            said_of(term.definition),
            " ".join(map(plain, term.domains)),
            " ".join(map(plain, term.ranges)),
            term.uses,
            " ".join(asking.get(term.iri, ())),
        )
        for term in ontology.terms
    ]


def example_data(example: Example) -> dict[str, object]:
    """A use of a term, with the words that it rests on."""
    return {
        "subject": plain(example.subject),
        "value": plain(example.value) or None,
        "evidence": [_evidence(one) for one in example.evidence],
    }


def _list(scheme: Scheme) -> dict[str, object]:
    return {
        "list": plain(scheme.iri),
        "label": scheme.label.text,
        "definition": said_of(scheme.definition),
        "concepts": [
            {
                "concept": plain(concept.iri),
                "notation": concept.notation or None,
                "label": concept.label.text,
                "definition": said_of(concept.definition),
                "uses": concept.uses,
            }
            for concept in scheme.concepts
        ],
    }


def _evidence(one: Evidence) -> dict[str, object]:
    return {
        "statement": plain(one.statement),
        "provenance": one.provenance,
        "quote": said_of(one.quote),
        "source": plain(one.source) if one.source else None,
    }
