"""The shapes: the shipped data passes, and each check is broken by a fixture that breaks it and it alone."""

import re
from pathlib import Path

import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Report, assemble, validate

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "shapes"
FILES = sorted(FIXTURES.iterdir())
HEADER = re.compile(r"# check: (\d+)\n# expects: shape:(\S+) on <(\S+)>\n# \S")
CHECKS = {*range(1, 14), *range(16, 23), 25}

# A fixture may bring about notes: an approval within its period, a gap between periods, a period unknown.
NOTES = "Info"


@pytest.fixture(scope="module")
def shipped(sources: Sources) -> Report:
    return validate(assemble(sources))


def expected(path: Path) -> tuple[int, str, str]:
    header = HEADER.match(path.read_text(encoding="utf-8"))
    assert header, f"{path.name} begins with the check, the shape and focus it breaks, and why"
    return int(header.group(1)), header.group(2), f"<{header.group(3)}>"


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
        ("Info", "plan-period", "vlaams-plan-overheidsopdrachten"),
        ("Warning", "stub-level", "vlaams-plan-overheidsopdrachten"),
    ]


def test_every_check_has_a_fixture() -> None:
    assert {expected(path)[0] for path in FILES} == CHECKS


def test_every_shape_with_a_number_has_a_fixture_and_messages_in_both_languages(sources: Sources) -> None:
    candidate = assemble(sources)
    shapes = [*candidate.shapes.merged, *(quad for quads in candidate.shapes.by_graph.values() for quad in quads)]
    numbered = {quad.subject for quad in shapes if quad.predicate == f"<{PREFIXES['dct']}identifier>"}
    names = {subject.rpartition("#")[2].rstrip(">") for subject in numbered}
    assert names == {expected(path)[1] for path in FILES}
    said: dict[str, set[str]] = {}
    for quad in shapes:
        if quad.predicate in (f"<{PREFIXES['sh']}message>", f"<{PREFIXES['rdfs']}label>"):
            said.setdefault(quad.subject, set()).add(quad.predicate + quad.object.rpartition("@")[2])
    assert {subject for subject in numbered if len(said.get(subject, ())) != 4} == set()


def test_each_fixture_breaks_its_own_check_and_it_alone(sources: Sources, shipped: Report, tmp_path: Path) -> None:
    """All at once, for speed: every fixture has names of its own. One by one, see the heavy test."""
    apart = [path for path in FILES if "fixture-" not in expected(path)[2]]
    together = [path for path in FILES if path not in apart]
    found = news(validate(assemble(sources, together)), shipped)
    assert found == {expected(path)[1:] for path in together if expected(path)[1:] in found or not _is_note(path)}


@pytest.mark.heavy
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_fixture_alone_breaks_its_own_check_alone(sources: Sources, shipped: Report, path: Path) -> None:
    report = validate(assemble(sources, [path]))
    _, check, focus = expected(path)
    assert (check, focus) in {(result.check, result.focus) for result in report.results}
    assert news(report, shipped) <= {(check, focus)}


def _is_note(path: Path) -> bool:
    return expected(path)[1] in ("plan-period", "approval-after-start", "succession-gap", "succession-overlap")
