"""The rules: what follows, from what, and what never does."""

from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf
from dppgraph.operations.infer import Rule, inferred, read_rules
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.store.rdf import parse

BASE = "https://w3id.org/dppgraph/"
HEADER = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + f"BASE <{BASE}>\n"


@pytest.fixture(scope="module")
def rules(sources: Sources) -> list[Rule]:
    return read_rules(sources.ontology / "rules")


@pytest.fixture(scope="module")
def vocabulary(sources: Sources) -> list[Quad]:
    return read_vocabulary(sources)


def follows(turtle: str, rules: list[Rule], vocabulary: list[Quad], graph: str = "source") -> set[str]:
    """What the rules add to some facts, as short lines."""
    facts = parse((HEADER + turtle).encode(), formats.TURTLE, graph=f"<{graph_iri(graph, BASE)}>")
    known = inferred(vocabulary, rules, BASE)
    found = inferred([*facts, *vocabulary], rules, BASE)
    short = {f"<{NAMESPACE}": "dpp:", f"<{PREFIXES['rdf']}type>": "a", f"<{BASE}": ""}
    lines = set()
    for quad in found.keys() - known.keys():
        line = " ".join(quad[:3])
        for long, name in short.items():
            line = line.replace(long, name)
        lines.add(line.replace(">", "").replace(f"^^<{PREFIXES['xsd']}", " "))
    return lines


def test_both_directions_of_a_succession_follow_from_one(rules: list[Rule], vocabulary: list[Quad]) -> None:
    found = follows("<new> dpp:succeeds <old> . <old> dpp:succeeds <oldest> .", rules, vocabulary)
    assert {"old dpp:isSucceededBy new", "oldest dpp:isSucceededBy old"} <= found
    assert {line for line in found if "Transitively" in line} == {
        f"{one} dpp:succeedsTransitively {other}"
        for one, other in (("new", "old"), ("old", "oldest"), ("new", "oldest"))
    }


def test_replacing_is_succeeding_but_not_the_other_way_round(rules: list[Rule], vocabulary: list[Quad]) -> None:
    assert "new dpp:succeeds old" in follows(
        "<old> a dpp:PolicyPlan ; dct:isReplacedBy <new> . <new> a dpp:PolicyPlan .", rules, vocabulary
    )
    assert not any("replaces" in line for line in follows("<new> dpp:succeeds <old> .", rules, vocabulary))


@pytest.mark.parametrize(
    ("stated", "first", "last"),
    [
        ('"2012"^^xsd:gYear', "2012-01-01", "2012-12-31"),
        ('"2012-02"^^xsd:gYearMonth', "2012-02-01", "2012-02-29"),
        ('"2100-02"^^xsd:gYearMonth', "2100-02-01", "2100-02-28"),
        ('"2000-02"^^xsd:gYearMonth', "2000-02-01", "2000-02-29"),
        ('"2016-07"^^xsd:gYearMonth', "2016-07-01", "2016-07-31"),
        ('"2019-04"^^xsd:gYearMonth', "2019-04-01", "2019-04-30"),
        ('"2012-12-21"^^xsd:date', "2012-12-21", "2012-12-21"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(
    rules: list[Rule], vocabulary: list[Quad], stated: str, first: str, last: str
) -> None:
    turtle = f"<p> dct:temporal <t> . <t> dcat:startDate {stated} ; dcat:endDate {stated} ."
    found = follows(turtle, rules, vocabulary)
    assert {f't dpp:from "{first}" date', f't dpp:until "{last}" date'} <= found


def test_an_absent_end_stays_unknown(rules: list[Rule], vocabulary: list[Quad]) -> None:
    turtle = '<p> dct:temporal <t> . <t> dcat:startDate "2012"^^xsd:gYear .'
    assert not any("dpp:until" in line for line in follows(turtle, rules, vocabulary))


def test_a_plans_level_is_that_of_the_body_that_decided(rules: list[Rule], vocabulary: list[Quad]) -> None:
    turtle = "<p> a dpp:PolicyPlan ; dpp:approvedIn <a> . <a> prov:wasAssociatedWith <id/agent/vlaamse-regering> ."
    assert "p dpp:policyLevel id/concept/level-regional" in follows(turtle, rules, vocabulary)


@pytest.mark.parametrize("known", ["dct:temporal <t>", "dpp:approvedIn <a>", "dpp:hasLineOfAction <l>"])
def test_a_plan_of_which_more_than_the_name_is_known_is_no_stub(
    rules: list[Rule], vocabulary: list[Quad], known: str
) -> None:
    stub = 'p dpp:knownByNameOnly "true" boolean'
    assert stub in follows("<p> a dpp:PolicyPlan .", rules, vocabulary)
    assert stub not in follows(f"<p> a dpp:PolicyPlan ; {known} .", rules, vocabulary)


def test_a_line_that_is_only_stated_from_below_makes_no_stub(rules: list[Rule], vocabulary: list[Quad]) -> None:
    turtle = "<p> a dpp:PolicyPlan . <l> dpp:lineOf <p> ."
    assert not any("knownByNameOnly" in line for line in follows(turtle, rules, vocabulary))


def test_nothing_rests_on_an_interpretation(rules: list[Rule], vocabulary: list[Quad]) -> None:
    turtle = "<new> dpp:succeeds <old> ; dpp:continues <l> ."
    assert follows(turtle, rules, vocabulary, graph="interpretation") == set()


def test_what_is_stated_is_not_inferred_again(sources: Sources, rules: list[Rule], vocabulary: list[Quad]) -> None:
    stated = read_data(sources) + vocabulary
    found = inferred(stated, rules, BASE)
    assert {quad[:3] for quad in stated} & {quad[:3] for quad in found} == set()
    assert set(found.values()) == {rule.name for rule in rules} - {"replacement-is-succession"}


def test_the_order_of_the_facts_changes_nothing(sources: Sources, rules: list[Rule], vocabulary: list[Quad]) -> None:
    stated = read_data(sources) + vocabulary
    assert inferred(stated, rules, BASE).keys() == inferred(stated[::-1], rules[::-1], BASE).keys()


def test_a_rule_that_does_not_parse_is_named() -> None:
    rule = Rule("broken", {}, "", 1, "CONSTRUCT {")
    with pytest.raises(BadRdf, match="the rule broken does not parse"):
        inferred([Quad("<a:a>", "<a:b>", "<a:c>")], [rule], BASE)


def test_a_rule_makes_no_blank_node() -> None:
    rule = Rule("vague", {}, "", 1, "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }")
    with pytest.raises(BadRdf, match="the rule vague makes a blank node"):
        inferred([Quad("<a:a>", "<a:b>", "<a:c>")], [rule], BASE)


def test_a_rules_header_says_its_title_in_both_languages_and_why(rules: list[Rule], tmp_path: Path) -> None:
    assert all(rule.titles["nl"] and rule.titles["en"] and rule.why for rule in rules)
    (tmp_path / "bare.rq").write_text("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    with pytest.raises(BadRdf, match=r"bare\.rq: the rule's header lacks"):
        read_rules(tmp_path)
