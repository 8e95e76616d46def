"""Which results come of others: a mistake is told once, two mistakes are both told, and many are told in time."""

from collections.abc import Iterable
from itertools import pairwise

import pytest

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.validate.consequences import with_consequences
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.names import with_nearest_names
from dppgraph.operations.validate.report import Report, Result
from dppgraph.store.rdf import parse

BASE = "https://w3id.org/dppgraph/"
MANY = 5_000
"""So many that to compare each with each takes longer than a test may."""
HEAD = f"""
    @base <{BASE}id/> .
    @prefix : <{BASE}id/> .
    @prefix dpp: <{NAMESPACE}> .
    @prefix owl: <{PREFIXES["owl"]}> .
    @prefix rdf: <{PREFIXES["rdf"]}> .
    @prefix skos: <{PREFIXES["skos"]}> .
    dpp:hasSubLine owl:inverseOf dpp:partOfLine .
    dpp:hasLineOfAction owl:inverseOf dpp:lineOf .
"""


def term(name: str) -> str:
    """``plan`` for a thing, ``dpp:position`` for a property or class, a literal or nothing for itself."""
    prefix, colon, local = name.partition(":")
    if not name or name.startswith('"'):
        return name
    return f"<{PREFIXES[prefix]}{local}>" if colon else f"<{BASE}id/{name}>"


def number(value: int) -> str:
    return f'"{value}"^^<{PREFIXES["xsd"]}integer>'


def result(check: str, focus: str, path: str = "", value: str = "", *, component: str = "", meant: str = "") -> Result:
    """A violation whose message is the check's name."""
    iri = f"{PREFIXES['sh']}{component}ConstraintComponent" if component else ""
    messages = (("en", check),)
    return Result("Violation", check, term(focus), term(path), term(value), iri, "", messages, term(meant))


def facts(turtle: str) -> Facts:
    return Facts(parse((HEAD + turtle).encode(), formats.TURTLE))


def told(turtle: str, *results: Result) -> list[Result]:
    """Those of the results that are told, as they were given."""
    found = with_consequences(sorted(results), facts(turtle))
    return [one for one in results if any(_same(one, other) and not other.follows for other in found)]


def _same(one: Result, other: Result) -> bool:
    return (one.check, one.focus, one.path, one.value, one.component) == (
        other.check,
        other.focus,
        other.path,
        other.value,
        other.component,
    )


def statement(name: str, subject: str, predicate: str, value: str) -> str:
    return (
        f":{name} a dpp:SourceStatement ; rdf:subject :{subject} ; rdf:predicate {predicate} ; rdf:object {value} .\n"
    )


# --- the same said twice ---------------------------------------------------------------------------------------------


def test_two_wrong_values_of_a_property_are_both_told() -> None:
    first = result("line-label", "line", "skos:prefLabel", '"een"', component="Datatype")
    second = result("line-label", "line", "skos:prefLabel", '"twee"', component="Datatype")
    assert told(':line skos:prefLabel "een" , "twee" .', first, second) == [first, second]


def test_one_wrong_value_is_told_once_and_no_more_without_its_value() -> None:
    wrong = result("line-label", "line", "skos:prefLabel", '""', component="Datatype")
    again = result("line-label", "line", "skos:prefLabel", '""', component="Pattern")
    count = result("line-label", "line", "skos:prefLabel", component="MinCount")
    position = result("line-label", "line", "dpp:position", component="MinCount")
    assert told(':line skos:prefLabel "" .', wrong, again, count, position) == [wrong, position]


# --- names -----------------------------------------------------------------------------------------------------------

APPROVALS = ":plan dpp:approvedIn :council , :typo .\n"
TYPO = result("thing-undescribed", "plan", "dpp:approvedIn", "typo", meant="approval")
WORDS_OF_TYPO = result("source-fact-stated", "plan", "dpp:approvedIn", "typo")


