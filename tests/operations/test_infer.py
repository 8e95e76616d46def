"""The rules: what follows, from what, and what never does."""

import re
from functools import cache
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf
from dppgraph.operations.infer import Patterns, Rule, inferred, inferred_in, read_rules, unseen_graphs
from dppgraph.operations.infer.looking import Kind
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.store.memory import MemoryStore
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


LEVELS = "<town> dpp:policyLevel <local> . <village> dpp:policyLevel <local> . <state> dpp:policyLevel <national> . "


@pytest.mark.parametrize(
    ("bodies", "level"),
    [
        ("<p> dpp:issuedBy <town> .", "local"),
        ("<p> dpp:issuedBy <town> , <village> .", "local"),
        ("<p> dpp:approvedIn <a> . <a> prov:wasAssociatedWith <state> .", "national"),
        # Whose plan it is counts for more than who had to agree.
        ("<p> dpp:issuedBy <town> ; dpp:approvedIn <a> . <a> prov:wasAssociatedWith <state> .", "local"),
        ("<p> dpp:issuedBy <nobody> ; dpp:approvedIn <a> . <a> prov:wasAssociatedWith <state> .", "national"),
        ("<a> dpp:decidesOn <p> ; prov:wasAssociatedWith <state> .", "national"),
        # Bodies of several levels: it has to be said.
        ("<p> dpp:issuedBy <town> , <state> .", None),
        (
            "<p> dpp:approvedIn <a> , <b> . <a> prov:wasAssociatedWith <state> . <b> prov:wasAssociatedWith <town> .",
            None,
        ),
        ("<p> dct:title 'x' .", None),
    ],
)
def test_a_plans_level_is_that_of_its_bodies(
    rules: list[Rule], vocabulary: list[Quad], bodies: str, level: str | None
) -> None:
    found = follows(f"<p> a dpp:PolicyPlan . {LEVELS} {bodies}", rules, vocabulary)
    assert {line for line in found if "policyLevel" in line} == ({f"p dpp:policyLevel {level}"} if level else set())


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


def test_an_approval_is_an_event_of_its_kind(rules: list[Rule], vocabulary: list[Quad]) -> None:
    found = follows("<a> a dpp:Approval . <e> a dpp:PlanEvent .", rules, vocabulary)
    assert {line for line in found if "eventKind" in line} == {"a dpp:eventKind id/concept/event-approved"}


@pytest.mark.parametrize(
    ("date", "government"),
    [
        ('"2010-01-01"^^xsd:date', {"first"}),
        ('"2011-12-31"^^xsd:date', {"first"}),
        ('"2012-01-01"^^xsd:date', {"second"}),
        ('"2012-07"^^xsd:gYearMonth', set()),
        ('"2009-12-31"^^xsd:date', set()),
    ],
)
def test_the_government_in_office_follows_from_a_day_and_its_term(
    rules: list[Rule], vocabulary: list[Quad], date: str, government: set[str]
) -> None:
    turtle = f"""
        <first> <https://data.vlaanderen.be/ns/generiek#isTijdspecialisatieVan> <body> ; dct:temporal <first#period> .
        <first#period> dcat:startDate "2010-01-01"^^xsd:date ; dcat:endDate "2011-12-31"^^xsd:date .
        <second> <https://data.vlaanderen.be/ns/generiek#isTijdspecialisatieVan> <body> ; dct:temporal <second#period> .
        <second#period> dcat:startDate "2012-01-01"^^xsd:date ; dcat:endDate "2013-12-31"^^xsd:date .
        <a> a dpp:Approval ; prov:wasAssociatedWith <body> ; dpp:decisionDate {date} .
        <other> a dpp:Approval ; prov:wasAssociatedWith <elsewhere> ; dpp:decisionDate {date} .
    """
    found = {line for line in follows(turtle, rules, vocabulary) if "governmentInOffice" in line}
    assert found == {f"a dpp:governmentInOffice {name}" for name in government}


def test_nothing_rests_on_an_interpretation(rules: list[Rule], vocabulary: list[Quad]) -> None:
    turtle = "<new> dpp:succeeds <old> ; dpp:continues <l> ."
    assert follows(turtle, rules, vocabulary, graph="interpretation") == set()


def test_what_is_stated_is_not_inferred_again(sources: Sources, rules: list[Rule], vocabulary: list[Quad]) -> None:
    stated = read_data(sources) + vocabulary
    found = inferred(stated, rules, BASE)
    assert {quad[:3] for quad in stated} & {quad[:3] for quad in found} == set()
    assert set(found.values()) == {rule.name for rule in rules}


def test_the_order_of_the_facts_changes_nothing(sources: Sources, rules: list[Rule], vocabulary: list[Quad]) -> None:
    stated = read_data(sources) + vocabulary
    assert inferred(stated, rules, BASE).keys() == inferred(stated[::-1], rules[::-1], BASE).keys()


