"""Pre-binding: a query with terms in place of some of its variables, before anything is evaluated.

SHACL (appendix A, "Pre-binding of Variables") says what is meant: the variable stands for the term everywhere, in
nested queries, unions and NOT EXISTS too, which VALUES or BIND at the top would not reach. A term is put where the
tokenizer sees a variable, as one token, so no value can change what the query says around it; and since the outcome is
plain SPARQL 1.1, any engine can answer it. What would come to mean something else is refused, as SHACL does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dppgraph.core.query_text import Token, tokens
from dppgraph.errors import BadParameter

_LIST_ENDS: Final = {"WHERE", "FROM", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "GROUP"}
_SHOWN: Final = 8


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The query with terms in place of variables.

    A variable that stands alone in the outermost SELECT list stays a column, ``(term AS ?v)``; in that of a nested
    query it becomes a column that nothing refers to; in GROUP BY and ORDER BY it becomes ``(term)``; ``BOUND(?v)``
    becomes ``(true)``.

    Args:
        text: a query; ``SELECT *`` is spelled out before (``query_text.with_columns``), or it loses these columns.
        values: variable name to term, as in canonical N-Triples.

    Raises:
        BadParameter: the query has no such variable, gives it a value itself (AS, VALUES), or has it where a term
            means something else: in a MINUS, which takes away only by what both sides share, or in ``DESCRIBE *``.
    """
    if not values:
        return text
    found = list(tokens(text))
    names = dict.fromkeys(token.text[1:] for token in found if token.kind == "variable")
    for name in values:
        if name not in names:
            there = ", ".join(f"?{known}" for known in list(names)[:_SHOWN]) or "no variable"
            raise BadParameter(f"the query has no variable ?{name}: it has {there}")
    pieces: list[str] = []
    end = 0
    for index, place in _places(found):
        token = found[index]
        term = values.get(token.text[1:])
        if term is None:
            continue
        if place.refused:
            raise BadParameter(f"{token.text} cannot be given a value: {place.refused}")
        first, last = (index - 2, index + 1) if place.bound else (index, index)
        pieces += [text[end : found[first].start], _written(token, term, place, index)]
        end = found[last].end
    return "".join([*pieces, text[end:]])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a variable stands.

    Attributes:
        listed: the word that opened the list in which it stands alone: SELECT, GROUP or ORDER; else empty.
        nested: whether that list is of a query within the query.
        refused: why no value can stand there; else empty.
        bound: whether it is what BOUND asks about.
    """

    listed: str
    nested: bool
    refused: str
    bound: bool


@dataclass(slots=True)
class _Group:
    """What has been read of a group ``{ }``, or of what is around the outermost."""

    word: str = ""
    """The word that opened the list that is being read."""
    depth: int = 0
    """How many brackets are open in it."""
    in_values: bool = False
    in_minus: bool = False


def _places(found: Sequence[Token]) -> Iterator[tuple[int, _Place]]:
    """Each variable of a query, by its index among the tokens."""
    groups = [_Group()]
    describes_all = any(token.text.upper() == "DESCRIBE" and after.text == "*" for token, after in pairwise(found))
    for index, token in enumerate(found):
        group = groups[-1]
        if token.kind == "variable":
            before = found[index - 1].text.upper() if index else ""
            refused = (
                "the query gives it one itself"
                if before == "AS" or group.in_values
                else "it stands in a MINUS, where a value takes nothing away: write FILTER NOT EXISTS"
                if any(outer.in_minus for outer in groups)
                else "DESCRIBE * would leave it out: name what is to be described"
                if describes_all
                else ""
            )
            listed = group.word if group.depth == 0 else ""
            yield index, _Place(listed, len(groups) > 1, refused, _is_bound(found, index))
        elif token.kind == "word":
            _read_word(group, token.text.upper(), found[index - 1].text.upper() if index else "")
        elif token.text == "{":
            # The pattern of a SELECT ends its list; that of an EXISTS within an expression does not.
            if group.word == "SELECT" and group.depth == 0:
                group.word = ""
            group.in_values = False
            minus = index > 0 and found[index - 1].text.upper() == "MINUS"
            groups.append(_Group(in_minus=minus))
        elif token.text == "}" and len(groups) > 1:
            groups.pop()
        elif token.text in "()":
            group.depth += 1 if token.text == "(" else -1


def _read_word(group: _Group, word: str, before: str) -> None:
    if word == "SELECT":
        group.word, group.depth = word, 0
    elif word == "BY" and before in ("GROUP", "ORDER"):
        group.word, group.depth = before, 0
    elif word in _LIST_ENDS and group.depth == 0:
        group.word = ""
    if word == "VALUES":
        group.in_values = True


def _is_bound(found: Sequence[Token], index: int) -> bool:
    around = [token.text.upper() for token in found[max(index - 2, 0) : index + 2]]
    return around[:2] == ["BOUND", "("] and around[3:] == [")"]


def _written(token: Token, term: str, place: _Place, index: int) -> str:
    if place.bound:
        return " (true) "
    if place.listed == "SELECT":
        # Where the query around it has this column too, there would be two of one name.
        name = f"?{token.text[1:]}_given{index}" if place.nested else token.text
        return f" ({term} AS {name}) "
    return f" ({term}) " if place.listed else f" {term} "
