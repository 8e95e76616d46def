"""What a property is called in a sentence: by the graph, or, of a well-known one that it only uses, by us."""

import re
from typing import Final

from dppgraph.operations.facts import Facts, Text, compact
from dppgraph.web.rendering import translations

_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def says(facts: Facts, predicate: str) -> Text:
    """What a property, given as a term, is called in the language of these facts; its short name where it has none."""
    label = facts.label(predicate)
    if label.language or not predicate.startswith("<"):
        return label
    key = "says." + _CAPITAL.sub("-", compact(predicate[1:-1])).replace(":", "-").lower()
    said = translations(facts.language).gettext(key)
    return label if said == key else Text(said, facts.language)
