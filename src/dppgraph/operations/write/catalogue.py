"""What a change makes of the graph ``catalogue``: of the statistics in it, and of what rules derive."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Delta, Quad, parse_line
from dppgraph.operations.catalogue import derived_in
from dppgraph.operations.catalogue.following import Exact, Following, Found, Moment
from dppgraph.operations.service import Tally, statistics_following, tells_counted
from dppgraph.operations.touched import Triple
from dppgraph.operations.validate.again.view import Change
from dppgraph.store.history import QuadPattern
from dppgraph.store.memory import MemoryStore


@dataclass(frozen=True, slots=True)
class Made:
    """What is made in that graph of a version.

    Attributes:
        exact: the exact quads of the version.
        stated: the lines that are stated in the graph, and not made.
        examples: what the named questions are in it.
        engine: the engine's copy, with a change of what is stated and inferred in it already. What is made is brought
            up to date in it.
        rules: the rules.
    """

    exact: Exact
    stated: frozenset[str]
    examples: frozenset[Quad]
    engine: MemoryStore
    rules: Following

    def after(self, change: Change, was: Tally, is_: Tally) -> Delta:
        """What there is more and less in the graph after a change.

        Args:
            change: what is stated and inferred more and less, outside of that graph.
            was: the sums before the change.
            is_: those after it.
        """
        counted = statistics_following(was, is_)
        more, less = ({parse_line(line) for line in lines if line not in self.stated} for lines in counted)
        telling = _Telling(self, change, more, less, tells_counted(was))
        self._take_out(less)
        self.engine.add(more)
        graphs = [name[1:-1] for name in (*is_.graphs, self.graph) if name]
        moment = Moment(self.exact, self.engine, graphs, telling.is_derived, telling.is_said)
        changed = {quad[:3] for part in change for quad in part}
        found = self.rules.after(changed, {quad[:3] for quad in (*more, *less)}, moment) or self._anew(moment)
        before, after = less | found.before, more | found.after
        return Delta([quad.line() for quad in after - before], [quad.line() for quad in before - after])

    def _anew(self, moment: Moment) -> Found:
        """All that the rules derive."""
        before = {quad for quad in self.exact.quads(QuadPattern(graph=self.graph)) if moment.is_derived(quad)}
        self._take_out(before)
        found = derived_in(self.engine, self.rules.base, moment.graphs)
        said = {quad for quad in found if moment.is_said(quad[:3])}
        self._take_out(said)
        return Found(before, found - said)

    def _take_out(self, quads: Collection[Quad]) -> None:
        self.engine.remove(quads)
        # Of a literal that is written in two ways the engine has one: what is stated is added once more.
        self.engine.add(map(parse_line, self.stated))

    @property
    def graph(self) -> str:
        """That graph, as a term."""
        return f"<{graph_iri('catalogue', self.rules.base)}>"


@dataclass(slots=True)
class _Telling:
    """Tells who says what: the rules, or anything else.

    Attributes:
        made: what is made of the version before.
        change: the change.
        more: the statistics that there are more.
        less: those that there are less.
        is_counted: tells of a quad that is made whether it is of the statistics before.
    """

    made: Made
    change: Change
    more: Iterable[Quad]
    less: Iterable[Quad]
    is_counted: Callable[[Quad], bool]
    _added: set[Triple] = field(init=False)
    _removed: set[Quad] = field(init=False)

    def __post_init__(self) -> None:
        self._added = {quad[:3] for quad in (*self.change.added, *self.more)}
        self._removed = {*self.change.removed, *self.less}

    def is_derived(self, quad: Quad) -> bool:
        """Whether the rules found a quad before the change."""
        if quad.graph != self.made.graph or quad in self.made.examples or quad.line() in self.made.stated:
            return False
        return not self.is_counted(quad)

    def is_said(self, triple: Triple) -> bool:
        """Whether anything but the rules says a triple after the change."""
        if triple in self._added:
            return True
        there = self.made.exact.quads(QuadPattern(*triple))
        return any(quad not in self._removed and not self.is_derived(quad) for quad in there)