def test_beside_an_unknown_thing_the_missing_words_of_another_value_are_told() -> None:
    other = result("source-fact-stated", "plan", "dpp:approvedIn", "council")
    class_ = result("plan-approved", "plan", "dpp:approvedIn", "council", component="Class")
    its_own = result("plan-approved", "plan", "dpp:approvedIn", "typo", component="Class")
    assert told(APPROVALS, TYPO, WORDS_OF_TYPO, other) == [TYPO, other]
    assert told(APPROVALS, TYPO, WORDS_OF_TYPO, class_) == [TYPO, class_]
    assert told(APPROVALS, TYPO, WORDS_OF_TYPO, its_own) == [TYPO]


def test_an_unknown_thing_explains_one_missing_fact_and_not_two() -> None:
    words = statement("one", "plan", "dpp:approvedIn", ":approval") + statement("two", "plan", "dpp:approvedIn", ":a")
    one, two = (result("source-statement-asserted", name, "", "plan") for name in ("one", "two"))
    assert told(APPROVALS + words, TYPO, WORDS_OF_TYPO, one, two) == [TYPO, two]


def test_an_unknown_thing_that_has_words_of_its_own_explains_no_missing_fact() -> None:
    words = statement("one", "plan", "dpp:approvedIn", ":approval") + statement(
        "two", "plan", "dpp:approvedIn", ":typo"
    )
    one = result("source-statement-asserted", "one", "", "plan")
    assert told(APPROVALS + words, TYPO, one) == [TYPO, one]


def test_a_misspelt_property_explains_the_missing_facts_of_its_values() -> None:
    turtle = ":plan dpp:aprovedIn :approval .\n" + statement("one", "plan", "dpp:approvedIn", ":approval")
    turtle += statement("two", "plan", "dpp:approvedIn", ":forgotten")
    typo = result("property-unknown", "plan", "dpp:aprovedIn", "dpp:aprovedIn", meant="dpp:approvedIn")
    one, two = (result("source-statement-asserted", name, "", "plan") for name in ("one", "two"))
    count = result("plan-approval", "plan")
    assert told(turtle, typo, one, two, count) == [typo, two]


def test_a_property_misspelt_in_words_explains_the_missing_words_of_that_fact_alone() -> None:
    turtle = ":plan dpp:approvedIn :a , :b .\n" + statement("one", "plan", "dpp:aprovedIn", ":a")
    typo = result("property-unknown", "one", "rdf:predicate", "dpp:aprovedIn", meant="dpp:approvedIn")
    unasserted = result("source-statement-asserted", "one", "", "plan")
    a, b = (result("source-fact-stated", "plan", "dpp:approvedIn", name) for name in "ab")
    assert told(turtle, typo, unasserted, a, b) == [typo, b]


def test_a_misspelt_class_with_a_statement_about_it_is_told_in_its_own_place() -> None:
    turtle = ":plan a dpp:ActionPlann .\n" + statement("one", "plan", "rdf:type", "dpp:ActionPlan")
    typo = result("class-unknown", "plan", "rdf:type", "dpp:ActionPlann", meant="dpp:ActionPlan")
    wordless = result("source-fact-stated", "plan", "rdf:type", "dpp:ActionPlann")
    factless = result("source-statement-asserted", "one", "", "plan")
    line = result("line-plan", "line", "dpp:lineOf", "plan", component="Class")
    other = result("source-fact-stated", "plan", "dpp:position", '"1"')
    assert told(turtle, typo, wordless, factless, line, other) == [typo, other]
    meant = {found.check: found.meant for found in with_consequences([typo, wordless, factless], facts(turtle))}
    assert meant["class-unknown"] == term("dpp:ActionPlan")


def test_the_facts_about_a_document_of_a_misspelt_class_need_no_words() -> None:
    typo = result("class-unknown", "doc", "rdf:type", "dpp:SourceDocumment", meant="dpp:SourceDocument")
    length = result("source-fact-stated", "doc", "dpp:length", '"1"')
    assert told(':doc a dpp:SourceDocumment ; dpp:length "1" .', typo, length) == [typo]


# --- other checks ----------------------------------------------------------------------------------------------------


def test_a_refused_value_explains_its_own_missing_words_and_no_others() -> None:
    refused = result("plan-title", "plan", "dct:title", '"een"', component="Datatype")
    its_own = result("source-fact-stated", "plan", "dct:title", '"een"')
    other = result("source-fact-stated", "plan", "dct:title", '"twee"@nl')
    turtle = f':plan {term("dct:title")} "een" , "twee"@nl .'
    assert told(turtle, refused, its_own, other) == [refused, other]


