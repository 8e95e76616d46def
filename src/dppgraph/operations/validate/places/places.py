"""Where something stands: what the scan found in some files, by what may be asked of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import rebased
from dppgraph.core.quads import Quad
from dppgraph.core.skolem import GENID
from dppgraph.operations.validate.places.files import shown
from dppgraph.operations.validate.places.scan import Said, Scan, plain
from dppgraph.store.rdf import read_file

_SCANNED: Final = (formats.TURTLE, formats.TRIG, formats.NTRIPLES, formats.NQUADS)
"""The formats that are read once more for their lines; of files in others only the name is known."""


class Place(NamedTuple):
    """A file, as its reader would call it, and a line counted from 1; 0 if the line is not known."""

    file: str
    line: int


@dataclass(slots=True)
class _Found:
    """What the files say, first come, first kept."""

    values: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    links: dict[tuple[str, str], Place] = field(default_factory=dict)
    properties: dict[tuple[str, str], Place] = field(default_factory=dict)
    subjects: dict[str, Place] = field(default_factory=dict)
    mentions: dict[str, Place] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


class Places:
    """Where things are said in some files; what two files say is in the first of them.

    Args:
        files: the files, in the order of preference; each parses.
        base: the base of the data.
        quads: what the files say together, with names for blank nodes.
        rest: files that are only looked into for what is in none of the others.
    """

    def __init__(self, files: Iterable[Path], base: str, quads: Iterable[Quad], rest: Iterable[Path] = ()) -> None:
        self._found = _Found()
        for path in dict.fromkeys(files):
            _index(path, base, self._found)
        self._rest = list(rest)
        self._base = base
        self._stated: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for quad in quads:
            self._stated[quad.subject].add((quad.predicate, quad.object))

    def of(self, focus: str, path: str = "", value: str = "") -> Place | None:
        """Where a value of a property stands; else where the property, the subject or its mention does.

        Without a property it is where subject and value are linked, in whichever direction.

        Args:
            focus: the term of the subject.
            path: the term of the property, or empty.
            value: the term of the value, or empty.
        """
        place = self._look_up(focus, path, value)
        if place or not self._rest:
            return place
        for file in self._rest:
            _index(file, self._base, self._found)
        self._rest = []
        return self._look_up(focus, path, value)

    def _look_up(self, focus: str, path: str, value: str) -> Place | None:
        found = self._found
        subject, predicate, said = self._name(focus), plain(path), plain(value)
        linked = found.links.get((subject, said)) or found.links.get((said, subject))
        return (
            found.values.get((subject, predicate, said))
            or found.properties.get((subject, predicate))
            or (None if path else linked)
            or found.subjects.get(subject)
            or found.mentions.get(plain(focus))
        )

    def _name(self, term: str) -> str:
        """What the scan calls a subject: its IRI, or the node without a name that got this IRI (core/skolem.py)."""
        iri = plain(term)
        if iri in self._found.subjects or term not in self._stated:
            return iri
        below = (f"<{iri}#", f"<{self._base}{GENID}")
        said = {
            (plain(predicate), plain(value)) for predicate, value in self._stated[term] if not value.startswith(below)
        }
        alike = [node for node, pairs in self._found.nodes.items() if pairs == said]
        owner, mark, _ = iri.partition("#")
        if mark:
            name = self._name(f"<{owner}>")
            alike = [node for node in alike if self._found.owners.get(node) == name]
        return alike[0] if alike else iri


def _index(path: Path, base: str, found: _Found) -> None:
    format_ = formats.of_file(path.name)
    if format_ is None:
        return
    name = shown(path)
    for said in _said(path, format_, base):
        subject, predicate, value = (Place(name, line) for line in said.lines)
        found.values.setdefault(said[:3], value)
        found.links.setdefault((said.subject, said.object), value)
        found.properties.setdefault(said[:2], predicate)
        found.subjects.setdefault(said.subject, subject)
        found.mentions.setdefault(said.object, value)
        if said.object.startswith("_:"):
            found.owners.setdefault(said.object, said.subject)
        elif said.subject.startswith("_:"):
            found.nodes[said.subject].add((said.predicate, said.object))


def _said(path: Path, format_: Format, base: str) -> Iterator[Said]:
    if format_ in _SCANNED:
        yield from Scan(path.read_text(encoding="utf-8"), base, f"_:{path}:").run()
        return
    for quad in read_file(path, format_, graph="", base=base):
        subject, predicate, value = (plain(rebased(term, base)) for term in quad[:3])
        yield Said(subject, predicate, value)
