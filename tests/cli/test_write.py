"""``dppgraph write``: what its arguments ask for, and how what came of it is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dppgraph.cli.write import command_of, request_of
from dppgraph.core import formats
from dppgraph.core.quads import Delta
from dppgraph.errors import BadCall, BadParameter, ShapeViolation
from dppgraph.operations.validate import Report
from dppgraph.operations.validate.report import Result as Finding
from dppgraph.operations.write import Body, Change, Delete, Merge, Outcome, Patch, Put, Update
from dppgraph.settings import Settings

GRAPH = "https://e.example/graph/a"
BROKEN = Report(
    (Finding("Violation", "plan-title", "<a:b>", "", "", "", "a:shape", (("en", "a plan has a title"),)),), "a:"
)
WARNED = Report(
    (Finding("Warning", "plan-date", "<a:b>", "", "", "", "a:shape", (("en", "a plan has a date"),)),), "a:"
)
OUTCOME = Outcome(8, "d1", published=True, added=3, removed=1, entities={"a:c": (1, 0), "a:b": (2, 1)})


@pytest.fixture
def update(tmp_path: Path) -> Path:
    file = tmp_path / "change.ru"
    file.write_text("INSERT DATA { <a:a> <a:b> 'é' }", encoding="utf-8")
    return file


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    file = tmp_path / "statements.ttl"
    file.write_text("<a:a> <a:b> 1 .")
    return file


def written(outcome: Outcome | ShapeViolation, *arguments: object, text: str = "") -> tuple[Result, Change | None]:
    """What the command makes of an outcome, and the change that it asked for."""
    asked: list[Change] = []

    def write(change: Change) -> Outcome:
        asked.append(change)
        if isinstance(outcome, ShapeViolation):
            raise outcome
        return outcome

    def writing(settings: Settings) -> object:
        assert settings.store.name == "store"
        return write

    command = command_of(writing, lambda: "somebody")  # type: ignore[arg-type] # what it gives is called like one
    result = CliRunner().invoke(command, [*map(str, arguments), "--store", "store"], input=text)
    return result, asked[0] if asked else None


def test_each_kind_of_change_is_asked_for(update: Path, statements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = update.read_text(encoding="utf-8")
    body = Body(statements, formats.TURTLE, "statements.ttl")
    assert request_of(update, None) == Update(text)
    assert request_of(update, GRAPH) == Patch(GRAPH, text)
    assert request_of(statements, GRAPH) == Merge(GRAPH, (body,))
    assert request_of(statements, "default") == Merge(None, (body,))
    assert request_of(statements, GRAPH, replace=True) == Put(GRAPH, body)
    assert request_of(None, GRAPH, delete=True) == Delete(GRAPH)
    assert request_of(None, "default", delete=True) == Delete(None)
    monkeypatch.chdir(statements.parent)
    assert request_of(Path("statements.ttl"), GRAPH) == Merge(GRAPH, (body,))


def test_what_contradicts_itself_is_refused(update: Path, statements: Path, tmp_path: Path) -> None:
    for file, graph, replace, delete in (
        (None, None, False, False),
        (None, GRAPH, False, False),
        (statements, None, False, False),
        (update, None, True, False),
        (update, GRAPH, True, False),
        (statements, None, True, False),
        (None, None, False, True),
        (statements, GRAPH, False, True),
        (None, GRAPH, True, True),
    ):
        with pytest.raises(BadCall):
            request_of(file, graph, replace=replace, delete=delete)
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.ru").write_bytes(b"INSERT \xff")
    for path, named in ((tmp_path / "a.txt", GRAPH), (tmp_path / "b.ru", None), (statements, "no iri"), (update, "x")):
        with pytest.raises(BadParameter):
            request_of(path, named)
    with pytest.raises(FileNotFoundError):
        request_of(tmp_path / "none.ttl", GRAPH)


def test_a_message_that_not_every_format_can_say_is_refused(update: Path) -> None:
    result, change = written(OUTCOME, update, "--message", "why\b")
    assert isinstance(result.exception, BadParameter)
    assert change is None


def test_agent_message_and_dry_run_go_with_it(update: Path) -> None:
    _, change = written(OUTCOME, update, "--message", "why", "--dry-run")
    assert change == Change(request_of(update, None), "somebody", "why", dry_run=True)
    result, change = written(OUTCOME, "-", text="CLEAR ALL")
    assert (result.exit_code, change) == (0, Change(Update("CLEAR ALL"), "somebody"))


def test_what_came_of_it_is_told_by_entity(update: Path) -> None:
    result, _ = written(OUTCOME, update)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "version 8 sha256:d1 (+3 -1 statements)\n  +2 -1  a:b\n  +1 -0  a:c\n"
    result, _ = written(OUTCOME, update, "--format", "json")
    said = json.loads(result.stdout)
    assert (said["version"], said["published"], said["report"]) == (8, True, None)
    assert said["entities"] == {"a:b": {"added": 2, "removed": 1}, "a:c": {"added": 1, "removed": 0}}
    result, _ = written(Outcome(7, "d0", published=False), update)
    assert result.stdout == "version 7 sha256:d0 (nothing changed)\n"


def test_a_dry_run_tells_each_statement_and_what_the_shapes_find(update: Path) -> None:
    delta = Delta(["<a:a> <a:b> <a:c> ."], ["<a:d> <a:e> <a:f> ."])
    for report, status in ((WARNED, 0), (BROKEN, 1)):
        outcome = Outcome(7, "d0", published=False, added=1, removed=1, delta=delta, report=report)
        result, _ = written(outcome, update, "--dry-run")
        assert result.exit_code == status
        assert result.stdout.splitlines() == [
            "version 7 sha256:d0 would change: +1 -1 statements",
            "- <a:d> <a:e> <a:f> .",
            "+ <a:a> <a:b> <a:c> .",
        ]
        assert result.stderr.splitlines() == list(report.lines())
        result, _ = written(outcome, update, "--dry-run", "--format", "json")
        said = json.loads(result.stdout)
        assert result.exit_code == status
        assert said["delta"] == {"added": delta.added, "removed": delta.removed}
        assert said["report"] == json.loads(report.to_json())


def test_a_broken_shape_is_told_and_the_status_is_one(update: Path) -> None:
    refused = ShapeViolation("a shape is broken", report=BROKEN)
    result, _ = written(refused, update)
    # As text by `main`, as of every command.
    assert result.exception is refused
    result, _ = written(refused, update, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["report"] == json.loads(BROKEN.to_json())
