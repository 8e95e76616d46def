"""A query put wider, so that an engine that compares values otherwise than rdflib finds no less than rdflib would.

Loading rdflib takes a while: imported where a validation runs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.quads import literal
from dppgraph.operations.validate.algebra import (
    THIS,
    Triple,
    binding,
    conjuncts,
    is_everything,
    looks,
    may_be_empty,
    none_of,
    surely_bound,
    variables,
)


class Unknown(Exception):
    """A part cannot be said so that it means the same."""


Part = tuple[str, frozenset[Variable], frozenset[Variable]]
"""A part as the engine is asked it; the variables that it binds; and those whose values are left out."""


@dataclass(frozen=True, slots=True)
class Around:
    """The variables that get values around what is said.

    Attributes:
        known: they have one already.
        perhaps: they may have one already, where a condition is looked at.
        before: parts that it is joined with, and stands behind, bind them: rdflib knows their values in it.
        beside: parts that it is joined with bind them, wherever they stand: the engine may know their values in it.
        forgotten: they may have one outside of EXISTS, which rdflib knows in the conditions of the whole of EXISTS, and
            forgets in those of groups in it.
    """

    known: frozenset[Variable] = frozenset()
    perhaps: frozenset[Variable] = frozenset()
    before: frozenset[Variable] = frozenset()
    beside: frozenset[Variable] = frozenset()
    forgotten: frozenset[Variable] = frozenset()

    def behind(self, more: frozenset[Variable]) -> Self:
        """Behind a part that binds some variables."""
        return replace(self, before=self.before | more, beside=self.beside | more)

    def in_front_of(self, more: frozenset[Variable]) -> Self:
        """In front of one."""
        return replace(self, beside=self.beside | more)

    def holding(self, bound: frozenset[Variable], perhaps: frozenset[Variable]) -> Self:
        """In a condition on a part that binds some variables, and perhaps others."""
        return replace(self, known=self.known | bound, perhaps=self.perhaps | perhaps | self.before)

    def in_exists(self) -> Self:
        """In EXISTS, to which the engine gives all values, and rdflib too."""
        none: frozenset[Variable] = frozenset()
        return replace(self, before=none, beside=none, forgotten=self.forgotten | self.perhaps)


class Wider:
    """Says queries so that they find the same or more, whatever literals mean."""

    def __init__(self) -> None:
        self._first = ""
        self._around = Around()

    @property
    def known(self) -> frozenset[Variable]:
        """The variables that have a value already where something is said."""
        return self._around.known

    def query(self, query: Query, among: Sequence[str] = ()) -> str | None:
        """The query that the engine is asked; None where nothing is known that is narrower than all nodes.

        Args:
            query: the query.
            among: the nodes, as terms, that it is asked about; none for all.
        """
        self._first = f"VALUES {THIS.n3()} {{ {' '.join(among)} }} " if among else ""
        try:
            with self.said(Around(known=frozenset([THIS] if among else []))):
                text, bound, _ = self.wider(query.algebra.p)
        except Unknown:
            return None
        return f"SELECT DISTINCT {THIS.n3()} WHERE {{ {self._first}{text} }}" if THIS in bound else None

    def wider(self, node: CompValue) -> Part:
        """A part that finds what this one finds, or more.

        Raises:
            Unknown: there is none.
        """
        say = getattr(self, _WIDER.get(node.name, ""), None)
        if say is None:
            raise Unknown
        text, bound, lost = say(node)
        # What is bound by what is kept has the value that it has in the whole.
        return text, bound, lost - bound

    def _bgp(self, node: CompValue) -> Part:
        return self.triples(node.triples)

    def _within(self, node: CompValue) -> Part:
        return self.wider(node.p)

    def _minus(self, node: CompValue) -> Part:
        return self.wider(node.p1)

    def _joined(self, node: CompValue) -> Part:
        with self.said(self._around.in_front_of(binding(node.p2))):
            one, first, lost = self.wider(node.p1)
        with self.said(self._around.behind(binding(node.p1))):
            other, second, more = self.wider(node.p2)
        return _both(one, other), first | second, lost | more

    def _either(self, node: CompValue) -> Part:
        (one, first, lost), (other, second, more) = self.wider(node.p1), self.wider(node.p2)
        return f"{{ {one} }} UNION {{ {other} }}", first & second, lost | more | (first ^ second)

    def _optional(self, node: CompValue) -> Part:
        text, bound, lost = self.wider(node.p1)
        return text, bound, lost | variables(node.p2)

    def extended(self, node: CompValue) -> Part:
        """A BIND.

        Raises:
            Unknown: it has a value already, which rdflib leaves for the new one.
        """
        text, bound, lost = self.wider(node.p)
        if self.is_bound_anew(node):
            raise Unknown
        return text, bound, lost | {node.var}

    def is_bound_anew(self, node: CompValue) -> bool:
        """Whether the variable of a BIND may have a value already."""
        return node.var in self._around.before | self._around.perhaps | binding(node.p)

    def given(self, node: CompValue) -> Part:
        """A VALUES."""
        return "", frozenset(), variables(node)

    def _projected(self, node: CompValue) -> Part:
        shown = frozenset(node.PV)
        before = self._first
        if THIS not in shown:
            self._first = ""
        with self.said(replace(self._around, beside=self._around.beside & shown)):
            text, bound, lost = self.wider(node.p)
        self._first = before
        names = " ".join(sorted(variable.n3() for variable in bound & shown))
        # Said here, too: the engine would look for all of it before it looks outside.
        first = self._first if THIS in bound & shown else ""
        # What is not shown is another variable outside.
        return (
            (f"{{ SELECT DISTINCT {names} WHERE {{ {first}{text} }} }}" if names else ""),
            bound & shown,
            (lost | binding(node.p)) & shown,
        )

    def _filtered(self, node: CompValue) -> Part:
        text, bound, lost = self.wider(node.p)
        left_out: list[str] = []
        sooner: list[str] = []
        later: list[str] = []
        with self.said(self._around.holding(bound, binding(node.p))):
            for part in conjuncts(node.expr):
                if variables(part) & lost or self.sees_more(part, node.p):
                    # Of a variable whose value is left out, it would be another condition.
                    continue
                with suppress(Unknown):
                    none = [] if self._first else none_of(part, bound, binding(node.p))
                    if none and self.is_found_once(node.p, none):
                        left_out.append(f"MINUS {{ {self._anywhere(part.graph)} }}")
                    else:
                        (later if looks(part) else sooner).append(f"FILTER({self.kept(part)})")
        text = " ".join((text, *left_out, *sooner))
        if left_out and later:
            # As a query within the query, as the engine would look for each before it leaves anything out.
            text = f"{{ SELECT * WHERE {{ {text} }} }}"
        return " ".join((text, *later)), bound, lost

    def sees_more(self, expression: Any, group: CompValue) -> bool:
        """Whether an expression has variables that get their values outside of its group.

        rdflib knows them in a group that stands behind those values, and the engine in any that it asks for each of
        them; also where it should not, as a variable within EXISTS is another one than that of its name outside.
        """
        outside = self._around.before | self._around.beside
        return not outside.isdisjoint(variables(expression) - binding(group))

    @contextmanager
    def said(self, around: Around) -> Iterator[None]:
        """Says something for a while that stands elsewhere."""
        before, self._around = self._around, around
        try:
            yield
        finally:
            self._around = before

    def _anywhere(self, node: CompValue) -> str:
        """A part that means the same, looked for without regard to what is known."""
        with self.said(replace(self._around, known=frozenset())):
            return self.in_exists(node)

    def is_found_once(self, node: CompValue, none: Sequence[Triple]) -> bool:
        """Whether what solutions of a part may not have is better found once, and not for one after the other."""
        return is_everything(node) and all(subject == THIS for subject, _, _ in none)

    def kept(self, expression: Any) -> str:
        """A condition that is true wherever this one is.

        Raises:
            Unknown: there is none.
        """
        return self.condition(expression)

    def condition(self, expression: Any) -> str:
        """A condition that means the same to the engine.

        Raises:
            Unknown: there is none.
        """
        say = _CONDITIONS.get(getattr(expression, "name", ""))
        if say is None:
            raise Unknown
        return say(self, expression)

    def alike(self, node: CompValue) -> str:
        """A part that means the same to the engine.

        Raises:
            Unknown: there is none.
        """
        match node.name:
            case "BGP":
                return self.triples(node.triples)[0]
            case "Join":
                with self.said(self._around.in_front_of(binding(node.p2))):
                    one = self.alike(node.p1)
                with self.said(self._around.behind(binding(node.p1))):
                    return _both(one, self.alike(node.p2))
            case "Union":
                return f"{{ {self.alike(node.p1)} }} UNION {{ {self.alike(node.p2)} }}"
            case "Filter":
                if self.forgets(node.expr):
                    raise Unknown
                return self._holding(node)
            case _:
                raise Unknown

    def _holding(self, node: CompValue) -> str:
        text = self.alike(node.p)
        if self.sees_more(node.expr, node.p):
            raise Unknown
        with self.said(self._around.holding(surely_bound(node.p), binding(node.p))):
            return f"{text} FILTER({self.all_of(conjuncts(node.expr))})"

    def forgets(self, expression: Any) -> bool:
        """Whether rdflib may not know values in an expression that the engine knows: those from outside of EXISTS."""
        return not self._around.forgotten.isdisjoint(variables(expression))

    def in_exists(self, node: CompValue) -> str:
        """A part of EXISTS that means the same."""
        with self.said(self._around.in_exists()):
            return self._holding(node) if node.name == "Filter" else self.alike(node)

    def all_of(self, parts: Iterable[Any]) -> str:
        """All of some conditions."""
        return " && ".join(f"({self.condition(part)})" for part in parts)

    def triples(self, triples: Iterable[tuple[Any, Any, Any]]) -> Part:
        """Triple patterns.

        Raises:
            Unknown: the engine would find fewer solutions.
        """
        triples = list(triples)
        ends = {
            term for subject, predicate, obj in triples if not isinstance(predicate, Path) for term in (subject, obj)
        }
        for subject, predicate, obj in triples:
            if isinstance(predicate, Path) and may_be_empty(predicate) and not {subject, obj} <= ends:
                # Where such a path has no step, the engine wants its end to be in the graph, and rdflib does not.
                raise Unknown
        named = [tuple(Variable(f"_{term}") if isinstance(term, BNode) else term for term in one) for one in triples]
        bound = frozenset(term for one in named for term in one if isinstance(term, Variable))
        return self.patterns(named), bound, frozenset()

    def patterns(self, triples: Sequence[tuple[Any, ...]]) -> str:
        """The text of triple patterns."""
        # The engine keeps their order where it knows no better; what is said of one node is little.
        return " ".join(map(self.pattern, sorted(triples, key=lambda triple: THIS not in triple)))

    def pattern(self, triple: tuple[Any, ...]) -> str:
        """The text of a triple pattern."""
        return " ".join(map(self.term, triple)) + " ."

    def term(self, term: Any) -> str:
        """A term of a pattern, or its predicate.

        Raises:
            Unknown: it cannot be said.
        """
        if isinstance(term, Literal):
            return name_of(literal(str(term), language=term.language, datatype=term.datatype))
        if isinstance(term, URIRef | Variable | Path):
            return term.n3()
        raise Unknown

    def one_of(self, expression: CompValue) -> str:
        """That a variable is one of some IRIs, or is not."""
        listed = expression.other if isinstance(expression.other, list) else [expression.other]
        if not isinstance(expression.expr, Variable) or not all(isinstance(one, URIRef) for one in listed):
            raise Unknown
        if expression.op not in ("=", "!=", "IN", "NOT IN"):
            raise Unknown
        terms = ", ".join(map(self.term, listed))
        return f"{expression.expr.n3()} {expression.op} {f'({terms})' if 'IN' in expression.op else terms}"


_WIDER: Final = {
    "BGP": "_bgp",
    "Join": "_joined",
    "Union": "_either",
    "LeftJoin": "_optional",
    "Minus": "_minus",
    "Extend": "extended",
    "Filter": "_filtered",
    "Project": "_projected",
    "values": "given",
    **dict.fromkeys(("Distinct", "Reduced", "OrderBy", "ToMultiSet"), "_within"),
}
"""How a part is said wider, by its name in rdflib's algebra."""


