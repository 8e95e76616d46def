"""How else a query may be read.

The specification takes the longest token there is: ``<'a>`` is an IRI. An engine without tokens, which tries one rule
after the other, finds ``FILTER(1<'a>')`` to be a comparison with a text instead. What comes after is then a string for
the one and a pattern for the other.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from dppgraph.core.query_text.tokens import Token, token_at

_LINE_END: Final = re.compile(r"[\r\n]")
_NO_CHARACTER: Final = re.compile(r"\\u[Dd][89A-Fa-f]|\\U(?!0000(?![Dd][89A-Fa-f])|000[1-9A-Fa-f]|0010)")
"""The escapes of surrogates, and of what is beyond Unicode."""

_PATIENCE: Final = 8
"""How often the whole text's length is read at most."""


def other_readings(text: str, found: Sequence[Token]) -> Iterator[Token | None]:
    """The tokens that are not in ``found`` and that a reading of the text may have; None where there are too many.

    There are two occasions: a ``<`` that may be less-than, in front of what then holds a comment or a string, and three
    quotes that no others end, or with an escape between that says no character, which may be an empty string and the
    start of the next.
    """
    seen = {token.start for token in found}
    pending = [start for token in found if (start := _otherwise(token)) is not None]
    if not pending:
        return
    line_ends = [match.start() for match in _LINE_END.finditer(text)]
    patience = _PATIENCE * len(text)
    while pending:
        at = pending.pop()
        while at < len(text) and at not in seen:
            seen.add(at)
            if text[at] == "#":
                following = bisect_left(line_ends, at)
                at = line_ends[following] if following < len(line_ends) else len(text)
                continue
            token = token_at(text, at)
            at = token.end
            patience -= len(token.text)
            if patience < 0:
                yield None
                return
            if token.kind != "space":
                yield token
                if (start := _otherwise(token)) is not None:
                    pending.append(start)


def _otherwise(token: Token) -> int | None:
    """Where the next token starts if this one is shorter than it could be."""
    if token.kind == "iri" and ("#" in token.text or "'" in token.text):
        return token.start + 1
    may_fail = token.kind == "endless" or (token.kind == "string" and _NO_CHARACTER.search(token.text))
    if may_fail and token.text.startswith(("'''", '"""')):
        return token.start + 2
    return None
