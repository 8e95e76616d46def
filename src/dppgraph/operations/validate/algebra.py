"""What the parts of a query bind, and what they are about, read from rdflib's algebra (SPARQL 1.1, section 18).

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Iterator
from typing import Any, Final

from rdflib import Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue

ANCHOR: Final = "this"
THIS: Final = Variable(ANCHOR)
"""The variable that stands for the node that a query of SHACL is about."""

EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
"""Conditions for which the graph is looked into, by their names in rdflib's algebra."""

Triple = tuple[Any, Any, Any]


def conjuncts(expression: Any) -> Iterator[Any]:
    """The conditions that a condition is made of, if all of them must hold."""
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from conjuncts(part)
    else:
        yield expression


def binding(node: CompValue) -> frozenset[Variable]:
    """The variables that some part of a part gives a value, but for what its conditions look at."""
    match node.name:
        case "Join" | "LeftJoin" | "Union":
            return binding(node.p1) | binding(node.p2)
        case "Minus":
            return binding(node.p1)
        case "Filter" | "Distinct" | "Reduced" | "ToMultiSet" | "OrderBy" | "Slice" | "Project":
            return binding(node.p)
        case "Extend":
            return binding(node.p) | {node.var}
        case _:
            return variables(node)


def is_everything(node: CompValue) -> bool:
    """Whether a part finds every node that anything is stated of, and nothing else is known of it."""
    while node.name in ("Project", "Distinct", "Reduced", "ToMultiSet"):
        if node.name == "Project" and THIS not in node.PV:
            return False
        node = node.p
    triples = triples_of(node)
    if triples is None or len(triples) != 1:
        return False
    (triple,) = triples
    return triple[0] == THIS and all(isinstance(term, Variable) for term in triple) and len(set(triple)) == len(triple)


def none_of(condition: Any, bound: frozenset[Variable], perhaps: frozenset[Variable]) -> list[Triple]:
    """The patterns of which a condition wants that there is no such thing; none where it wants anything else.

    Args:
        condition: the condition.
        bound: the variables that have a value where it is looked at.
        perhaps: the variables that may have one.
    """
    if getattr(condition, "name", "") != "Builtin_NOTEXISTS":
        return []
    node = condition.graph
    kept: list[Any] = []
    while node.name == "Filter":
        kept.append(node.expr)
        node = node.p
    triples = triples_of(node) or []
    found = variables(triples)
    # A MINUS is about what it shares with the rest, and its conditions see nothing else of that.
    return triples if not found.isdisjoint(bound) and variables(kept).isdisjoint(perhaps - found) else []


def looks(condition: Any) -> bool:
    """Whether the graph is looked into for a condition."""
    if isinstance(condition, CompValue):
        return condition.name in EXISTS or looks(list(condition.values()))
    return isinstance(condition, list | tuple) and any(map(looks, condition))


def triples_of(node: CompValue) -> list[Triple] | None:
    """The triple patterns of a part that is nothing but such."""
    if node.name == "BGP":
        return list(node.triples)
    if node.name != "Join":
        return None
    one, other = triples_of(node.p1), triples_of(node.p2)
    return None if one is None or other is None else one + other


def surely_bound(node: CompValue) -> frozenset[Variable]:
    """The variables of the triples of a part that always holds."""
    match node.name:
        case "BGP":
            return frozenset(term for triple in node.triples for term in triple if isinstance(term, Variable))
        case "Join":
            return surely_bound(node.p1) | surely_bound(node.p2)
        case "Filter" | "Extend":
            return surely_bound(node.p)
        case _:
            return frozenset()


def may_be_empty(path: Any) -> bool:
    """Whether a path, or a part of it, may have no step."""
    if isinstance(path, MulPath):
        return bool(path.zero) or may_be_empty(path.path)
    if isinstance(path, InvPath):
        return may_be_empty(path.arg)
    return any(map(may_be_empty, path.args)) if isinstance(path, SequencePath | AlternativePath) else False


def variables(part: Any) -> frozenset[Variable]:
    """The variables that stand anywhere in a part."""
    if isinstance(part, Variable):
        return frozenset({part})
    if isinstance(part, str):
        return frozenset()
    if getattr(part, "name", "") in EXISTS:
        # Its entry is what is left of what was parsed, without its conditions; its attribute has all of it.
        return variables(part.graph)
    if isinstance(part, dict):
        # The rows of VALUES have variables for keys.
        return frozenset().union(*(variables(key) | variables(value) for key, value in part.items() if key != "_vars"))
    try:
        return frozenset().union(*map(variables, part))
    except TypeError:
        return frozenset()
