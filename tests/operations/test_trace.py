"""Every inferred triple names the rule that gave it, and none rests on an interpretation."""

from collections import Counter, defaultdict

import pytest

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.infer import inferred, read_rules
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

RDF, SH = PREFIXES["rdf"], PREFIXES["sh"]
INFERRED, INTERPRETATION = (f"<{graph_iri(name, BASE)}>" for name in ("inferred", "interpretation"))


@pytest.fixture(scope="module")
def published(built: tuple[VersionStore, Built]) -> list[Quad]:
    return [parse_line(line) for line in built[0].lines(1)]


@pytest.fixture(scope="module")
def statements(published: list[Quad]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in published:
        if quad.graph == INFERRED and "/id/statement/inferred-" in quad.subject:
            assert quad.predicate not in found[quad.subject]
            found[quad.subject][quad.predicate.strip("<>")] = quad.object
    return found


def test_each_inferred_triple_is_described_once_and_nothing_else(
    published: list[Quad], statements: dict[str, dict[str, str]]
) -> None:
    triples = Counter(quad[:3] for quad in published if quad.graph == INFERRED and quad.subject not in statements)
    described = Counter(
        (said[f"{RDF}subject"], said[f"{RDF}predicate"], said[f"{RDF}object"]) for said in statements.values()
    )
    assert triples == described
    assert {said[f"{RDF}type"] for said in statements.values()} == {f"<{NAMESPACE}InferredStatement>"}


def test_each_statement_names_a_rule_whose_text_gives_it(
    published: list[Quad], statements: dict[str, dict[str, str]], sources: Sources
) -> None:
    rules = {rule.name: rule for rule in read_rules(sources.ontology / "rules")}
    texts = {
        quad.subject: literal_text(quad.object)
        for quad in published
        if quad.predicate == f"<{SH}construct>" and "/id/rule/" in quad.subject
    }
    assert texts == {f"<{BASE}id/rule/{name}>": rule.text for name, rule in rules.items()}
    assert {said[f"{NAMESPACE}inferredBy"] for said in statements.values()} <= set(texts)
    # Every rule is at work in the shipped data, or nobody would notice one that has stopped.
    assert {said[f"{NAMESPACE}inferredBy"] for said in statements.values()} == set(texts)


def test_a_rule_has_words_in_both_languages(sources: Sources) -> None:
    for rule in read_rules(sources.ontology / "rules"):
        for texts in (rule.titles, rule.reasons):
            assert set(texts) == {"nl", "en"}
            assert texts["nl"] != texts["en"]


def test_without_our_readings_the_same_follows(sources: Sources) -> None:
    rules = read_rules(sources.ontology / "rules")
    stated = [*read_data(sources), *read_vocabulary(sources)]
    told = [quad for quad in stated if quad.graph != INTERPRETATION]
    assert len(told) < len(stated)
    assert inferred(stated, rules, BASE).keys() == inferred(told, rules, BASE).keys()
