"""Search: what is indexed, how it is asked, and what is shown of it."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import literal, parse_line
from dppgraph.core.words import wanted_of
from dppgraph.errors import BadParameter, Damaged, Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest, Harvests
from dppgraph.operations.search import KINDS, LONGEST, Results, entries_of, marked, search, suggest
from dppgraph.store.memory import MemoryStore
from dppgraph.store.search import SearchIndex, write_search
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
G = f"<{BASE}id/graph/source>"


@pytest.fixture(scope="module")
def harvest(built: tuple[VersionStore, Built]) -> Harvest:
    store, made = built
    return Harvests(store, "http://localhost:8000/").of(made.manifest)


def found(harvest: Harvest, asked: str, language: str = "nl", kind: str = "", page: int = 1) -> Results:
    return search(harvest.index, Facts(harvest.published, language), asked, kind=kind, page=page)


def index_of(path: Path, *lines: str) -> SearchIndex:
    path.unlink(missing_ok=True)
    write_search(path, entries_of(sorted(lines), BASE))
    return SearchIndex(path)


def test_a_plan_comes_before_what_speaks_of_it(harvest: Harvest) -> None:
    assert found(harvest, "actieplan").hits[0].kind == "plan"
    assert found(harvest, "Actieplan duurzame overheidsopdrachten 2009-2011").hits[0].term in (
        f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011>",
        f"<{BASE}id/plan/federaal-actieplan-2009-2011>",
        f"<{BASE}id/plan/federaal-actieplan-duurzame-overheidsopdrachten-2009-2011>",
    )


def test_words_are_found_without_accents_in_both_languages_and_by_their_beginning(harvest: Harvest) -> None:
    assert found(harvest, "gecoordineerde").count == found(harvest, "GECOÖRDINEERDE").count > 0
    assert found(harvest, "promise OR promised", "en").count
    assert {hit.kind for hit in found(harvest, "overheidsopdr", kind="line-of-action").hits} == {"line-of-action"}
    assert found(harvest, "krachtlijn").kinds["term"]
    assert found(harvest, "line of action", "en").kinds["term"]


def test_a_word_is_found_inside_others(harvest: Harvest) -> None:
    plans = found(harvest, "duurzame opdrachten", kind="plan")
    assert "Vlaams actieplan duurzame overheidsopdrachten 2009-2011" in [hit.label.text for hit in plans.hits]
    assert all(any("overheidsopdrachten" in piece.text for piece in hit.named if piece.is_marked) for hit in plans.hits)
    # Three letters are inside too much.
    assert not found(harvest, "pen").count


def test_a_quote_has_its_source_and_its_place(harvest: Harvest) -> None:
    hit = next(hit for hit in found(harvest, '"duurzame overheidsopdrachten" 2020').hits if hit.kind == "quote")
    assert hit.source == f"<{BASE}id/source/beleid-2009-2014>"
    assert hit.source_label
    assert "honderd procent" in "".join(piece.text for piece in hit.pieces)
    assert (hit.start, hit.end) == (2500, 2500 + len("".join(piece.text for piece in hit.pieces)))
    assert [piece.text for piece in hit.pieces if piece.is_marked] == ["2020", "duurzame overheidsopdrachten"]


def test_quotes_are_as_many_as_sparql_finds(built: tuple[VersionStore, Built], harvest: Harvest) -> None:
    store = MemoryStore(map(parse_line, built[0].lines(1)))
    rows = store.select((Path(__file__).parent / "quotes.rq").read_text(), base=BASE)
    assert harvest.index.kinds()["quote"] == len(list(rows))


def test_where_nothing_has_all_words_some_is_offered_and_near_words_too(harvest: Harvest) -> None:
    some = found(harvest, "overheidsopdrachten zeppelin")
    assert not some.every
    assert some.count
    none = found(harvest, "overheidsopdracten")
    assert (none.count, none.near) == (0, ["overheidsopdrachten"])


def test_without_words_it_says_what_can_be_found(harvest: Harvest) -> None:
    for asked in ("", "  ", "!?*"):
        empty = found(harvest, asked)
        assert (empty.wanted, empty.hits) == ([], [])
        assert empty.kinds["plan"] == 7
        assert [*empty.kinds] == [kind for kind in KINDS if kind in empty.kinds]


def test_pages_follow_each_other_and_have_all(harvest: Harvest) -> None:
    first = found(harvest, "plan")
    pages = [found(harvest, "plan", page=page) for page in range(1, first.pages + 1)]
    hits = [(hit.kind, hit.term, hit.start) for page in pages for hit in page.hits]
    assert len(hits) == len(set(hits)) == first.count
    with pytest.raises(Unknown):
        found(harvest, "plan", page=first.pages + 1)


def test_what_cannot_be_asked_is_told(harvest: Harvest) -> None:
    with pytest.raises(BadParameter, match="kind"):
        found(harvest, "plan", kind="x")
    with pytest.raises(BadParameter, match=str(LONGEST)):
        found(harvest, "x" * (LONGEST + 1))


@given(asked=st.text(max_size=LONGEST) | st.text("\"*^():{}-+ANDORNEARlabeltxqu\\\0;' ", max_size=60))
def test_no_text_is_wrong(harvest: Harvest, asked: str) -> None:
    facts = Facts(harvest.published, "nl")
    results = search(harvest.index, facts, asked)
    assert results.count >= len(results.hits)
    assert len(suggest(harvest.index, facts, asked)) <= 8


@given(texts=st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=6))
def test_whatever_is_said_is_found_by_its_own_words(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = [f"<{BASE}id/plan/{at}> {LABEL} {literal(text)} {G} ." for at, text in enumerate(texts)]
    name = hashlib.sha256(repr(texts).encode()).hexdigest()
    index = index_of(tmp_path_factory.getbasetemp() / f"{name}.sqlite", *lines)
    for at, text in enumerate(texts):
        wanted = wanted_of(text)
        terms = [one.term for one in index.find(wanted)]
        assert (f"<{BASE}id/plan/{at}>" in terms) == bool(wanted)
        assert sum(index.count(wanted).values()) == len(terms)
    index.close()


@given(st.text(max_size=700), st.text(max_size=20), st.integers(1, 300))
def test_a_snippet_is_a_part_of_its_text(text: str, asked: str, length: int) -> None:
    pieces = marked(text, wanted_of(asked), length)
    shown = "".join(piece.text for piece in pieces)
    assert shown.removeprefix("…").removesuffix("…") in text or shown in text
    assert len(shown) <= max(length, 1) + 2 + (pieces == [])


def test_a_snippet_shows_what_was_found_late_in_a_long_text() -> None:
    pieces = marked("woord " * 500 + "naald " + "woord " * 500, wanted_of("naald"))
    assert [piece.text for piece in pieces if piece.is_marked] == ["naald"]
    assert pieces[0].text == pieces[-1].text == "…"


def test_suggestions_are_things_by_the_beginning_of_their_names(harvest: Harvest) -> None:
    facts = Facts(harvest.published, "nl")
    assert suggest(harvest.index, facts, "vlaams act")[0].label.text.startswith("Vlaams actieplan")
    assert suggest(harvest.index, facts, "v") == []
    assert all(one.kind != "quote" for one in suggest(harvest.index, facts, "du"))


def test_what_is_no_name_of_ours_is_not_found_and_a_part_leads_to_its_owner(tmp_path: Path) -> None:
    notation = "<http://www.w3.org/2004/02/skos/core#notation>"
    index = index_of(
        tmp_path / "x.sqlite",
        f'<https://elsewhere.example/x> {LABEL} "elsewhere" {G} .',
        f'<{BASE}id/plan/x#identifier> {notation} "VR 2009" {G} .',
        f'<{BASE}id/shape/x> {LABEL} "shape" <{BASE}id/graph/shapes> .',
        f'<{BASE}id/thing/x> {LABEL} "whatever" {G} .',
        f'_:b {LABEL} "blank" {G} .',
    )
    assert index.find(wanted_of("elsewhere")) == index.find(wanted_of("shape")) == index.find(wanted_of("blank")) == []
    assert [(one.kind, one.term) for one in index.find(wanted_of("vr 2009"))] == [("plan", f"<{BASE}id/plan/x>")]
    assert index.kinds() == {"plan": 1, "other": 1}


def test_a_file_that_is_no_index_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        SearchIndex(tmp_path / "none.sqlite")
    (tmp_path / "text").write_text("text")
    with pytest.raises(Damaged):
        SearchIndex(tmp_path / "text")


@pytest.mark.heavy
def test_the_same_lines_give_the_same_bytes_whatever_the_hash_seed(
    built: tuple[VersionStore, Built], tmp_path: Path
) -> None:
    store, made = built
    program = (
        "import sys, pathlib; from dppgraph.store.search import write_search;"
        "from dppgraph.operations.search import entries_of; from dppgraph.store.versions import VersionStore;"
        "store = VersionStore(pathlib.Path(sys.argv[1]));"
        "write_search(pathlib.Path(sys.argv[2]), entries_of(store.lines(1), sys.argv[3]))"
    )
    sums = {hashlib.sha256((store.harvest_path(1) / "search.sqlite").read_bytes()).hexdigest()}
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.sqlite"
        subprocess.run(
            [sys.executable, "-c", program, store.folder, path, made.manifest.base],
            check=True,
            env={"PYTHONHASHSEED": seed},
            timeout=60,
        )
        sums.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(sums) == 1
