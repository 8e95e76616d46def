"""``dppgraph versions``: what its commands say, and how they refuse."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dppgraph.cli import writer as writing
from dppgraph.cli.versions import command
from dppgraph.errors import BadCall, BadParameter, Gone, Unknown
from dppgraph.store.versions import VersionStore
from tests.store.conftest import publication


def lines(*numbers: int) -> list[str]:
    return sorted(f'<http://e/{number}> <http://e/p> "{number}" <http://e/g> .' for number in numbers)


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """Four versions."""
    found = VersionStore(tmp_path / "store")
    with found.writing("a test") as writer:
        for number in range(1, 5):
            writer.publish(publication(lines(*range(number))), number - 1 or None)
    return found


def said(store: VersionStore, *arguments: object) -> str:
    """What a command says; whatever it raises is raised here."""
    result = CliRunner().invoke(
        command, [*map(str, arguments), "--store", str(store.folder)], catch_exceptions=False, standalone_mode=False
    )
    if result.exception:
        raise result.exception
    return result.stdout


def test_the_list_tells_what_is_current_pinned_kept_and_restored(store: VersionStore) -> None:
    assert "never pruned" in said(store, "pin", 2)
    said(store, "prune", "--keep", 2)
    said(store, "rollback", 2, "--message", "Terug")
    listed = said(store, "list").splitlines()
    assert listed == said(store).splitlines()
    assert listed[0].startswith("*    5  ")
    assert listed[0].endswith("  Terug  (as in version 2)")
    assert [line.rpartition("  ")[2] for line in listed[2:]] == ["a test", "(pinned)", "(not kept)"]


def test_a_message_is_listed_in_one_line_and_has_no_control_characters(store: VersionStore) -> None:
    said(store, "rollback", 2, "--message", "Terug\r\nof niet")
    assert said(store, "list").splitlines()[0].endswith("  Terug of niet  (as in version 2)")
    assert store.manifest(5).message == "Terug\nof niet"
    with pytest.raises(BadParameter, match=r"U\+001B"):
        said(store, "rollback", 2, "--message", "\x1b[31m")
    assert store.current() == 5


def test_one_that_is_not_kept_still_says_what_it_was(store: VersionStore) -> None:
    said(store, "pin", 3)
    said(store, "prune", "--keep", 1)
    shown = json.loads(said(store, "show", 2))
    assert (shown["version"], shown["kept"], shown["pinned"]) == (2, False, False)
    assert shown["changes"] == {"http://e/1": {"added": 1, "removed": 0}}
    shown = json.loads(said(store, "show", 3))
    assert (shown["kept"], shown["pinned"]) == (True, True)
    with pytest.raises(Gone, match="version 2 is not kept any more"):
        said(store, "diff", 2, 3)


def test_two_versions_are_compared(store: VersionStore) -> None:
    assert said(store, "diff", 4, 3).splitlines()[0] == "from version 4 to 3: +0 -1 statements"
    assert said(store, "diff", 2, 4, "--format", "nquads") == "".join(f"{line}\n" for line in lines(2, 3))
    assert json.loads(said(store, "diff", 2, 4, "--format", "json"))["added"] == lines(2, 3)


def test_a_rollback_says_what_it_published(store: VersionStore) -> None:
    digest = store.manifest(1).digest
    assert said(store, "rollback", 1) == f"version 5 sha256:{digest} (+0 -3 statements, as in version 1)\n"
    assert store.lines(5) == lines(0)
    assert store.manifest(5).agent


def test_blame_tells_of_what_is_gone_where_that_is_asked(store: VersionStore) -> None:
    said(store, "rollback", 2)
    assert said(store, "blame", "http://e/0").splitlines()[0].endswith("<http://e/g> .")
    with pytest.raises(Unknown, match="says nothing of"):
        said(store, "blame", "http://e/3")
    assert "(gone since version 5)" in said(store, "blame", "http://e/3", "--gone")


def test_how_many_are_kept_is_a_flag_or_a_setting_and_can_be_tried(
    store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadCall, match="--keep or DPPGRAPH_KEEP_VERSIONS"):
        said(store, "prune")
    assert said(store, "prune", "--keep", 2, "--dry-run") == "version 1 would be let go\nversion 2 would be let go\n"
    assert all(map(store.is_kept, store.numbers()))
    monkeypatch.setenv("DPPGRAPH_KEEP_VERSIONS", "3")
    assert said(store, "prune") == "version 1 is let go\n"
    assert said(store, "prune") == "no version is old enough to be let go\n"
    assert said(store, "prune", "--keep", 1) == "version 2 is let go\nversion 3 is let go\n"


@pytest.mark.parametrize(
    "arguments",
    [("show", "x"), ("diff", "1", "-"), ("diff", "1.0", "2"), ("rollback", "٣"), ("pin", "one"), ("unpin", "")],
)
def test_what_is_no_number_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(BadParameter, match="is no version's number: `dppgraph versions` lists them"):
        said(VersionStore(tmp_path), *arguments)


def test_a_writer_lets_old_versions_go_once_nobody_else_writes(
    store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", 0.1)
    with VersionStore(store.folder).writing("another process"):
        writing._let_go(store, 1)
    assert all(map(store.is_kept, store.numbers()))
    writing._let_go(store, 0)
    assert all(map(store.is_kept, store.numbers()))
    writing._let_go(store, 1)
    assert list(filter(store.is_kept, store.numbers())) == [store.current()]
