"""Which named questions use a term: found in their texts, by the tokens of SPARQL."""

from collections.abc import Iterable, Iterator, Mapping

from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import tokens
from dppgraph.operations.queries import Question


def asking(questions: Iterable[Question]) -> Mapping[str, tuple[str, ...]]:
    """The names of the questions that use a term, sorted, by the term (``<iri>``)."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for iri in iris_in(question.text):
            found.setdefault(iri, set()).add(question.name)
    return {iri: tuple(sorted(names)) for iri, names in found.items()}


def iris_in(text: str) -> Iterator[str]:
    """The IRIs that a query names, as terms, written out or with a prefix; those of its prefixes are none.

    >>> list(iris_in("PREFIX dpp: <https://w3id.org/dppgraph/ns#> ASK { ?plan a dpp:PolicyPlan }"))
    ['<https://w3id.org/dppgraph/ns#PolicyPlan>']
    """
    prefixes, declared = dict(PREFIXES), ""
    declaring = False
    for token in tokens(text):
        if token.kind == "iri":
            if declaring:
                prefixes[declared] = token.text[1:-1]
            else:
                yield token.text
            declaring = False
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if declaring:
                declared = prefix
            elif prefix in prefixes:
                yield f"<{prefixes[prefix]}{local.replace(chr(92), '')}>"
        else:
            # What names a prefix, or the base, is followed by an IRI that names nothing.
            declaring = token.kind == "word" and token.text.upper() in ("PREFIX", "BASE")
