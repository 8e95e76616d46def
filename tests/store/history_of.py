"""Histories of a few lines, without a store around them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dppgraph.core.quads import Delta
from dppgraph.store.history import ExactQuads, History, add_version
from dppgraph.store.versions import Manifest
from tests.conftest import BASE

_MANIFEST = Manifest(
    format=1, version=1, parent=None, parent_sha256=None, created="2026-01-01T00:00:00+00:00", agent="", message="",
    software="", base=BASE, inputs="", digest="1", quads=0, added=0, removed=0, graphs={}, findings=None, files={},
)  # fmt: skip


def manifest(number: int, base: str = BASE) -> Manifest:
    """The manifest of a version that is nothing but a number."""
    return replace(_MANIFEST, version=number, digest=str(number), base=base)


def exact_of(path: Path, lines: Iterable[str], base: str = BASE) -> ExactQuads:
    """The quads of a version with these lines, from a file that is made of them."""
    add_version(path, manifest(1, base), Delta(sorted(set(lines)), []))
    return History(path).at(1)
