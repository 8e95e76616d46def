"""What a change makes of the data sets that follow from the data: only those that it can touch are made anew.

All that is found of a data set is taken away and found once more. No rule of ``rules/`` looks at what others found of
another data set, but for what the whole says of itself: where that comes to be another, nothing is told.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.operations.catalogue.derived import rules
from dppgraph.operations.touched import Pattern, Site, Triple, touched
from dppgraph.store.history import QuadPattern
from dppgraph.store.memory import MemoryStore

_AMONG: Final = re.compile(r"# among \?(?P<variable>\w+)\n")
"""The line of a rule that marks where it can be told of which things it is asked."""

_WHOLE: Final = "whole"
"""The variable of what rules without that line are about."""

_A: Final = f"<{PREFIXES['rdf']}type>"
_DATASET: Final = f"<{PREFIXES['dcat']}Dataset>"
_SPACE: Final = f"<{PREFIXES['void']}uriSpace>"
"""What only the whole has."""
_DESCRIBED: Final = {_DATASET, *(f"<{PREFIXES['dcat']}{name}>" for name in ("Catalog", "DataService", "Distribution"))}
"""The classes of what the rules find something of: a change of what is stated of it is not followed."""

_MADE_OF: Final = {"plan": f"<{PREFIXES['dct']}subject>", "graph": f"<{PREFIXES['dct']}relation>"}
"""The variable of what a rule makes data sets of, and how these say it."""

_PARTS: Final = ("", "#period", "#record")
"""What the names of the things end with that rules find together with a data set."""


class Exact(Protocol):
    """The exact quads of a version, to be looked up."""

    def quads(self, pattern: QuadPattern, *, limit: int = -1) -> list[Quad]:
        """Those that a pattern fits, at most so many (below 0: all)."""
        ...


class Found(NamedTuple):
    """What was found before a change of what it touches, and what is found after it: quads of ``catalogue``."""

    before: set[Quad]
    after: set[Quad]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a change is told against.

    Attributes:
        exact: the exact quads before it.
        store: the engine's copy after it, statistics included, with what was removed in a graph of its own.
        graphs: the IRIs of the graphs that there are after it.
        is_derived: tells of a quad before it whether the rules found it.
        is_said: tells of a triple whether anything else says it after it.
    """

    exact: Exact
    store: MemoryStore
    graphs: Collection[str]
    is_derived: Callable[[Quad], bool]
    is_said: Callable[[Triple], bool]


class _Rule(NamedTuple):
    """A rule.

    Attributes:
        text: its text.
        variable: what it is about.
        sites: where it looks.
        heads: what it makes.
    """

    text: str
    variable: str
    sites: tuple[Site, ...]
    heads: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """The rules, read once for all changes.

    Attributes:
        rules: the rules, in their order.
        base: the base of the data.
    """

    rules: tuple[_Rule, ...]
    base: str

    @classmethod
    def of(cls, base: str) -> "Following":
        """Reads the rules: some milliseconds each."""
        from dppgraph.operations.touched.sparql import sites_of, templates_of  # noqa: PLC0415 - loads rdflib

        found = []
        for text in rules():
            marked = _AMONG.search(text)
            variable = marked["variable"] if marked else _WHOLE
            found.append(_Rule(text, variable, tuple(sites_of(text, variable, base)), tuple(templates_of(text, base))))
        return cls(tuple(found), base)

    def after(self, changed: Iterable[Triple], counted: Iterable[Triple], moment: Moment) -> Found | None:
        """What a change makes of what is found; None where all has to be found anew.

        Args:
            changed: the triples that are stated or inferred more and less.
            counted: those that the statistics say more and less.
            moment: what it is told against; what is found is brought up to date in its store.
        """
        run = _Run(self, moment, f"<{graph_iri('catalogue', self.base)}>")
        changed = list(changed)
        if run.describes(changed):
            return None
        partition = f"<{self.base}.well-known/void#"
        return run.found(changed, [triple for triple in counted if not triple[0].startswith(partition)])


