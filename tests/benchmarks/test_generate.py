"""Generated plans: that they are the same for the same seed, are valid, and read like the shipped ones."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.generate.__main__ import generate
from dppgraph import wiring
from dppgraph.core.formats import NQUADS, NTRIPLES
from dppgraph.core.quads import Quad
from dppgraph.operations.build import published
from dppgraph.operations.check_quotes import read_quotes
from dppgraph.operations.sources import read_data
from dppgraph.operations.validate import assemble, validate
from dppgraph.settings import read_settings
from dppgraph.store.rdf import read_file
from tests.conftest import BASE

SIZE = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated") / "data"
    generate(SIZE, 1, made)
    return made


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _quads(folder: Path) -> list[Quad]:
    return read_data(wiring.sources(read_settings({}), folder, None))


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path, folder: Path) -> None:
    generate(SIZE, 1, tmp_path / "again")
    generate(SIZE, 2, tmp_path / "other")
    assert _digests(tmp_path / "again") == _digests(folder)
    assert _digests(tmp_path / "other") != _digests(folder)


def test_it_says_how_many_statements_it_wrote(tmp_path: Path) -> None:
    count = generate(SIZE, 3, tmp_path / "counted")
    files = [path for path in (tmp_path / "counted").rglob("*.n?") if path.is_file()]
    read = [read_file(path, NQUADS if path.suffix == ".nq" else NTRIPLES, graph="", base=BASE) for path in files]
    assert count == sum(map(len, read))


def test_quotes_of_one_page_overlap_letter_by_letter(folder: Path) -> None:
    quotes = read_quotes(_quads(folder), BASE)
    letters: dict[tuple[str, int], str] = {}
    overlapping = 0
    for quote in quotes:
        assert quote.end - quote.start == len(quote.text)
        for offset, letter in enumerate(quote.text, quote.start):
            overlapping += (quote.document, offset) in letters
            assert letters.setdefault((quote.document, offset), letter) == letter
    assert overlapping > len(quotes)


def test_there_are_several_levels_and_languages(folder: Path) -> None:
    quads = _quads(folder)
    levels = {quad.object.rpartition("/")[2] for quad in quads if quad.predicate.endswith("#policyLevel>")}
    assert {"level-local>", "level-provincial>"} <= levels
    labels = Counter(quad.object[-2:] for quad in quads if quad.predicate.endswith("#prefLabel>"))
    assert set(labels) == {"nl", "fr", "de", "en"}


@pytest.mark.heavy
@pytest.mark.timeout(120)
def test_it_is_valid_with_as_many_notes_as_the_shipped_data_and_as_large_as_was_asked_for(folder: Path) -> None:
    sources = wiring.sources(read_settings({}), folder, None)
    candidate = assemble(sources)
    report = validate(candidate)
    assert report.conforms, report.to_text()
    plans = {
        quad.subject
        for quad in candidate.quads
        if quad.predicate.endswith("#policyLevel>") and "/plan/" in quad.subject
    }
    # The shipped data have six plans, and eight results.
    assert 0.7 < len(report.results) / len(plans) < 2
    assert {result.severity for result in report.results} == {"Warning", "Info"}
    assert abs(len(published(candidate, sources)) / SIZE - 1) < 0.05