# --- circles ---------------------------------------------------------------------------------------------------------


def circle(*plans: str) -> list[Result]:
    return [result("succession-circle", one, "", other) for one, other in pairwise(plans)]


def test_one_link_of_each_circle_is_told() -> None:
    links = [*circle("a", "b", "a"), *circle("c", "d", "e", "c"), *circle("f", "f")]
    assert told("", *links) == [links[0], links[2], links[5]]


def test_a_link_that_runs_against_time_is_told_for_its_own_circle_alone() -> None:
    links = [*circle("a", "b", "a"), *circle("c", "d", "c")]
    backwards = result("succession-order", "d", "", "c")
    assert told("", *links, backwards) == [links[0], links[3]]


# --- lists of lines --------------------------------------------------------------------------------------------------

LINES = """
    :plan dpp:hasLineOfAction :l1 , :l2 , :l11 , :l12 , :l21 .
    :l1 dpp:position 1 . :l2 dpp:position 2 .
    :l11 dpp:position 1 ; dpp:partOfLine :l1 . :l12 dpp:position 2 ; dpp:partOfLine :l1 .
"""


def taken(holder: str, place: int) -> Result:
    return result("line-position-taken", holder, "", number(place))


def missing(holder: str, place: int) -> Result:
    return result("line-position-missing", holder, "", number(place))


@pytest.mark.parametrize(
    ("line", "others"),
    [
        (":l21 dpp:position 1 ; dpp:partOfLine :l1 .", [taken("l1", 1)]),
        (":l21 dpp:position 1 .", [taken("plan", 1)]),
        (":l21 dpp:position 4 ; dpp:partOfLine :l1 .", [missing("l1", 3)]),
    ],
    ids=["of another line", "of none", "that leaves a gap there"],
)
def test_a_wrong_parent_of_a_line_is_told_once(line: str, others: list[Result]) -> None:
    factless = result("source-statement-asserted", "one", "", "l21")
    turtle = LINES + line + statement("one", "l21", "dpp:partOfLine", ":l2")
    assert told(turtle, factless, *others) == [factless]


def test_a_line_under_something_that_is_none_is_told_once() -> None:
    refused = result("line-one-parent", "l21", "dpp:partOfLine", "plan", component="Class")
    closed = result("instrument-closed", "plan", "dpp:hasSubLine", "l21", component="Closed")
    turtle = LINES + ":l21 dpp:position 1 ; dpp:partOfLine :plan ."
    assert told(turtle, refused, closed, taken("plan", 1)) == [refused]


def test_a_place_that_is_taken_without_the_wrong_line_is_told() -> None:
    factless = result("source-statement-asserted", "one", "", "l21")
    turtle = LINES.replace(":l12 dpp:position 2", ":l12 dpp:position 1") + ":l21 dpp:position 1 ; dpp:partOfLine :l1 ."
    turtle += statement("one", "l21", "dpp:partOfLine", ":l2")
    assert told(turtle, factless, taken("l1", 1)) == [factless, taken("l1", 1)]


def test_a_place_that_lacks_words_is_no_reason_for_two_lines_in_it() -> None:
    wordless = result("source-fact-stated", "l12", "dpp:partOfLine", "l1")
    turtle = LINES.replace(":l12 dpp:position 2", ":l12 dpp:position 1")
    assert told(turtle, wordless, taken("l1", 1)) == [wordless, taken("l1", 1)]


def test_a_line_in_the_place_of_another_is_told_once() -> None:
    turtle = LINES.replace(":l11 dpp:position 1", ":l11 dpp:position 2")
    assert told(turtle, taken("l1", 2), missing("l1", 1)) == [taken("l1", 2)]


def test_of_more_gaps_than_lines_too_many_the_rest_is_told() -> None:
    turtle = LINES + ":l13 dpp:position 2 ; dpp:partOfLine :l1 . :l14 dpp:position 6 ; dpp:partOfLine :l1 ."
    gaps = [missing("l1", place) for place in (3, 5)]
    assert told(turtle, taken("l1", 2), *gaps) == [taken("l1", 2), gaps[1]]


