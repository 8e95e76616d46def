"""How good a version is: what the shapes found is kept with it, and every number is the one that SPARQL gives."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import parse_line
from dppgraph.errors import Damaged
from dppgraph.operations.build import Built, build
from dppgraph.operations.facts import Facts, text_of
from dppgraph.operations.findings import SHOWN, read, written
from dppgraph.operations.harvest import Harvest, Harvests, harvesting
from dppgraph.operations.quality import ASKED, Answers, Quality, quality, requests, rows_of
from dppgraph.operations.queries import read_questions
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Report, Result
from dppgraph.store.memory import MemoryStore
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

QUESTIONS = read_questions(REPOSITORY / "queries")
PREAMBLE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def harvest(built: tuple[VersionStore, Built]) -> Harvest:
    store, made = built
    return Harvests(store, "http://localhost/").of(made.manifest)


@pytest.fixture(scope="module")
def store(built: tuple[VersionStore, Built]) -> MemoryStore:
    return MemoryStore(map(parse_line, built[0].lines(1)))


@pytest.fixture(scope="module")
def answers(harvest: Harvest, store: MemoryStore) -> Answers:
    asked = requests(QUESTIONS, harvest.manifest, union=True)
    rows = {}
    for name, request in asked.items():
        text = request.text
        for variable, term in request.substitutions.items():
            text = text.replace(f"?{variable}", term)
        rows[name] = list(store.select(text, base=BASE))
    return Answers(1, rows)


@pytest.fixture(scope="module")
def found(harvest: Harvest, answers: Answers) -> Quality:
    return quality(harvest, Facts(harvest.published, "nl"), answers)


def number(store: MemoryStore, text: str) -> int:
    (row,) = store.select(PREAMBLE + text, base=BASE)
    return int(text_of(row["n"]).text)


def test_what_the_shapes_found_is_kept_with_the_version(built: tuple[VersionStore, Built], found: Quality) -> None:
    report = built[1].report
    assert report
    assert found.findings == report.findings()
    assert found.findings
    assert found.counts == report.counts
    for severity, count in report.counts.items():
        assert sum(one.count for one in found.findings if one.severity == severity) == count
    for one in found.findings:
        for seen in one.seen:
            assert set(seen.messages) == set(LANGUAGES), one.check


def test_quotes_are_counted_per_source(found: Quality, store: MemoryStore) -> None:
    assert found.quotes
    for one in found.quotes:
        statements = number(store, f"SELECT (COUNT(*) AS ?n) {{ ?s dpp:inDocument {one.source} }}")
        quoted = f"?s dpp:inDocument {one.source} FILTER EXISTS {{ ?s oa:hasSelector/oa:exact ?words }}"
        assert (one.statements, one.quotes) == (statements, number(store, f"SELECT (COUNT(*) AS ?n) {{ {quoted} }}"))
    assert len(found.quotes) == number(store, "SELECT (COUNT(*) AS ?n) { ?s a dpp:SourceDocument }")
    # All of the page that the shipped plans are read from is quoted.
    assert found.quotes[0].source.endswith("/beleid-2009-2014>")
    assert found.quotes[0].share == 1


def test_labels_are_those_that_the_catalogue_measures(found: Quality) -> None:
    assert found.labels
    assert [one.language for one in found.labels[:2]] == list(LANGUAGES)
    measured = {one.metric.rpartition("/metric-")[2].strip("<>"): one for one in found.measured}
    for one in found.labels[:2]:
        assert 0 < one.named <= one.things
        assert float(measured[f"label-coverage-{one.language}"].value) == pytest.approx(one.share, abs=1e-4)
    assert found.quotes
    assert int(measured["quoted-facts"].value) == found.quotes[0].statements
    assert all(one.definition and one.definition.language == "nl" for one in found.measured)
    assert found.counts
    assert int(measured["warnings"].value) == found.counts["Warning"]


def test_the_named_questions_are_asked_as_anybody_asks_them(found: Quality, store: MemoryStore) -> None:
    assert tuple(found.questions) == ASKED
    for name, told in found.questions.items():
        assert told.rows == list(store.select(QUESTIONS[name].text, base=BASE))
        assert told.count == len(told.rows or ())
    assert found.questions["conflicting-values"].count == 2


def test_what_was_not_answered_is_not_called_nothing(harvest: Harvest) -> None:
    facts = Facts(harvest.published, "en")
    found = quality(harvest, facts, Answers(1))
    assert (found.quotes, found.labels) == (None, None)
    assert all(told.rows is None and told.count is None for told in found.questions.values())


def test_where_the_default_graph_is_not_the_union_all_graphs_are_asked_for(harvest: Harvest) -> None:
    for request in requests(QUESTIONS, harvest.manifest, union=False).values():
        assert request.default_graphs == request.named_graphs == tuple(harvest.manifest.graphs)
        assert request.version == 1
    assert set(requests({}, harvest.manifest, union=True)) == {"quotes", "labels"}


def test_rows_are_terms_as_they_are_written() -> None:
    said = [
        {"type": "uri", "value": "https://x.example/"},
        {"type": "literal", "value": 'a "b"', "xml:lang": "nl"},
        {"type": "literal", "value": "1", "datatype": f"{PREFIXES['xsd']}integer"},
        {"type": "literal", "value": "plain"},
        {"type": "bnode", "value": "b0"},
    ]
    content = json.dumps({"results": {"bindings": [{f"c{place}": one for place, one in enumerate(said)}, {}]}})
    expected = ["<https://x.example/>", '"a \\"b\\""@nl', f'"1"^^<{PREFIXES["xsd"]}integer>', '"plain"', "_:b0"]
    assert rows_of(content.encode()) == [{f"c{place}": term for place, term in enumerate(expected)}, {}]


RESULTS = st.builds(
    Result,
    severity=st.sampled_from(("Violation", "Warning", "Info")),
    check=st.sampled_from(("a", "b")),
    focus=st.text(max_size=5),
    path=st.just(""),
    value=st.text(max_size=5),
    component=st.just(""),
    shape=st.just("x:shape"),
    messages=st.just((("en", "No."), ("nl", "Neen."))),
)


@given(st.lists(RESULTS, max_size=2 * SHOWN))
def test_any_report_is_kept_and_read(results: list[Result]) -> None:
    findings = Report(tuple(results), BASE).findings()
    assert read(written(findings)) == findings
    assert sum(one.count for one in findings) == len(results)
    assert all(len(one.seen) == min(one.count, SHOWN) for one in findings)


@pytest.mark.parametrize("content", [b"", b"7", b"[1]", b'[{"check": "x"}]', b"\xff"])
def test_findings_that_cannot_be_read_are_damage(content: bytes) -> None:
    with pytest.raises(Damaged, match="build it again"):
        read(content)


def test_a_version_without_a_gate_or_of_before_has_no_findings(tmp_path: Path, sources: Sources) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.nt").write_text("<a:a> <a:b> <a:c> .\n")
    store = VersionStore(tmp_path / "store")
    with store.writing("tests") as writer:
        open_ = replace(sources, data=tmp_path / "data", shapes=None)
        made = build(store, writer, open_, agent="tests", harvesting=harvesting(store))
    harvest = Harvests(store, BASE).of(made.manifest)
    assert store.findings(1) is None
    assert quality(harvest, Facts(harvest.published, "nl"), Answers(1)).findings is None


def test_findings_that_were_altered_are_damage(built: tuple[VersionStore, Built], tmp_path: Path) -> None:
    folder = shutil.copytree(built[0].folder, tmp_path / "store")
    (folder / "versions" / "000001" / "findings.json.gz").write_bytes(b"")
    with pytest.raises(Damaged, match=r"findings\.json"):
        VersionStore(folder).findings(1)


def test_every_text_of_the_vocabulary_is_there_in_each_language(built: tuple[VersionStore, Built]) -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for quad in map(parse_line, built[0].lines(1)):
        graph = quad.graph.strip("<>").rpartition("/")[2]
        if graph in ("ontology", "concepts", "shapes") and quad.object.startswith('"'):
            language = text_of(quad.object).language
            if language:
                told.setdefault((quad.subject, quad.predicate), set()).add(language)
    assert len(told) > 300
    assert [said for said, languages in told.items() if languages != set(LANGUAGES)] == []
    for question in QUESTIONS.values():
        assert set(question.titles) == set(question.descriptions) == set(LANGUAGES)
