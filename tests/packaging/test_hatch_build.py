"""The query editor comes from npm when the project is built: exactly what is locked, or nothing."""

import base64
import hashlib
import io
import stat
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hatch_build import NotLocked, fetch_all
from tests.conftest import REPOSITORY

PACK = """#!/bin/sh
echo "$*" >> {calls}
for last; do :; done
while [ "$1" != --pack-destination ]; do shift; done
cp {tarball} "$2/package.tgz"
"""


def tarball(path: Path, files: dict[str, bytes]) -> str:
    """Writes a package as npm packs it; its integrity."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


class Project:
    """A project that locks a package, and an npm that packs it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        (self.root / "licence.txt").write_text("do as you like", encoding="utf-8")
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.calls = folder / "calls"
        self.warnings: list[str] = []
        packed = folder / "packed.tgz"
        files = {"build/x.min.js": b"let x", "build/x.min.css": b"a {}", "build/x.map": b"{}"}
        self.integrity = tarball(packed, files)
        self.npm(PACK.format(calls=self.calls, tarball=packed))

    def npm(self, script: str) -> None:
        npm = self.programs / "npm"
        npm.write_text(script, encoding="utf-8")
        npm.chmod(npm.stat().st_mode | stat.S_IXUSR)

    def fetched(self, **said: Any) -> list[str]:
        package = {
            "name": "@example/x",
            "version": "1.2.3",
            "integrity": self.integrity,
            "folder": "static/x",
            "files": ["build/x.min.js", "build/x.min.css"],
            "licence": "licence.txt",
            "without": "nothing is of use",
        }
        return fetch_all([package | said], self.root, self.warnings.append)

    def there(self) -> set[str]:
        return {path.name for path in (self.root / "static" / "x").glob("*")}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path)
    monkeypatch.setenv("PATH", f"{made.programs}:/usr/bin:/bin")
    return made


def test_the_files_that_are_wanted_come_with_their_licence_and_no_others(project: Project) -> None:
    assert project.fetched() == ["static/x"]
    assert project.there() == {"x.min.js", "x.min.css", "licence.txt", "integrity.txt"}
    assert (project.root / "static" / "x" / "x.min.js").read_bytes() == b"let x"
    assert project.warnings == []


def test_npm_is_asked_for_one_version_and_runs_no_script(project: Project) -> None:
    project.fetched()
    assert "--ignore-scripts" in project.calls.read_text(encoding="utf-8")
    assert project.calls.read_text(encoding="utf-8").strip().endswith("@example/x@1.2.3")


def test_what_is_there_is_not_fetched_again_unless_another_is_locked(project: Project) -> None:
    project.fetched()
    project.npm("#!/bin/sh\nexit 1\n")
    assert project.fetched() == ["static/x"]
    assert project.warnings == []
    (project.root / "static" / "x" / "x.min.css").unlink()
    project.fetched()
    assert len(project.warnings) == 1


def test_another_package_than_the_locked_one_ends_the_build(project: Project) -> None:
    with pytest.raises(NotLocked, match="not the package"):
        project.fetched(integrity="sha512-AAAA")
    assert project.there() == set()


@pytest.mark.parametrize("script", ["#!/bin/sh\necho no network >&2\nexit 1\n", "#!/bin/sh\nexit 0\n"])
def test_without_the_network_the_build_goes_on_and_says_so(project: Project, script: str) -> None:
    project.npm(script)
    assert project.fetched() == []
    (warning,) = project.warnings
    assert "nothing is of use" in warning


def test_without_npm_the_build_goes_on_and_says_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project.root))
    assert project.fetched() == []
    assert "no npm" in project.warnings[0]


def test_each_locked_package_has_the_text_of_its_licence() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["packages"]
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        said = (REPOSITORY / package["licence"]).read_text(encoding="utf-8")
        assert f"{package['name']} {package['version']}" in said
