"""The command line as a user meets it: output, exit status, and one clear line for bad input."""

import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from dppgraph.cli.main import dppgraph
from dppgraph.operations.build import Built
from dppgraph.operations.sources import Sources
from dppgraph.settings import SETTINGS, Setting
from dppgraph.store.versions import VersionStore
from tests.conftest import DPPGRAPH, Run, Serve

PLAIN = ("--shapes", "none")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "a.ttl").write_text('<http://e.org/s> <http://e.org/p> 01, 1.50, "x"@nl .')
    return folder


def one_line(result: "subprocess.CompletedProcess[str]", status: int, *said: str) -> None:
    """The command failed with this status and one readable line that says this."""
    assert result.returncode == status, result
    assert result.stderr.startswith("dppgraph: ")
    assert len(result.stderr.splitlines()) == 1, result.stderr
    for part in said:
        assert part in result.stderr


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")
    assert result.returncode == 0
    for command in (
        "serve",
        "build",
        "validate",
        "check-quotes",
        "import",
        "new",
        "query",
        "export",
        "versions",
        "settings",
        "token",
        "verify",
    ):
        assert f"  {command} " in result.stdout
        assert CliRunner().invoke(dppgraph, [command, "--help"]).exit_code == 0


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, dppgraph.cli.main; print([m for m in sys.modules if m in HEAVY])"
    heavy = "{'pyoxigraph', 'rdflib', 'pyshacl', 'fastapi', 'uvicorn', 'pyld', 'jinja2', 'asyncio'}"
    result = subprocess.run(
        [*DPPGRAPH[:2], "-c", f"HEAVY = {heavy}; {code}"], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_build_prints_number_and_digest_and_changes_nothing_twice(run: Run, data: Path, tmp_path: Path) -> None:
    arguments = ("build", "--data", data, "--store", tmp_path / "store", *PLAIN, "--message", "first")
    first, again = run(*arguments), run(*arguments)
    assert (first.returncode, again.returncode) == (0, 0)
    assert first.stdout.startswith("version 1 sha256:")
    assert again.stdout.startswith(first.stdout.split(" (")[0])
    assert "nothing changed" in again.stdout
    listed = run("versions", "--store", tmp_path / "store").stdout
    assert listed.startswith("*    1  ")
    assert listed.rstrip().endswith("first")


def test_a_question_about_a_thing_that_is_not_there_says_so(run: Run, built: tuple[VersionStore, Built]) -> None:
    asked = run("query", "successors", "-p", "plan=plan/none", "--store", built[0].folder)
    assert (asked.returncode, asked.stdout.splitlines()[-1]) == (0, "(0 rows)")
    assert "nothing is said of <https://w3id.org/dppgraph/id/plan/none> in version 1" in asked.stderr
    one_line(run("query", "successors", "-p", "plan=a", "-p", "plan=b"), 2, "given twice")


@pytest.mark.heavy
def test_versions_show_what_changed(run: Run, data: Path, tmp_path: Path) -> None:
    run("build", "--data", data, "--store", tmp_path / "store", *PLAIN)
    said = json.loads(run("versions", "show", "1", "--store", tmp_path / "store").stdout)
    assert (said["format"], said["version"], said["quads"]) == (2, 1, 3)
    assert said["changes"] == {"http://e.org/s": {"added": 3, "removed": 0}}
    one_line(run("versions", "show", "7", "--store", tmp_path / "store"), 1, "there is no version 7")
    one_line(run("versions", "show", "x", "--store", tmp_path / "store"), 2, "'x' is no version's number")


@pytest.mark.heavy
def test_export_is_the_same_twice_and_keeps_literals(run: Run, data: Path, tmp_path: Path) -> None:
    run("build", "--data", data, "--store", tmp_path / "store", *PLAIN)
    first = run("export", "--format", "nquads", "--store", tmp_path / "store").stdout
    assert first == run("export", "--format", "nquads", "--store", tmp_path / "store").stdout
    assert '"01"^^' in first
    assert '"1.50"^^' in first
    out = tmp_path / "out.ttl"
    assert run("export", "--store", tmp_path / "store", "--out", out).returncode == 0
    assert '"01"^^' in out.read_text()
    assert [path.name for path in tmp_path.glob(".out*")] == []


@pytest.mark.heavy
def test_validate_tells_focus_message_and_status(run: Run, few_shapes: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.ttl"
    draft.write_text("<id/plan/new> a <https://w3id.org/dppgraph/ns#PolicyPlan> .")
    result = run("validate", draft, "--shapes", few_shapes)
    assert result.returncode == 1
    assert any("draft.ttl:1: violation plan-title: plan/new: " in line for line in result.stdout.splitlines())
    assert result.stdout.splitlines()[-1].startswith("does not conform: 1 violation, ")


@pytest.mark.heavy
def test_check_quotes_names_just_the_fact_that_fails(run: Run, shared: Path, tmp_path: Path) -> None:
    text = (shared / "seed" / "beleid-2009-2014.txt").read_text(encoding="utf-8")
    passed = run("check-quotes", "--text", shared / "seed" / "beleid-2009-2014.txt")
    assert (passed.returncode, passed.stdout) == (0, "72 of 72 quotes stand in the text\n")
    changed = tmp_path / "changed.txt"
    changed.write_text(text.replace("Duurzaam innovatief", "Duurzaam innovatiev"), encoding="utf-8")
    failed = run("check-quotes", "--text", changed)
    assert failed.returncode == 1
    fact, summary = failed.stdout.splitlines()
    assert fact.startswith("statement/beleid-2009-2014-23: differs from the text at offset 1362")
    assert summary == "71 of 72 quotes stand in the text"
    one_line(run("check-quotes", "--text", tmp_path / "absent"), 2, "cannot be read")


def test_a_quote_that_is_moved_by_one_is_named_alone(run: Run, shared: Path, sources: Sources, tmp_path: Path) -> None:
    data = shutil.copytree(sources.data, tmp_path / "data")
    file = data / "source" / "beleid-2009-2014.ttl"
    file.write_text(file.read_text().replace("oa:start 706 ; oa:end 720", "oa:start 707 ; oa:end 721"))
    result = run("check-quotes", "--text", shared / "seed" / "beleid-2009-2014.txt", "--data", data)
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "statement/beleid-2009-2014-37: stands at 706-720, not at 707-721",
        "71 of 72 quotes stand in the text",
    ]


@pytest.mark.heavy
def test_query_shows_a_table_and_other_formats(run: Run, built: tuple[VersionStore, Built]) -> None:
    store = ("--store", built[0].folder)
    count = "SELECT (COUNT(*) AS ?n) { ?l a dpp:LineOfAction }"
    assert run("query", "-e", count, *store).stdout == "n\n--\n16\n(1 row)\n"
    assert run("query", "-e", "ASK { ?p a dpp:ActionPlan }", *store).stdout == "yes\n"
    assert "dct:title" in run("query", "-e", "DESCRIBE <id/plan/vlaams-plan-overheidsopdrachten>", *store).stdout


@pytest.mark.heavy
def test_a_question_is_asked_by_name_with_a_parameter(run: Run, built: tuple[VersionStore, Built]) -> None:
    plan = "https://w3id.org/dppgraph/id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
    store = ("--store", built[0].folder)
    result = run("query", "lines-of-action", "-p", f"plan={plan}", "--format", "csv", *store)
    assert [line.split(",")[1] for line in result.stdout.splitlines()[1:]] == ["1", "2", "3", "4", "5", "6"]
    one_line(run("query", "no-question", *store), 1, "there is no question 'no-question'", "approvals")
    one_line(run("query", "../../etc/passwd", *store), 1, "there is no question")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("query", "-e", "SELECT * {"), "line 1, column 11"),
        (("query", "-e", "ASK {}", "--format", "excel"), "take one of json, xml, csv"),
        (("query", "-e", "ASK {}", "-p", "nonsense"), "NAME=VALUE"),
        (("query",), "name one question or file"),
        (("query", "absent.rq"), "cannot be read"),
        (("export", "--format", "excel"), "take one of turtle, jsonld"),
        (("query", "-e", "INSERT DATA { <a:a> <a:b> 1 }"), "this is a SPARQL update, and not a query"),
    ],
)
def test_a_call_that_cannot_be_used_is_told_in_one_line(
    run: Run, built: tuple[VersionStore, Built], arguments: tuple[str, ...], said: str
) -> None:
    one_line(run(*arguments, "--store", built[0].folder), 2, said)


