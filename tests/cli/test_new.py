"""``dppgraph new`` as its user meets it, and the walk of docs/add-a-plan.md, command by command."""

import re
import resource
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dppgraph.cli import check_quotes, new
from dppgraph.errors import BadCall
from tests.conftest import REPOSITORY, Run

GUIDE = (REPOSITORY / "docs" / "add-a-plan.md").read_text(encoding="utf-8")
HEAVY = ("validate", "build", "query")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a folder of data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "source").mkdir(parents=True)
    return tmp_path


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(new.command, [*arguments])


def refused(*arguments: str) -> str:
    result = invoked(*arguments)
    assert isinstance(result.exception, BadCall), result
    return str(result.exception)


def test_the_example_is_written_converted_and_its_quotes_stand_in_its_text(here: Path) -> None:
    assert "kruisdorp.csv is a table with an example; kruisdorp.txt with its page" in invoked("kruisdorp").output
    result = invoked("kruisdorp.csv", "--data", "data")
    assert result.exit_code == 0, result
    assert "next: dppgraph validate kruisdorp.ttl kruisdorp.bodies.trig --data data\n" in result.output
    assert "mv kruisdorp.ttl kruisdorp.bodies.trig data/source/\n" in result.output
    assert "\nplan: id/plan/klimaatplan-kruisdorp-2021-2026\n" in result.output
    question = (
        "then ask, for instance: dppgraph query lines-of-action -p plan=id/plan/klimaatplan-kruisdorp-2021-2026\n"
    )
    assert question in result.output
    names = sorted(path.name for path in here.iterdir() if path.is_file())
    assert names == ["kruisdorp.bodies.trig", "kruisdorp.csv", "kruisdorp.ttl", "kruisdorp.txt"]

    # The data holds no page yet: the quotes are the draft's own.
    checked = CliRunner().invoke(
        check_quotes.command, ["kruisdorp.ttl", "kruisdorp.bodies.trig", "--text", "kruisdorp.txt", "--data", "data"]
    )
    assert (checked.exit_code, checked.output) == (0, "31 of 31 quotes stand in the text\n")


def test_a_table_is_never_overwritten_and_a_text_that_is_there_stays(here: Path) -> None:
    (here / "plan.txt").write_text("mijn pagina", encoding="utf-8")
    assert "plan.txt was there already and stays as it is" in invoked("plan").output
    (here / "plan.csv").write_text("mine", encoding="utf-8")
    assert refused("plan").startswith("plan.csv is there already: take another name, or `dppgraph new plan.csv`")
    assert (here / "plan.csv").read_text(encoding="utf-8") == "mine"
    assert (here / "plan.txt").read_text(encoding="utf-8") == "mijn pagina"


def test_a_draft_is_written_anew_until_somebody_edits_it(here: Path) -> None:
    invoked("plan")
    table = (here / "plan.csv").read_text(encoding="utf-8")
    assert invoked("plan.csv", "--data", "data").exit_code == 0
    first = (here / "plan.ttl").read_bytes()

    # Without bodies of its own, and with a list that may be complete: other files.
    changed = "".join(line for line in table.splitlines(keepends=True) if not line.startswith("body"))
    changed = changed.replace("Stad Kruisdorp;", "Vlaamse overheid;").replace(
        "Gemeenteraad van Kruisdorp", "Vlaamse Regering"
    )
    changed = changed.replace("no;zet onder meer in op deze krachtlijnen", "unknown;")
    (here / "plan.csv").write_text(changed, encoding="utf-8")
    result = invoked("plan.csv", "--data", "data")
    assert result.exit_code == 0, result.output
    assert "mkdir -p data/interpretation\n" in result.output
    assert not (here / "plan.bodies.trig").exists()
    assert "listing-unknown" in (here / "plan.interpretation.trig").read_text(encoding="utf-8")
    assert (here / "plan.ttl").read_bytes() != first

    lines = (here / "plan.ttl").read_text(encoding="utf-8").partition("\n")[2]
    (here / "plan.ttl").write_text(lines, encoding="utf-8")
    assert refused("plan.csv", "--data", "data").startswith("plan.ttl was edited by hand and stays as it is")
    assert (here / "plan.ttl").read_text(encoding="utf-8") == lines


def test_a_correction_replaces_what_is_published(here: Path) -> None:
    invoked("plan")
    table = (here / "plan.csv").read_text(encoding="utf-8")
    unknown = table.replace("no;zet onder meer in op deze krachtlijnen", "unknown;")
    (here / "plan.csv").write_text(unknown, encoding="utf-8")
    assert "replaces" not in invoked("plan.csv", "--data", "data").output
    (here / "data" / "interpretation").mkdir()
    for ending, folder in ((".ttl", "source"), (".bodies.trig", "source"), (".interpretation.trig", "interpretation")):
        (here / f"plan{ending}").rename(here / "data" / folder / f"plan{ending}")

    # The same bodies, and another title for the page: its own things are not another page's.
    corrected = table.replace(";;;Klimaatplan 2021-2026;1;", ";;Klimaatplan van Kruisdorp;Klimaatplan 2021-2026;1;")
    (here / "plan.csv").write_text(corrected, encoding="utf-8")
    result = invoked("plan.csv", "--data", "data")
    assert result.exit_code == 0, result.output
    assert "note: the graph has" not in result.output
    assert "replaces data/source/plan.ttl\n" in result.output
    assert "replaces data/source/plan.bodies.trig\n" in result.output
    assert "leaves nothing of data/interpretation/plan.interpretation.trig\n" in result.output
    assert "next: rm data/interpretation/plan.interpretation.trig\n      dppgraph validate plan.ttl" in result.output

    # Under another name it is another draft, whose things are there already.
    for ending in (".csv", ".txt"):
        (here / f"plan{ending}").rename(here / f"other{ending}")
    result = invoked("other.csv", "--data", "data")
    assert (result.exit_code, "the graph has a plan of this title" in result.output) == (1, True)


