"""Questions as forms: what can be chosen, what is filled in, what is wrong with it; and the terms of queries."""

from pathlib import Path

import pytest

from dppgraph.errors import BadParameter
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest, Harvests
from dppgraph.operations.queries import filled, read_question, read_questions
from dppgraph.operations.questions import choices, example, form
from dppgraph.operations.terms import terms, written
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY
from tests.operations.published import facts_of

QUESTIONS = read_questions(REPOSITORY / "queries")
FIRST = "id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
SECOND = "id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"


@pytest.fixture(scope="module")
def harvest(built: tuple[VersionStore, Built]) -> Harvest:
    return Harvests(built[0], "http://localhost:8000/").of(built[0].manifest(1))


@pytest.fixture(scope="module")
def facts(harvest: Harvest) -> Facts:
    return Facts(harvest.published, "en")


def test_the_things_of_a_class_can_be_chosen_by_name(facts: Facts) -> None:
    found = choices("dpp:PolicyInstrument", facts)
    assert {FIRST, SECOND} <= {choice.value for choice in found}
    assert [choice.label.text.casefold() for choice in found] == sorted(
        choice.label.text.casefold() for choice in found
    )
    assert not any(choice.group.text for choice in found)


def test_concepts_are_chosen_from_their_lists(facts: Facts) -> None:
    (theme,) = (
        field for field in form(QUESTIONS["theme-over-time"], {}, facts).fields if field.parameter.name == "theme"
    )
    groups = [group.text for group, _ in theme.choices]
    assert len(groups) > 3
    assert groups == sorted(groups, key=str.casefold)
    assert theme.value == "id/concept/theme-social"


def test_a_thing_without_an_iri_spoils_no_form(tmp_path: Path) -> None:
    graph = "[] a dpp:PolicyInstrument . plan:a a dpp:PolicyInstrument . plan:b a dpp:PolicyInstrument ."
    small = facts_of(tmp_path, source=graph)
    assert [choice.value for choice in choices("dpp:PolicyInstrument", small)] == ["id/plan/a", "id/plan/b"]
    for question in QUESTIONS.values():
        # Written in full, it is looked for among all choices.
        given = {
            name: f"{small.published.base}id/plan/b" for name in question.parameters if question.parameters[name].of
        }
        assert not form(question, given, small).unknown


def test_without_anything_given_a_form_has_an_example(facts: Facts) -> None:
    for name, question in QUESTIONS.items():
        found = form(question, {}, facts)
        assert found.example
        assert found.is_right, name
        assert found.values.get("lang") == ("en" if "lang" in question.parameters else None)
        assert not any(field.parameter.name == "lang" for field in found.fields)


def test_an_example_that_the_graph_does_not_have_is_another_one(facts: Facts) -> None:
    text = QUESTIONS["new-and-dropped-lines"].text.replace("2009-2011", "1809-1811").replace("2012-2014", "1812-1814")
    found = form(read_question("other", text), {}, facts)
    assert found.is_right
    assert found.values["older"] != found.values["newer"]
    nothing = read_question("nothing", text.replace("dpp:PolicyInstrument", "dpp:NothingOfThisKind"))
    assert not form(nothing, {}, facts).is_right


def test_what_is_given_stays_and_is_chosen_however_it_is_written(facts: Facts) -> None:
    question = QUESTIONS["new-and-dropped-lines"]
    given = {"older": f"{BASE}{FIRST}", "newer": f"<{SECOND}>", "minConfidence": ""}
    found = form(question, given, facts)
    assert not found.example
    assert found.is_right
    assert found.values == {"older": FIRST, "newer": SECOND, "minConfidence": "0.8", "lang": "en"}
    elsewhere = form(question, given | {"older": "https://example.org/x"}, facts)
    assert elsewhere.values["older"] == "https://example.org/x"
    assert any(choice.value == "https://example.org/x" for _, group in elsewhere.fields[0].choices for choice in group)


def test_what_is_wrong_is_told_of_each_field(facts: Facts) -> None:
    found = form(QUESTIONS["new-and-dropped-lines"], {"older": "<", "minConfidence": "much", "colour": "red"}, facts)
    assert {field.parameter.name: field.wrong for field in found.fields} == {
        "older": "wrong",
        "newer": "missing",
        "minConfidence": "wrong",
    }
    assert found.unknown == ["colour"]
    assert not found.is_right


def test_the_filled_in_text_has_its_title_and_no_parameter(facts: Facts) -> None:
    question = QUESTIONS["promises-by-year"]
    text = filled(question, {"year": "2020"}, BASE, "nl")
    assert text.startswith(f"# {question.titles['nl']}\n\nPREFIX ")
    assert '"2020"^^<http://www.w3.org/2001/XMLSchema#gYear>' in text
    assert "?year" not in text
    assert "# param" not in text
    with pytest.raises(BadParameter):
        filled(question, {}, BASE, "nl")


def test_every_question_is_an_example_even_where_the_graph_has_none(facts: Facts) -> None:
    text = QUESTIONS["successors"].text.replace("dpp:PolicyInstrument", "dpp:NothingOfThisKind")
    assert example(QUESTIONS["successors"], facts).startswith("# Which plans followed this plan, in order?")
    assert f"<{BASE}{FIRST}>" in example(read_question("nothing", text), facts)


def test_the_terms_are_those_of_the_graph_with_their_names(harvest: Harvest) -> None:
    found = {term.written: term for term in terms(harvest, "nl")}
    assert (found["dpp:LineOfAction"].kind, found["dpp:LineOfAction"].label.text) == ("class", "Krachtlijn")
    assert found["dpp:hasLineOfAction"].kind == "property"
    assert found["skos:prefLabel"].kind == "property"
    assert found[f"<{BASE}{FIRST}>"].kind == "thing"
    assert found[f"<{BASE}id/concept/theme-social>"].kind == "concept"
    assert terms(harvest, "en") != terms(harvest, "nl")


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://purl.org/dc/terms/title", "dct:title"),
        ("http://purl.org/dc/terms/", "<http://purl.org/dc/terms/>"),
        ("http://purl.org/dc/terms/a/b", "<http://purl.org/dc/terms/a/b>"),
        ("http://purl.org/dc/terms/a-", "<http://purl.org/dc/terms/a->"),
        ("http://purl.org/dc/terms/1", "<http://purl.org/dc/terms/1>"),
        ("https://example.org/x", "<https://example.org/x>"),
    ],
)
def test_an_iri_is_written_so_that_a_query_can_have_it(iri: str, expected: str) -> None:
    assert written(iri) == expected
