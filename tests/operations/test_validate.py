"""The shapes: the shipped data passes, and each check is broken by a fixture that breaks it and it alone."""

import json
import re
import shutil
from pathlib import Path

import pytest
import rdflib

from dppgraph.core.iris import PREFIXES
from dppgraph.errors import BadCall, BadRdf
from dppgraph.operations.build import Built
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate import Report, assemble, validate
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import VersionStore

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "shapes"
FILES = sorted(FIXTURES.iterdir())
HEADER = re.compile(r"# check: (\d+)\n# expects: shape:(\S+) on <(\S+)>\n# \S")
CHECKS = set(range(1, 26))

# A fixture may bring about notes: an approval within its period, a gap between periods, a period unknown.
NOTES = "Info"

# It warns only where there are no readings at all, and a fixture comes on top of the shipped ones: see facts_alone.
WITHOUT_READINGS = "plan-line-listing-unread"


@pytest.fixture(scope="module")
def shipped(built: tuple[VersionStore, Built]) -> Report:
    assert built[1].report is not None
    return built[1].report


def expected(path: Path) -> tuple[int, str, str]:
    header = HEADER.match(path.read_text(encoding="utf-8"))
    assert header, f"{path.name} begins with the check, the shape and focus it breaks, and why"
    return int(header.group(1)), header.group(2), f"<{header.group(3)}>"


def numbers(sources: Sources) -> dict[str, int]:
    """Local name of a shape to the number of its check."""
    shapes = read_shapes(sources)
    quads = [*shapes.merged, *(quad for quads in shapes.by_graph.values() for quad in quads)]
    numbered = [quad for quad in quads if quad.predicate == f"<{PREFIXES['dct']}identifier>"]
    return {quad.subject.rpartition("#")[2].rstrip(">"): int(literal_text(quad.object)) for quad in numbered}


def news(report: Report, shipped: Report) -> set[tuple[str, str]]:
    """The shapes and focus nodes that a report has and the shipped data's has not, without notes."""
    known = {(result.check, result.focus) for result in shipped.results}
    return {(result.check, result.focus) for result in report.results if result.severity != NOTES} - known


def test_the_shipped_data_conforms_with_the_notes_that_are_true_of_it(shipped: Report) -> None:
    assert shipped.conforms
    slug = re.compile(r".*/(.*)>")
    found = sorted((result.severity, result.check, slug.sub(r"\1", result.focus)) for result in shipped.results)
    assert found == [
        ("Info", "approval-after-start", "duurzame-overheidsopdrachten-2009-06-05"),
        ("Info", "approval-after-start", "duurzame-overheidsopdrachten-2012-12-21"),
        ("Info", "approval-after-start", "innovatief-aanbesteden-2008-07"),
        ("Info", "approval-after-start", "plan-overheidsopdrachten-2016-01-29"),
        ("Info", "succession-gap", "vlaams-plan-overheidsopdrachten"),
        ("Info", "succession-gap", "vlaams-plan-overheidsopdrachten"),
        ("Warning", "plan-approval", "federaal-actieplan-duurzame-overheidsopdrachten-2009-2011"),
        ("Warning", "target-deadline", "federale-duurzame-overheidsopdrachten"),
    ]


def test_every_check_has_a_fixture() -> None:
    assert {expected(path)[0] for path in FILES} == CHECKS


def test_every_shape_with_a_number_has_a_fixture_and_messages_in_both_languages(sources: Sources) -> None:
    assert set(numbers(sources)) - {WITHOUT_READINGS} == {expected(path)[1] for path in FILES}
    candidate = assemble(sources)
    shapes = [*candidate.shapes.merged, *(quad for quads in candidate.shapes.by_graph.values() for quad in quads)]
    numbered = {quad.subject for quad in shapes if quad.predicate == f"<{PREFIXES['dct']}identifier>"}
    said: dict[str, set[str]] = {}
    for quad in shapes:
        if quad.predicate in (f"<{PREFIXES['sh']}message>", f"<{PREFIXES['rdfs']}label>"):
            said.setdefault(quad.subject, set()).add(quad.predicate + quad.object.rpartition("@")[2])
    assert {subject for subject in numbered if len(said.get(subject, ())) != 4} == set()


@pytest.mark.heavy
def test_a_fixture_of_each_check_breaks_it_and_it_alone(sources: Sources, shipped: Report, tmp_path: Path) -> None:
    """The first of each check, all at once and under names of their own; every one by itself in the heavy test."""
    together = []
    for path in {expected(path)[0]: path for path in reversed(FILES)}.values():
        number = path.name[:2]
        renamed = path.read_text(encoding="utf-8").replace(f"fixture-{number}", f"fixture-{path.stem}")
        together.append(tmp_path / path.name)
        together[-1].write_text(renamed, encoding="utf-8")
    report = validate(assemble(sources, together))
    everything = {(result.check, result.focus) for result in report.results}
    assert {expected(path)[1:] for path in together} - everything == set(), "these do not fail"
    numbered = numbers(sources)
    for check, focus in news(report, shipped):
        owners = [path for path in together if re.search(rf"fixture-{path.stem}\b(?!-)", focus)]
        meant = {expected(path)[0] for path in owners or together}
        assert numbered[check] in meant, f"{check} on {focus} is not what {owners} is to break"


