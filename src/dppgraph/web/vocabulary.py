"""What the terms of other vocabularies are called, where the data have no name for them: ``words/*/foreign.po``."""

import re
from collections.abc import Callable
from typing import Final

from dppgraph.operations.facts import Facts, Text, compact
from dppgraph.web.rendering import translations

_COMPACT: Final = re.compile(r"([a-z]+):([A-Za-z]+)")
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
_KEY: Final = "foreign."


def labels(facts: Facts) -> Callable[[str], Text]:
    """What gives the name of a thing: as the data have it, else as this software calls it, else its short IRI."""
    words = translations(facts.language)

    def label(term: str) -> Text:
        found = facts.label(term)
        if found.language or not term.startswith("<") or found.text != compact(term[1:-1]):
            return found
        key = key_of(found.text)
        said = words.gettext(key) if key else key
        return found if said == key else Text(said, facts.language)

    return label


def key_of(name: str) -> str:
    """The key of the message for a compact IRI; empty for what has none.

    >>> key_of("dct:hasPart"), key_of("skos:Concept")
    ('foreign.dct-has-part', 'foreign.skos--concept')
    """
    match = _COMPACT.fullmatch(name)
    if match is None:
        return ""
    prefix, local = match.groups()
    # A class and a property may differ by their first letter alone.
    mark = "-" if local[0].isupper() else ""
    return f"{_KEY}{prefix}-{mark}{_CAPITAL.sub('-', local).lower()}"
