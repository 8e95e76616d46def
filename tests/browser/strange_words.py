"""This software with another translation: the same messages, each in brackets ⟦so⟧."""

import shutil
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from tests.conftest import REPOSITORY

_SHARED = ("ontology", "data", "queries")


def copied_with_strange_words(folder: Path) -> Path:
    """A copy of the package in a folder, and what it finds beside it; gives what to put on Python's path."""
    package = folder / "src" / "dppgraph"
    shutil.copytree(REPOSITORY / "src" / "dppgraph", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _SHARED:
        (folder / name).symlink_to(REPOSITORY / name)
    files = sorted((package / "web" / "words").rglob("*.po"))
    assert files, "there are no words"
    for path in files:
        _bracket(path)
    return package.parent


def _bracket(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            said = message.string or ""
            message.string = f"⟦{said}⟧" if isinstance(said, str) else tuple(f"⟦{form}⟧" for form in said)
    with path.open("wb") as file:
        write_po(file, catalog)
