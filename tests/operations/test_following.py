"""What a change makes of the inferred graph is what all rules find of everything."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Delta, Quad, literal
from dppgraph.operations.infer import Rule, inferred, read_rules, traced
from dppgraph.operations.infer.following import REMOVED, Following
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.store.memory import MemoryStore
from tests.conftest import BASE

GRAPHS = {
    name: f"<{graph_iri(name, BASE)}>" for name in ("source", "interpretation", "inferred", "ontology", "external")
}
UNSEEN = {f"<{graph_iri(name, BASE)}>" for name in ("interpretation", "catalogue", "shapes")}
A = f"<{PREFIXES['rdf']}type>"


@pytest.fixture(scope="module")
def rules(sources: Sources) -> list[Rule]:
    return read_rules(sources.ontology / "rules")


@pytest.fixture(scope="module")
def following(rules: list[Rule]) -> Following:
    return Following.of(rules, BASE)


@pytest.fixture(scope="module")
def vocabulary(sources: Sources) -> list[Quad]:
    return read_vocabulary(sources)


@pytest.fixture(scope="module")
def shipped(sources: Sources) -> list[Quad]:
    return read_data(sources)


@dataclass
class Looked:
    """The quads of a version before a change, and what is stated after it."""

    quads: list[Quad]
    stated: set[Quad]

    def __post_init__(self) -> None:
        self.by_subject: dict[str, list[Quad]] = {}
        for quad in self.quads:
            self.by_subject.setdefault(quad.subject, []).append(quad)
        self.triples = {quad[:3] for quad in self.stated if quad.graph not in UNSEEN}

    def quads_of(self, subject: str, predicate: str | None = None, graph: str | None = None) -> list[Quad]:
        said = self.by_subject.get(subject, [])
        return [q for q in said if predicate in (None, q.predicate) and graph in (None, q.graph)]

    def is_stated(self, triple: tuple[str, str, str]) -> bool:
        return triple in self.triples


def all_of(stated: Iterable[Quad], rules: list[Rule]) -> set[Quad]:
    """What is made of what is stated: the inferred graph with its traces, and the rules."""
    found = inferred(stated, rules, BASE)
    return {*found, *traced(found, rules, BASE)}


def followed(before: set[Quad], after: set[Quad], rules: list[Rule], following: Following) -> set[str]:
    """The lines that are made of what is stated after a change, told from those that were made before it."""
    made = all_of(before, rules)
    held = sorted({*before, *made})
    added, removed = after - before, before - after
    store = MemoryStore([quad for quad in held if quad not in removed])
    store.add(sorted(added))
    store.add(quad._replace(graph=f"<{REMOVED}>") for quad in sorted(removed))
    lookups = Looked(held, after)
    seen = [sorted(quad.line() for quad in part if quad.graph not in UNSEEN) for part in (added, removed)]
    delta = following.after(Delta(*seen), store, lookups)
    assert delta is not None
    lines = {quad.line() for quad in made}
    assert not lines & set(delta.added)
    assert set(delta.removed) <= lines
    return (lines - set(delta.removed)) | set(delta.added)


def same(before: Iterable[Quad], after: Iterable[Quad], rules: list[Rule], following: Following) -> None:
    wanted = {quad.line() for quad in all_of(after, rules)}
    assert followed(set(before), set(after), rules, following) == wanted


def test_every_rule_is_taken_apart(following: Following, rules: list[Rule]) -> None:
    assert following.can
    assert {unit.rule.name for units in following.strata for unit in units} == {rule.name for rule in rules}
    assert all(site.way is not None for units in following.strata for unit in units for site in unit.sites)


def changed(quads: list[Quad], chance: random.Random) -> set[Quad]:
    """The quads with some gone, some that say something else, some elsewhere, and some said once more."""
    gone = set(chance.sample(quads, chance.randrange(4)))
    subjects = sorted({quad.subject for quad in quads})
    more = set()
    for quad in chance.sample(quads, chance.randrange(4)):
        other = chance.choice(quads)
        more.add(
            chance.choice(
                [
                    quad._replace(subject=chance.choice(subjects)),
                    quad._replace(object=other.object),
                    quad._replace(predicate=other.predicate) if not quad.object.startswith('"') else quad,
                    quad._replace(graph=GRAPHS["interpretation"]),
                    quad._replace(object=chance.choice(subjects)),
                ]
            )
        )
    return (set(quads) - gone) | more


@pytest.mark.heavy
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_any_change_of_the_shipped_data_is_followed(
    seed: int, shipped: list[Quad], vocabulary: list[Quad], rules: list[Rule], following: Following
) -> None:
    chance = random.Random(seed)
    before = set(shipped) | set(vocabulary)
    after = changed(sorted(shipped), chance) | set(vocabulary)
    same(before, after, rules, following)


def thing(kind: str, number: int) -> str:
    return f"<{BASE}id/{kind}/{number}>"


def small(chance: random.Random) -> list[Quad]:
    """A few plans, bodies, approvals and periods, in any relation that the rules know."""
    plans, bodies, approvals, periods = (
        [thing(kind, number) for number in range(3)] for kind in ("plan", "agent", "approval", "period")
    )
    dpp, dct, dcat, prov = (PREFIXES[name] for name in ("dpp", "dct", "dcat", "prov"))
    year = ["2009", "2012", "20x"]
    links = [
        (plans, f"{dpp}succeeds", plans), (plans, f"{dpp}isSucceededBy", plans), (plans, f"{dct}replaces", plans),
        (plans, f"{dct}isReplacedBy", plans), (plans, f"{dct}hasPart", plans), (plans, f"{dct}isPartOf", plans),
        (plans, f"{dpp}issuedBy", bodies), (plans, f"{dpp}approvedIn", approvals), (plans, f"{dct}temporal", periods),
        (plans, f"{dpp}hasLineOfAction", plans), (approvals, f"{prov}wasAssociatedWith", bodies),
        (plans, f"{dpp}succeedsTransitively", plans),
        (bodies, f"{dpp}policyLevel", [f"<{BASE}id/concept/level-{name}>" for name in ("local", "regional")]),
        (plans + bodies, A[1:-1], [f"<{NAMESPACE}{name}>" for name in ("ActionPlan", "PolicyPlan", "Approval")]),
        (approvals, A[1:-1], [f"<{NAMESPACE}Approval>"]),
        (periods, f"{dcat}startDate", [literal(one, datatype=f"{PREFIXES['xsd']}gYear") for one in year]),
        (periods, f"{dcat}endDate", [literal(one, datatype=f"{PREFIXES['xsd']}gYear") for one in year]),
    ]  # fmt: skip
    found = []
    for _ in range(chance.randrange(1, 30)):
        subjects, predicate, objects = chance.choice(links)
        graph = GRAPHS[chance.choice(["source", "source", "external", "interpretation"])]
        found.append(Quad(chance.choice(subjects), f"<{predicate}>", chance.choice(objects), graph))
    return found


@given(seed=st.integers(0, 2**32))
def test_any_change_of_a_small_graph_is_followed(
    seed: int, vocabulary: list[Quad], rules: list[Rule], following: Following
) -> None:
    chance = random.Random(seed)
    ontology = [quad for quad in vocabulary if "subClassOf>" in quad.predicate or "inverseOf>" in quad.predicate]
    pool = small(chance)
    before, after = (set(chance.sample(pool, chance.randrange(len(pool) + 1))) | set(ontology) for _ in range(2))
    if chance.random() < 0.2:
        after -= set(chance.sample(ontology, 1))
    same(before, after, rules, following)


def rule(name: str, text: str, stratum: int = 1) -> Rule:
    said = {"en": name, "nl": name}
    return Rule(name, said, said, stratum, f"PREFIX : <urn:x:> {text}")


def told(*texts: str) -> set[Quad]:
    terms = ([f"<urn:x:{name}>" for name in text.split()] for text in texts)
    return {Quad(subject, predicate, object_, GRAPHS["source"]) for subject, predicate, object_ in terms}


def test_what_rests_on_itself_alone_is_inferred_no_more() -> None:
    rules = [
        rule("1-seed", "CONSTRUCT { ?a :p ?b } WHERE { ?a :seed ?b . ?a :on ?c }"),
        rule("2-there", "CONSTRUCT { ?b :q ?a } WHERE { ?a :p ?b }"),
        rule("3-back", "CONSTRUCT { ?a :p ?b } WHERE { ?b :r ?a }"),
        rule("4-round", "CONSTRUCT { ?b :r ?a } WHERE { ?b :q ?a }"),
    ]
    same(told("a seed b", "a on c"), told("a seed b"), rules, Following.of(rules, BASE))


def test_rules_that_see_what_a_later_stratum_makes_are_not_followed() -> None:
    rules = [
        rule("early", "CONSTRUCT { ?a :p ?b } WHERE { ?a :late ?b }"),
        rule("late", "CONSTRUCT { ?a :late ?b } WHERE { ?a :seed ?b }", 2),
    ]
    before = told("a seed b")
    held = sorted({*before, *all_of(before, rules)})
    delta = Delta([quad.line() for quad in told("a late c")], [])
    after = {*before, *told("a late c")}
    store = MemoryStore([*held, *told("a late c")])
    assert Following.of(rules, BASE).after(delta, store, Looked(held, after)) is None


def test_a_rule_of_a_later_stratum_takes_over_what_an_earlier_one_gave() -> None:
    rules = [
        rule("early", "CONSTRUCT { ?a :p ?b } WHERE { ?a :seed ?b . ?a :on ?c }"),
        rule("late", "CONSTRUCT { ?a :p ?b } WHERE { ?a :seed ?b }", 2),
    ]
    following = Following.of(rules, BASE)
    same(told("a seed b", "a on c"), told("a seed b"), rules, following)
    same(told("a seed b"), told("a seed b", "a on c"), rules, following)
