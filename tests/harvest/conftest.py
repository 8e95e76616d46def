"""The catalogue of the shipped data, with real files."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib

from dppgraph.core import formats
from dppgraph.operations.build import Built
from dppgraph.operations.catalogue import VersionNote, catalogue_document, catalogue_statements
from dppgraph.operations.dumps import Dump, make_dumps
from dppgraph.store.versions import VersionStore
from dppgraph.store.writing import serialised
from tests.conftest import BASE


@dataclass(frozen=True)
class Catalogue:
    """What is served of a version: its lines, its files with their bytes, what is computed, the document."""

    lines: list[str]
    note: VersionNote
    files: dict[str, tuple[Dump, bytes]]
    statements: list[str]
    document: list[str]

    def graph(self) -> rdflib.Graph:
        """The document as a reader has it, each literal as it is written."""
        text = serialised(self.document, formats.NTRIPLES).decode()
        before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            return rdflib.Graph().parse(data=text, format="nt")
        finally:
            rdflib.NORMALIZE_LITERALS = before


def catalogue_of(lines: list[str], note: VersionNote) -> Catalogue:
    """The catalogue of some lines, with real files."""
    with tempfile.TemporaryDirectory() as folder:
        dumps = make_dumps(lines, Path(folder), note.base)
        files = {dump.file: (dump, (Path(folder) / dump.file).read_bytes()) for dump in dumps}
    statements = catalogue_statements(lines, dumps, note)
    return Catalogue(lines, note, files, statements, catalogue_document([*lines, *statements], note.base))


@pytest.fixture(scope="session")
def catalogue(built: tuple[VersionStore, Built]) -> Catalogue:
    store, built_ = built
    note = VersionNote(BASE, 3, built_.manifest.digest, (1, 2), built_.manifest.findings or {})
    return catalogue_of(store.lines(1), note)
