"""Queries as the engine is asked them over plain literals, about which it and rdflib agree (``kinds``).

``Plain`` says as much of a query as means the same over such literals; ``Blind`` only what means the same, or more,
whatever literals there are: for the few nodes that literals which are not plain can matter to.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final

from rdflib import Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.quads import literal
from dppgraph.operations.validate.algebra import EXISTS, THIS, Triple, variables
from dppgraph.operations.validate.whole import kinds
from dppgraph.operations.validate.whole.expressions import EXPRESSIONS, NAMED, TRUTH, Said, soon
from dppgraph.operations.validate.whole.kinds import kind_of
from dppgraph.operations.validate.whole.order import ordered, scanned
from dppgraph.operations.validate.whole.there import There
from dppgraph.operations.validate.wider import Part, Unknown, Wider, braced

_TRUE_OR_NOT: Final = ("ConditionalAndExpression", "ConditionalOrExpression", "UnaryNot", *EXISTS)
"""Conditions that any query says, by their names in rdflib's algebra."""


_SOONER: Final = 4
"""How many statements are found by their property while those of one node are looked for."""


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
        if getattr(part, "name", "") in EXISTS:
            # Its entry is still what was parsed; what was made of that is its attribute.
            self._find(part.graph)
        elif isinstance(part, dict):
            self._find_in(part)
        elif isinstance(part, list | tuple | set):
            for one in part:
                self._find(one)

    def _find_in(self, part: Mapping[str, Any]) -> None:
        for name, value in part.items():
            if name == "triples":
                for triple in value:
                    self._note(*triple)
            elif name == "res" and getattr(part, "name", "") == "values":
                self._note_given(value)
            elif name != "_vars":
                self._find(value)

    def _note_given(self, rows: Iterable[Mapping[Any, Any]]) -> None:
        for row in rows:
            for variable, term in row.items():
                self._add(variable, frozenset({kinds.IRI}) if isinstance(term, URIRef) else self.all)

    @property
    def all(self) -> frozenset[str]:
        """The kinds of all objects."""
        return self._there.kinds()

    def _note(self, subject: Any, predicate: Any, obj: Any) -> None:
        if isinstance(subject, Variable):
            self._add(subject, self._ending(predicate, forward=False))
        if isinstance(predicate, Variable):
            self._add(predicate, NAMED)
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
                return self.all | NAMED
            case URIRef() if forward:
                return self._there.kinds(f"<{path}>")
        return self.all if forward else NAMED

    def kinds_of(self, variable: Any) -> frozenset[str]:
        """The kinds of terms that a variable may have."""
        return self._kinds.get(variable, self.all | NAMED)

    def is_literal(self, term: Any) -> bool:
        """Whether a term may be a literal; the nodes that are asked about are none."""
        return isinstance(term, Literal) or (
            isinstance(term, Variable) and term != THIS and not self.kinds_of(term) <= NAMED
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

    def is_found_once(self, node: CompValue, none: Sequence[Triple]) -> bool:
        """Whether all that may not be is sooner found than what may not be beside each solution."""
        return sum(scanned(triple, self._there) for triple in none) < _SOONER * self._solutions(node)

    def _solutions(self, node: CompValue) -> float:
        """About how many solutions a part has, or fewer."""
        match node.name:
            case "BGP":
                return min((scanned(triple, self._there) for triple in node.triples), default=0)
            case "Join":
                return max(self._solutions(node.p1), self._solutions(node.p2))
            case "Union":
                return self._solutions(node.p1) + self._solutions(node.p2)
            case "Project" | "Distinct" | "Reduced" | "ToMultiSet" | "Filter" | "Extend":
                return self._solutions(node.p)
            case _:
                return 0

    def patterns(self, triples: Sequence[tuple[Any, ...]]) -> str:
        """The text of triple patterns: each looked for where those before it lead to, or all of it where that is more.

        The engine joins what a query within the query finds by one look at each side.
        """
        steps = ordered(triples, self.known, self._there)
        if len(steps) <= 1:
            return "".join(map(self.pattern, steps))
        first, *others = steps
        found = scanned(first, self._there)
        said, bound = f"{{ {self.pattern(first)} }}", variables(first)
        for step in others:
            text = self.pattern(step)
            if self.known or not variables(step) & bound or scanned(step, self._there) > _SOONER * found:
                said += f" LATERAL {{ {text} }}"
            else:
                # Two queries, so that the engine joins these, and has no other order to choose.
                said = f"{{ SELECT * WHERE {{ {said} }} }} {{ SELECT * WHERE {{ {text} }} }}"
            if step[-1] in bound:
                # Several may have the same object.
                found = max(found, scanned(step, self._there))
            bound |= variables(step)
        return said

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
            if self.sees_more(node.expr, node.p) or self.forgets(node.expr) or self.is_bound_anew(node):
                raise Unknown
            said, _ = self._bound(node)
            return f"{braced(self.alike(node.p))} {said}"
        return Wider.alike(self, node)

    def term(self, term: Any) -> str:
        """A term of a pattern; a plain literal as it is written."""
        said = super().term(term)
        if isinstance(term, Literal) and kind_of(said) == kinds.ODD:
            raise Unknown
        return said

    def extended(self, node: CompValue) -> Part:
        """A BIND, where its expression means the same."""
        text, bound, without = super().extended(node)
        lost = without - {node.var}
        if variables(node.expr) & lost or self.sees_more(node.expr, node.p):
            return text, bound, without
        try:
            said, _ = self._bound(node)
        except Unknown:
            return text, bound, without
        # Where the expression is an error, it has no value, as everywhere.
        return f"{braced(text)} {said}", bound, lost

    def _bound(self, node: CompValue) -> Said:
        said, its = self.expression(node.expr)
        self._add(node.var, its)
        return f"BIND({said} AS {node.var.n3()})", its

    def kept(self, expression: Any) -> str:
        """A condition that is true wherever this one is."""
        return soon(expression, self) or self.condition(expression)

    def condition(self, expression: Any) -> str:
        """A condition that means the same to the engine."""
        try:
            return super().condition(expression)
        except Unknown:
            said, its = self.expression(expression)
            if its != TRUTH:
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
        name = getattr(expression, "name", "")
        if name in _TRUE_OR_NOT:
            return f"({super().condition(expression)})", TRUTH
        say = EXPRESSIONS.get(name)
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
