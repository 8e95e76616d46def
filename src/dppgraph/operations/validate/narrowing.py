"""Narrowing: a query that finds at least the nodes that another one finds, put so that the engine can be asked.

rdflib takes minutes over the targets in SPARQL (SHACL-AF, section 3.1) of a graph for which the engine takes moments;
but the engine compares values otherwise than rdflib, which judges. So the engine is asked only for what cannot have two
meanings: which triples there are. Literals are no values to it but names, one for each that rdflib tells apart. What
else a query asks for is left out, where that finds more nodes; and rdflib is asked about each node that is found.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, TypeVar

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.iris import NAMESPACE
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.validate.given import ANCHOR
from dppgraph.store.memory import MemoryStore

_THIS: Final = Variable(ANCHOR)
_T = TypeVar("_T")


class Narrowing:
    """Quads, asked for the nodes that a query can find.

    Args:
        quads: the quads, whose graphs do not matter.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(quads)
        self._store: MemoryStore | None = None

    def nodes(self, query: Query) -> list[URIRef] | None:
        """The nodes among which are all that a query finds as ``?this``; None where that is not known."""
        text = narrowed(query)
        if text is None:
            return None
        store = self._held()
        found = [row[ANCHOR] for row in store.select(text, base=NAMESPACE)]
        # What has no name of its own is called otherwise by rdflib.
        return [URIRef(term[1:-1]) for term in found] if all(term.startswith("<") for term in found) else None

    def _held(self) -> MemoryStore:
        if self._store is None:
            self._store = MemoryStore(Quad(s, p, _name_of(o), "") for s, p, o, _ in self._quads)
            self._quads = []
        return self._store


@lru_cache(maxsize=1024)
def narrowed(query: Query) -> str | None:
    """The query that the engine is asked; None where nothing is known that is narrower than all nodes."""
    try:
        text, bound, _ = _wider(query.algebra.p)
    except _Unknown:
        return None
    return f"SELECT DISTINCT {_THIS.n3()} WHERE {{ {text} }}" if _THIS in bound else None


class _Unknown(Exception):
    """A part cannot be said so that it means the same."""


_Wider = tuple[str, frozenset[Variable], frozenset[Variable]]
"""A part as the engine is asked it; the variables that it binds; and those whose values are left out."""


def _said(ways: Mapping[str, Callable[[Any], _T]], part: Any) -> _T:
    """A part, said in the way that there is for its kind.

    Raises:
        _Unknown: there is none.
    """
    say = ways.get(getattr(part, "name", ""))
    if say is None:
        raise _Unknown
    return say(part)


def _wider(node: CompValue) -> _Wider:
    """A part that finds what this one finds, or more.

    Raises:
        _Unknown: there is none.
    """
    text, bound, lost = _said(_WIDER, node)
    # What is bound by what is kept has the value that it has in the whole.
    return text, bound, lost - bound


def _joined(node: CompValue) -> _Wider:
    (one, first, lost), (other, second, more) = _wider(node.p1), _wider(node.p2)
    return _both(one, other), first | second, lost | more


def _both(one: str, other: str) -> str:
    """Two parts next to each other; triples stand without brackets, so that the engine looks for them together."""
    return " ".join(part if not part or part.startswith(("?", "<")) else f"{{ {part} }}" for part in (one, other))


def _either(node: CompValue) -> _Wider:
    (one, first, lost), (other, second, more) = _wider(node.p1), _wider(node.p2)
    return f"{{ {one} }} UNION {{ {other} }}", first & second, lost | more | (first ^ second)


def _optional(node: CompValue) -> _Wider:
    text, bound, lost = _wider(node.p1)
    return text, bound, lost | _variables(node.p2)


def _extended(node: CompValue) -> _Wider:
    text, bound, lost = _wider(node.p)
    return text, bound, lost | {node.var}


def _projected(node: CompValue) -> _Wider:
    text, bound, lost = _wider(node.p)
    shown = frozenset(node.PV)
    names = " ".join(sorted(variable.n3() for variable in bound & shown))
    # What is not shown is another variable outside.
    return (f"{{ SELECT DISTINCT {names} WHERE {{ {text} }} }}" if names else ""), bound & shown, lost & shown


def _filtered(node: CompValue) -> _Wider:
    text, bound, lost = _wider(node.p)
    kept = []
    for part in _conjuncts(node.expr):
        # Of a variable whose value is left out, it would be another condition.
        if not _variables(part) & lost:
            with suppress(_Unknown):
                kept.append(f"FILTER({_condition(part)})")
    return " ".join((text, *kept)), bound, lost


_WIDER: Final[dict[str, Callable[[Any], _Wider]]] = {
    "BGP": lambda node: _triples(node.triples),
    "Join": _joined,
    "Union": _either,
    "LeftJoin": _optional,
    "Minus": lambda node: _wider(node.p1),
    "Extend": _extended,
    "Filter": _filtered,
    "Project": _projected,
    "values": lambda node: ("", frozenset(), _variables(node)),
    **dict.fromkeys(("Distinct", "Reduced", "OrderBy", "ToMultiSet"), lambda node: _wider(node.p)),
}
"""How a part is said wider, by its name in rdflib's algebra."""


