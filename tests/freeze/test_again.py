"""Freezing again: only what changed is written, what is gone is removed, and who is killed loses nothing."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import DPPGRAPH, Run
from tests.freeze.conftest import DOCUMENT, build, freeze

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(300)]

URL = "https://data.example.org/plans/"
SECOND = "gap-2012-2016"


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file with its inode and when it was written."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and ".frozen" not in path.parts:
            stat = path.stat()
            found[path.relative_to(folder).as_posix()] = (stat.st_ino, stat.st_mtime_ns)
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Each file with its bytes, and the list of them too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def grown(small: Path, tmp_path: Path) -> Path:
    """A store of one's own, whose data can be changed."""
    shutil.copytree(small.parent / "data", tmp_path / "data")
    shutil.copytree(small, tmp_path / "store")
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    """Builds a second version with another text in it."""
    plan = folder / "data" / "source" / "gap.trig"
    text = plan.read_text(encoding="utf-8")
    assert old in text
    plan.write_text(text.replace(old, new), encoding="utf-8")
    build(folder / "store", folder / "data")


def test_the_same_version_again_touches_no_file(small: Path, tmp_path: Path) -> None:
    freeze(tmp_path / "site", small, URL)
    before = seen(tmp_path / "site")
    assert "0 written, 0 removed" in freeze(tmp_path / "site", small, URL)
    assert seen(tmp_path / "site") == before