def test_an_unknown_command_or_option_points_to_the_help(run: Run) -> None:
    one_line(run("biuld"), 2, "see `dppgraph --help`")
    one_line(run("build", "--nonsense"), 2, "see `dppgraph build --help`")


def test_nothing_built_yet_says_what_to_do(run: Run, tmp_path: Path) -> None:
    one_line(run("query", "-e", "ASK {}", "--store", tmp_path), 2, "nothing is built", "dppgraph build")
    one_line(run("export", "--store", tmp_path / "absent"), 2, "nothing is built")


@pytest.mark.heavy
def test_a_syntax_error_in_the_data_is_told_with_file_and_line(run: Run, data: Path, tmp_path: Path) -> None:
    store = ("--store", tmp_path / "store")
    run("build", "--data", data, *store, *PLAIN)
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:c> .\n<a:a> oops .\n")
    one_line(run("build", "--data", data, *store, *PLAIN), 2, "b.ttl:2:7: ")
    assert run("versions", *store).stdout.startswith("*    1  ")


@pytest.mark.heavy
def test_a_violated_shape_stops_the_build_with_focus_and_message(
    run: Run, sources: Sources, few_shapes: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(sources.data, tmp_path / "data")
    (data / "source" / "x.ttl").write_text("<id/plan/x> a <https://w3id.org/dppgraph/ns#PolicyPlan> .")
    result = run("build", "--data", data, "--store", tmp_path / "store", "--shapes", few_shapes)
    assert result.returncode == 1
    assert "source/x.ttl:1: violation plan-title: plan/x: " in result.stderr.splitlines()[0]
    assert result.stderr.splitlines()[-1].startswith("dppgraph: nothing is published, the data does not conform: ")


@pytest.mark.heavy
@pytest.mark.parametrize("place", ["file/store", "file"])
def test_a_store_that_cannot_be_written_is_said(run: Run, data: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    one_line(run("build", "--data", data, "--store", tmp_path / place, *PLAIN), 2, "cannot be written", "--store")


@pytest.mark.parametrize(
    "setting",
    [SETTINGS[0], *(pytest.param(setting, marks=pytest.mark.heavy) for setting in SETTINGS[1:])],
    ids=lambda setting: setting.field,
)
def test_an_unknown_value_of_a_setting_is_said(run: Run, setting: Setting) -> None:
    variable = setting.variable
    bad = "" if variable.endswith("STORE") else "nonsense"
    one_line(run("settings", environment={variable: bad}), 2, variable, "it must be")


def test_a_misspelt_setting_is_warned_of(run: Run) -> None:
    result = run("settings", environment={"DPPGRAPH_QUERY_TIMEUOT": "1"})
    assert result.returncode == 0
    assert "did you mean DPPGRAPH_QUERY_TIMEOUT?" in result.stderr


@pytest.mark.heavy
def test_a_damaged_version_is_said_and_the_one_before_is_used(
    run: Run, serve: Serve, data: Path, tmp_path: Path
) -> None:
    store = ("--store", tmp_path / "store")
    run("build", "--data", data, *store, *PLAIN)
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:c> .")
    run("build", "--data", data, *store, *PLAIN)
    manifest = tmp_path / "store" / "versions" / "000002" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("version", "virsion"))
    query = run("query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv", *store)
    assert (query.returncode, query.stdout.split()) == (0, ["n", "3"])
    assert "damaged" in query.stderr
    assert "version 1" in query.stderr
    server = serve("--data", data, *store, *PLAIN)
    assert server.ask("GET", "/health")[2].startswith(b'{"status":"ok"')
    assert any("damaged" in line and "version 1 is served instead" in line for line in server.said)
    assert "is damaged" in run("versions", *store).stdout


def test_a_busy_port_is_said(run: Run, built: tuple[VersionStore, Built]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one_line(run("serve", "--port", port, "--store", built[0].folder), 2, f"port {port}", "--port")


@pytest.mark.heavy
def test_whoever_comes_second_to_a_store_is_told_and_nothing_breaks(
    run: Run, serve: Serve, data: Path, tmp_path: Path
) -> None:
    store = ("--store", tmp_path / "store")
    server = serve("--data", data, *store, *PLAIN)
    in_use = f"in use by `somebody else` (process {os.getpid()}"
    with VersionStore(tmp_path / "store").writing("somebody else"):
        one_line(run("build", "--data", data, *store, *PLAIN), 2, in_use)
        # What is there is served, and what is being published will be.
        second = serve("--data", data, *store, *PLAIN)
        assert any(in_use in line for line in second.said)
    assert run("build", "--data", data, *store, *PLAIN).returncode == 0
    for running in (server, second):
        assert running.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200
    assert run("query", "-e", "ASK {}", *store).stdout == "yes\n"


@pytest.mark.heavy
def test_serve_builds_when_the_data_changed_and_serves_the_last_version_when_it_cannot(
    run: Run, serve: Serve, data: Path, tmp_path: Path
) -> None:
    arguments = ("--data", data, "--store", tmp_path / "store", *PLAIN)

    def served() -> tuple[int, list[str]]:
        server = serve(*arguments)
        version = json.loads(server.ask("GET", "/health")[2])["version"]
        assert server.stop() == 0
        return version, server.said

    assert run("build", *arguments).returncode == 0
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:c> .")
    assert served()[0] == 2
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> oops .")
    version, said = served()
    assert version == 2
    assert any("the data is not published" in line and "b.ttl:1:13" in line for line in said)


@pytest.mark.heavy
def test_serve_keeps_to_the_data_the_gate_and_the_base_that_were_built(
    run: Run, serve: Serve, data: Path, tmp_path: Path
) -> None:
    store = ("--store", tmp_path / "store")
    (data / "source" / "b.ttl").write_text("<id/plan/x> a <http://e.org/Plan> .")
    run("build", "--data", data, *store, *PLAIN, "--base", "https://data.example.org/")
    server = serve(*store)
    said = json.loads(server.ask("GET", "/health")[2])
    assert said["version"] == 1
    query = "/sparql?query=ASK%20%7B%3Chttps://data.example.org/id/plan/x%3E%20?p%20?o%7D"
    assert b"true" in server.ask("GET", query)[2]
    assert server.stop() == 0
    assert run("versions", *store).stdout.count("\n") == 1
    one_line(run("serve", "--port", 0, "--data", tmp_path / "absent", *store), 2, "there is no folder")


@pytest.mark.heavy
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.heavy)]
)
def test_a_server_that_is_stopped_ends_all_it_started(
    serve: Serve, data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    server = serve("--data", data, "--store", tmp_path / "store", *PLAIN)
    family = server.family()
    assert len(family) >= 4, "supervisor, front, pool parent, workers"
    server.stop(number)
    alive = family
    for _ in range(100):
        alive = [process for process in family if _lives(process)]
        if not alive:
            break
        signal.sigtimedwait([], 0.05)
    assert alive == []


@pytest.mark.heavy
@pytest.mark.parametrize(
    "victim", [pytest.param("dppgraph.store.workers.pool", marks=pytest.mark.heavy), "dppgraph.cli.front"]
)
def test_a_killed_part_of_a_server_is_replaced(serve: Serve, data: Path, tmp_path: Path, victim: str) -> None:
    server = serve("--data", data, "--store", tmp_path / "store", *PLAIN)
    process = server.child(victim)
    os.kill(process, signal.SIGKILL)
    answered = False
    for _ in range(200):
        try:
            answered = server.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200
        except OSError:
            answered = False
        if answered and not _lives(process):
            break
        signal.sigtimedwait([], 0.05)
    assert answered


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
