"""The quotes of a source: what covers what, which page has which, and the text where it is at hand."""

import hashlib
import logging
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.intervals import gaps, measured, merged
from dppgraph.core.quads import parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest, Harvests
from dppgraph.operations.quotes import Gap, Quoted, Texts, coverage_of, quoted_sources, read_source, segments
from dppgraph.operations.quotes.reading import _parts
from dppgraph.store.memory import MemoryStore
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

PAGE = f"<{BASE}id/source/beleid-2009-2014>"
NONE = Texts(None)
LENGTH = 60
INTERVALS = st.lists(st.tuples(st.integers(0, LENGTH + 9), st.integers(0, LENGTH + 9)), max_size=9)


@pytest.fixture(scope="module")
def harvest(built: tuple[VersionStore, Built]) -> Harvest:
    store, made = built
    return Harvests(store, "http://localhost:8000/").of(made.manifest)


@given(INTERVALS)
def test_what_is_covered_and_what_is_not_are_the_whole_text(intervals: list[tuple[int, int]]) -> None:
    covered = {at for start, end in intervals for at in range(start, end)}
    assert {at for start, end in merged(intervals) for at in range(start, end)} == covered
    found = coverage_of(intervals, LENGTH)
    assert found.covered == len(covered & set(range(LENGTH))) == measured(found.stretches)
    assert {at for start, end in found.gaps for at in range(start, end)} == set(range(LENGTH)) - covered
    assert all(a[1] < b[0] for a, b in pairwise(found.stretches))
    assert gaps([], 0) == []


@given(INTERVALS, st.integers(0, LENGTH), st.integers(0, LENGTH))
def test_pieces_are_the_text_and_each_is_in_the_quotes_that_cover_it(
    intervals: list[tuple[int, int]], start: int, end: int
) -> None:
    text = "".join(chr(0x100 + at) for at in range(LENGTH))
    quotes = dict(enumerate(intervals, 1))
    pieces = segments(text, quotes, start, end)
    assert "".join(piece.text for piece in pieces) == text[start:end]
    for piece in pieces:
        for at in range(piece.start, piece.start + len(piece.text)):
            assert set(piece.quotes) == {number for number, (a, b) in quotes.items() if a <= at < b}
    begun = [number for piece in pieces for number in piece.begins]
    whole = {n for n, (a, b) in quotes.items() if a < b and start <= a < min(end, LENGTH)}
    assert set(begun) == whole
    assert len(begun) == len(whole)


@given(st.lists(st.integers(0, 90_000), max_size=400), st.integers(0, 250))
def test_every_passage_is_on_one_page_and_the_pages_are_the_whole_text(starts: list[int], without: int) -> None:
    placed = [(start, start + 10) for start in sorted(starts)]
    parts = _parts(placed, len(placed) + without, 100_000)
    assert [at for part in parts for at in range(part.first, part.stop)] == list(range(len(placed) + without))
    assert (parts[0].start, parts[-1].end) == (0, 100_000)
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(part.stop - part.first <= 200 for part in parts)
    for part in parts:
        assert all(part.start <= start for start, _ in placed[part.first : part.stop])


def test_the_shipped_page_has_all_its_quotes_in_reading_order(
    built: tuple[VersionStore, Built], harvest: Harvest
) -> None:
    facts = Facts(harvest.published, "nl")
    pages = [read_source(harvest, facts, PAGE, NONE)]
    pages += [read_source(harvest, facts, PAGE, NONE, page) for page in range(2, pages[0].pages + 1)]
    quotes = [one for page in pages for one in page.passages if isinstance(one, Quoted)]
    store = MemoryStore(map(parse_line, built[0].lines(1)))
    asked = (Path(__file__).parent / "quotes-of-a-source.rq").read_text().replace("$source", PAGE)
    rows = {
        (row["statement"], int(row["start"].split('"')[1]), int(row["end"].split('"')[1]))
        for row in store.select(asked, base=BASE)
    }
    assert {(fact.statement, one.start, one.end) for one in quotes for fact in one.facts} == rows
    assert [one.start for one in quotes] == sorted(
        start for start in (one.start for one in quotes) if start is not None
    )
    covered = {at for _, start, end in rows for at in range(start, end)}
    coverage = pages[0].source.coverage
    assert (coverage.covered, coverage.length) == (len(covered), 3857)
    found = [one for page in pages for one in page.passages if isinstance(one, Gap)]
    assert sum(gap.end - gap.start for gap in found) == 3857 - len(covered)
    assert pages[0].source.statements == len({statement for statement, _, _ in rows})


def test_a_source_without_quotes_has_the_facts_that_name_it(harvest: Harvest) -> None:
    facts = Facts(harvest.published, "en")
    found = read_source(harvest, facts, f"<{BASE}id/source/eur-lex-52008dc0400>", NONE)
    assert found.source.coverage.share is None
    assert [one.text for one in found.passages if isinstance(one, Quoted)] == [None]
    assert found.source.statements == len(
        {fact.statement for one in found.passages if isinstance(one, Quoted) for fact in one.facts}
    )
    assert found.source.statements > 1


def test_what_is_no_source_is_unknown(harvest: Harvest) -> None:
    facts = Facts(harvest.published, "nl")
    assert PAGE in quoted_sources(harvest.index, facts)
    with pytest.raises(Unknown, match="/sources"):
        read_source(harvest, facts, f"<{BASE}id/source/none>", NONE)
    with pytest.raises(Unknown, match="no page 99"):
        read_source(harvest, facts, PAGE, NONE, 99)


def test_a_text_is_told_by_what_is_in_it_and_strangers_are_told_of(
    harvest: Harvest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    facts = Facts(harvest.published, "nl")
    (tmp_path / "beleid-2009-2014.txt").write_text("not the text")
    (tmp_path / "latin-1").write_bytes(b"caf\xe9")
    (tmp_path / "large").write_bytes(b"x" * ((8 << 20) + 1))
    (tmp_path / "folder").mkdir()
    texts = Texts(tmp_path)
    with caplog.at_level(logging.WARNING):
        found = read_source(harvest, facts, PAGE, texts)
    assert (found.text, found.texts_given, found.strangers) == (None, True, 1)
    said = "\n".join(caplog.messages)
    assert hashlib.sha256(b"not the text").hexdigest() in said
    assert "latin-1" in said
    assert "8388608 bytes" in said
    caplog.clear()
    read_source(harvest, facts, PAGE, texts)
    assert not caplog.messages
    assert Texts(tmp_path / "none").of("0" * 64) is None


def test_with_the_text_each_quote_stands_in_it(harvest: Harvest, shared: Path) -> None:
    facts = Facts(harvest.published, "nl")
    found = read_source(harvest, facts, PAGE, Texts(shared / "seed"))
    assert found.text is not None
    if found.pages == 1:
        assert "".join(piece.text for piece in found.text) == (shared / "seed" / "beleid-2009-2014.txt").read_text()
    quotes = [one for one in found.passages if isinstance(one, Quoted)]
    assert not [one for one in quotes if one.is_misplaced]
    assert {number for piece in found.text for number in piece.begins} == {one.number for one in quotes}
