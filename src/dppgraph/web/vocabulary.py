"""What things are called that the data have no name for.

The terms of other vocabularies are named in ``words/*/foreign.po``, and in ``words/*/says.po`` as the verb of a
sentence. A part of a thing, such as the period of a plan, goes by what it is and whose.
"""

import re
from collections.abc import Callable
from typing import Final

from dppgraph.operations.facts import Facts, Text, compact
from dppgraph.web.rendering import translations

_COMPACT: Final = re.compile(r"([a-z]+):([A-Za-z]+)")
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def labels(facts: Facts) -> Callable[[str], Text]:
    """What gives the name of a thing: as the data have it, else as this software calls it, else its short IRI."""

    def label(term: str) -> Text:
        found = facts.label(term)
        return found if _is_named(facts, term, found) else _called(facts, "foreign.", term) or _part(term) or found

    def _part(term: str) -> Text | None:
        whole, mark, _ = term[1:-1].partition("#")
        owner = facts.label(f"<{whole}>") if mark else None
        kinds = [label(kind) for kind in facts.types(term)] if owner and owner.language else []
        return Text(f"{owner.text} ({kinds[0].text})", owner.language) if owner and kinds else None

    return label


def says(facts: Facts, predicate: str) -> Text:
    """What a property, given as a term, is called in a sentence; what has no words for that goes by its name."""
    found = facts.label(predicate)
    if _is_named(facts, predicate, found):
        return found
    return _called(facts, "says.", predicate) or labels(facts)(predicate)


def key_of(name: str, start: str = "foreign.") -> str:
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
    return f"{start}{prefix}-{mark}{_CAPITAL.sub('-', local).lower()}"


def _is_named(facts: Facts, term: str, found: Text) -> bool:
    return bool(found.language) or not term.startswith("<") or found.text != compact(term[1:-1], facts.published.base)


def _called(facts: Facts, start: str, term: str) -> Text | None:
    key = key_of(compact(term[1:-1]), start)
    said = translations(facts.language).gettext(key) if key else key
    return None if said == key else Text(said, facts.language)