def test_two_places_of_one_line_are_told_at_the_line() -> None:
    count = result("line-position", "l2", "dpp:position", component="MaxCount")
    turtle = LINES.replace(":l2 dpp:position 2", ":l2 dpp:position 1 , 2")
    assert told(turtle, count, taken("plan", 1)) == [count]


def test_a_place_that_is_no_number_is_told_at_the_line() -> None:
    text = result("line-position", "l1", "dpp:position", '"one"', component="Datatype")
    turtle = LINES.replace(":l1 dpp:position 1", ':l1 dpp:position "one"')
    assert told(turtle, text, missing("plan", 1)) == [text]


# --- words and facts -------------------------------------------------------------------------------------------------


def test_words_say_what_the_fact_says_where_they_differ() -> None:
    turtle = ":plan dpp:approvedIn :a .\n" + statement("one", "plan", "dpp:approvedIn", ":b")
    wordless = result("source-fact-stated", "plan", "dpp:approvedIn", "a")
    factless = result("source-statement-asserted", "one", "", "plan")
    found = {one.check: one for one in with_consequences([wordless, factless], facts(turtle))}
    assert found["source-fact-stated"].follows
    assert (found["source-statement-asserted"].follows, found["source-statement-asserted"].meant) == (False, term("a"))


def test_a_fact_in_another_graph_is_none_that_differs_from_its_words() -> None:
    turtle = ":plan dpp:approvedIn :a .\n" + statement("one", "plan", "dpp:approvedIn", ":a")
    elsewhere = result("external-fact-stated", "plan", "dpp:approvedIn", "a")
    factless = result("source-statement-asserted", "one", "", "plan")
    assert told(turtle, elsewhere, factless) == [elsewhere, factless]


def _mismatched(count: int) -> tuple[Facts, list[Result]]:
    """As many facts without words as words without a fact, none of them alike."""
    named = [f"{number_:04d}" for number_ in range(count)]
    turtle = "".join(f":p{name} dpp:approvedIn :a{name} .\n" for name in named)
    turtle += "".join(statement(f"s{name}", f"q{name}", "dpp:issuedBy", f":b{name}") for name in named)
    results = [result("source-fact-stated", f"p{name}", "dpp:approvedIn", f"a{name}") for name in named]
    results += [result("source-statement-asserted", f"s{name}", "", f"q{name}") for name in named]
    return facts(turtle), sorted(results)


def test_many_facts_and_words_that_miss_each_other_take_little_time() -> None:
    stated, results = _mismatched(MANY)
    assert len(list(with_consequences(results, stated))) == len(results)


def test_many_unknown_names_take_little_time() -> None:
    turtle = "".join(
        f":plan dpp:hasLineOfAction :line-{one} . :line{one} a dpp:LineOfAction .\n" for one in range(MANY)
    )
    stated = facts(turtle)
    unknown = [result("thing-undescribed", "plan", "dpp:hasLineOfAction", f"line-{one}") for one in range(MANY)]
    found = list(with_nearest_names(unknown, stated, NO_SHAPES, BASE))
    guessed = [one for one in found if one.meant]
    assert guessed == found[:50]
    assert len(list(with_consequences(sorted(found), stated))) == len(found)


def test_a_name_that_is_wrong_in_many_places_is_guessed_once_for_all() -> None:
    stated = facts(":plan dpp:approvedIn :aproval . :approval a dpp:Approval .")
    unknown = [result("thing-undescribed", f"plan{one}", "dpp:approvedIn", "aproval") for one in range(MANY)]
    assert {one.meant for one in with_nearest_names(unknown, stated, NO_SHAPES, BASE)} == {term("approval")}


NO_SHAPES: Iterable[Quad] = ()


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_line_of_the_report_says_the_language_of_a_value() -> None:
    report = Report((result("plan-title", "plan", "dct:title", '"same"@fr'),), BASE)
    assert list(report.lines()) == ['violation plan-title: plan: plan-title (property: dct:title, value: "same"@fr)']