def _asked_of(name: str, of: str) -> Callable[[Wider, CompValue], str]:
    def say(_: Wider, expression: CompValue) -> str:
        if not isinstance(expression[of], Variable):
            raise Unknown
        return f"{name}({expression[of].n3()})"

    return say


_MORE: Final = re.compile(r"\{|\b(?:FILTER|BIND)\(")
"""What stands in no triple pattern, but perhaps in a literal."""

_CONDITIONS: Final[dict[str, Callable[[Wider, Any], str]]] = {
    "Builtin_EXISTS": lambda said, expression: f"EXISTS {{ {said.in_exists(expression.graph)} }}",
    "Builtin_NOTEXISTS": lambda said, expression: f"NOT EXISTS {{ {said.in_exists(expression.graph)} }}",
    "Builtin_isIRI": _asked_of("isIRI", "arg"),
    "Builtin_isURI": _asked_of("isIRI", "arg"),
    "Builtin_isLITERAL": _asked_of("isLITERAL", "arg"),
    "Builtin_BOUND": _asked_of("BOUND", "arg"),
    "RelationalExpression": lambda said, expression: said.one_of(expression),
    "ConditionalAndExpression": lambda said, expression: said.all_of(conjuncts(expression)),
    "ConditionalOrExpression": lambda said, expression: " || ".join(
        f"({said.condition(part)})" for part in (expression.expr, *expression.other)
    ),
    "UnaryNot": lambda said, expression: f"!({said.condition(expression.expr)})",
}
"""How a condition is said so that it means the same, likewise."""


def _both(one: str, other: str) -> str:
    """Two parts next to each other; triples stand without brackets, so that the engine looks for them together."""
    return f"{braced(one)} {braced(other)}"


def braced(text: str) -> str:
    """A part next to which something else stands: a condition in it is about all that is within the same brackets."""
    is_triples = text.startswith(("?", "<")) and _MORE.search(text) is None
    return text if not text or is_triples else f"{{ {text} }}"


def name_of(term: str) -> str:
    """A literal as a text that says which one it is, of those that rdflib tells apart; any other term as it is."""
    if not term.startswith('"'):
        return term
    end = term.rindex('"') + 1
    return literal(term[:end] + (term[end:].lower() if term[end:].startswith("@") else term[end:]))