def test_a_rule_that_does_not_parse_is_named() -> None:
    rule = Rule("broken", {}, {}, 1, "CONSTRUCT {")
    with pytest.raises(BadRdf, match="the rule broken does not parse"):
        inferred([Quad("<a:a>", "<a:b>", "<a:c>")], [rule], BASE)


def test_a_rule_makes_no_blank_node() -> None:
    rule = Rule("vague", {}, {}, 1, "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }")
    with pytest.raises(BadRdf, match="the rule vague makes a blank node"):
        inferred([Quad("<a:a>", "<a:b>", "<a:c>")], [rule], BASE)


def test_a_rule_that_makes_ever_new_things_is_named() -> None:
    text = "CONSTRUCT { ?s ?p ?next } WHERE { ?s ?p ?o BIND(IRI(CONCAT(STR(?o), 'x')) AS ?next) }"
    with pytest.raises(BadRdf, match="the rules endless go on and on"):
        inferred([Quad("<a:a>", "<a:b>", "<a:c>")], [Rule("endless", {}, {}, 1, text)], BASE)


def test_a_rules_header_says_its_title_in_both_languages_and_why(rules: list[Rule], tmp_path: FilePath) -> None:
    assert all(all(rule.titles.values()) and all(rule.reasons.values()) for rule in rules)
    (tmp_path / "bare.rq").write_text("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    with pytest.raises(BadRdf, match=r"bare\.rq: the rule's header lacks"):
        read_rules(tmp_path)


# --- Order and termination -------------------------------------------------------------------------------------------


def heads(rule: Rule) -> set[str]:
    """The predicates that a rule concludes; ``*`` for one that it takes from the data."""
    template = prepareQuery(rule.text).algebra["template"]
    return {str(predicate) if isinstance(predicate, URIRef) else "*" for _, predicate, _ in template}


def closed(rule: Rule) -> set[str]:
    """The predicates of which a rule has to know all there is: those below NOT EXISTS, MINUS and aggregates."""
    found: set[str] = set()

    def collect(node: object) -> None:
        if isinstance(node, URIRef):
            found.add(str(node))
        elif isinstance(node, Path):
            found.update(re.findall(r"<([^>]+)>", node.n3()))

    def visit(node: object) -> None:
        if isinstance(node, CompValue) and node.name in ("Builtin_NOTEXISTS", "Minus", "AggregateJoin"):
            traverse(node, visitPost=collect)

    traverse(prepareQuery(rule.text).algebra, visitPre=visit)
    return found


def test_a_rule_that_has_to_know_all_waits_for_those_that_could_still_say_more(rules: list[Rule]) -> None:
    # It concludes the level of instruments from the levels of bodies, and no body is an instrument.
    apart = {("policy-level", "policy-level")}
    concluded = {rule.name: heads(rule) for rule in rules}
    for waiting in rules:
        known = closed(waiting)
        for rule in rules:
            # What a rule takes from the data to conclude is an inverse, and may be anything.
            could = known and (concluded[rule.name] & known or "*" in concluded[rule.name])
            if could and (rule.name, waiting.name) not in apart:
                assert rule.stratum < waiting.stratum, (rule.name, waiting.name)


def test_what_follows_from_what_follows_has_followed(
    sources: Sources, rules: list[Rule], vocabulary: list[Quad]
) -> None:
    stated = [*read_data(sources), *vocabulary]
    found = inferred(stated, rules, BASE)
    assert found
    assert not inferred([*stated, *found], rules, BASE)


def test_rules_that_make_what_others_look_for_are_asked_first(
    sources: Sources, rules: list[Rule], vocabulary: list[Quad]
) -> None:
    patterns = Patterns(rules, BASE)
    ordered = patterns.ordered()
    assert sorted(rule.name for rule in ordered) == sorted(rule.name for rule in rules)
    places = {rule.name: place for place, rule in enumerate(ordered)}
    assert places["foreign-inverses"] < places["replacement-is-succession"] < places["succession-closure"]
    assert places["types"] < places["approval-kind"]
    assert [rule.stratum for rule in ordered] == sorted(rule.stratum for rule in rules)
    stated = read_data(sources) + vocabulary
    told = {quad[:3] for quad in stated}
    unseen = {f"<{graph}>" for graph in unseen_graphs(BASE)}
    store = MemoryStore(quad for quad in stated if quad.graph not in unseen)
    found = inferred_in(
        store, lambda made: {quad for quad in made if quad[:3] not in told}, ordered, BASE, patterns.again
    )
    assert found == inferred(stated, rules, BASE)


def test_a_rule_of_a_large_version_that_does_not_parse_is_named() -> None:
    rule = Rule("broken", {}, {}, 1, "CONSTRUCT {")
    patterns = Patterns([rule], BASE)
    with pytest.raises(BadRdf, match="the rule broken does not parse"):
        inferred_in(MemoryStore(), set, patterns.ordered(), BASE, patterns.again)


P, Q, R, A = (f"<{NAMESPACE}{name}>" for name in ("p", "q", "r", "A"))
TYPE = f"<{PREFIXES['rdf']}type>"


def rule(name: str, text: str) -> Rule:
    return Rule(name, {}, {}, 1, f"PREFIX : <{NAMESPACE}>\n{text}")


RULES = [
    rule("all-of-a-class", "CONSTRUCT { ?x a ?wider } WHERE { ?x a ?class . ?class :p ?wider }"),
    rule("one-class", "CONSTRUCT { ?x :q ?y } WHERE { ?x a :A . ?x :p ?y }"),
    rule("any-property", "CONSTRUCT { ?y ?other ?x } WHERE { ?x ?property ?y . ?property :r ?other }"),
    rule("an-option", "CONSTRUCT { ?x :r ?kind } WHERE { OPTIONAL { ?x a ?class } ?x :q ?y . ?y a ?kind }"),
    rule("either", "CONSTRUCT { ?x a ?class } WHERE { { ?x :r ?y . ?y a ?class } UNION { ?x :q ?class } }"),
    rule("seen-within", "CONSTRUCT { ?x :p ?y } WHERE { { SELECT ?x { ?x a ?class } } ?x :r ?y . ?y a ?class }"),
    rule("two-types", "CONSTRUCT { ?x :q ?y } WHERE { ?x a ?one . ?y a ?other . ?one :q ?other }"),
    rule("given", f"CONSTRUCT {{ ?x :r ?class }} WHERE {{ ?x a ?class }} VALUES ?class {{ {A} }}"),
    rule("a-name-of-ours", "CONSTRUCT { ?x :q ?_0 } WHERE { ?x :p ?_0 . ?x a/:r ?y }"),
    rule("makes-a-class", "CONSTRUCT { ?z a :A } WHERE { ?x :q ?z }"),
    rule("not-there", "CONSTRUCT { ?x :r ?class } WHERE { ?x a ?class FILTER NOT EXISTS { ?x ?class ?x } }"),
]
THINGS = st.sampled_from((P, Q, R, A, "<a:a>", "<a:b>"))
FACTS = st.builds(Quad, THINGS, st.sampled_from((P, Q, R, TYPE)), THINGS, st.just(f"<{graph_iri('source', BASE)}>"))


@cache
def patterns_of_all() -> Patterns:
    """The patterns of all of them: reading these takes a while."""
    return Patterns(RULES, BASE)


@given(
    facts=st.frozensets(FACTS, max_size=8),
    some=st.lists(st.sampled_from(RULES), unique_by=lambda one: one.name, max_size=4),
)
def test_a_rule_that_is_asked_for_what_is_new_finds_what_the_whole_rule_does(
    facts: frozenset[Quad], some: list[Rule]
) -> None:
    patterns = patterns_of_all()
    ordered = [one for one in patterns.ordered() if one in some]
    told = {quad[:3] for quad in facts}
    found = inferred_in(
        MemoryStore(facts), lambda made: {quad for quad in made if quad[:3] not in told}, ordered, BASE, patterns.again
    )
    # Of a rule with a negation, what it finds depends on when it is asked: the order has to be the same.
    assert found == inferred(facts, ordered, BASE)


@pytest.mark.parametrize(
    ("name", "kinds", "values"),
    [
        ("all-of-a-class", {(TYPE, P), (TYPE, Q)}, f"?class {{ {P} {Q} }}"),
        ("all-of-a-class", {(P, "")}, "all"),
        ("all-of-a-class", {(Q, "")}, ""),
        ("one-class", {(TYPE, A)}, "all"),
        ("one-class", {(TYPE, P)}, ""),
        ("any-property", {(P, ""), (TYPE, A)}, f"?property {{ {TYPE} {P} }}"),
        ("an-option", {(TYPE, A)}, "all"),
        ("either", {(TYPE, A)}, f"?class {{ {A} }}"),
        ("two-types", {(TYPE, A)}, "all"),
        ("given", {(TYPE, A)}, "all"),
        ("a-name-of-ours", {(TYPE, A)}, "all"),
    ],
)
def test_of_a_rule_only_that_is_asked_again_which_may_find_more(name: str, kinds: set[Kind], values: str) -> None:
    one = next(one for one in RULES if one.name == name)
    narrowed = f"{one.text}\nVALUES {values}\n"
    assert Patterns([one], BASE).again(one, kinds) == {"": "", "all": one.text}.get(values, narrowed)
