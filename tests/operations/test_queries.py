"""The files of queries/: what their headers say, and how a parameter's value becomes a term."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import tokens
from dppgraph.errors import BadParameter, BadQuestion, Unknown
from dppgraph.operations.queries import Question, described, question, read_question, read_questions
from dppgraph.store.rdf import literal_text, parse
from tests.conftest import BASE, REPOSITORY

QUERIES = REPOSITORY / "queries"
QUESTIONS = read_questions(QUERIES)
XSD = PREFIXES["xsd"]
FIXED = 30

HEADER = """\
# title-nl: Wat?
# title-en: What?
# description-nl: Elke rij is iets.
# description-en: Each row is something.
# columns: plan
# param: plan as ?first; iri of dpp:PolicyPlan; required; example id/plan/x
# param-plan-nl: het plan
# param-plan-en: the plan
# param: count; integer; default 3
# param-count-nl: hoeveel
# param-count-en: how many

SELECT ?plan { ?first ?p ?plan FILTER(?count > 1) }
"""


def asked(text: str = HEADER) -> Question:
    return read_question("what", text)


def test_the_fixed_questions_are_all_there(shared: Path) -> None:
    lines = (shared / "questions.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    fixed = {name: (parameters, columns.split()) for name, _, parameters, columns in cells if name != "name"}
    assert len(fixed) == FIXED
    assert set(fixed) <= set(QUESTIONS)
    for name, (parameters, columns) in fixed.items():
        known = QUESTIONS[name]
        assert known.columns == (() if columns == ["(graph)"] else tuple(columns)), name
        for part in filter(None, (part.strip() for part in re.split(r",(?![^\[]*\])", parameters))):
            parameter, _, default = part.strip("[]").partition("=")
            assert known.parameters[parameter].required == (not part.startswith("[")), (name, parameter)
            assert (known.parameters[parameter].default or "") == default, (name, parameter)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_selects_the_columns_that_its_header_says(name: str) -> None:
    known = QUESTIONS[name]
    found = list(tokens(known.text))
    start = next(index for index, token in enumerate(found) if token.text.upper() in ("SELECT", "CONSTRUCT"))
    if known.form != "select":
        assert not known.columns
        return
    depth, columns = 0, []
    for before, token in zip(found[start:], found[start + 1 :], strict=False):
        if token.text.upper() in ("WHERE", "{"):
            break
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and (depth == 0 or (depth == 1 and before.text.upper() == "AS")):
            columns.append(token.text[1:])
    assert tuple(columns) == known.columns


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_shows_words_takes_a_language(name: str) -> None:
    known = QUESTIONS[name]
    shows = {
        column for column in known.columns if column == "title" or column.endswith(("Label", "label", "definition"))
    }
    assert bool(shows) <= ("lang" in known.parameters)
    if "lang" in known.parameters:
        assert known.parameters["lang"].default == "nl"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_a_total_order(name: str) -> None:
    assert (QUESTIONS[name].form != "select") or "ORDER BY" in QUESTIONS[name].text


def test_a_question_is_found_by_name() -> None:
    assert question("approvals", QUERIES).name == "approvals"
    with pytest.raises(Unknown, match=r"no question '../secret': there are approval-lag, "):
        question("../secret", QUERIES)
    with pytest.raises(Unknown, match="did you mean plan-in-force"):
        question("plan-inforce", QUERIES)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"plan": "id/plan/y"}, {"first": f"<{BASE}id/plan/y>", "count": f'"3"^^<{XSD}integer>'}),
        ({"plan": "<id/plan/y>"}, {"first": f"<{BASE}id/plan/y>"}),
        # As tables show it.
        ({"plan": "plan/y"}, {"first": f"<{BASE}id/plan/y>"}),
        ({"plan": "https://e.org/y"}, {"first": "<https://e.org/y>"}),
        ({"plan": "<urn:a:b>"}, {"first": "<urn:a:b>"}),
        ({"plan": "dpp:ActionPlan"}, {"first": "<https://w3id.org/dppgraph/ns#ActionPlan>"}),
        ({"plan": "id/plan/y", "count": "-07"}, {"count": f'"-07"^^<{XSD}integer>'}),
        # An empty field of a form is no value.
        ({"plan": "id/plan/y", "count": ""}, {"count": f'"3"^^<{XSD}integer>'}),
    ],
)
def test_values_become_terms(given_: dict[str, str], expected: dict[str, str]) -> None:
    assert asked().values(given_, BASE).items() >= expected.items()


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({}, "needs the parameter plan: it must be an IRI such as id/plan/x"),
        ({"plan": ""}, "needs the parameter plan"),
        ({"plan": "y"}, "plan is 'y': it must be an IRI such as id/plan/x"),
        ({"plan": "id/plan/<y>"}, "it must be an IRI"),
        ({"plan": "https://e.org/a b"}, "it must be an IRI"),
        ({"plan": "x:"}, "it must be an IRI"),
        ({"plan": "//e.org/y"}, "it must be an IRI"),
        ({"plan": "http://a:b:c/"}, "it must be an IRI"),
        ({"plan": "http://[/"}, "it must be an IRI"),
        ({"plan": "id/plan/x%zz"}, "it must be an IRI"),
        ({"plan": "id/plan/y", "count": "three"}, "count is 'three': it must be a whole number such as 3"),
        ({"plan": "id/plan/y", "count": "1.0"}, "whole number"),
        ({"plan": "id/plan/y", "colour": "red"}, "no parameter 'colour': it has plan, count"),
    ],
)
def test_values_that_are_none_are_refused(given_: dict[str, str], said: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(said)):
        asked().values(given_, BASE)


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        (
            "date",
            ["2013-05-01", "2012-02-29"],
            ["2013", "2013-02-29", "20130501", "2013-5-1", "today", "2013-05-01T00:00:00"],
        ),
        ("year", ["2020"], ["20", "2020-01", "٢٠٢٠", "year"]),
        ("decimal", ["0.8", "1", "-0.5"], ["NaN", "1e3", ".", "0,8", "Infinity"]),
        ("boolean", ["true", "false"], ["yes", "1", "True"]),
        ("language", ["nl", "nl-BE"], ["n l", "@nl", "nl_BE", "english", "dutch"]),
        ("string", ['"}{\\', "nothing\nmore"], []),
    ],
)
def test_each_type_knows_its_values(type_: str, right: list[str], wrong: list[str]) -> None:
    known = asked(HEADER.replace("integer; default 3", f"{type_}; optional; example {right[-1].splitlines()[0]}"))
    for value in right:
        term = known.values({"plan": "id/plan/x", "count": value}, BASE)["count"]
        assert literal_text(term) == (value.lower() if type_ == "language" else value)
    for value in wrong:
        with pytest.raises(BadParameter, match=f"it must be {re.escape(known.parameters['count'].expected)}"):
            known.values({"plan": "id/plan/x", "count": value}, BASE)


@given(st.text().filter(bool))
def test_no_value_of_an_iri_breaks_out_of_it(value: str) -> None:
    try:
        term = asked().values({"plan": value}, BASE)["first"]
    except BadParameter:
        return
    assert re.fullmatch(r'<[^\x00-\x20<>"{}|\\^`]+>', term)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# title-nl: Wat?\n", "", "lacks 'title-nl'"),
        ("# title-nl: Wat?\n", "# title-nl: Wat?\n" * 2, "says title-nl twice"),
        ("# description-en: Each row is something.\n", "", "lacks 'description-en'"),
        ("# columns: plan\n", "", "SELECT has a line"),
        ("# param-count-nl: hoeveel\n", "", "lacks 'param-count-nl'"),
        ("integer", "number", "a parameter is written"),
        ("; required", "", "a parameter is written"),
        ("; example id/plan/x", "", "plan needs an example"),
        ("as ?first", "as ?last", "no variable ?last for plan"),
        ("of dpp:PolicyPlan", "of foo:PolicyPlan", "prefix that is not one of ours"),
        ("default 3", "default three", "a default or an example is none: count is 'three'"),
        ("example id/plan/x", "example x", "a default or an example is none: plan is 'x'"),
        ("param: count", "param: format", "no parameter can be called format"),
        ("param: count", "param: page", "no parameter can be called page"),
        ("# columns: plan\n", "# columns: plan\n# group: fish\n", "the group is fish: it must be one of plans, lines,"),
        (
            "# columns: plan\n",
            "# columns: plan\n# chart: count\n",
            "the chart is of count, which is none of its columns",
        ),
        ("count; integer", "count as ?first; integer", "two parameters have one variable"),
        ("# title-nl: Wat?\n", "# title-nl: Wat?\n# colour: red\n", "says colour, which means nothing here"),
        ("# title-nl: Wat?\n", "# title-nl: Wat?\n# something\n", "is written `# key: value`"),
        ("SELECT ?plan", "INSERT", "no query"),
    ],
)
def test_a_header_that_does_not_hold_is_refused(old: str, new: str, said: str) -> None:
    assert old in HEADER
    with pytest.raises(BadQuestion, match=re.escape(said)):
        asked(HEADER.replace(old, new))


def rdf() -> Iterator[tuple[str, str, str]]:
    lines = "\n".join(described(QUESTIONS.values(), BASE)).encode()
    for quad in parse(lines, formats.NTRIPLES):
        yield quad[:3]


def test_the_questions_are_described_as_executables() -> None:
    said = set(rdf())
    sh, rdfs = PREFIXES["sh"], PREFIXES["rdfs"]
    executables = {s for s, _, o in said if o == f"<{sh}SPARQLExecutable>"}
    assert executables == {f"<{BASE}id/query/{name}>" for name in QUESTIONS}
    for name, known in QUESTIONS.items():
        this = f"<{BASE}id/query/{name}>"
        assert [literal_text(o) for s, p, o in said if s == this and p == f"<{sh}{known.form}>"] == [known.text]
        assert len([o for s, p, o in said if s == this and p == f"<{rdfs}label>"]) == 2
        parameters = {o for s, p, o in said if s == this and p == f"<{sh}parameter>"}
        assert len(parameters) == len(known.parameters)
        paths = {o.strip("<>").rpartition("#")[2] for s, p, o in said if s in parameters and p == f"<{sh}path>"}
        assert paths == {parameter.variable for parameter in known.parameters.values()}
    assert not any(term.startswith("_:") for triple in said for term in triple)


def test_every_question_has_both_languages() -> None:
    texts = [text for known in QUESTIONS.values() for text in (known.titles, known.descriptions)]
    texts += [parameter.descriptions for known in QUESTIONS.values() for parameter in known.parameters.values()]
    assert len(texts) > 2 * FIXED
    for text in texts:
        assert text["nl"].strip()
        assert text["en"].strip()
        assert text["nl"] != text["en"]
