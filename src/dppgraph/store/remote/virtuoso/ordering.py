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
    one, other = left.value, right.value
    as_texts = (
        f"{_is_text(one, kept=True)} && {_is_text(other, kept=True)} "
        f"&& STR({_datatype(one)}) = STR({_datatype(other)}) && STR({one}) {mark} STR({other})"
    )
    as_they_are = f"{one} {mark} {other}"
    dates = " || ".join(
        f"(DATATYPE({one}) = <{XSD}{name}> && DATATYPE({other}) = <{XSD}{name}> && {as_they_are})"
        for name in ("date", "dateTime")
    )
    return f"(({as_texts}) || (isNumeric({one}) && isNumeric({other}) && {as_they_are}) || {dates})"


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
        return _is_text(value, kept=False)
    return f"DATATYPE({value}) = <{KEPT if kind in OPAQUE else ''}{kind}>"


def _is_text(value: str, *, kept: bool) -> str:
    """Whether a value is a plain text, or one that is kept as a text."""
    is_kept = f' || STRSTARTS(STR({_datatype(value)}), "{KEPT}")' if kept else ""
    return f'(isLiteral({value}) && LANG({value}) = "" && ({_datatype(value)} = {_STRING}{is_kept}))'


def _datatype(value: str) -> str:
    return f"COALESCE(DATATYPE({value}), {_STRING})"
