"""Where a SPARQL query looks, read from its algebra (SPARQL 1.1, section 18).

Loading rdflib takes a while, and reading a query some milliseconds: it is done once, where rules and shapes are read.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any, Final

from pyparsing import ParseException
from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern, translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.operations.touched.parts import Look, Part, variables
from dppgraph.operations.touched.paths import edges, pattern_of
from dppgraph.operations.touched.sites import NotFollowed, Pattern, Site

_ANYTHING: Final = Look(Pattern("?_s", "?_p", "?_o"))
"""Looks at whatever is in the graph."""
_OURS: Final = re.compile(r"_(?:\d|b|[spo]$)")
"""How the variables begin that are made here: a query that has such names of its own is not followed."""

_EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
_UNREAD: Final = ("GroupGraphPatternSub", "SubSelect")
"""Groups that rdflib has parsed, and not yet made algebra of."""


def sites_of(text: str, anchor: str, base: str, *, given: bool = False) -> list[Site]:
    """All places where a query looks at the graph, and how each is connected with what the query is about.

    What cannot be followed is a site that any triple fits, and that has no way.

    Args:
        text: a SELECT, an ASK or a CONSTRUCT; the known prefixes need not be declared.
        anchor: the variable that stands for what it is about, without a question mark.
        base: what relative IRIs are relative to.
        given: whether the anchor has a value everywhere before the query is evaluated, as in SHACL. Else a branch of a
            UNION in which it has none says nothing of any.

    Raises:
        NotFollowed: it does not parse.
    """
    return sites_in(_read(text, base), anchor, given=given)


def sites_in(query: Query, anchor: str, *, given: bool = False) -> list[Site]:
    """Likewise, of a query that is read already."""
    try:
        part = _Reading(f"?{anchor}", given).part(query.algebra.p)
    except NotFollowed:
        return [Site(_ANYTHING.pattern, None)]
    found = (look for look in part.looks if not look.astray)
    return list(dict.fromkeys(Site(look.pattern, way_of(look.pattern, look.beside, f"?{anchor}")) for look in found))


@lru_cache(maxsize=64)
def templates_of(text: str, base: str) -> tuple[Pattern, ...]:
    """The triples that a CONSTRUCT makes of each solution.

    Raises:
        NotFollowed: it does not parse.
    """
    return _heads(_read(text, base).algebra)


def heads_of(text: str, anchor: str, base: str) -> list[Site]:
    """The triples that a CONSTRUCT makes about its anchor: one that is there by other means may matter to it."""
    algebra = _read(text, base).algebra
    part = _Reading(f"?{anchor}", given=False).part(algebra.p)
    heads = [head for head in _heads(algebra) if head.subject == f"?{anchor}"]
    return [Site(head, way_of(head, part.holds, f"?{anchor}")) for head in heads]


@dataclass(frozen=True, slots=True)
class Construct:
    """What a CONSTRUCT makes, and of what.

    Attributes:
        heads: the triples that it makes of each solution.
        patterns: what it looks for; where it cannot be followed, whatever is in the graph.
        certain: the variables that have a value in each solution.
    """

    heads: tuple[Pattern, ...]
    patterns: frozenset[Pattern]
    certain: frozenset[str]


def construct_of(text: str, base: str) -> Construct:
    """Reads a CONSTRUCT.

    Raises:
        NotFollowed: it does not parse.
    """
    algebra = _read(text, base).algebra
    heads = _heads(algebra)
    anything = Construct(heads, frozenset({_ANYTHING.pattern}), frozenset())
    found: set[Pattern] = set()
    certain: frozenset[str] = frozenset()
    for place, subject in enumerate(sorted({head.subject for head in heads})):
        if not subject.startswith("?"):
            return anything
        if place:
            # Following it once leaves it otherwise than it was read.
            algebra = _read(text, base).algebra
        try:
            part = _Reading(subject, given=False).part(algebra.p)
        except NotFollowed:
            return anything
        found |= {look.pattern for look in part.looks if not look.astray}
        certain = part.certain
    return Construct(heads, frozenset(found), certain)


def _heads(algebra: CompValue) -> tuple[Pattern, ...]:
    return tuple(Pattern(*map(_term, triple)) for triple in algebra.template or ())


def _read(text: str, base: str) -> Query:
    try:
        return translateQuery(parseQuery(text), base=base, initNs=PREFIXES)
    except ParseException as error:
        # Whoever asks it says what is wrong with it.
        raise NotFollowed("it does not parse") from error


def way_of(pattern: Pattern, beside: Iterable[Pattern], anchor: str) -> tuple[Pattern, ...] | None:
    """The shortest chain of patterns from the variables of one to the anchor, and those that narrow it at little cost.

    None where there is no chain.
    """
    patterns = [one for one in dict.fromkeys(beside) if one != pattern]
    came: dict[str, tuple[Pattern, ...]] = dict.fromkeys(sorted(variables(pattern)), ())
    waiting = deque(came)
    while waiting and anchor not in came:
        name = waiting.popleft()
        for step in patterns:
            if name in step:
                for other in sorted(variables(step) - came.keys()):
                    came[other] = (*came[name], step)
                    waiting.append(other)
    if anchor not in came:
        return None
    way = came[anchor]
    bound = variables(pattern, *way)
    narrowing = (
        one
        for one in patterns
        if one not in way
        and not one.predicate.endswith(("*)", "+)"))
        and (variables(one) <= bound or pattern.predicate in variables(one))
    )
    return (*way, *narrowing)


class _Reading:
    """Reads one query; gives variables names that are used nowhere else."""

    def __init__(self, anchor: str, given: bool) -> None:
        self._anchor = anchor
        self._given = given
        self._count = count()

    def part(self, node: Any) -> Part:
        """What is true of a part of a query.

        Raises:
            NotFollowed: there is something in it that is not followed.
        """
        read: Callable[[Any], Part] | None = getattr(self, f"_{node.name.lower()}", None)
        if read is None:
            raise NotFollowed(node.name)
        return read(node)

    def _fresh(self) -> str:
        return f"?_{next(self._count)}"

    def _bgp(self, node: Any) -> Part:
        triples = [(_term(s), path, _term(o)) for s, path, o in node.triples or ()]
        holds = tuple(pattern_of(*triple) for triple in triples)
        solid = variables(*(one for one, (_, path, _) in zip(holds, triples, strict=True) if not _can_be_empty(path)))
        looks: list[Look] = []
        for place, (subject, path, object_) in enumerate(triples):
            rest = (*holds[:place], *holds[place + 1 :])
            looks += (Look(edge, (*way, *rest)) for edge, way in edges(subject, path, object_, self._fresh))
            if _can_be_empty(path) and not {subject, object_} & solid:
                # Whatever is in the graph leads to itself; the engine asks even of a constant whether it is.
                looks.append(_ANYTHING)
        found = variables(*holds)
        return Part(tuple(looks), holds, frozenset(found), self._anchor in found)

    def _join(self, node: Any) -> Part:
        return self.part(node.p1).joined(self.part(node.p2))

    def _leftjoin(self, node: Any) -> Part:
        left, right = self.part(node.p1), self.part(node.p2)
        both = left.joined(right)
        for asked in self._asked(node.expr):
            # Seen from the right side alone, so that all of it has the same names beside the left one.
            looks = asked.seen_as(both.certain, self._fresh).within(right)
            right = replace(right, looks=(*right.looks, *looks))
        return left.beside(right, self._fresh, binds=True)

    def _minus(self, node: Any) -> Part:
        return self.part(node.p1).beside(self.part(node.p2), self._fresh)

    def _filter(self, node: Any) -> Part:
        return self._with_asked(self.part(node.p), node.expr)

    def _extend(self, node: Any) -> Part:
        part = self._filter(node)
        if _term(node.var) != self._anchor:
            return part
        return replace(part, looks=tuple(look._replace(astray=False) for look in part.looks), binds=True)

    def _union(self, node: Any) -> Part:
        parts = self.part(node.p1), self.part(node.p2)
        binds = any(part.binds for part in parts)
        looks = (
            look._replace(astray=look.astray or (binds and not part.binds and not self._given))
            for part in parts
            for look in part.looks
        )
        return Part(tuple(looks), (), parts[0].certain & parts[1].certain, binds)

    def _graph(self, node: Any) -> Part:
        part = self.part(node.p)
        part = part if part.holds else replace(part, looks=(*part.looks, _ANYTHING))
        return replace(part, binds=part.binds or _term(node.term) == self._anchor)

    def _tomultiset(self, node: Any) -> Part:
        return self.part(node.p)

    def _values(self, node: Any) -> Part:
        rows = [{_term(name) for name, term in row.items() if term != "UNDEF"} for row in node.res or ()]
        certain = frozenset(set.intersection(*rows) if rows else ())
        return Part(certain=certain, binds=any(self._anchor in row for row in rows))

    def _project(self, node: Any) -> Part:
        names = {_term(name) for name in node.PV}
        part = self.part(node.p)
        return part if self._anchor in names and self._all_of(part) <= names else self._narrowed(part, names)

    def _all_of(self, part: Part) -> set[str]:
        return variables(*part.holds, *(one for look in part.looks for one in (look.pattern, *look.beside)))

    def _narrowed(self, part: Part, names: set[str]) -> Part:
        seen = part.seen_as(names, self._fresh)
        if self._anchor not in names:
            return replace(seen, binds=False)
        looks = (one._replace(astray=was.astray) for one, was in zip(seen.looks, part.looks, strict=True))
        return replace(seen, looks=tuple(looks))

    def _aggregatejoin(self, node: Any) -> Part:
        part = self._with_asked(self.part(node.p.p), node.A)
        keys = {_term(key) for key in node.p.expr or () if isinstance(key, Variable)}
        part = self._narrowed(part, keys & part.certain)
        # Without GROUP BY there is one row, whether anything holds or not.
        return part if node.p.expr else replace(part, holds=())

    def _slice(self, node: Any) -> Part:
        # A change to one solution may push out any other.
        part = self.part(node.p)
        cut = part.seen_as((), self._fresh)
        return replace(part, looks=tuple(Look(look.pattern) for look in cut.looks))

    def _distinct(self, node: Any) -> Part:
        return self.part(node.p)

    _reduced = _orderby = _distinct

    def _with_asked(self, part: Part, expression: Any) -> Part:
        for asked in self._asked(expression):
            part = part.beside(asked, self._fresh)
        return part

    def _asked(self, expression: Any) -> Iterator[Part]:
        """The groups that EXISTS and NOT EXISTS ask for, anywhere in an expression."""
        if isinstance(expression, CompValue):
            if expression.name in _EXISTS:
                group = expression.graph
                yield self.part(translateGroupGraphPattern(group) if group.name in _UNREAD else group)
            else:
                yield from self._asked(list(expression.values()))
        elif isinstance(expression, list | tuple):
            for value in expression:
                yield from self._asked(value)


def _can_be_empty(path: Any) -> bool:
    """Whether a path may lead from a thing to itself without any edge."""
    match path:
        case InvPath():
            return _can_be_empty(path.arg)
        case AlternativePath():
            return any(map(_can_be_empty, path.args))
        case SequencePath():
            return all(map(_can_be_empty, path.args))
        case MulPath():
            return path.mod in ("?", "*") or _can_be_empty(path.path)
        case _:
            return False


def _term(node: Any) -> str:
    """One of rdflib's terms as N-Triples writes it; a blank node of a query is a variable."""
    match node:
        case Variable() if _OURS.match(node):
            raise NotFollowed(f"?{node} may be another variable that is made here")
        case Variable():
            return f"?{node}"
        case BNode():
            return f"?_b{node}"
        case Literal():
            return literal(str(node), language=node.language, datatype=node.datatype)
        case URIRef():
            return f"<{node}>"
        case _:
            raise NotFollowed(type(node).__name__)
