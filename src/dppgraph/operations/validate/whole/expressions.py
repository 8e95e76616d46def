"""Expressions of queries as the engine is asked them, where that means the same over plain literals.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Callable, Set
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from rdflib import XSD, Literal, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from dppgraph.core.quads import literal
from dppgraph.operations.validate.whole import kinds
from dppgraph.operations.validate.whole.patterns import is_plain, is_whole
from dppgraph.operations.validate.wider import Unknown

NAMED: Final = frozenset({kinds.IRI, kinds.BLANK})
TRUTH: Final = frozenset({"truth"})
"""The kind of a condition's value, which is no term of the data."""
_TEXTS: Final = frozenset({kinds.TEXT})
_NUMBERS: Final = frozenset({kinds.INTEGER, kinds.DECIMAL})
_INTEGERS: Final = frozenset({kinds.INTEGER})
_DATES: Final = frozenset({kinds.DATE})
_DAY: Final = Literal("P1D", datatype=XSD.dayTimeDuration, normalize=False)

Said = tuple[str, frozenset[str]]
"""An expression as the engine is asked it, and the kinds that its value may have."""


class Says(Protocol):
    """Says parts of expressions, all of which raise ``Unknown`` where there is no way."""

    def expression(self, expression: Any) -> Said:
        """An expression."""
        ...

    def condition(self, expression: Any) -> str:
        """A condition."""
        ...

    def of(self, expression: Any, wanted: Set[str]) -> str:
        """An expression whose value is of some kinds."""
        ...


def _text_of(says: Says, node: CompValue) -> Said:
    said, its = says.expression(node.arg)
    if its == TRUTH:
        raise Unknown
    return f"STR({said})", _TEXTS


def _concatenated(says: Says, node: CompValue) -> Said:
    return f"CONCAT({', '.join(says.of(one, _TEXTS) for one in node.arg)})", _TEXTS


def _part_of(says: Says, node: CompValue) -> Said:
    places = [node.start, *([node.length] if node.length is not None else [])]
    if not all(isinstance(one, Literal) and one.datatype == XSD.integer and one.value > 0 for one in places):
        raise Unknown
    return f"SUBSTR({says.of(node.arg, _TEXTS)}, {', '.join(str(one) for one in places)})", _TEXTS


def _length(says: Says, node: CompValue) -> Said:
    return f"STRLEN({says.of(node.arg, _TEXTS)})", _INTEGERS


def _matched(says: Says, node: CompValue) -> Said:
    if node.flags is not None or not isinstance(node.pattern, Literal) or not is_plain(str(node.pattern)):
        raise Unknown
    return f"REGEX({says.of(node.text, _TEXTS)}, {literal(str(node.pattern))})", TRUTH


def _replaced(says: Says, node: CompValue) -> Said:
    constants = (node.pattern, node.replacement)
    if node.flags is not None or not all(isinstance(one, Literal) for one in constants):
        raise Unknown
    if not is_whole(str(node.pattern), str(node.replacement)):
        raise Unknown
    rest = ", ".join(literal(str(one)) for one in constants)
    return f"REPLACE({says.of(node.arg, _TEXTS)}, {rest})", _TEXTS


def _both_texts(name: str) -> Callable[[Says, CompValue], Said]:
    return lambda says, node: (f"{name}({says.of(node.arg1, _TEXTS)}, {says.of(node.arg2, _TEXTS)})", TRUTH)


def _datatype(_: Says, node: CompValue) -> Said:
    if not isinstance(node.arg, Variable):
        raise Unknown
    return f"DATATYPE({node.arg.n3()})", frozenset({kinds.IRI})


def _is_number(says: Says, node: CompValue) -> Said:
    said, its = says.expression(node.arg)
    if its == TRUTH:
        raise Unknown
    return f"isNumeric({said})", TRUTH


def _chosen(says: Says, node: CompValue) -> Said:
    (one, first), (other, second) = says.expression(node.arg2), says.expression(node.arg3)
    if (first == TRUTH) != (second == TRUTH):
        if {str(node.arg2), str(node.arg3)}.isdisjoint({"true", "false"}):
            raise Unknown
        first = second = TRUTH
    return f"IF({says.condition(node.arg1)}, {one}, {other})", first | second


def _same(says: Says, node: CompValue) -> Said:
    (one, first), (other, second) = says.expression(node.arg1), says.expression(node.arg2)
    if TRUTH in (first, second):
        raise Unknown
    return f"sameTerm({one}, {other})", TRUTH


def _cast(says: Says, node: CompValue) -> Said:
    """``xsd:integer`` of what is written as one."""
    (inner,) = node.expr if isinstance(node.expr, list) else [node.expr]
    if node.iri != XSD.integer:
        raise Unknown
    if getattr(inner, "name", "") == "Builtin_STR":
        inner = inner.arg
    return says.of(inner, _INTEGERS), _INTEGERS


def _sum(says: Says, node: CompValue) -> Said:
    said, its = says.expression(node.expr)
    if its == _DATES and node.op == ["+"] and node.other == [_DAY]:
        return f"({said} + {_DAY.n3()})", _DATES
    parts = [says.expression(one) for one in node.other]
    kinds_ = its.union(*(of for _, of in parts))
    if not kinds_ <= _NUMBERS:
        raise Unknown
    rest = " ".join(f"{op} {one}" for op, (one, _) in zip(node.op, parts, strict=True))
    return f"({said} {rest})", kinds_


def _compared(says: Says, node: CompValue) -> Said:
    if isinstance(node.other, list):
        raise Unknown
    (one, first), (other, second) = says.expression(node.expr), says.expression(node.other)
    together = first | second
    if not (together <= _TEXTS or together <= _NUMBERS or (together <= NAMED and node.op in ("=", "!="))):
        raise Unknown
    return f"({one} {node.op} {other})", TRUTH


def soon(expression: Any, says: Says) -> str:
    """That something is later than today, said of yesterday: midnight may pass before the judge looks.

    An empty string for any other condition.
    """
    today: Any = getattr(expression, "other", None)
    text = getattr(today, "arg", None)
    now = getattr(text, "arg", None)
    names = [getattr(one, "name", "") for one in (expression, today, text, now)]
    if names != ["RelationalExpression", "Builtin_SUBSTR", "Builtin_STR", "Builtin_NOW"]:
        return ""
    if expression.op not in (">", ">=") or str(today.start) != "1":
        return ""
    yesterday = (datetime.now(UTC) - timedelta(days=2)).isoformat()[: int(today.length or 10)]
    return f"{says.of(expression.expr, _TEXTS)} {expression.op} {literal(yesterday)}"


EXPRESSIONS: Final[dict[str, Callable[[Says, Any], Said]]] = {
    "Builtin_STR": _text_of,
    "Builtin_CONCAT": _concatenated,
    "Builtin_SUBSTR": _part_of,
    "Builtin_STRLEN": _length,
    "Builtin_REGEX": _matched,
    "Builtin_REPLACE": _replaced,
    "Builtin_STRSTARTS": _both_texts("STRSTARTS"),
    "Builtin_STRENDS": _both_texts("STRENDS"),
    "Builtin_CONTAINS": _both_texts("CONTAINS"),
    "Builtin_DATATYPE": _datatype,
    "Builtin_isNUMERIC": _is_number,
    "Builtin_IF": _chosen,
    "Builtin_sameTerm": _same,
    "Function": _cast,
    "AdditiveExpression": _sum,
    "RelationalExpression": _compared,
}
"""How an expression is said, by its name in rdflib's algebra."""
