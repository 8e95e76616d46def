"""Whether a query finds the same of a node when it is asked about that node alone (SHACL, section 5.3.1)."""

from collections.abc import Callable
from typing import Any, Final

from rdflib import Variable
from rdflib.plugins.sparql.sparql import Query

from dppgraph.operations.validate.algebra import THIS, variables


def can_be_given(query: Query) -> bool:
    """Whether a query, asked with a value for ``?this``, has the solutions with that value that it has without.

    It has where each part binds the variable before anything else depends on it.
    """
    try:
        return THIS in _certain(query.algebra.p)
    except _Depends:
        return False


class _Depends(Exception):
    """A part of a query may be answered otherwise when the variable has a value already."""


def _certain(node: Any) -> set[Any]:
    """The variables that each solution of a part binds."""
    read = _READ.get(node.name)
    if read is None:
        raise _Depends
    return read(node)


def _bgp(node: Any) -> set[Any]:
    return {term for triple in node.triples for term in triple if isinstance(term, Variable)}


def _project(node: Any) -> set[Any]:
    if THIS not in node.PV and THIS in variables(node.p):
        raise _Depends
    return _certain(node.p) & set(node.PV)


def _filter(node: Any) -> set[Any]:
    if node.get("var") == THIS:
        raise _Depends
    return _after(_certain(node.p), node.expr)


def _left_join(node: Any) -> set[Any]:
    _certain(node.p2)
    return _after(_certain(node.p1), [node.p2, node.expr])


_READ: Final[dict[str, Callable[[Any], set[Any]]]] = {
    "BGP": _bgp,
    "Project": _project,
    "Filter": _filter,
    "Extend": _filter,
    "LeftJoin": _left_join,
    "Join": lambda node: _certain(node.p1) | _certain(node.p2),
    "Union": lambda node: _certain(node.p1) & _certain(node.p2),
    "values": lambda _: set(),
    **dict.fromkeys(("Distinct", "Reduced", "ToMultiSet", "OrderBy"), lambda node: _certain(node.p)),
}
"""How a part of a query is read, by its name in rdflib's algebra. What is not here may depend on anything."""


def _after(bound: set[Any], part: Any) -> set[Any]:
    if THIS not in bound and THIS in variables(part):
        raise _Depends
    return bound
