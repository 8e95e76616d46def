"""What the catalogue says after a change is what it says of everything, made anew."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.catalogue import derived
from dppgraph.operations.catalogue.following import Following, Found, Moment
from dppgraph.operations.service import statistics, tally_of
from dppgraph.operations.touched import Triple
from dppgraph.operations.validate.again.view import Change
from dppgraph.operations.write.catalogue import Made
from dppgraph.store.memory import MemoryStore
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.operations.judging import GRAPHS, REMOVED, Held, a_change

A = f"<{PREFIXES['rdf']}type>"
DCT, DPP, DCAT, SKOS = (PREFIXES[prefix] for prefix in ("dct", "dpp", "dcat", "skos"))
PLAN = f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014>"
NEW = f"<{BASE}id/plan/new>"
ELSEWHERE = f"<{BASE}id/graph/elsewhere>"

Draw = Callable[[list[Quad], random.Random], Change]


@dataclass
class Catalogue:
    """A version whose catalogue is followed, change by change."""

    stated: frozenset[Quad]
    quads: set[Quad]
    rules: Following
    followed: list[bool]

    def full(self, quads: set[Quad]) -> set[Quad]:
        counted = list(statistics(quads, BASE))
        return {*quads, *counted, *derived([*quads, *counted], BASE)}

    def changed(self, change: Change) -> None:
        """Makes a change, and compares."""
        before = self.full(self.quads)
        after = self.quads.difference(change.removed).union(change.added)
        engine = MemoryStore(before)
        engine.remove(change.removed)
        engine.add(change.added)
        engine.add(quad._replace(graph=f"<{REMOVED}>") for quad in change.removed)
        lines = frozenset(quad.line() for quad in self.stated)
        made = Made(Held(before), lines, frozenset(), engine, self.rules)
        delta = made.after(change, tally_of(self.quads, BASE), tally_of(after, BASE))
        engine.drop(REMOVED)
        added, removed = ({parse_line(line) for line in part} for part in delta)
        said = self.full(after)
        assert before.difference(change.removed, removed) | added | set(change.added) == said
        assert not added & before
        assert removed <= before
        held, anew = (
            {tuple(row.values()) for row in store.select("SELECT * { GRAPH ?g { ?s ?p ?o } }", base=BASE)}
            for store in (engine, MemoryStore(said))
        )
        assert held == anew
        self.quads = after


@pytest.fixture(scope="module")
def rules() -> Following:
    return Following.of(BASE)


@pytest.fixture
def catalogue(built: tuple[VersionStore, Built], rules: Following, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    told: list[bool] = []
    after = Following.after

    def told_after(
        self: Following, changed: Iterable[Triple], counted: Iterable[Triple], moment: Moment
    ) -> Found | None:
        found = after(self, changed, counted, moment)
        told.append(found is not None)
        return found

    monkeypatch.setattr(Following, "after", told_after)
    store, _ = built
    number = store.current()
    is_stated = stated_in(BASE, frozenset(store.stated(number) or ()))
    # What is inferred changes like what is stated, here.
    lines = map(parse_line, store.lines(number))
    quads = {quad for quad in lines if quad.graph != GRAPHS["catalogue"] or is_stated(quad)}
    return Catalogue(frozenset(filter(is_in_the_catalogue, quads)), quads, rules, told)


def is_in_the_catalogue(quad: Quad) -> bool:
    return quad.graph == GRAPHS["catalogue"]


def of_plans(quads: list[Quad], chance: random.Random) -> Change:
    """Less of what the rules read of plans, of their bodies and themes, or of graphs."""
    names = ("title", "temporal", "spatial", "identifier", "issued")
    read = {f"<{DCT}{name}>" for name in names} | {f"<{SKOS}prefLabel>", f"<{SKOS}definition>", A}
    read |= {f"<{DPP}{name}>" for name in ("approvedIn", "hasLineOfAction", "theme", "issuedBy", "from", "until")}
    read |= {f"<{DCAT}{name}>" for name in ("startDate", "endDate", "keyword")}
    found = [quad for quad in quads if quad.predicate in read]
    gone = chance.sample(found, chance.choice([1, 1, 2, 5]))
    moved = [quad._replace(object=chance.choice(found).object) for quad in gone if chance.random() < 0.5]
    return Change(tuple(sorted({*moved} - {*quads})), tuple(gone))


def of_a_plan(quads: list[Quad], chance: random.Random) -> Change:
    """Nothing more of a plan, or of a graph."""
    plans = sorted({quad.subject for quad in quads if quad.object == f"<{DPP}PolicyInstrument>"})
    plan = chance.choice(plans)
    return Change((), tuple(quad for quad in quads if quad.subject == plan))


def of_a_graph(quads: list[Quad], chance: random.Random) -> Change:
    graph = chance.choice([GRAPHS[name] for name in ("external", "interpretation")])
    return Change((Quad(PLAN, f"<{DCT}subject>", PLAN, ELSEWHERE),), tuple(q for q in quads if q.graph == graph))


def of_a_new_plan(_: list[Quad], chance: random.Random) -> Change:
    """A plan that was not there, with a period in two forms or without one."""
    kinds = ("PolicyPlan", "PolicyInstrument")
    quads = [Quad(NEW, A, f"<{DPP}{kind}>", GRAPHS["source"]) for kind in kinds]
    quads += [Quad(NEW, f"<{DCT}title>", literal("new", language=chance.choice(["nl", "en", "fr"])), GRAPHS["source"])]
    period = f"{NEW[:-1]}#period>"
    day = literal(f"{chance.choice([1990, 2013, 2050])}-01-01", datatype=f"{PREFIXES['xsd']}date")
    quads += [
        Quad(NEW, f"<{DCT}temporal>", period, GRAPHS["source"]),
        Quad(period, f"<{DPP}from>", day, GRAPHS["source"]),
        Quad(period, f"<{DCAT}startDate>", day, GRAPHS["source"]),
    ]
    return Change(tuple(quads[: chance.randrange(3, len(quads) + 1)]), ())


def of_data_sets(quads: list[Quad], chance: random.Random) -> Change:
    """What a rule says of a data set is stated by somebody, or no more."""
    said = [quad for quad in quads if quad.graph == ELSEWHERE]
    subject = f"<{BASE}id/dataset/plan-{PLAN.rpartition('/')[2]}"
    more = [
        Quad(subject, A, f"<{DCAT}Dataset>", ELSEWHERE),
        Quad(subject, f"<{DCT}subject>", PLAN, ELSEWHERE),
        Quad(subject, f"<{DCT}license>", "<https://example.org/licence>", ELSEWHERE),
        Quad(f"{subject[:-1]}#record>", A, f"<{DCAT}CatalogRecord>", ELSEWHERE),
        Quad(f"<{BASE}id/dataset/stated>", A, f"<{DCAT}Dataset>", ELSEWHERE),
    ]
    return Change(tuple(quad for quad in chance.sample(more, 2) if quad not in said), tuple(said[:1]))


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(3))
def test_changes_one_after_the_other(catalogue: Catalogue, seed: int) -> None:
    chance = random.Random(seed)
    draws: list[Draw] = [of_plans, of_plans, of_a_plan, of_a_graph, of_a_new_plan, of_data_sets, a_change]
    for _ in range(10):
        quads = sorted(quad for quad in catalogue.quads if not is_in_the_catalogue(quad))
        change = chance.choice(draws)(quads, chance)
        more = (quad for quad in change.added if quad not in catalogue.quads)
        added = tuple(quad for quad in more if not is_in_the_catalogue(quad))
        removed = tuple(quad for quad in change.removed if quad in catalogue.quads and quad not in added)
        catalogue.changed(Change(added, removed))
    # Half of the kinds of changes are of what is not followed, and these are few.
    assert sum(catalogue.followed) >= len(catalogue.followed) / 3
