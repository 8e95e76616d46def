"""``dppgraph export`` of a version that is more than memory should hold."""

import resource
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dppgraph.store.versions.streamed as streamed
from dppgraph.cli import export
from tests.store.conftest import published

LINES = [f'<a:{number:02}> <a:b> "{number}" <a:g> .' for number in range(100)]
NQUADS = ("--format", "nquads")


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store whose version counts as large."""
    monkeypatch.setattr(streamed, "MANY", 1)
    published(tmp_path / "store", LINES)
    return tmp_path / "store"


def exported(store: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(export.command, ["--store", str(store), *NQUADS, *map(str, arguments)])


def test_a_file_has_what_is_printed_else(large: Path, tmp_path: Path) -> None:
    assert exported(large, "--out", tmp_path / "whole.nq").exit_code == 0
    said = (tmp_path / "whole.nq").read_text()
    assert sorted(said.splitlines()) == sorted(LINES)
    assert exported(large).output == said
    # Nothing stays behind of what was in the making.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "whole.nq"]


def test_no_room_for_what_is_in_the_making_is_said_of_the_folder_that_it_is_in(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert str(exported(large).exception) == f"{tmp_path}/gone cannot be written: No such file or directory"
    assert str(exported(large, "--out", "/dev/null").exception).startswith(f"{tmp_path}/gone cannot be written")
    # A file has it made beside itself.
    assert exported(large, "--out", tmp_path / "whole.nq").exit_code == 0
    away = tmp_path / "away" / "whole.nq"
    assert str(exported(large, "--out", away).exception) == f"{away} cannot be written: No such file or directory"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "whole.nq"]


def test_a_full_disk_is_said_and_leaves_nothing(large: Path, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    whole = tmp_path / "whole.nq"
    for arguments in ((), ("--out", str(whole))):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            said = str(exported(large, *arguments).exception)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        where = whole if arguments else tempfile.gettempdir()
        assert said == f"{where} cannot be written: File too large"
        assert [path.name for path in tmp_path.iterdir()] == ["store"]
