"""Queries as the engine is asked them over plain literals, about which it and rdflib agree (``kinds``).

``Plain`` says as much of a query as means the same over such literals; ``Blind`` only what means the same, or more,
whatever literals there are: for the few nodes that literals which are not plain can matter to.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Callable, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rdflib import XSD, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.quads import literal
from dppgraph.operations.validate.whole import kinds
from dppgraph.operations.validate.whole.kinds import kind_of
from dppgraph.operations.validate.whole.order import ordered
from dppgraph.operations.validate.whole.patterns import is_plain, is_whole
from dppgraph.operations.validate.whole.there import There
from dppgraph.operations.validate.wider import THIS, Part, Unknown, Wider, variables

_NAMED: Final = frozenset({kinds.IRI, kinds.BLANK})
_TEXTS: Final = frozenset({kinds.TEXT})
_NUMBERS: Final = frozenset({kinds.INTEGER, kinds.DECIMAL})
_INTEGERS: Final = frozenset({kinds.INTEGER})
_DATES: Final = frozenset({kinds.DATE})
_TRUTH: Final = frozenset({"truth"})

Said = tuple[str, frozenset[str]]
"""An expression as the engine is asked it, and the kinds that its value may have."""


class Blind(Wider):
    """Says queries so that they find the same or more, whatever literals there are, and in whatever form.

    Args:
        query: the query.
        there: what objects there are.
    """

    def __init__(self, query: Query, there: There) -> None:
        super().__init__()
        self._there = there
        self._kinds: dict[Variable, frozenset[str]] = {}
        self._find(query.algebra)

    def _find(self, part: Any) -> None:
        """Notes which kinds of terms each variable may have, wherever it stands."""
        if isinstance(part, CompValue) or isinstance(part, dict):
            for name, value in part.items():
                if name == "triples":
                    for triple in value:
                        self._note(*triple)
                elif name != "_vars":
                    self._find(value)
            if getattr(part, "name", "") == "values":
                for row in part.res:
                    for variable, term in row.items():
                        self._add(variable, frozenset({kind_of(term.n3())} if isinstance(term, URIRef) else self.all))
        elif isinstance(part, list | tuple | set):
            for one in part:
                self._find(one)

    @property
    def all(self) -> frozenset[str]:
        """The kinds of all objects."""
        return self._there.kinds()

    def _note(self, subject: Any, predicate: Any, obj: Any) -> None:
        if isinstance(subject, Variable):
            self._add(subject, self._ending(predicate, forward=False))
        if isinstance(predicate, Variable):
            self._add(predicate, _NAMED)
        if isinstance(obj, Variable):
            self._add(obj, self._ending(predicate, forward=True))

    def _add(self, variable: Variable, more: frozenset[str]) -> None:
        self._kinds[variable] = self._kinds.get(variable, frozenset()) | more

    def _ending(self, path: Any, *, forward: bool) -> frozenset[str]:
        """What may stand at the end of a path, or at its beginning."""
        match path:
            case InvPath():
                return self._ending(path.arg, forward=not forward)
            case SequencePath():
                return self._ending(path.args[-1 if forward else 0], forward=forward)
            case AlternativePath():
                return frozenset().union(*(self._ending(one, forward=forward) for one in path.args))
            case MulPath() | NegatedPath():
                return self.all | _NAMED
            case URIRef() if forward:
                return self._there.kinds(f"<{path}>")
        return self.all if forward else _NAMED

    def kinds_of(self, variable: Any) -> frozenset[str]:
        """The kinds of terms that a variable may have."""
        return self._kinds.get(variable, self.all | _NAMED)

    def is_literal(self, term: Any) -> bool:
        """Whether a term may be a literal; the nodes that are asked about are none."""
        return isinstance(term, Literal) or (
            isinstance(term, Variable) and term != THIS and not self.kinds_of(term) <= _NAMED
        )

    def given(self, node: CompValue) -> Part:
        """A VALUES of IRIs."""
        names = sorted({name for row in node.res for name in row})
        rows = [[row.get(name) for name in names] for row in node.res]
        if not all(isinstance(term, URIRef) for row in rows for term in row):
            return super().given(node)
        said = " ".join(f"({' '.join(term.n3() for term in row)})" for row in rows)
        return f"VALUES ({' '.join(name.n3() for name in names)}) {{ {said} }}", frozenset(names), frozenset()

    def alike(self, node: CompValue) -> str:
        """A part that means the same to the engine: without literals."""
        if node.name == "BGP" and any(self.is_literal(term) for triple in node.triples for term in triple):
            raise Unknown
        return super().alike(node)

    def patterns(self, triples: Sequence[tuple[Any, ...]]) -> str:
        """The text of triple patterns, each looked for where those before it lead to."""
        steps = list(map(self.pattern, ordered(triples, self.known, self._there)))
        return " LATERAL ".join(f"{{ {step} }}" for step in steps) if len(steps) > 1 else "".join(steps)

    def term(self, term: Any) -> str:
        """A term of a pattern; a literal as it is written."""
        if isinstance(term, Literal):
            return literal(str(term), language=term.language, datatype=term.datatype)
        return super().term(term)


class Plain(Blind):
    """Says queries so that they find the same or more, where all literals are plain."""

    def kinds_of(self, variable: Any) -> frozenset[str]:
        """The kinds of terms that a variable may have."""
        return super().kinds_of(variable) - {kinds.ODD}

    def alike(self, node: CompValue) -> str:
        """A part that means the same to the engine."""
        if node.name == "Extend":
            said, _ = self._bound(node)
            return f"{self.alike(node.p)} {said}"
        return Wider.alike(self, node)

    def term(self, term: Any) -> str:
        """A term of a pattern; a plain literal as it is written."""
        said = super().term(term)
        if isinstance(term, Literal) and kind_of(said) == kinds.ODD:
            raise Unknown
        return said

    def extended(self, node: CompValue) -> Part:
        """A BIND, where its expression means the same."""
        text, bound, lost = self.wider(node.p)
        if variables(node.expr) & lost:
            return text, bound, lost | {node.var}
        try:
            said, _ = self._bound(node)
        except Unknown:
            return text, bound, lost | {node.var}
        # Where the expression is an error, it has no value, as everywhere.
        return f"{text} {said}", bound, lost

    def _bound(self, node: CompValue) -> Said:
        said, its = self.expression(node.expr)
        self._add(node.var, its)
        return f"BIND({said} AS {node.var.n3()})", its

    def kept(self, expression: Any) -> str:
        """A condition that is true wherever this one is."""
        return _soon(expression, self) or self.condition(expression)

    def condition(self, expression: Any) -> str:
        """A condition that means the same to the engine."""
        try:
            return super().condition(expression)
        except Unknown:
            said, its = self.expression(expression)
            if its != _TRUTH:
                raise
            return said

    def expression(self, expression: Any) -> Said:
        """An expression that means the same to the engine.

        Raises:
            Unknown: there is none.
        """
        if isinstance(expression, Variable):
            return expression.n3(), self.kinds_of(expression)
        if isinstance(expression, URIRef):
            return expression.n3(), frozenset({kinds.IRI})
        if isinstance(expression, Literal):
            return self.term(expression), frozenset({kind_of(self.term(expression))})
        say = _EXPRESSIONS.get(getattr(expression, "name", ""))
        if say is None:
            raise Unknown
        return say(self, expression)

    def of(self, expression: Any, wanted: Set[str]) -> str:
        """An expression that means the same, and has a value of some kinds.

        Raises:
            Unknown: there is none, or it may have one of another kind.
        """
        said, its = self.expression(expression)
        if not its <= wanted:
            raise Unknown
        return said


def _text_of(plain: Plain, node: CompValue) -> Said:
    said, its = plain.expression(node.arg)
    if its == _TRUTH:
        raise Unknown
    return f"STR({said})", _TEXTS


def _concatenated(plain: Plain, node: CompValue) -> Said:
    return f"CONCAT({', '.join(plain.of(one, _TEXTS) for one in node.arg)})", _TEXTS


def _part_of(plain: Plain, node: CompValue) -> Said:
    places = [node.start, *([node.length] if node.length is not None else [])]
    if not all(isinstance(one, Literal) and one.datatype == XSD.integer and one.value > 0 for one in places):
        raise Unknown
    return f"SUBSTR({plain.of(node.arg, _TEXTS)}, {', '.join(str(one) for one in places)})", _TEXTS


def _length(plain: Plain, node: CompValue) -> Said:
    return f"STRLEN({plain.of(node.arg, _TEXTS)})", _INTEGERS


def _matched(plain: Plain, node: CompValue) -> Said:
    if node.flags is not None or not isinstance(node.pattern, Literal) or not is_plain(str(node.pattern)):
        raise Unknown
    return f"REGEX({plain.of(node.text, _TEXTS)}, {literal(str(node.pattern))})", _TRUTH


def _replaced(plain: Plain, node: CompValue) -> Said:
    constants = (node.pattern, node.replacement)
    if node.flags is not None or not all(isinstance(one, Literal) for one in constants):
        raise Unknown
    if not is_whole(str(node.pattern), str(node.replacement)):
        raise Unknown
    rest = ", ".join(literal(str(one)) for one in constants)
    return f"REPLACE({plain.of(node.arg, _TEXTS)}, {rest})", _TEXTS


def _both_texts(name: str) -> Callable[[Plain, CompValue], Said]:
    return lambda plain, node: (f"{name}({plain.of(node.arg1, _TEXTS)}, {plain.of(node.arg2, _TEXTS)})", _TRUTH)


def _datatype(plain: Plain, node: CompValue) -> Said:
    if not isinstance(node.arg, Variable):
        raise Unknown
    return f"DATATYPE({node.arg.n3()})", frozenset({kinds.IRI})


def _is_number(plain: Plain, node: CompValue) -> Said:
    said, its = plain.expression(node.arg)
    if its == _TRUTH:
        raise Unknown
    return f"isNumeric({said})", _TRUTH


def _chosen(plain: Plain, node: CompValue) -> Said:
    (one, first), (other, second) = plain.expression(node.arg2), plain.expression(node.arg3)
    if (first == _TRUTH) != (second == _TRUTH):
        if {str(node.arg2), str(node.arg3)}.isdisjoint({"true", "false"}):
            raise Unknown
        first = second = _TRUTH
    return f"IF({plain.condition(node.arg1)}, {one}, {other})", first | second


def _same(plain: Plain, node: CompValue) -> Said:
    (one, first), (other, second) = plain.expression(node.arg1), plain.expression(node.arg2)
    if _TRUTH in (first, second):
        raise Unknown
    return f"sameTerm({one}, {other})", _TRUTH


def _cast(plain: Plain, node: CompValue) -> Said:
    """``xsd:integer`` of what is written as one."""
    (inner,) = node.expr if isinstance(node.expr, list) else [node.expr]
    if node.iri != XSD.integer:
        raise Unknown
    if getattr(inner, "name", "") == "Builtin_STR":
        inner = inner.arg
    return plain.of(inner, _INTEGERS), _INTEGERS


def _sum(plain: Plain, node: CompValue) -> Said:
    said, its = plain.expression(node.expr)
    if its == _DATES and node.op == ["+"] and node.other == [_DAY]:
        return f"({said} + {_DAY.n3()})", _DATES
    parts = [plain.expression(one) for one in node.other]
    kinds_ = its.union(*(of for _, of in parts))
    if not kinds_ <= _NUMBERS:
        raise Unknown
    rest = " ".join(f"{op} {one}" for op, (one, _) in zip(node.op, parts, strict=True))
    return f"({said} {rest})", kinds_


_DAY: Final = Literal("P1D", datatype=XSD.dayTimeDuration, normalize=False)


def _compared(plain: Plain, node: CompValue) -> Said:
    if isinstance(node.other, list):
        raise Unknown
    (one, first), (other, second) = plain.expression(node.expr), plain.expression(node.other)
    together = first | second
    if not (together <= _TEXTS or together <= _NUMBERS or (together <= _NAMED and node.op in ("=", "!="))):
        raise Unknown
    return f"({one} {node.op} {other})", _TRUTH


def _soon(expression: Any, plain: Plain) -> str:
    """That something is later than today, said of yesterday: midnight may pass before the judge looks.

    An empty string for any other condition.
    """
    today = getattr(expression, "other", None)
    text = getattr(today, "arg", None)
    now = getattr(text, "arg", None)
    names = [getattr(one, "name", "") for one in (expression, today, text, now)]
    if names != ["RelationalExpression", "Builtin_SUBSTR", "Builtin_STR", "Builtin_NOW"]:
        return ""
    if expression.op not in (">", ">=") or str(today.start) != "1":
        return ""
    yesterday = (datetime.now(UTC) - timedelta(days=2)).isoformat()[: int(today.length or 10)]
    return f"{plain.of(expression.expr, _TEXTS)} {expression.op} {literal(yesterday)}"


_EXPRESSIONS: Final[dict[str, Callable[[Plain, Any], Said]]] = {
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
    **dict.fromkeys(
        ("ConditionalAndExpression", "ConditionalOrExpression", "UnaryNot", "Builtin_EXISTS", "Builtin_NOTEXISTS"),
        lambda plain, node: (f"({Wider.condition(plain, node)})", _TRUTH),
    ),
}
"""How an expression is said, by its name in rdflib's algebra."""
