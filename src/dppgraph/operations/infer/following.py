"""What a change makes of the inferred graph: only what it can touch is inferred anew.

What is inferred about a thing that a change touches is taken away and inferred once more, stratum by stratum; what
comes of that may touch other things in its turn, until nothing does (as in DRed: Gupta, Mumick and Subrahmanian, 1993).
The outcome is what :func:`dppgraph.operations.infer.inferred` finds of everything.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from dppgraph.core.iris import graph_iri
from dppgraph.core.made import RULE, TRACE, UNWRITTEN
from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import Delta, Quad, parse_line
from dppgraph.errors import BadParameter
from dppgraph.operations.infer.infer import INFERRED_BY, trace_iri, trace_of
from dppgraph.operations.infer.rules import MOST_ROUNDS, Rule, endless, first, run, strata_of, unseen_graphs
from dppgraph.operations.touched import NotFollowed, Pattern, Site, Triple, touched
from dppgraph.store.memory import MemoryStore

REMOVED: Final = f"{UNWRITTEN}removed"
"""The graph in which what was removed lies while a change is followed: the ways to what it touches may go over it."""

_SURE: Final = f"{UNWRITTEN}sure"
"""The graph in which what is inferred anew lies while it is told whether it rests on anything else."""

_ANCHOR: Final = "<urn:dppgraph:anchor>"


class Lookups(Protocol):
    """The exact quads of a version, looked up."""

    def quads_of(self, subject: str, predicate: str | None = None, graph: str | None = None) -> Iterable[Quad]:
        """Those of a subject."""
        ...

    def is_stated(self, triple: Triple) -> bool:
        """Whether a graph that rules see states a triple, after the change."""
        ...


class _Unit(NamedTuple):
    """A rule, and one of the things that it says something of.

    Attributes:
        rule: the rule.
        variable: the subject of what it makes.
        heads: what it makes.
        sites: where it looks, and what it makes: what is stated is not inferred.
        text: its text with :data:`_ANCHOR` in place of the variable.
    """

    rule: Rule
    variable: str
    heads: tuple[Pattern, ...]
    sites: tuple[Site, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Following:
    """The rules, read once for all changes.

    Attributes:
        strata: the rules that run together, taken apart by what they say something of.
        rules: all of them.
        base: the base of the data.
        can: whether a change can be followed by them; where a rule is of a kind that is not taken apart, it cannot.
    """

    strata: tuple[tuple[_Unit, ...], ...]
    rules: tuple[Rule, ...]
    base: str
    can: bool = True

    @classmethod
    def of(cls, rules: Sequence[Rule], base: str) -> "Following":
        """Reads the rules: some milliseconds each."""
        try:
            strata = tuple(tuple(_units(together, base)) for together in strata_of(rules))
        except (BadParameter, NotFollowed):
            return cls((), tuple(rules), base, can=False)
        return cls(strata, tuple(rules), base)

    def after(self, delta: Delta, store: MemoryStore, lookups: Lookups) -> Delta | None:
        """What a change of what is stated changes in the inferred graph, as lines.

        Args:
            delta: the lines that are stated more and less, of the graphs that rules see.
            store: the engine's copy with that change in it, what was removed in the graph :data:`REMOVED`; the inferred
                graph is brought up to date in it, and what was taken out on the way lies in that graph too: whoever
                made it drops it.
            lookups: the exact quads before.

        Returns:
            The lines of the inferred graph that there are more and less; None where everything has to be inferred anew.
        """
        # The inferred graph may come into being on the way.
        graphs = {graph_iri("inferred", self.base), *filter(self._is_seen, store.named_graphs())}
        run_ = _Run(self, store, lookups, sorted(graphs))
        changed = {quad[:3] for quad in map(parse_line, (*delta.added, *delta.removed))}
        for number, units in enumerate(self.strata):
            later = {head for other in self.strata[number + 1 :] for unit in other for head in unit.heads}
            if run_.sees(units, later):
                return None
            more = run_.stratum(units, changed)
            if more is None:
                return None
            changed |= more
        return run_.delta()

    def _is_seen(self, graph: str) -> bool:
        return graph not in unseen_graphs(self.base) and graph != REMOVED


@dataclass(slots=True)
class _Run:
    """One change on its way through the strata.

    Attributes:
        rules: the rules.
        store: the engine's copy.
        lookups: the exact quads before.
        graphs: the graphs that rules see.
        before: what was inferred of the things that are touched, with the rule of each.
        after: what is inferred of them now.
    """

    rules: Following
    store: MemoryStore
    lookups: Lookups
    graphs: list[str]
    before: dict[Quad, str] = field(default_factory=dict)
    after: dict[Quad, str] = field(default_factory=dict)

    def stratum(self, units: Sequence[_Unit], changed: set[Triple]) -> set[Triple] | None:
        """Infers anew what a stratum says of the things that are touched; the triples that there are more and less.

        None where everything may be touched.
        """
        names = {unit.rule.name for unit in units}
        done: set[str] = set()
        before: dict[Quad, str] = {}
        here: dict[Quad, str] = {}
        pending = self._touched(units, changed)
        while pending:
            done |= pending
            for anchor in pending:
                before |= {quad: name for quad, name in self._inferred_of(anchor) if name in names}
            self._take_out({*before, *here})
            here = self._derived(units, done)
            more = self._touched(units, {quad[:3] for quad in before.keys() ^ here.keys()})
            if more is not None and more <= done:
                more = self._touched(units, self._unsure(units, done, before.keys() & here.keys()))
            pending = None if more is None else more - done
        if pending is None:
            return None
        self.before |= before
        self.after |= here
        return {quad[:3] for quad in before.keys() ^ here.keys()}

    def sees(self, units: Iterable[_Unit], later: Iterable[Pattern]) -> bool:
        """Whether rules may see what others make of a later stratum, which is in the store already."""
        sites = {site for unit in units for site in unit.sites if site.pattern not in unit.heads}
        return any(self._may_fit(site, head) for site in sites for head in later)

    def _may_fit(self, site: Site, head: Pattern) -> bool:
        known: dict[str, str] = {}
        for place, term in zip(site.pattern, head, strict=True):
            if not term.startswith("?"):
                if not place.startswith("?") and place != term:
                    return False
                known[place] = term
        steps = [step for step in site.way or () if any(one in known for one in step if one.startswith("?"))]
        # Names and terms of queries that were read before, put together.
        given = " ".join(f"VALUES {name} {{ {term} }}" for name, term in known.items() if name.startswith("?"))
        asked = " ".join(f"{' '.join(step)} ." for step in steps)
        return not steps or any(True for _ in self._ask(f"SELECT * WHERE {{ {given} {asked} }} LIMIT 1"))

    def _unsure(self, units: Sequence[_Unit], anchors: set[str], kept: Set[Quad]) -> set[Triple]:
        """What is inferred as before, and not from what is stated and inferred anew alone.

        It may rest on what rests on it in its turn, and on nothing else any more.
        """
        others = self._touched(units, {quad[:3] for quad in kept})
        if others is not None and others <= anchors:
            return set()
        graph = graph_iri("inferred", self.rules.base)
        graphs = [*(one for one in self.graphs if one != graph), _SURE]
        sure: set[Quad] = set()
        while True:
            made = {quad._replace(graph=f"<{graph}>") for unit in units for quad in self._made(unit, anchors, graphs)}
            fresh = made - sure
            if not fresh:
                break
            sure |= fresh
            self.store.add(quad._replace(graph=f"<{_SURE}>") for quad in fresh)
        self.store.drop(_SURE)
        return {quad[:3] for quad in kept - sure}

    def _touched(self, units: Iterable[_Unit], changed: set[Triple]) -> set[str] | None:
        found: set[str] = set()
        for unit in units:
            anchors = touched(unit.sites, unit.variable, changed, self._ask)
            if anchors is None:
                return None
            found |= anchors
        trace = f"<{self.rules.base}{TRACE}"
        return {anchor for anchor in found if anchor.startswith("<") and not anchor.startswith(trace)}

    def _ask(self, text: str) -> Iterator[dict[str, str]]:
        return self.store.select(text, base=self.rules.base)

    def _inferred_of(self, anchor: str) -> Iterator[tuple[Quad, str]]:
        """What was inferred of a thing, with the name of the rule of each."""
        graph = f"<{graph_iri('inferred', self.rules.base)}>"
        rule = f"<{self.rules.base}{RULE}"
        for quad in self.lookups.quads_of(anchor, graph=graph):
            traces = self.lookups.quads_of(trace_iri(quad, self.rules.base), f"<{INFERRED_BY}>")
            yield quad, next((trace.object[len(rule) : -1] for trace in traces), "")

    def _take_out(self, quads: set[Quad]) -> None:
        """What may be inferred no more is kept where ways may go over it."""
        self.store.remove(quads)
        self.store.add(quad._replace(graph=f"<{REMOVED}>") for quad in quads)

    def _derived(self, units: Sequence[_Unit], anchors: set[str]) -> dict[Quad, str]:
        """What a stratum says of some things, with the first rule that says it."""
        graph = f"<{graph_iri('inferred', self.rules.base)}>"
        here: dict[Quad, Rule] = {}
        for _ in range(MOST_ROUNDS):
            fresh = set()
            for unit in units:
                for quad in self._made(unit, anchors):
                    placed = quad._replace(graph=graph)
                    if placed in self.after or (placed not in here and self.lookups.is_stated(quad[:3])):
                        continue
                    if placed not in here:
                        fresh.add(placed)
                    here[placed] = first(unit.rule, here.get(placed))
            if not fresh:
                return {quad: rule.name for quad, rule in here.items()}
            self.store.add(fresh)
        raise endless({unit.rule.name: unit.rule for unit in units}.values())

    def _made(self, unit: _Unit, anchors: Iterable[str], graphs: Collection[str] | None = None) -> Iterator[Quad]:
        trace = f"<{self.rules.base}{TRACE}"
        for anchor in sorted(anchors):
            text = unit.text.replace(_ANCHOR, anchor)
            for quad in run(unit.rule, self.store, self.rules.base, text=text, graphs=graphs or self.graphs):
                if quad.subject == anchor and not quad.object.startswith(trace):
                    yield quad

    def delta(self) -> Delta:
        """What there is more and less in the inferred graph, traces included."""
        base = self.rules.base
        before, after = (
            {one.line() for quad, name in found.items() for one in (quad, *trace_of(quad, name, base))}
            for found in (self.before, self.after)
        )
        return Delta(sorted(after - before), sorted(before - after))


def _units(rules: Iterable[Rule], base: str) -> Iterator[_Unit]:
    from dppgraph.operations.touched.sparql import heads_of, sites_of, templates_of  # noqa: PLC0415 - loads rdflib

    for rule in rules:
        templates = templates_of(rule.text, base)
        for subject in sorted({template.subject for template in templates}):
            if not subject.startswith("?"):
                raise NotFollowed(f"the rule {rule.name} says something of {subject}")
            heads = tuple(template for template in templates if template.subject == subject)
            sites = (*sites_of(rule.text, subject[1:], base), *heads_of(rule.text, subject[1:], base))
            yield _Unit(rule, subject[1:], heads, sites, with_values(rule.text, {subject[1:]: _ANCHOR}))
