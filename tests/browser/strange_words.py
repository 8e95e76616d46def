"""This software with another translation: the same messages, each in brackets ⟦so⟧."""

import shutil
import sys
import venv
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from tests.conftest import REPOSITORY

_SHARED = ("ontology", "data", "queries")


def python_with_strange_words(folder: Path) -> Path:
    """A Python, set up in a folder, for which this software is a copy of it with every message in brackets."""
    package = folder / "src" / "dppgraph"
    shutil.copytree(REPOSITORY / "src" / "dppgraph", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _SHARED:
        (folder / name).symlink_to(REPOSITORY / name)
    files = sorted((package / "web" / "words").rglob("*.po"))
    assert files, "there are no words"
    for path in files:
        _bracket(path)
    # The server's processes have no environment, so it is the Python itself that has to know where to look.
    venv.create(folder / "venv", symlinks=True)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    installed = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "strange.pth").write_text("\n".join([str(package.parent), *installed]))
    return folder / "venv" / "bin" / "python"


def _bracket(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            said = message.string or ""
            message.string = f"⟦{said}⟧" if isinstance(said, str) else tuple(f"⟦{form}⟧" for form in said)
    with path.open("wb") as file:
        write_po(file, catalog)