@dataclass(slots=True)
class _Run:
    """One change on its way through the rules."""

    following: Following
    moment: Moment
    graph: str

    def describes(self, changed: Iterable[Triple]) -> bool:
        """Whether a change is of what is said of data sets, services or files themselves."""
        classes = {subject for subject, predicate, object_ in changed if predicate == _A and object_ in _DESCRIBED}
        subjects = {subject.partition("#")[0].removesuffix(">") + ">" for subject, _, _ in changed}
        return bool(classes) or any(map(self._is_described, subjects))

    def found(self, changed: Collection[Triple], counted: Collection[Triple]) -> Found | None:
        named: dict[str, set[str]] = defaultdict(set)
        for rule in self.following.rules:
            about = self._touched(rule, changed, counted)
            if rule.variable == _WHOLE:
                if about != set() and not self._stays(rule):
                    return None
            elif about is None and rule.variable != "graph":
                return None
            else:
                named[rule.variable] |= self._graphs() if about is None else about
        return self._anew(named)

    def _touched(self, rule: _Rule, changed: Collection[Triple], counted: Collection[Triple]) -> set[str] | None:
        about = touched(rule.sites, rule.variable, changed, self._ask)
        # What a part takes over from the whole, whichever property it is of, is none of the statistics.
        sites = [site for site in rule.sites if not site.pattern.predicate.startswith("?")]
        more = touched(sites, rule.variable, counted, self._ask)
        return None if about is None or more is None else about | more

    def _anew(self, named: dict[str, set[str]]) -> Found | None:
        things = {thing for thing in named["dataset"] | named["thing"] if self._is_described(thing)}
        for variable, predicate in _MADE_OF.items():
            made = (quad for one in named[variable] for quad in self._derived(QuadPattern(None, predicate, one)))
            things |= {quad.subject for quad in made}
        if any(self.moment.exact.quads(QuadPattern(thing, _SPACE), limit=1) for thing in things):
            return None
        before = {quad for thing in things for quad in self._about(thing)}
        for variable, predicate in _MADE_OF.items():
            named[variable] |= {quad.object for quad in before if quad.predicate == predicate}
        self._take_out(before)
        after: set[Quad] = set()
        for rule in self.following.rules:
            if rule.variable == _WHOLE:
                continue
            among = named[rule.variable] if rule.variable in _MADE_OF else things
            fresh = self._made(rule, among)
            self.moment.store.add(fresh)
            things |= {quad.subject for quad in fresh if quad.predicate == _A and quad.object == _DATASET}
            after |= fresh
        return Found(before, after - self._said(after))

    def _stays(self, rule: _Rule) -> bool:
        """Whether a rule says of the whole what it said."""
        predicates = {head.predicate for head in rule.heads if head.subject == f"?{_WHOLE}"}
        wholes = {quad.subject for quad in self.moment.exact.quads(QuadPattern(None, _SPACE))}
        before = {
            quad
            for whole in wholes
            for predicate in predicates
            for quad in self._derived(QuadPattern(whole, predicate))
        }
        before |= {quad for said in before.copy() for quad in self._derived(QuadPattern(said.object))}
        self._take_out(before)
        after = self._made(rule, None)
        self.moment.store.add(before)
        return {quad for quad in after if not self.moment.is_said(quad[:3])} == before

    def _made(self, rule: _Rule, among: Collection[str] | None) -> set[Quad]:
        """What a rule makes, of some things alone."""
        if among is None:
            text = rule.text
        elif among:
            # The rule stays as it is in its file; this is the place that it has for them.
            values = f"VALUES ?{rule.variable} {{ {' '.join(sorted(among))} }}\n"
            text = _AMONG.sub(lambda _: values, rule.text)
        else:
            return set()
        made = self.moment.store.construct(text, base=self.following.base, graphs=self.moment.graphs)
        return {quad._replace(graph=self.graph) for quad in made}

    def _said(self, quads: set[Quad]) -> set[Quad]:
        """Those that something else says, which are taken out again where it says so in another graph."""
        said = {quad for quad in quads if self.moment.is_said(quad[:3])}
        self._take_out({quad for quad in said if not self._stated(QuadPattern(*quad))})
        return said

    def _take_out(self, quads: set[Quad]) -> None:
        self.moment.store.remove(quads)
        # Of a literal that is written in two ways the engine has one, and perhaps that of what is stated.
        subjects = {quad.subject for quad in quads if quad.object.startswith('"')}
        stays = {quad for subject in subjects for quad in self._stated(QuadPattern(subject))}
        self.moment.store.add(stays)

    def _about(self, thing: str) -> set[Quad]:
        """What the rules found of a data set."""
        names = [f"{thing[:-1]}{part}>" for part in _PARTS]
        patterns = (pattern for name in names for pattern in (QuadPattern(name), QuadPattern(None, None, name)))
        return {quad for pattern in patterns for quad in self._derived(pattern)}

    def _derived(self, pattern: QuadPattern) -> list[Quad]:
        found = self.moment.exact.quads(pattern._replace(graph=self.graph))
        return [quad for quad in found if self.moment.is_derived(quad)]

    def _stated(self, pattern: QuadPattern) -> list[Quad]:
        found = self.moment.exact.quads(pattern._replace(graph=self.graph))
        return [quad for quad in found if not self.moment.is_derived(quad)]

    def _is_described(self, thing: str) -> bool:
        classes = self.moment.exact.quads(QuadPattern(thing, _A))
        return any(quad.object in _DESCRIBED for quad in classes)

    def _graphs(self) -> set[str]:
        """The graphs that there are, and those of which there is a data set."""
        there = {f"<{graph}>" for graph in self.moment.graphs}
        return there | {quad.object for quad in self._derived(QuadPattern(None, _MADE_OF["graph"]))}

    def _ask(self, text: str) -> Iterable[dict[str, str]]:
        return self.moment.store.select(text, base=self.following.base)
