"""What the templates of these pages ask for words."""

import re
from collections.abc import Mapping
from typing import Final

from dppgraph.operations.facts import Facts, compact
from dppgraph.web.rendering import slug
from dppgraph.web.vocabulary import labels

Told = Mapping[str, object]
"""What a page shows, by the names that its template has for it."""

_NOT_IN_AN_ANCHOR: Final = re.compile(r"[^A-Za-z0-9_-]+")


def speaking(facts: Facts) -> Told:
    """What templates ask for words."""
    return {"names": labels(facts), "compact": lambda term: compact(term.strip("<>")), "anchor": anchor}


def anchor(term: str) -> str:
    """What a thing is called within a page: the end of its IRI, of characters that need no escapes."""
    return _NOT_IN_AN_ANCHOR.sub("-", slug(term)).strip("-") or "thing"


def contents(*sections: tuple[str, str, object]) -> list[tuple[str, str]]:
    """The sections of a page that there are: the anchor and the key of the name of each that has something in it."""
    return [(name, key) for name, key, has in sections if has]
