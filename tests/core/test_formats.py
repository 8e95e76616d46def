import pytest

from dppgraph.core import formats
from dppgraph.core.formats import RDF, RESULTS, Format
from dppgraph.errors import BadParameter

TABLES = pytest.mark.parametrize("table", [RESULTS, RDF], ids=["results", "rdf"])


@TABLES
def test_a_format_is_found_by_each_of_its_names(table: tuple[Format, ...]) -> None:
    for format_ in table:
        for name in (format_.name, format_.extension, *format_.media_types):
            assert formats.named(name, table) is format_


def test_case_and_space_around_a_name_do_not_matter() -> None:
    assert formats.named(" Turtle ", RDF) is formats.TURTLE
    assert formats.named("TEXT/CSV", RESULTS) is formats.CSV


@TABLES
def test_an_unknown_name_is_told_with_the_names_there_are(table: tuple[Format, ...]) -> None:
    with pytest.raises(BadParameter) as refusal:
        formats.named("docx", table)
    assert "'docx'" in str(refusal.value)
    for format_ in table:
        assert format_.name in str(refusal.value)


def test_a_table_is_not_offered_where_rdf_is_asked_for() -> None:
    with pytest.raises(BadParameter):
        formats.named("csv", RDF)


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("plan.ttl", formats.TURTLE),
        ("PLAN.TTL", formats.TURTLE),
        ("2009-2011.plan.trig", formats.TRIG),
        ("dump.nq", formats.NQUADS),
        ("dump.nt", formats.NTRIPLES),
        ("plan.jsonld", formats.JSONLD),
        ("plan.rdf", formats.RDFXML),
        ("plan.csv", None),
        ("plan.ttl.gz", None),
        ("README", None),
        ("", None),
    ],
)
def test_a_file_name_announces_its_format(file_name: str, expected: Format | None) -> None:
    assert formats.of_file(file_name) is expected


def test_a_file_that_is_called_like_an_extension_announces_nothing() -> None:
    assert formats.of_file("ttl") is None


def test_only_what_needs_a_charset_states_one() -> None:
    assert formats.TURTLE.content_type == "text/turtle; charset=utf-8"
    assert formats.CSV.content_type == "text/csv; charset=utf-8"
    assert formats.JSON.content_type == "application/sparql-results+json"


@TABLES
def test_no_two_formats_of_a_table_share_a_name(table: tuple[Format, ...]) -> None:
    names = [name for format_ in table for name in {format_.name, format_.extension, *format_.media_types}]
    assert len(names) == len(set(names))


def test_the_formats_with_named_graphs_are_those_that_can_say_them() -> None:
    assert {format_ for format_ in RDF if format_.named_graphs} == {formats.JSONLD, formats.TRIG, formats.NQUADS}