@pytest.mark.heavy
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_fixture_alone_breaks_its_own_check_alone(sources: Sources, shipped: Report, path: Path) -> None:
    report = validate(assemble(sources, [path]))
    number, check, focus = expected(path)
    assert (check, focus) in {(result.check, result.focus) for result in report.results}
    assert {numbers(sources)[check] for check, _ in news(report, shipped)} <= {number}


@pytest.mark.heavy
def test_what_fails_is_told_in_the_language_asked_for(sources: Sources, few_shapes: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.ttl"
    draft.write_text("<id/plan/x> a <https://w3id.org/dppgraph/ns#PolicyPlan> .")
    report = validate(assemble(Sources(sources.data, sources.ontology, few_shapes, sources.base), [draft]))
    english, dutch = report.to_text("en"), report.to_text("nl")
    assert "violation plan-title: plan/x: This plan's title" in english
    assert "violation plan-title: plan/x: " in dutch
    assert "This plan" not in dutch
    for result in report.results:
        assert {language for language, _ in result.messages} == {"en", "nl"}, result

    said = json.loads(report.to_json())
    assert (said["conforms"], said["counts"]["Violation"]) == (False, report.counts["Violation"])
    assert {"plan-title"} <= {result["check"] for result in said["results"]}

    turtle = rdflib.Graph().parse(data=report.to_turtle(), format="turtle")
    shacl = rdflib.Namespace(PREFIXES["sh"])
    (node,) = turtle.subjects(rdflib.RDF.type, shacl.ValidationReport)
    assert len(list(turtle.objects(node, shacl.result))) == len(report.results)
    assert turtle.value(node, shacl.conforms) == rdflib.Literal("false", datatype=rdflib.XSD.boolean)


@pytest.fixture(scope="module")
def facts_alone(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The data without `interpretation` and `external`, and one quote moved by a letter."""
    data = without_opinion(sources, tmp_path_factory.mktemp("facts-alone"))
    file = data / "source" / "beleid-2009-2014.ttl"
    shipped = file.read_text(encoding="utf-8")
    moved = shipped.replace("oa:start 584 ; oa:end 593", "oa:start 585 ; oa:end 594", 1)
    assert moved != shipped
    file.write_text(moved, encoding="utf-8")
    return validate(assemble(Sources(data, sources.ontology, sources.shapes, sources.base)))


def without_opinion(sources: Sources, folder: Path) -> Path:
    shutil.copytree(sources.data, folder, dirs_exist_ok=True)
    for dropped in ("interpretation", "external"):
        shutil.rmtree(folder / dropped)
    return folder


def test_quotes_that_disagree_are_a_violation(facts_alone: Report) -> None:
    (result,) = [result for result in facts_alone.results if result.check == "quotes-agree"]
    assert result.severity == "Violation"
    assert {result.focus, result.value} & {"<https://w3id.org/dppgraph/id/statement/beleid-2009-2014-09>"}
    assert result.message("nl") != result.message("en")


def test_without_readings_and_other_sources_nothing_else_is_a_violation(facts_alone: Report) -> None:
    slug = re.compile(r".*/(.*)>")
    found = sorted((result.severity, result.check, slug.sub(r"\1", result.focus)) for result in facts_alone.results)
    assert [result for result in found if result[1] != "quotes-agree"] == [
        ("Info", "approval-after-start", "duurzame-overheidsopdrachten-2009-06-05"),
        ("Info", "approval-after-start", "duurzame-overheidsopdrachten-2012-12-21"),
        ("Info", "plan-period", "vlaams-plan-overheidsopdrachten"),
        ("Warning", WITHOUT_READINGS, "vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"),
        ("Warning", "stub-level", "vlaams-plan-overheidsopdrachten"),
    ]


@pytest.mark.heavy
def test_without_readings_and_other_sources_the_data_conforms(sources: Sources, tmp_path: Path) -> None:
    data = without_opinion(sources, tmp_path)
    assert validate(assemble(Sources(data, sources.ontology, sources.shapes, sources.base))).conforms


def test_shapes_that_are_no_shapes_are_said(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("""
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        <a:shape> a sh:NodeShape ; sh:targetNode <a:x> ; sh:property <a:path-less> .
        <a:path-less> a sh:PropertyShape ; sh:minCount 1 .
    """)
    with pytest.raises(BadRdf, match="the shapes cannot be judged by"):
        validate(assemble(Sources(sources.data, sources.ontology, tmp_path, sources.base)))


def test_a_folder_without_shapes_is_said(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(BadCall, match="there are no shapes in"):
        assemble(Sources(sources.data, sources.ontology, tmp_path, sources.base))
