"""Which of two values is less: Virtuoso has an order of its own for what is of two kinds, and for texts it stores."""

from typing import Final

from dppgraph.store.remote.virtuoso.literals import KEPT, OPAQUE, XSD
from dppgraph.store.remote.virtuoso.pieces import NUMBER, TEXT, Piece

_STRING: Final = f"<{XSD}string>"
_NEVER: Final = "(1 = 2)"


def ordered(left: Piece, mark: str, right: Piece) -> str:
    """``<``, ``>``, ``<=`` or ``>=``: of values of one kind only, as SPARQL 1.1 has it (section 17.3)."""
    if left.kind and right.kind:
        return _alike(left, mark, right, left.kind) if left.kind == right.kind else _NEVER
    if left.kind or right.kind:
        kind = left.kind or right.kind
        unknown = right if left.kind else left
        return f"({_is(unknown.value, kind)} && {_alike(left, mark, right, kind)})"
    return _of_any_kind(left.value, mark, right.value)


def _of_any_kind(one: str, mark: str, other: str) -> str:
    """Likewise where no kind is known: a chain of IF, since of several ``||`` with ``&&`` in them it loses some."""
    as_they_are, as_texts = f"{one} {mark} {other}", f"STR({one}) {mark} STR({other})"
    ways = (
        f"{_is(one, TEXT)} && {_is(other, TEXT)} && {as_texts}",
        f'STRSTARTS(STR(DATATYPE({one})), "{KEPT}") && STR(DATATYPE({one})) = STR(DATATYPE({other})) && {as_texts}',
        f"{_is(one, NUMBER)} && {_is(other, NUMBER)} && {as_they_are}",
        *(f"{_is(one, date)} && {_is(other, date)} && {as_they_are}" for date in (f"{XSD}date", f"{XSD}dateTime")),
    )
    return f"({''.join(f'IF({way}, 1, ' for way in ways)}0{')' * len(ways)} = 1)"


def _alike(left: Piece, mark: str, right: Piece, kind: str) -> str:
    """The comparison, where both are of a kind."""
    if kind != TEXT and kind not in OPAQUE:
        return f"{left.value} {mark} {right.value}"
    return f"STR({left.value}) {mark} STR({right.value})"


def _is(value: str, kind: str) -> str:
    """Whether a value is of a kind."""
    if kind == NUMBER:
        return f"isNumeric({value})"
    if kind == TEXT:
        return f'isLiteral({value}) && LANG({value}) = "" && COALESCE(DATATYPE({value}), {_STRING}) = {_STRING}'
    return f"DATATYPE({value}) = <{KEPT if kind in OPAQUE else ''}{kind}>"
