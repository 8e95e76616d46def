"""The ontology for people: its terms, how often and where they are used, and how its classes hang together."""

from dppgraph.operations.ontology.asked import asking
from dppgraph.operations.ontology.diagram import Row, diagram
from dppgraph.operations.ontology.examples import Example, examples, query_of
from dppgraph.operations.ontology.schemes import Concept, Scheme, schemes
from dppgraph.operations.ontology.terms import KINDS, Ontology, Term, ontology

__all__ = [
    "KINDS",
    "Concept",
    "Example",
    "Ontology",
    "Row",
    "Scheme",
    "Term",
    "asking",
    "diagram",
    "examples",
    "ontology",
    "query_of",
    "schemes",
]