def test_two_folders_have_the_same_bytes(small: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        freeze(tmp_path / name, small, URL)
    one, two = content(tmp_path / "one"), content(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not [path for path in one if one[path] != two[path]]


def test_of_a_new_version_only_what_is_another_one_is_written(grown: Path) -> None:
    site = grown / "site"
    freeze(site, grown / "store", URL)
    before, texts = seen(site), content(site)
    change(grown, "provincieraad van Oosterlo", "provincieraad van Westerlo")
    freeze(site, grown / "store", URL)
    after, now = seen(site), content(site)
    for path in before.keys() & after.keys():
        # A file that was written is another one.
        assert (before[path] == after[path]) == (texts[path] == now[path]), path
    # What is said of another plan is the same in both.
    kept = [path for path in after if before.get(path) == after[path]]
    assert [path for path in kept if path.startswith("doc/plan/") and path.endswith(".ttl")]
    assert "Westerlo" in now["doc/agent/gap-provincieraad.ttl"].decode()
    assert not [path for path in now if path.startswith("dumps/1/")]
    assert [path for path in now if path.startswith("dumps/2/")]
    # It is what a folder that begins with nothing gets.
    freeze(grown / "fresh", grown / "store", URL)
    assert content(grown / "fresh") == now


def test_what_is_gone_is_removed_with_its_folder(grown: Path) -> None:
    site = grown / "site"
    freeze(site, grown / "store", URL)
    assert (site / "id" / "plan" / SECOND / "index.html").exists()
    (grown / "data" / "source" / "gap.trig").unlink()
    build(grown / "store", grown / "data")
    freeze(site, grown / "store", URL)
    assert not (site / "id" / "plan" / SECOND).exists()
    assert not list((site / "doc" / "plan").glob(f"{SECOND}*"))
    assert list((site / "doc" / "plan").glob("*.ttl"))
    assert not [path for path in site.rglob("*") if path.is_dir() and not any(path.iterdir())]


def test_an_older_version_is_frozen_by_its_number(grown: Path) -> None:
    freeze(grown / "first", grown / "store", URL)
    change(grown, "provincieraad van Oosterlo", "provincieraad van Westerlo")
    freeze(grown / "again", grown / "store", URL, "--version", "1")
    first, again = content(grown / "first"), content(grown / "again")
    # Nothing that was added later is in it.
    assert not [path for path in again if b"Westerlo" in again[path]]
    assert first["doc/agent/gap-provincieraad.ttl"] == again["doc/agent/gap-provincieraad.ttl"]


def test_files_that_were_not_made_yet_are_made_first(grown: Path) -> None:
    shutil.rmtree(grown / "store" / "harvest")
    freeze(grown / "site", grown / "store", URL)
    assert list((grown / "site" / "dumps" / "1").glob("policy-plans.nq*"))


def test_who_is_killed_leaves_a_site_that_the_next_one_completes(grown: Path) -> None:
    site = grown / "site"
    freeze(site, grown / "store", URL)
    change(grown, "provincieraad van Oosterlo", "provincieraad van Westerlo")
    freeze(grown / "fresh", grown / "store", URL)
    first = (site / "index.html").read_bytes()
    before = seen(site)
    command = [*DPPGRAPH, "freeze", str(site), "--store", str(grown / "store"), "--public-url", URL]
    for files in (1, 60, 200):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(2000):
            if process.poll() is not None or sum(before.get(path) != now for path, now in seen(site).items()) >= files:
                break
            time.sleep(0.02)
        assert process.poll() is None, "it was done before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        # The first page is the one before, and what it leads to is there.
        assert (site / "index.html").read_bytes() == first
        for link in links(first.decode()):
            assert (site / link).exists(), link
    freeze(site, grown / "store", URL)
    assert content(site) == content(grown / "fresh")


def links(page: str) -> list[str]:
    """The files that the links of a page lead to."""
    found = re.findall(rf'href="(?:{re.escape(URL)}|{urlsplit(URL).path})([^"#]*)', page)
    assert len(found) > 20
    return [f"{path}index.html" if path.endswith("/") or not path else path for path in found]


def test_a_damaged_file_is_written_anew(small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    freeze(site, small, URL)
    whole = content(site)
    (site / "plans" / "index.html").write_bytes(b"cut")
    (site / "about" / "index.html").unlink()
    freeze(site, small, URL)
    assert content(site) == whole


def test_a_folder_with_what_others_wrote_is_left_alone(small: Path, tmp_path: Path, run: Run) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "thesis.odt").write_text("ten years of work")
    said = run("freeze", site, "--store", small, "--public-url", URL)
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert "holds thesis.odt, which was not written by `dppgraph freeze`" in said.stderr
    assert [path.name for path in site.iterdir()] == ["thesis.odt"]
    (site / "thesis.odt").unlink()
    freeze(site, small, URL)
    (site / "plans" / "notes.txt").write_text("mine")
    said = run("freeze", site, "--store", small, "--public-url", URL)
    assert (said.returncode, "plans/notes.txt" in said.stderr) == (2, True)
    assert (site / "plans" / "notes.txt").read_text() == "mine"


def test_two_at_once_in_one_folder_are_told(small: Path, tmp_path: Path, run: Run) -> None:
    import fcntl

    site = tmp_path / "site"
    freeze(site, small, URL)
    held = os.open(site, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    said = run("freeze", site, "--store", small, "--public-url", URL)
    os.close(held)
    assert said.returncode == 2
    assert "is being written by another process" in said.stderr


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ((), 2, "say where the site will be found"),
        (("--public-url", "nowhere"), 2, "--public-url is 'nowhere'"),
        (("--public-url", URL, "--version", "7"), 1, "there is no version 7"),
    ],
)
def test_a_call_that_is_wrong_is_one_line(
    small: Path, tmp_path: Path, run: Run, given: tuple[str, ...], status: int, words: str
) -> None:
    said = run("freeze", tmp_path / "site", "--store", small, *given)
    assert said.returncode == status
    assert said.stderr.count("\n") == 1
    assert words in said.stderr
    assert not list(tmp_path.rglob("*.html"))


def test_the_commands_of_the_document_run(small: Path, tmp_path: Path, run: Run) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 2
    said = []
    for command in commands:
        name, *arguments = shlex.split(command)
        assert name == "dppgraph"
        answer = run(*arguments, environment={"DPPGRAPH_STORE": str(small)}, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        said.append(answer.stdout)
    assert "0 written" not in said[0]
    assert "0 written, 0 removed" in said[1]


def test_a_store_without_anything_is_a_site_too(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    build(tmp_path / "store", tmp_path / "data")
    freeze(tmp_path / "site", tmp_path / "store", URL)
    assert "Versie 1" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert (tmp_path / "site" / "plans" / "index.html").exists()
    assert (tmp_path / "site" / "feed.trig").exists()
