"""``dppgraph import`` and ``export --format stratml`` as their user meets them, and the walk of docs/stratml.md."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dppgraph.cli import import_
from dppgraph.errors import BadCall, BadXml
from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import REPOSITORY, Run

GUIDE = (REPOSITORY / "docs" / "stratml.md").read_text(encoding="utf-8")
FIXTURES = REPOSITORY / "tests" / "fixtures" / "stratml"
PLAN = "vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
LANES = "stratml-mol-strategic-plan-2014-2018.ttl"
LANES_IMPORT = ("part1.xml", "--level", "national", "--data", "data", "--retrieved", "2026-11-28")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with documents, and an empty folder of data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for document in FIXTURES.iterdir():
        shutil.copy(document, tmp_path)
    return tmp_path


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(import_.command, [*arguments])


def refused(*arguments: str, by: type[Exception] = BadCall) -> str:
    result = invoked(*arguments)
    assert isinstance(result.exception, by), result
    return str(result.exception)


def files(here: Path) -> list[str]:
    return sorted(str(path.relative_to(here)) for path in (here / "data").rglob("*") if path.is_file())


def test_a_document_becomes_a_file_of_facts_and_one_of_readings(here: Path) -> None:
    result = invoked(*LANES_IMPORT)
    assert result.exit_code == 0, result
    assert files(here) == [f"data/external/{LANES}", f"data/interpretation/{LANES}"]
    assert "plan: id/plan/mol-strategic-plan-2014-2018 (" in result.stdout
    assert "next: dppgraph validate --data data\n" in result.stdout
    assert "part1.xml: left out: 1 × Vision: this graph has no place for it\n" in result.stderr
    facts = (here / "data" / "external" / LANES).read_text(encoding="utf-8")
    assert "foaf:page <https://lanes.example/plan.pdf>" in facts
    assert 'dpp:retrieved "2026-11-28"^^xsd:date' in facts
    assert re.search(r'dpp:sha256 "[0-9a-f]{64}"', facts)
    # The same document gives the same bytes.
    invoked(*LANES_IMPORT, "--replace")
    assert (here / "data" / "external" / LANES).read_text(encoding="utf-8") == facts


def test_a_file_that_is_there_stays_unless_it_is_ours_and_may_go(here: Path) -> None:
    invoked(*LANES_IMPORT)
    said = refused(*LANES_IMPORT)
    assert said.startswith(f"data/external/{LANES} is there already: --replace writes it anew, --name takes another")
    path = here / "data" / "external" / LANES
    edited = path.read_text(encoding="utf-8").partition("\n")[2]
    path.write_text(edited, encoding="utf-8")
    assert "was edited by hand and stays as it is" in refused(*LANES_IMPORT, "--replace")
    assert path.read_text(encoding="utf-8") == edited
    assert invoked(*LANES_IMPORT, "--name", "lanes").exit_code == 0
    assert "data/external/stratml-lanes.ttl" in files(here)


def test_of_several_documents_all_are_written_or_none(here: Path) -> None:
    both = ("part1.xml", "report.xml", "--data", "data")
    assert "report.xml: the plan is regional" in refused(*both, "--level", "national")
    assert files(here) == []
    shutil.copy("part1.xml", "again.xml")
    assert "part1.xml and again.xml would both be id/plan/mol-strategic-plan-2014-2018" in refused(
        "part1.xml", "again.xml", "--level", "national", "--data", "data"
    )
    assert refused(*both, "--name", "x").startswith("--name is for one document")
    (here / "data" / "interpretation").symlink_to(here / "absent")
    assert "data/interpretation cannot be written" in refused(*LANES_IMPORT)
    assert files(here) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("absent.xml",), "cannot be read"),
        (("part1.xml", "--level", "galactic"), "there is no level galactic"),
        (("part1.xml",), "add --level with one of"),
        (("part1.xml", "--lang", "the language"), "is no language tag"),
        (("part1.xml", "--lang", "en-12345678-a-1"), "is no language tag"),
        (("part1.xml", "--name", "../x"), "cannot be a part of an IRI"),
        (("part1.xml", "--retrieved", "yesterday"), "is no day"),
        (("part1.xml", "--level", "local", "--data", "absent"), "there is no folder absent"),
    ],
)
def test_what_cannot_be_imported_is_told(here: Path, arguments: tuple[str, ...], said: str) -> None:
    given = arguments if "--data" in arguments else (*arguments, "--data", "data")
    assert said in refused(*given)
    assert files(here) == []


def test_hostile_xml_is_one_line_and_status_2(run: Run, here: Path) -> None:
    hostile = here / "hostile.xml"
    hostile.write_text('<!DOCTYPE StrategicPlan [<!ENTITY a SYSTEM "file:///etc/passwd">]><StrategicPlan>&a;')
    result = run("import", hostile, "--data", here / "data", "--level", "local")
    assert (result.returncode, len(result.stderr.splitlines()), result.stdout) == (2, 1, "")
    assert "it has a DOCTYPE" in result.stderr
    with hostile.open("wb") as file:
        file.truncate(100 << 20)
    assert "larger than 16 MiB" in refused("hostile.xml", "--data", "data", by=BadXml)
    assert files(here) == []


@pytest.mark.heavy
def test_an_export_in_stratml_is_one_plan(run: Run, built: tuple[VersionStore, Built]) -> None:
    store = ("--store", built[0].folder)
    for arguments, status, said in (
        ((), 2, "StratML says one plan"),
        (("id/plan/vlaams-plan-overheidsopdrachten",), 2, "has no lines of action"),
        (("id/agent/vlaamse-regering",), 2, "is no plan"),
        (("id/plan/absent",), 1, "nothing is said of"),
    ):
        result = run("export", *arguments, "--format", "stratml", *store)
        assert (result.returncode, said in result.stderr) == (status, True), result
        assert len(result.stderr.splitlines()) == 1
    assert "--lang is for --format stratml" in run("export", "--lang", "nl", *store).stderr


@pytest.mark.heavy
def test_what_is_imported_conforms_beside_the_shipped_data(run: Run, here: Path) -> None:
    shutil.rmtree(here / "data")
    shutil.copytree(REPOSITORY / "data", here / "data")
    for arguments in (LANES_IMPORT, ("report.xml", "--data", "data", "--url", "https://lanes.example/r.xml")):
        assert run("import", *arguments, cwd=here).returncode == 0
    result = run("validate", "--data", "data", cwd=here)
    assert (result.returncode, "conforms: 0 violations" in result.stdout) == (0, True), result.stdout


@pytest.mark.heavy
def test_a_shipped_plan_comes_in_beside_itself(run: Run, built: tuple[VersionStore, Built], here: Path) -> None:
    shutil.rmtree(here / "data")
    shutil.copytree(REPOSITORY / "data", here / "data")
    store = ("--store", built[0].folder)
    assert run("export", f"id/plan/{PLAN}", "--format", "stratml", *store, "--out", here / "plan.xml").returncode == 0
    assert run("import", "plan.xml", "--data", "data", cwd=here).returncode == 0
    result = run("build", "--data", "data", "--store", "store", cwd=here)
    assert result.returncode == 0, result
    again = run("export", f"id/plan/{PLAN}", "--format", "stratml", "--store", "store", cwd=here)
    assert again.stdout == (here / "plan.xml").read_text(encoding="utf-8")


@pytest.mark.heavy
def test_the_walk_of_the_guide_can_be_walked(run: Run, built: tuple[VersionStore, Built], here: Path) -> None:
    shutil.rmtree(here / "data")
    shutil.copytree(REPOSITORY / "data", here / "data")
    shutil.copytree(built[0].folder, here / "store")
    (document,) = re.findall(r"```xml\n(.*?)```", GUIDE, re.DOTALL)
    (here / "lindedal.xml").write_text(document, encoding="utf-8")
    told = ""
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL):
        for command in block.splitlines():
            name, *arguments = shlex.split(command)
            assert name == "dppgraph"
            result = run(*arguments, environment={"DPPGRAPH_STORE": str(here / "store")}, cwd=here)
            assert result.returncode == 0, result
            told += result.stdout + result.stderr
    (left,) = re.findall(r"```\n(lindedal\.xml: left out: .*?)```", GUIDE, re.DOTALL)
    assert left in told
    assert "Cycle paths" in told
    assert f"<Name>{PLAN}" not in (here / "plan-en.xml").read_text(encoding="utf-8")
    assert "<NumberOfUnits>80</NumberOfUnits>" in told