def test_problems_are_told_by_file_and_row_and_nothing_is_written(run: Run, here: Path) -> None:
    invoked("plan")
    table = (here / "plan.csv").read_text(encoding="utf-8")
    broken = table.replace("approved on;climate;2020-12-14", "aproved on;climate;x").replace(";;nl;", ";;klingon;")
    (here / "plan.csv").write_text(broken, encoding="utf-8")
    result = run("new", "plan.csv", "--data", "data", cwd=here)
    assert (result.returncode, result.stdout) == (1, "")
    told = result.stderr.splitlines()
    assert told[0].startswith("plan.csv:12: klingon is no language here")
    assert any(line.startswith("plan.csv:31: there is no fact 'aproved on'") for line in told)
    assert re.fullmatch(r"\d problems; nothing is written", told[-1])
    assert not list(here.glob("*.ttl"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("absent.csv",), "absent.csv cannot be read (No such file or directory): `dppgraph new absent` begins one"),
        (("there.csv",), "there.txt cannot be read (No such file or directory): name the page's text with --text FILE"),
        (("name", "--text", "x.txt"), "name is no table: name one that ends in .csv"),
        (("plan.xlsx",), "plan.xlsx is a spreadsheet file: save it as “CSV UTF-8”, and then `dppgraph new plan.csv`"),
        (("page.txt",), "page.txt is no table: name one that ends in .csv, or a name that no file has to begin one"),
        (("no/such/folder/name",), "no/such/folder/name.csv cannot be written"),
    ],
)
def test_a_call_that_cannot_be_meant_is_told_in_one_line(here: Path, arguments: tuple[str, ...], said: str) -> None:
    (here / "there.csv").write_text("fact;about;value;words\n", encoding="utf-8")
    (here / "page.txt").write_text("a page", encoding="utf-8")
    assert refused(*arguments).startswith(said)


def test_a_draft_that_does_not_fit_on_the_disk_leaves_nothing(here: Path) -> None:
    invoked("plan")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        assert "cannot be written: File too large" in refused("plan.csv", "--data", "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(path.name for path in here.iterdir()) == ["data", "plan.csv", "plan.txt"]


# --- The guide -------------------------------------------------------------------------------------------------------


def walk() -> list[str]:
    """The commands of the guide, in their order."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
    return [line.partition(" #")[0].strip() for line in lines if line.strip()]


def files() -> dict[str, str]:
    """The files that the guide shows in full, by the name in the remark before each."""
    return dict(re.findall(r"<!-- ([\w.-]+) -->\n```(?:csv|text)\n(.*?)```", GUIDE, re.DOTALL))


def taken(run: Run, here: Path, *, without: tuple[str, ...]) -> list[str]:
    """Walks the guide in a copy of the data; the names of the commands that ran."""
    shutil.rmtree(here / "data")
    shutil.copytree(REPOSITORY / "data", here / "data")
    ran = []
    for command in walk():
        name, *arguments = shlex.split(command)
        if name == "dppgraph" and arguments[0] in without:
            continue
        if name == "dppgraph":
            result = run(*arguments, cwd=here, environment={"DPPGRAPH_STORE": str(here / "store")})
            ran.append(arguments[0])
        else:
            result = subprocess.run([name, *arguments], cwd=here, capture_output=True, text=True, check=False)
            ran.append(name)
        assert result.returncode == 0, (command, result)
        if arguments[0] == "new" and not arguments[1].endswith(".csv"):
            # What the reader does between two commands.
            for file, content in files().items():
                (here / file).write_text(content, encoding="utf-8")
    return ran


@pytest.mark.heavy
def test_the_walk_of_the_guide_leads_to_files_in_their_place(run: Run, here: Path) -> None:
    assert set(taken(run, here, without=HEAVY)) == {"new", "check-quotes", "mv"}
    assert (here / "data" / "source" / "lindedal.ttl").is_file()
    assert (here / "data" / "interpretation" / "lindedal.interpretation.trig").is_file()


@pytest.mark.heavy
def test_the_walk_of_the_guide_leads_to_a_version(run: Run, here: Path) -> None:
    assert set(taken(run, here, without=())) == {"new", "validate", "check-quotes", "mv", "build", "query"}
    asked = run(
        "query", "-e", "SELECT ?p { ?p dpp:issuedBy <id/agent/stad-lindedal> }", "--format", "csv",
        environment={"DPPGRAPH_STORE": str(here / "store")},
    )  # fmt: skip
    assert "id/plan/mobiliteitsplan-lindedal" in asked.stdout


def test_the_messages_that_the_guide_explains_are_told_so() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (REPOSITORY / "src/dppgraph/operations/new").glob("*.py")
    )
    # Broken over lines in the source, with values filled in: its longest stretch of plain words is compared.
    joined = re.sub(r'"\s*\n\s*f?"', "", source)
    explained = re.findall(r"^\| “(.*?)” \|", GUIDE, re.MULTILINE)
    assert len(explained) >= 20
    for message in explained:
        assert max(message.split("…"), key=len).strip() in joined, message
