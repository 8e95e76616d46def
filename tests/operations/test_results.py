"""Answers as tables that people read: the terms of each row, what cells show, bars and lines of time."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvests
from dppgraph.operations.results import Cell, Shown, bars, cell, read_graph, read_table, shown, timeline
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

XSD = PREFIXES["xsd"]
PLAN = f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011>"
TITLE = "Vlaams actieplan duurzame overheidsopdrachten 2009-2011"


def typed(text: str, name: str) -> str:
    return literal(text, datatype=f"{XSD}{name}")


@pytest.fixture(scope="module")
def facts(built: tuple[VersionStore, Built]) -> Facts:
    store = built[0]
    return Facts(Harvests(store, "http://localhost:8000/").of(store.manifest(1)).published, "nl")


TERMS = st.one_of(
    st.builds(literal, st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
    st.builds(lambda text: literal(text, language="nl"), st.text('é\t\n\r"\\ x', max_size=9)),
    st.builds(lambda number: typed(str(number), "integer"), st.integers()),
    st.sampled_from(["", "<http://example.org/x?y=1&z>", "_:b1", typed("true", "boolean"), typed("1.5", "decimal")]),
)


def as_tsv(term: str) -> str:
    """A term as TSV has it: as canonical N-Triples, but for numbers and truth."""
    bare = ("integer", "decimal", "boolean")
    shortened = next((name for name in bare if term.endswith(f"^^<{XSD}{name}>")), None)
    text = term[1 : term.rindex('"')] if shortened else term
    return text.replace("\t", "\\t")


@given(st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_what_is_written_as_tsv_is_read_again(rows: list[tuple[str, str]]) -> None:
    lines = ["?a\t?b", *("\t".join(map(as_tsv, row)) for row in rows)]
    found = read_table(("\n".join(lines) + "\n").encode())
    assert found.columns == ("a", "b")
    assert found.whole
    assert [tuple(term.replace("\t", "\\t") for term in row) for row in rows] == found.rows


def test_numbers_and_truth_come_without_their_types() -> None:
    found = read_table(b"?x\n1\n-2.5\n1e3\ntrue\n\n")
    kinds = ("integer", "decimal", "double", "boolean")
    terms = [typed(text, kind) for text, kind in zip(("1", "-2.5", "1e3", "true"), kinds, strict=True)]
    assert [row[0] for row in found.rows] == [*terms, ""]


def test_the_last_line_of_a_part_is_left_out() -> None:
    assert read_table(b'?x\n"a"\n"b', whole=False) == (("x",), [('"a"',)], False, None)
    assert read_table('?x\n"é'.encode()[:-1], whole=False).rows == []
    assert read_graph(b'<a:a> <a:b> "x" .\n<a:a> <a:b', whole=False).rows == [("<a:a>", "<a:b>", '"x"')]


@pytest.mark.parametrize("said", [b"true", b"false\n"])
def test_the_answer_to_an_ask_is_no_table(said: bytes) -> None:
    assert read_table(said).boolean is (said == b"true")


def test_a_query_without_columns_or_rows_is_an_empty_table() -> None:
    assert read_table(b"?x\t?y\n").rows == []
    assert read_table(b"").columns == ()
    assert read_graph(b"").rows == []


@pytest.mark.parametrize(
    ("term", "kind", "text"),
    [
        (PLAN, "iri", TITLE),
        ("<javascript:alert(1)>", "iri", "javascript:alert(1)"),
        (typed("7", "integer"), "number", "7"),
        (typed("INF", "double"), "number", "INF"),
        (typed("9" * 5000, "integer"), "number", "9" * 5000),
        (typed("1E999999", "double"), "number", "1E999999"),
        (typed("2012", "gYear"), "date", "2012"),
        (typed("true", "boolean"), "boolean", "true"),
        ('"nee"@nl', "text", "nee"),
        ("_:b0", "text", "_:b0"),
        ('<<( <a:a> <a:b> "x y" )>>', "text", '<<( <a:a> <a:b> "x y" )>>'),
        ("", "", ""),
    ],
)
def test_a_cell_shows_what_its_term_is(facts: Facts, term: str, kind: str, text: str) -> None:
    found = cell(term, facts.label)
    assert (found.kind, found.text.text) == (kind, text)
    assert found.number == (Decimal(7) if text == "7" else None)


def test_a_column_that_only_repeats_names_is_left_out(facts: Facts) -> None:
    rows = [[PLAN, literal(TITLE, language="nl"), typed("1", "integer")]]
    found = shown(["plan", "title", "depth"], rows, facts.label)
    assert found.columns == ["plan", "depth"]
    assert found.numeric == {"depth"}
    other = shown(["plan", "title"], [*[row[:2] for row in rows], [PLAN, '"Anders"@nl']], facts.label)
    assert other.columns == ["plan", "title"]
    assert shown(["plan", "title"], [], facts.label).columns == ["plan", "title"]


def table(numbers: list[int | None]) -> Shown:
    cells = [
        [
            Cell("<a:a>", "iri", Text(f"thing {place}")),
            Cell(*("", "") if n is None else ("n", "number", Text(str(n)), Decimal(n))),
        ]
        for place, n in enumerate(numbers)
    ]
    return Shown(["thing", "count"], cells, frozenset({"count"}))


def test_numbers_become_bars_as_long_as_they_are() -> None:
    found = bars(table([4, None, 1]), "count")
    assert [(bar.labels[0].text, bar.percent) for bar in found] == [("thing 0", 100.0), ("thing 2", 25.0)]


@pytest.mark.parametrize("numbers", [[], [5], [3, 3, 3], [0, 0], [-1, 4], [None, None], list(range(80))])
def test_there_are_no_bars_where_they_say_nothing(numbers: list[int | None]) -> None:
    assert bars(table(numbers), "count") == []
    assert bars(table([1, 2]), "missing") == []


def dated(*rows: tuple[str, ...]) -> Shown:
    cells = [
        [Cell("<a:a>", "iri", Text("x")), *(Cell("d", "date", Text(day)) if day else Cell("") for day in row)]
        for row in rows
    ]
    return Shown(["thing", "from", "until"][: len(cells[0]) if cells else 3], cells, frozenset())


def test_two_columns_of_dates_are_where_rows_begin_and_end() -> None:
    found = timeline(dated(("2009", "2011"), ("2010-07-01", "2012-12-31"), ("2012-06", "")))
    assert found
    assert [year for year, _ in found.years] == [2009, 2010, 2011, 2012]
    first, second, third = found.spans
    assert (first.start, round(first.length)) == (0.0, 75)
    assert round(second.start + second.length) == 100
    assert third.said == ["2012-06"]
    assert 0 < third.length < 3


def test_dates_that_end_before_they_begin_are_moments() -> None:
    found = timeline(dated(("2012-01-01", "2011-01-01"), ("2010-01-01", "2013-01-01")))
    assert found
    assert [span.length for span in found.spans] == [0.0, 0.0]
    assert found.years[0][0] == 2010


@pytest.mark.parametrize("rows", [[], [("",)], [("soon",)], [("2013-02-30",)]])
def test_without_dates_there_is_no_line_of_time(rows: list[tuple[str, ...]]) -> None:
    assert timeline(dated(*rows)) is None


@given(st.lists(st.tuples(st.dates().map(str), st.dates().map(str)), min_size=1, max_size=6))
def test_all_lies_on_the_line_and_few_years_stand_at_it(rows: list[tuple[str, str]]) -> None:
    found = timeline(dated(*rows))
    assert found
    assert len(found.years) <= 13
    for span in found.spans:
        assert 0 <= span.start <= span.start + span.length <= 100.01
