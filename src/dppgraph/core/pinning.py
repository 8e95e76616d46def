"""Pinning: a query whose graphs are those of one version in an engine that holds several.

There each graph of a version has a name of its own, and a query that names a graph means that of the version it asks.
The names are put where the tokenizer sees them. ``GRAPH ?g { P }`` becomes a union over the graphs there are: ``P``
in each of them, joined with the name that clients know it by, which is what SPARQL 1.1 (section 18.6) says that it is;
the name stands within the pattern, so that a FILTER there sees it, as engines have it.
So whatever a query does with ``?g``, it never sees the engine's name, and no variable is added that ``SELECT *`` would
show. Over very many graphs the text would get long: there a second variable has the engine's names, if the query has no
``*`` in it.

What cannot be told for certain is refused: no text may reach the graphs of another version, or of somebody else.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import Declared, Token, hides_graph, tokens, unescaped
from dppgraph.errors import BadParameter, QuerySyntax

_LONGEST: Final = 4 << 20
"""Characters that a query may come to have."""

_DEEPEST: Final = 32
"""GRAPH within GRAPH."""

_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_STARS: Final = ("SELECT", "DISTINCT", "REDUCED", "DESCRIBE")
_ASK_FOR_LESS: Final = "name its graphs, with FROM NAMED or after GRAPH"


@dataclass(frozen=True, slots=True)
class Pins:
    """What graphs are called in the engine.

    Attributes:
        named: the IRI of each graph that GRAPH may reach, to its name in the engine.
        nothing: the name of no graph.
        at_once: graphs up to which ``GRAPH ?g`` becomes a union over them.
        base: what the IRIs of a query are relative to, if it declares nothing.
        resolve: an IRI that a text has, and what it is relative to, to the absolute IRI; raises
            QuerySyntax for what is none.
    """

    named: Mapping[str, str]
    nothing: str
    at_once: int
    base: str
    resolve: Callable[[str, str], str]


def pinned(text: str, pins: Pins) -> str:
    """The query with the engine's names after GRAPH, without FROM and FROM NAMED, and with its prefixes declared.

    Lines stay where they are, up to the first ``GRAPH ?g``.

    Args:
        text: a query that may be asked (``core.query_text.guard``).
        pins: the names.

    Raises:
        QuerySyntax: a graph's name cannot be told, or the text may be read in two ways.
        BadParameter: it would get too long.
    """
    found = list(tokens(text))
    _refuse_what_can_be_read_otherwise(text, found)
    return _header(found, pins.base) + _Pinning(text, found, Declared.of(found), pins).written()


def _refuse_what_can_be_read_otherwise(text: str, found: Sequence[Token]) -> None:
    if "\\u" in text.lower() and [token.kind for token in tokens(unescaped(text))] != [token.kind for token in found]:
        raise QuerySyntax(
            "an escape with \\u spells more than a character of a text or an IRI: write what it stands for"
        )
    if hides_graph(text, found):
        raise QuerySyntax(
            "GRAPH cannot be told for certain here: write white space before and after it, and a full IRI"
        )


def _header(found: Sequence[Token], base: str) -> str:
    """Declarations of what is used and not declared; on the line of what comes after."""
    names = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    declared = {
        after.text.partition(":")[0]
        for token, after in pairwise(found)
        if token.kind == "word" and token.text.upper() == "PREFIX"
    }
    used = sorted((names - declared) & PREFIXES.keys())
    is_relative = any(token.kind == "iri" and not _ABSOLUTE.match(token.text) for token in found)
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in used)
    return f"BASE <{base}> {prefixes}" if is_relative else prefixes


class _Pinning:
    def __init__(self, text: str, found: Sequence[Token], declared: Declared, pins: Pins) -> None:
        self._text = text
        self._found = found
        self._declared = declared
        self._pins = pins
        self._ends = _group_ends(found)
        self._left = _LONGEST
        self._has_star = any(after.text == "*" and token.text.upper() in _STARS for token, after in pairwise(found))
        lowered = text.lower()
        self._mark = next(mark for mark in (f"_engine{n}" for n in count()) if mark not in lowered)
        self._copies = 0
        self._depth = 0

    def written(self) -> str:
        return self._between(0, len(self._found), "") + self._text[self._found[-1].end if self._found else 0 :]

    def _between(self, first: int, last: int, suffix: str) -> str:
        """The text of the tokens from one to before another, with what is before each.

        Args:
            first: the index of the first token.
            last: that of the one after the last.
            suffix: what its blank nodes get at their ends: a label may be in one place of a query only.
        """
        pieces: list[str] = []
        index = first
        while index < last:
            token = self._found[index]
            start = self._found[index - 1].end if index else 0
            pieces.append(self._text[start : token.start])
            word = token.text.upper() if token.kind == "word" else ""
            if word == "GRAPH":
                piece, index = self._graph(index, last, suffix)
                pieces.append(piece)
            elif word == "FROM":
                index = self._after_from(index, last)
            else:
                pieces.append(token.text + suffix if token.kind == "blank" else token.text)
                index += 1
        written = "".join(pieces)
        self._left -= len(written)
        if self._left < 0:
            raise BadParameter(f"the query gets too long over so many graphs: {_ASK_FOR_LESS}")
        return written

    def _after_from(self, index: int, last: int) -> int:
        index += 1
        if index < last and self._found[index].text.upper() == "NAMED":
            index += 1
        return index + 1

    def _graph(self, index: int, last: int, suffix: str) -> tuple[str, int]:
        """What stands for a GRAPH and its pattern, and the index after it."""
        opening = index + 2
        end = self._ends.get(opening)
        if end is None or end >= last:
            raise self._unclear(index)
        if self._depth == _DEEPEST:
            raise QuerySyntax(f"the query nests GRAPH {_DEEPEST} deep: write it flatter")
        self._depth += 1
        piece = self._piece(index, end, suffix)
        self._depth -= 1
        return piece, end + 1

    def _piece(self, index: int, end: int, suffix: str) -> str:
        opening = index + 2
        name = self._found[index + 1]
        if name.kind == "variable":
            return self._any_graph(name.text, (opening + 1, end), suffix)
        iri = self._declared.address(self._found, index + 1)
        if iri is None:
            raise self._unclear(index)
        known = self._pins.named.get(
            self._pins.resolve(unescaped(iri), self._declared.base or self._pins.base), self._pins.nothing
        )
        space = self._text[self._found[index].end : name.start] or " "
        return f"GRAPH{space}<{known}>{self._between(opening, end + 1, suffix)}"

    def _any_graph(self, variable: str, places: tuple[int, int], suffix: str) -> str:
        named = self._pins.named
        if len(named) > self._pins.at_once and not self._has_star:
            rows = " ".join(f"(<{iri}> <{name}>)" for iri, name in named.items())
            self._copies += 1
            other = f"?{self._mark}g{self._copies}"
            within = self._within(f"VALUES ({variable} {other}) {{ {rows} }}", places, suffix)
            return f"GRAPH {other} {{ {within} }}"
        if not named:
            # What is nowhere: the pattern stays, for the variables that it brings into scope.
            return f"GRAPH <{self._pins.nothing}> {{ {self._within(f'VALUES {variable} {{ }}', places, suffix)} }}"
        return f"{{ {' UNION '.join(self._copies_of(variable, places, named.items(), suffix))} }}"

    def _copies_of(
        self, variable: str, places: tuple[int, int], named: Iterable[tuple[str, str]], suffix: str
    ) -> Iterable[str]:
        for iri, name in named:
            self._copies += 1
            own = self._within(f"VALUES {variable} {{ <{iri}> }}", places, f"{suffix}{self._mark}b{self._copies}")
            yield f"{{ GRAPH <{name}> {{ {own} }} }}"

    def _within(self, values: str, places: tuple[int, int], suffix: str) -> str:
        """What is within the brackets of a pattern, where values are given to some variables."""
        group = self._group(places, suffix)
        first = self._found[places[0]]
        is_query = first.kind == "word" and first.text.upper() == "SELECT"
        return f"{values} {{{group}}}" if is_query else f"{values}{group}"

    def _group(self, places: tuple[int, int], suffix: str) -> str:
        """What is within the brackets of a pattern, up to the closing one."""
        first, last = places
        rest = self._text[self._found[last - 1].end : self._found[last].start]
        return self._between(first, last, suffix) + rest

    def _unclear(self, index: int) -> QuerySyntax:
        start = self._found[index].start
        line = self._text.count("\n", 0, start) + 1
        column = start - (self._text.rfind("\n", 0, start) + 1) + 1
        said = "write GRAPH, then a variable, <an absolute IRI> or a name with a prefix declared once, then { }"
        return QuerySyntax(f"the query does not parse: line {line}, column {column}: {said}", line=line, column=column)


def _group_ends(found: Sequence[Token]) -> dict[int, int]:
    """The index of each ``{`` to that of the ``}`` that closes it."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(found):
        if token.kind == "mark" and token.text == "{":
            opened.append(index)
        elif token.kind == "mark" and token.text == "}" and opened:
            ends[opened.pop()] = index
    return ends
