"""Which named questions use a term: found in their texts, by the tokens of SPARQL."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import tokens
from dppgraph.operations.queries import Question

_UNESCAPED: Final = re.compile(r"\\(?=.)")
"""What stands before a character that a local name has only so (SPARQL 1.1, section 19.8, PN_LOCAL_ESC)."""


def asking(questions: Iterable[Question]) -> Mapping[str, tuple[str, ...]]:
    """The names of the questions that use a term, sorted, by the term (``<iri>``)."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for iri in iris_in(question.text):
            found.setdefault(iri, set()).add(question.name)
    return {iri: tuple(sorted(names)) for iri, names in found.items()}


def iris_in(text: str) -> Iterator[str]:
    """The IRIs that a query names, as terms, written out or with a prefix; those of its prefixes are none.

    >>> list(iris_in("?plan a dpp:PolicyPlan"))
    ['<https://w3id.org/dppgraph/ns#PolicyPlan>']
    """
    prefixes = dict(PREFIXES)
    # What names a prefix, or the base, is followed by an IRI that names nothing: its name, or nothing, until it comes.
    declaring: str | None = None
    for token in tokens(text):
        if token.kind == "iri":
            if declaring is None:
                yield token.text
            elif declaring:
                prefixes[declaring.removesuffix(":")] = token.text[1:-1]
            declaring = None
        elif token.kind == "name" and declaring is not None:
            declaring = token.text
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in prefixes:
                yield f"<{prefixes[prefix]}{_UNESCAPED.sub('', local)}>"
        else:
            declaring = "" if token.kind == "word" and token.text.upper() in ("PREFIX", "BASE") else None
