"""How many rows a table has is counted in its bytes: exactly, or never too high."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import TooManyRows
from dppgraph.store.workers.process import PoolOptions
from dppgraph.store.workers.rows import row_counter
from tests.store.conftest import Pool

ENGINE = {
    formats.JSON: pyoxigraph.QueryResultsFormat.JSON,
    formats.XML: pyoxigraph.QueryResultsFormat.XML,
    formats.CSV: pyoxigraph.QueryResultsFormat.CSV,
    formats.TSV: pyoxigraph.QueryResultsFormat.TSV,
}
TEXTS = st.text(st.sampled_from("ab\"\\\n\r\t,{}[]:<>&'}}"), max_size=12) | st.sampled_from(
    ['"}},{"a":{"type":', "<result>", "</result><result>", '"\n"', '\\"}},{"x":{"type":']
)
VALUES = st.none() | TEXTS.map(pyoxigraph.Literal) | TEXTS.map(lambda text: pyoxigraph.Literal(text, language="en"))


def table(rows: list[list[pyoxigraph.Literal | None]], known: Format) -> bytes:
    """A table as the engine writes it, with columns ``a`` and ``b``."""
    values = " ".join(f"({' '.join('UNDEF' if cell is None else str(cell) for cell in row)})" for row in rows)
    found = pyoxigraph.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return found.serialize(None, ENGINE[known]) or b""


@pytest.mark.parametrize("known", formats.RESULTS, ids=lambda known: known.name)
@given(st.lists(st.lists(VALUES, min_size=2, max_size=2), max_size=12), st.lists(st.integers(1, 60), max_size=20))
def test_any_table_in_any_pieces_is_counted(
    known: Format, rows: list[list[pyoxigraph.Literal | None]], sizes: list[int]
) -> None:
    data, counter, count = table(rows, known), row_counter(known), 0
    for size in [*sizes, len(data)]:
        count = counter.count(data[:size])
        data = data[size:]
        assert count <= len(rows)
    if known == formats.JSON:
        # Rows without any value are not told apart from nothing.
        full = sum(any(cell is not None for cell in row) for row in rows)
        assert count in (full, 0) if full < 2 else count <= full
    else:
        assert count == len(rows)


@pytest.fixture
def narrow_pool(options: PoolOptions, tmp_path: Path) -> object:
    """A pool parent whose workers answer ten rows at most."""
    running = Pool(replace(options, max_rows=10), tmp_path / "address")
    yield running
    running.stop()


@pytest.mark.parametrize("known", formats.RESULTS, ids=lambda known: known.name)
def test_a_table_has_as_many_rows_as_may_be_and_no_row_more(narrow_pool: Pool, known: Format) -> None:
    ten = "SELECT ?x ?y { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } BIND('a' AS ?y) }"
    assert narrow_pool.ask(ten, results=known)[0] == known
    with pytest.raises(TooManyRows, match="more than 10 rows"):
        narrow_pool.ask(ten.replace("10 }", "10 11 }"), results=known)


@pytest.mark.parametrize("known", formats.RDF, ids=lambda known: known.name)
def test_a_graph_has_as_many_triples_as_may_be_and_none_more(narrow_pool: Pool, known: Format) -> None:
    ten = "CONSTRUCT { <http://e/s> <http://e/p> ?x } { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } }"
    assert narrow_pool.ask(ten, rdf=known)[0] == known
    with pytest.raises(TooManyRows, match="more than 10 triples"):
        narrow_pool.ask(ten.replace("10 }", "10 11 }"), rdf=known)