def _conjuncts(expression: Any) -> Iterator[Any]:
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from _conjuncts(part)
    else:
        yield expression


def _condition(expression: Any) -> str:
    """A condition that means the same to the engine.

    Raises:
        _Unknown: there is none.
    """
    return _said(_CONDITIONS, expression)


def _alike(node: CompValue) -> str:
    """A part that means the same to the engine.

    Raises:
        _Unknown: there is none.
    """
    return _said(_ALIKE, node)


_ALIKE: Final[dict[str, Callable[[Any], str]]] = {
    "BGP": lambda node: _triples(node.triples)[0],
    "Join": lambda node: _both(_alike(node.p1), _alike(node.p2)),
    "Union": lambda node: f"{{ {_alike(node.p1)} }} UNION {{ {_alike(node.p2)} }}",
    "Filter": lambda node: f"{_alike(node.p)} FILTER({_all_of(_conjuncts(node.expr))})",
}
"""How a part is said so that it means the same, likewise."""


def _triples(triples: Iterable[tuple[Any, Any, Any]]) -> _Wider:
    triples = list(triples)
    ends = {term for subject, predicate, obj in triples if not isinstance(predicate, Path) for term in (subject, obj)}
    texts, bound = [], set()
    # The engine keeps their order where it knows no better; what is said of one node is little.
    for triple in sorted(triples, key=lambda triple: _THIS not in triple):
        terms = [Variable(f"_{term}") if isinstance(term, BNode) else term for term in triple]
        if isinstance(triple[1], Path) and _may_be_empty(triple[1]) and not {triple[0], triple[2]} <= ends:
            # Where such a path has no step, the engine wants its end to be in the graph, and rdflib does not.
            raise _Unknown
        texts.append(" ".join(map(_term, terms)) + " .")
        bound |= {term for term in terms if isinstance(term, Variable)}
    return " ".join(texts), frozenset(bound), frozenset()


def _may_be_empty(path: Any) -> bool:
    """Whether a path, or a part of it, may have no step."""
    if isinstance(path, MulPath):
        return bool(path.zero) or _may_be_empty(path.path)
    if isinstance(path, InvPath):
        return _may_be_empty(path.arg)
    return any(map(_may_be_empty, path.args)) if isinstance(path, SequencePath | AlternativePath) else False


def _term(term: Any) -> str:
    if isinstance(term, Literal):
        return _name_of(literal(str(term), language=term.language, datatype=term.datatype))
    if isinstance(term, URIRef | Variable | Path):
        return term.n3()
    raise _Unknown


def _name_of(term: str) -> str:
    """A literal as a text that says which one it is, of those that rdflib tells apart; any other term as it is."""
    if not term.startswith('"'):
        return term
    end = term.rindex('"') + 1
    return literal(term[:end] + (term[end:].lower() if term[end:].startswith("@") else term[end:]))


def _all_of(parts: Iterable[Any]) -> str:
    return " && ".join(f"({_condition(part)})" for part in parts)


def _one_of(expression: CompValue) -> str:
    """That a variable is one of some IRIs, or is not."""
    listed = expression.other if isinstance(expression.other, list) else [expression.other]
    if not isinstance(expression.expr, Variable) or not all(isinstance(one, URIRef) for one in listed):
        raise _Unknown
    if expression.op not in ("=", "!=", "IN", "NOT IN"):
        raise _Unknown
    terms = ", ".join(map(_term, listed))
    return f"{_term(expression.expr)} {expression.op} {f'({terms})' if 'IN' in expression.op else terms}"


def _asked_of(name: str, of: str) -> Callable[[CompValue], str]:
    def say(expression: CompValue) -> str:
        if not isinstance(expression[of], Variable):
            raise _Unknown
        return f"{name}({_term(expression[of])})"

    return say


_CONDITIONS: Final[dict[str, Callable[[Any], str]]] = {
    "Builtin_EXISTS": lambda expression: f"EXISTS {{ {_alike(expression.graph)} }}",
    "Builtin_NOTEXISTS": lambda expression: f"NOT EXISTS {{ {_alike(expression.graph)} }}",
    "Builtin_isIRI": _asked_of("isIRI", "arg"),
    "Builtin_isURI": _asked_of("isIRI", "arg"),
    "Builtin_isLITERAL": _asked_of("isLITERAL", "arg"),
    "Builtin_BOUND": _asked_of("BOUND", "arg"),
    "RelationalExpression": _one_of,
    "ConditionalAndExpression": lambda expression: _all_of(_conjuncts(expression)),
    "ConditionalOrExpression": lambda expression: " || ".join(
        f"({_condition(part)})" for part in (expression.expr, *expression.other)
    ),
    "UnaryNot": lambda expression: f"!({_condition(expression.expr)})",
}
"""How a condition is said so that it means the same, likewise."""


def _variables(part: Any) -> frozenset[Variable]:
    """The variables that stand anywhere in a part."""
    if isinstance(part, Variable):
        return frozenset({part})
    if isinstance(part, str):
        return frozenset()
    if isinstance(part, dict):
        # The rows of VALUES have variables for keys.
        return frozenset().union(
            *(_variables(key) | _variables(value) for key, value in part.items() if key != "_vars")
        )
    try:
        return frozenset().union(*map(_variables, part))
    except TypeError:
        return frozenset()
