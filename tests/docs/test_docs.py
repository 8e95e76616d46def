"""The documents hold: their commands run, their links lead somewhere, their examples are the data's own words."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.operations.build import Built
from dppgraph.operations.queries import read_questions
from dppgraph.settings import SETTINGS
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from dppgraph.web.problems import STATUSES
from tests.conftest import BASE, REPOSITORY, Run, Server

DOCUMENTS = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
QUERIES = (REPOSITORY / "docs" / "queries.md").read_text(encoding="utf-8")
SERVICE = (REPOSITORY / "docs" / "service.md").read_text(encoding="utf-8")
FEED = (REPOSITORY / "docs" / "feed.md").read_text(encoding="utf-8")
MEMENTO = (REPOSITORY / "docs" / "memento.md").read_text(encoding="utf-8")
CITE = (REPOSITORY / "docs" / "cite.md").read_text(encoding="utf-8")
SCALING = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")
SPARQL = (REPOSITORY / "docs" / "sparql.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    """The commands of the README that need nothing but a store."""
    (listed,) = [block for block in blocks(README, "sh") if "dppgraph build" in block]
    return [line.partition(" #")[0].strip() for line in listed.splitlines()]


ELSEWHERE = {"DPPGRAPH_STORE", "DPPGRAPH_BASE", "DPPGRAPH_TRUSTED_PROXIES", "DPPGRAPH_PUBLIC_URL"}
"""Settings that operators are told of by the names of their flags."""

SLOW = ("dppgraph validate", "dppgraph export --format jsonld")


@pytest.mark.heavy
def test_the_commands_of_the_readme_run_in_their_order(
    run: Run, built: tuple[VersionStore, Built], tmp_path: Path
) -> None:
    # On a store that is built already: building anew is what other tests do. A copy, as a server may hold the first.
    store = shutil.copytree(built[0].folder, tmp_path / "store")
    answers = {}
    for command in commands():
        if command in SLOW:
            continue
        name, *arguments = shlex.split(command)
        assert name == "dppgraph"
        answers[command] = run(*arguments, environment={"DPPGRAPH_STORE": str(store)})
        assert answers[command].returncode == 0, answers[command]
    (count,) = [answer for command, answer in answers.items() if "COUNT" in command]
    assert "16" in count.stdout


@pytest.mark.heavy
@pytest.mark.parametrize("command", SLOW)
def test_the_slow_commands_of_the_readme_run(run: Run, built: tuple[VersionStore, Built], command: str) -> None:
    assert command in commands()
    assert run(*shlex.split(command)[1:], environment={"DPPGRAPH_STORE": str(built[0].folder)}).returncode == 0


@pytest.mark.heavy
def test_the_commands_of_the_questions_run(run: Run, built: tuple[VersionStore, Built]) -> None:
    asked = [line for block in blocks(QUERIES, "sh") for line in block.splitlines() if line.startswith("dppgraph ")]
    assert len(asked) > 2
    for command in asked:
        answer = run(*shlex.split(command)[1:], environment={"DPPGRAPH_STORE": str(built[0].folder)})
        assert answer.returncode == 0, answer
        assert len(answer.stdout.splitlines()) > 1, command


def addresses(document: str) -> list[str]:
    found = re.findall(r"curl 'http://127\.0\.0\.1:8000(/[^']*)'", document)
    assert found
    return found


@pytest.mark.heavy
def test_the_addresses_of_the_questions_answer(server: Server) -> None:
    for address in addresses(QUERIES):
        status, _, body = server.ask("GET", address)
        assert (status, b"overheidsopdrachten" in body) == (200, True), address


@pytest.mark.heavy
def test_the_addresses_of_the_endpoint_answer(server: Server) -> None:
    for address in addresses(SPARQL) + addresses(SERVICE) + addresses(FEED):
        status, _, body = server.ask("GET", address)
        assert (status, len(body.splitlines()) > 1) == (200, True), address


@pytest.mark.heavy
def test_the_commands_about_earlier_versions_run(server: Server) -> None:
    (text,) = blocks(MEMENTO, "sh")
    here = text.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{server.port}")
    first, *commands = [line.partition("  #")[0].partition(" # ")[0] for line in here.splitlines()]
    assert len(commands) == 5
    for command in commands:
        ran = subprocess.run(
            ["/bin/sh", "-c", f"{first}\n{command} --silent --show-error --fail"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert ran.returncode == 0, (command, ran.stderr)
        assert "version=1" in ran.stdout or "vlaams-plan-overheidsopdrachten" in ran.stdout, command


@pytest.mark.heavy
@pytest.mark.parametrize("block", blocks(CITE, "sh"), ids=lambda block: block.split("\n")[0][:40])
def test_the_commands_about_citing_do_what_they_are_there_for(
    server: Server, built: tuple[VersionStore, Built], tmp_path: Path, block: str
) -> None:
    text = block.replace("http://127.0.0.1:8000/", f"http://127.0.0.1:{server.port}/")
    text = re.sub(r"^curl ", "curl --silent --show-error --fail ", text, flags=re.MULTILINE)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "DPPGRAPH_STORE": str(built[0].folder),
    }
    said = subprocess.run(
        ["/bin/bash", "-eu", "-c", text],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )
    assert said.returncode == 0, said
    assert said.stdout
    if "sha256sum" in block:
        # Whoever has the query has its hash.
        assert f"dppgraph-query: sha256:{said.stdout.split()[0]}" in said.stdout


def test_every_check_of_a_server_is_told() -> None:
    told = re.findall(r"^\| `([a-z]+)` \|", CITE, re.MULTILINE)
    assert told == ["version", "answers", "dumps", "digest", "counts", "statistics", "feed"]


def test_every_status_of_an_error_is_told() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", SPARQL, re.MULTILINE)}
    # Those of a write (409, 422) come with writes; only a document can be gone (410).
    assert told == {int(status) for status in STATUSES.values()} - {410}


@pytest.mark.parametrize("name", ["serve", "sparql", "security"])
def test_every_setting_that_a_document_names_exists(name: str) -> None:
    said = (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"DPPGRAPH_[A-Z_]+", said)) <= {setting.variable for setting in SETTINGS}


def test_every_setting_that_bounds_something_is_told_to_operators() -> None:
    said = (REPOSITORY / "docs" / "serve.md").read_text(encoding="utf-8")
    assert {setting.variable for setting in SETTINGS} - set(re.findall(r"DPPGRAPH_[A-Z_]+", said)) <= ELSEWHERE


def test_every_question_is_listed_with_its_parameters() -> None:
    listed = {
        name: (title, said)
        for name, title, said in re.findall(r"^\| `([a-z-]+)` \| (.*) \| (.*) \|$", QUERIES, re.MULTILINE)
    }
    known = read_questions(REPOSITORY / "queries")
    assert set(listed) == set(known)
    for name, (title, said) in listed.items():
        parameters = [part for part in known[name].parameters.values() if part.name != "lang"]
        assert title == known[name].titles["en"]
        assert said.strip() == ", ".join(f"`{p.name}`" if p.required else f"[`{p.name}`]" for p in parameters)


def test_the_two_commands_are_make_targets() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for command in ("serve", "test"):
        assert f"make {command}\n" in README
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_modules_and_folders_that_are_named_exist(document: Path) -> None:
    layers = "cli|web|operations|store|core"
    for name in re.findall(rf"`((?:{layers})/[\w/]+(?:\.py|/))`", document.read_text(encoding="utf-8")):
        assert (REPOSITORY / "src" / "dppgraph" / name).exists(), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_measurements_that_are_named_can_be_run(document: Path) -> None:
    for name in re.findall(r"python -m\s+(benchmarks(?:\.\w+)+)", document.read_text(encoding="utf-8")):
        path = REPOSITORY / name.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name


@pytest.mark.heavy
def test_the_commands_about_scaling_have_the_options_that_they_are_given(run: Run) -> None:
    asked = [shlex.split(line) for block in blocks(SCALING, "sh") for line in block.splitlines()]
    assert {command[1] for command in asked} == {"build", "serve", "verify", "publish", "freeze"}
    for program, name, *arguments in asked:
        assert program == "dppgraph"
        told = run(name, "--help").stdout
        for option in [word for word in arguments if word.startswith("--")]:
            assert re.search(rf"{option}\b", told), (name, option)


def test_the_example_of_a_statement_is_one_of_the_data() -> None:
    text = (REPOSITORY / "docs" / "data.md").read_text(encoding="utf-8")
    file = REPOSITORY / "data" / "source" / "beleid-2009-2014.ttl"
    data = file.read_text(encoding="utf-8")
    prefixes = "".join(line for line in data.splitlines(keepends=True) if line.startswith("@"))
    (example,) = [block for block in blocks(text, "turtle") if "SourceStatement" in block]
    said = {quad[1:] for quad in parse((prefixes + example).encode(), formats.TURTLE, base=BASE)}
    known = {quad[1:] for quad in parse(data.encode(), formats.TURTLE, base=BASE)}
    blank = {part for part in said if part[1].startswith("_:")}
    assert len(blank) == 2
    assert said - blank <= known


@pytest.mark.heavy
def test_every_setting_and_command_of_the_readme_exists(run: Run) -> None:
    for command in set(re.findall(r"`dppgraph ([a-z-]+)", README)):
        assert run(command, "--help").returncode == 0, command
