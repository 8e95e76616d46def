"""What a query names outside of its patterns: the graphs after FROM, the endpoints after SERVICE.

An address that cannot be told for certain is None: one that a variable or an escape holds, one with a prefix that is
declared twice, one where keyword and name are not set apart.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text.readings import other_readings
from dppgraph.core.query_text.tokens import Token, tokens, unescaped

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


class Graph(NamedTuple):
    """A graph that a query asks (SPARQL 1.1, section 13.2).

    Attributes:
        iri: its IRI, perhaps a relative one.
        named: whether it stands after FROM NAMED.
        base: what the query says that relative IRIs are relative to; empty where it says nothing.
    """

    iri: str
    named: bool
    base: str = ""


def graphs(found: Sequence[Token]) -> tuple[Graph | None, ...]:
    """The graphs after FROM and FROM NAMED, in order."""
    declared = Declared.of(found)
    named_graphs: list[Graph | None] = []
    for index, token in enumerate(found):
        if not _is_word(token, "FROM"):
            continue
        named = index + 1 < len(found) and _is_word(found[index + 1], "NAMED")
        iri = declared.address(found, index + 1 + named)
        named_graphs.append(None if iri is None else Graph(iri, named, declared.base))
    return tuple(named_graphs)


def services(text: str, found: Sequence[Token]) -> tuple[str | None, ...]:
    """The absolute addresses after SERVICE, in order; empty only if the query asks no other endpoint."""
    asked = _services(found)
    if "\\" not in text:
        return (*asked, None) if _hides(text, found, "service", _asks_on) else asked
    # An escape may spell the keyword, or end the string that seems to hold it.
    spelled = unescaped(text)
    spelled_tokens = list(tokens(spelled))
    hidden = (
        _services(spelled_tokens) != asked
        or _hides(text, found, "service", _asks_on)
        or _hides(spelled, spelled_tokens, "service", _asks_on)
    )
    return (*asked, None) if hidden else asked


def is_glued(text: str, found: Sequence[Token]) -> bool:
    """Whether FROM may stand in the text without white space around it, as in ``FROMNAMED<a>`` or ``FROMe:a``."""
    declared = {after.text for token, after in pairwise(found) if token.text.upper() == "PREFIX"}
    in_pattern = False
    for token, before in zip(found, [None, *found], strict=False):
        upper = token.text.upper()
        in_pattern = in_pattern or upper == "{"
        if token.kind == "word" and "FROM" in upper and upper != "FROM":
            return True
        prefix = upper.partition(":")[0]
        declares = before is not None and before.text.upper() == "PREFIX"
        if token.kind == "name" and "FROM" in prefix and not declares:
            known = token.text.partition(":")[0] + ":" in declared
            # A clause is read before a name: even a declared FROMe: is FROM and e: ahead of the pattern.
            if not known or (prefix != "FROM" and not in_pattern):
                return True
    return _hides(text, found, "from", _names_a_graph)


def hides_graph(text: str, found: Sequence[Token]) -> bool:
    """Whether GRAPH may stand in the text where no token says so, as in ``GRAPHex:a { }``."""
    if "graph" not in text.lower():
        return False
    for index, token in enumerate(found):
        if token.kind not in ("word", "name") or "graph" not in token.text.lower() or _is_word(token, "GRAPH"):
            continue
        if index and (_is_word(found[index - 1], "GRAPH") or _is_word(found[index - 1], "SERVICE")):
            continue
        if _asks_on(found[index + 1 : index + 4]):
            return True
    return _hides(text, found, "graph", _asks_on)


@dataclass(slots=True)
class Declared:
    """What a query's names and relative IRIs stand for.

    Attributes:
        prefixes: each prefix, to all that it is declared to stand for.
        bases: what relative IRIs are declared to be relative to.
    """

    prefixes: dict[str, list[str]] = field(default_factory=dict)
    bases: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """The one base that is declared, or nothing."""
        return self.bases[0] if self.bases else ""

    @classmethod
    def of(cls, found: Sequence[Token]) -> "Declared":
        """What the tokens of a query declare."""
        declared = cls()
        for index, token in enumerate(found[:-1]):
            after = found[index + 1]
            if _is_word(token, "BASE"):
                declared.bases.append(after.text[1:-1])
            elif _is_word(token, "PREFIX") and after.kind == "name":
                stands_for = found[index + 2].text[1:-1] if index + 2 < len(found) else ""
                declared.prefixes.setdefault(after.text.partition(":")[0], []).append(stands_for)
        return declared

    def address(self, found: Sequence[Token], index: int) -> str | None:
        """The IRI that a token names: absolute, or relative to the one base declared, or to that of the data."""
        if index >= len(found):
            return None
        token = found[index]
        if token.kind == "iri":
            iri = token.text[1:-1]
        elif token.kind == "name" and "\\" not in token.text:
            prefix, _, local = token.text.partition(":")
            stands_for = self.prefixes.get(prefix, [PREFIXES[prefix]] if prefix in PREFIXES else [])
            if len(stands_for) != 1:
                return None
            iri = stands_for[0] + local
        else:
            return None
        return iri if _ABSOLUTE.match(iri) or self._has_one_base() else None

    def _has_one_base(self) -> bool:
        """Whether it is certain what relative IRIs are relative to."""
        return not self.bases or (len(self.bases) == 1 and _ABSOLUTE.match(self.base) is not None)


def _services(found: Sequence[Token]) -> tuple[str | None, ...]:
    declared = Declared.of(found)
    return tuple(_service(declared, found, index) for index, token in enumerate(found) if _may_ask(found, index, token))


def _service(declared: Declared, found: Sequence[Token], index: int) -> str | None:
    if not _is_word(found[index], "SERVICE"):
        return None
    index += 1
    if index < len(found) and _is_word(found[index], "SILENT"):
        index += 1
    # The engine reads "SILENTex:a" as SILENT and ex:a.
    if index < len(found) and found[index].kind == "name" and found[index].text.upper().startswith("SILENT"):
        return None
    address = declared.address(found, index)
    return address if address and _ABSOLUTE.match(address) else None


def _may_ask(found: Sequence[Token], index: int, token: Token) -> bool:
    """Whether a token may be the keyword SERVICE, or hold it."""
    lowered = token.text.lower()
    if "service" not in lowered:
        return False
    if token.kind == "word":
        return True
    if token.kind != "name" or (index > 0 and _is_word(found[index - 1], "GRAPH")):
        return False
    # "SERVICEex:y {" without a space; "ex:a.b.SERVICE ex:y {", which an engine may take for a name and a dot;
    # "ex:SERVICE ex:y {" where ex:SERVICE makes no IRI, and ex: does.
    return _asks_on(found[index + 1 : index + 4])


def _hides(text: str, found: Sequence[Token], keyword: str, goes_on: Callable[[Sequence[Token]], bool]) -> bool:
    """Whether the text, read otherwise than it should be, may hold a keyword and what goes on from it."""
    if keyword not in text.lower():
        return False
    for token in other_readings(text, found):
        if token is None:
            return True
        is_it = token.kind in ("word", "name") and keyword in token.text.lower()
        if is_it and goes_on(list(islice(tokens(text, token.end), 3))):
            return True
    return False


def _asks_on(after: Sequence[Token]) -> bool:
    return _opens(after) or _names_and_opens(after)


def _names_a_graph(after: Sequence[Token]) -> bool:
    return bool(after) and (after[0].kind in ("iri", "name") or _is_word(after[0], "NAMED"))


def _opens(after: Sequence[Token]) -> bool:
    return bool(after) and after[0].text == "{"


def _names_and_opens(after: Sequence[Token]) -> bool:
    """Whether these go on from SERVICE as a pattern does (SPARQL 1.1, rule 59)."""
    if after and _is_word(after[0], "SILENT"):
        after = after[1:]
    return len(after) > 1 and after[0].kind in ("iri", "name", "variable") and after[1].text == "{"


def _is_word(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word
