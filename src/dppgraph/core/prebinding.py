"""Pre-binding: a query with terms in place of some of its variables, before anything is evaluated.

SHACL (appendix A, "Pre-binding of Variables") says what is meant: the variable stands for the term everywhere, in
nested queries, unions and NOT EXISTS too, which VALUES or BIND at the top would not reach. A term is put where the
tokenizer sees a variable, as one token, so no value can change what the query says around it; and since the outcome is
plain SPARQL 1.1, every engine gives the same answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.query_text import Token, tokens
from dppgraph.errors import BadParameter

_LIST_ENDS: Final = {"WHERE", "FROM", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "GROUP"}
_SHOWN: Final = 8


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The query with terms in place of variables.

    A variable that stands alone in a SELECT list stays a column, ``(term AS ?v)``; in GROUP BY and ORDER BY it becomes
    ``(term)``; ``BOUND(?v)`` becomes ``(true)``.

    Args:
        text: a query; ``SELECT *`` is spelled out before (``query_text.with_columns``), or it loses these columns.
        values: variable name to term, as in canonical N-Triples.

    Raises:
        BadParameter: the query has no such variable, or gives it a value itself (AS, VALUES).
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
        if place.assigned:
            raise BadParameter(f"the query gives {token.text} a value itself: it cannot be given another")
        first, last = (index - 2, index + 1) if place.bound else (index, index)
        pieces += [text[end : found[first].start], _written(token, term, place)]
        end = found[last].end
    return "".join([*pieces, text[end:]])


@dataclass(slots=True)
class _Place:
    """Where a variable stands.

    Attributes:
        listed: the word that opened the list in which it stands alone: SELECT, GROUP or ORDER; else empty.
        assigned: whether the query gives it a value there.
        bound: whether it is what BOUND asks about.
    """

    listed: str = ""
    assigned: bool = False
    bound: bool = False


@dataclass(slots=True)
class _Lists:
    """Which list of variables or expressions a token stands in, and how many brackets deep."""

    word: str = ""
    depth: int = 0
    values: str = ""
    before: str = field(default="", repr=False)

    def read(self, token: Token) -> None:
        text = token.text.upper()
        if token.kind == "word":
            self._word(text)
        elif token.kind == "mark":
            self._mark(text)
        self.before = text

    def _word(self, text: str) -> None:
        if text == "SELECT" or (text == "BY" and self.before in ("GROUP", "ORDER")):
            self.word, self.depth = (text if text == "SELECT" else self.before), 0
        elif text in _LIST_ENDS and self.depth == 0:
            self.word = ""
        if text == "VALUES":
            self.values = text

    def _mark(self, text: str) -> None:
        if text == "(":
            self.depth += 1
        elif text == ")":
            self.depth -= 1
        elif text in "{}":
            self.word = self.values = ""
            self.depth = 0


def _places(found: Sequence[Token]) -> Iterator[tuple[int, _Place]]:
    """Each variable of a query, by its index among the tokens."""
    lists = _Lists()
    for index, token in enumerate(found):
        if token.kind == "variable":
            after_as = index > 0 and found[index - 1].text.upper() == "AS"
            yield (
                index,
                _Place(
                    listed=lists.word if lists.depth == 0 else "",
                    assigned=after_as or bool(lists.values),
                    bound=_is_bound(found, index),
                ),
            )
        lists.read(token)


def _is_bound(found: Sequence[Token], index: int) -> bool:
    around = [token.text.upper() for token in found[max(index - 2, 0) : index + 2]]
    return around[:2] == ["BOUND", "("] and around[3:] == [")"]


def _written(token: Token, term: str, place: _Place) -> str:
    if place.bound:
        return " (true) "
    if place.listed == "SELECT":
        return f" ({term} AS {token.text}) "
    return f" ({term}) " if place.listed else f" {term} "
