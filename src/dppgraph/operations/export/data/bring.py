"""What goes where: the files of a folder of data, and how they differ from what a version states."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import graph_iri
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadCall
from dppgraph.operations.export.data.cut import Cut, Part, Statement, cut
from dppgraph.operations.export.data.edit import More, edited, edits_of
from dppgraph.operations.export.data.terms import prefixes_of, written
from dppgraph.operations.sources import (
    DATA_GRAPHS,
    Sources,
    named_quads,
    placed_files,
    read_data,
    read_placed,
    read_vocabulary,
)
from dppgraph.store.rdf import parse, used_prefixes
from dppgraph.store.versions import VersionStore

_NEW: Final = "written.ttl"
"""The file for what fits into no other one of its graph."""
_NAMED: Final = "source/graphs.trig"
"""The file for what lies in graphs that no folder of the data stands for; it names them itself."""
_MADE: Final = ("ontology", "shapes", "inferred")
"""The graphs that no file of the data can say anything in."""
_TEXTS: Final = (formats.TURTLE, formats.TRIG)


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the files.

    Attributes:
        changed: those that have another text now, or are new.
        elsewhere: statements that no file of the data can say or unsay: what is in a graph that is made, what the files
            of the ontology and its concepts say, and what a file says in a format that is not edited here.
    """

    changed: list[Path]
    elsewhere: list[Quad]


@dataclass(eq=False, slots=True)
class _Said:
    """A statement of a file, with what is to become of it.

    Attributes:
        statement: the statement.
        subject: its subject, as a term.
        parts: each of its parts, with the quads that it says.
        less: the parts that go.
        more: the quads that come.
    """

    statement: Statement
    subject: str
    parts: list[tuple[Part, list[Quad]]]
    less: set[Part] = field(default_factory=set)
    more: list[Quad] = field(default_factory=list)

    @property
    def about(self) -> tuple[str, str]:
        """The graph and the subject."""
        return self.parts[0][1][0].graph, self.subject

    def part_with(self, predicate: str) -> Part | None:
        """A part that stays and has this property."""
        begin = (self.subject, predicate)
        kept = ((part, quads) for part, quads in self.parts if part not in self.less)
        return next((part for part, quads in kept if any(quad[:2] == begin for quad in quads)), None)


@dataclass(eq=False, slots=True)
class _File:
    """A file of the data.

    Attributes:
        path: where it is.
        graph: the graph that it lies in, as a term.
        cut: its text, taken apart; empty for a new one.
        prefixes: namespace to prefix.
        said: its statements.
        after: what is said at its end.
    """

    path: Path
    graph: str
    cut: Cut
    prefixes: Mapping[str, str]
    said: list[_Said] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Its text with all that is to be changed."""
        edits = []
        for said in self.said:
            more = [self._more(said, quad) for quad in said.more]
            if said.less or more:
                edits += edits_of(self.cut.text, said.statement, said.less, more)
        text = edited(self.cut.text, edits)
        gap = "" if not self.after or text.endswith("\n") or not text else "\n"
        return text + gap + "".join(self.after)

    def _more(self, said: _Said, quad: Quad) -> More:
        predicate = written(quad.predicate, self.prefixes, predicate=True)
        return More(predicate, written(quad.object, self.prefixes), said.part_with(quad.predicate))

    def say(self, subject: str, quads: Sequence[Quad]) -> None:
        """Says something of a subject, in one graph, at its end."""
        said = " ;\n    ".join(
            f"{written(quad.predicate, self.prefixes, predicate=True)} {written(quad.object, self.prefixes)}"
            for quad in quads
        )
        triples = f"{written(subject, self.prefixes)}\n    {said} ."
        graph = quads[0].graph
        self.after.append(f"\n{triples}\n" if graph == self.graph else f"\nGRAPH {graph} {{\n{triples}\n}}\n")


def bring_version(store: VersionStore, number: int, sources: Sources, folder: Path) -> Brought:
    """Has the files of a folder say what came of changes since they were built; see :func:`bring`.

    What somebody has written into the files meanwhile stays.

    Args:
        store: where the version is.
        number: the version.
        sources: what it was built from.
        folder: the folder.

    Raises:
        BadCall: nobody kept what the version states, or the folder cannot be used.
        Gone: the version that the files made is not kept any more.
        DppgraphError: as :func:`bring`, and as ``VersionStore.lines``.
    """
    before, after = (_stated(store, one, sources) for one in (_as_built(store, number), number))
    here = set(read_data(replace(sources, data=folder) if folder.exists() else sources))
    gone = before - after
    brought = bring(sources, folder, (here - gone) | (after - before))
    return Brought(brought.changed, sorted({*brought.elsewhere, *(gone & set(read_vocabulary(sources)))}))


def _as_built(store: VersionStore, number: int) -> int:
    """The last version up to this one that files made, or were found to say."""
    manifest = store.manifest(number)
    while manifest.kind != "build" and manifest.parent is not None and not store.remembered(manifest.version):
        manifest = store.manifest(manifest.parent)
    return manifest.version


def _stated(store: VersionStore, number: int, sources: Sources) -> set[Quad]:
    """What a version states."""
    if not sources.gated:
        return set(map(parse_line, store.lines(number)))
    catalogue = store.stated(number)
    if catalogue is None:
        raise BadCall(f"nobody kept what version {number} states: build once with this dppgraph, and write to that")
    is_stated = stated_in(sources.base, frozenset(catalogue))
    return {quad for quad in map(parse_line, store.lines(number)) if is_stated(quad)}


def bring(sources: Sources, folder: Path, stated: Iterable[Quad]) -> Brought:
    """Has the files of a folder say what a version states, and leaves all that they say already as it stands.

    Args:
        sources: what the version was built from; its data is copied to the folder, if that is not there yet.
        folder: the folder.
        stated: what the version states, in all graphs.

    Raises:
        BadCall: the folder cannot be read or written.
        BadRdf: a file in it cannot be read.
    """
    wanted = set(stated)
    try:
        if not folder.exists():
            shutil.copytree(sources.data, folder)
        files, others = _files(replace(sources, data=folder))
        there = {quad for file in files for said in file.said for _, quads in said.parts for quad in quads}
        missing = wanted - there - others
        rest = _take_out(files, wanted, missing)
        placed, elsewhere = _placeable(missing | (rest & wanted), sources.base)
        new = _put_in(files, placed, folder, sources.base)
        changed = {file.path: file.text() for file in [*files, *new]}
        before = {file.path: file.cut.text for file in files}
        changed = {path: text for path, text in changed.items() if text != before.get(path)}
        for path, text in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadCall(f"{error.filename or folder} cannot be read or written: {error.strerror}") from error
    return Brought(sorted(changed), sorted({*elsewhere, *(others - wanted)}))


def _files(sources: Sources) -> tuple[list[_File], set[Quad]]:
    """The files that can be edited, and what all others say."""
    found, others = [], set[Quad]()
    for path, name in placed_files(sources):
        graph = f"<{graph_iri(name or '', sources.base)}>"
        format_ = formats.of_file(path.name)
        text = path.read_text(encoding="utf-8") if format_ in _TEXTS else ""
        taken = cut(text)
        if format_ in _TEXTS and not any(_is_knotted(text, statement) for statement in taken.statements):
            reading = _Reading(taken, graph, sources.base, str(path))
            said = [_Said(one, reading.subject(one), reading.parts(one)) for one in taken.statements]
            found.append(_File(path, graph, taken, prefixes_of(taken.prologue, sources.base), said))
        else:
            others |= set(read_placed(path, name, sources))
    return found, others


def _is_knotted(text: str, statement: Statement) -> bool:
    """Whether what a statement says cannot be told without other statements, or without all of it."""
    return bool(statement.labels) or text[statement.subject[0]] in "[("


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads what is cut out of a file."""

    taken: Cut
    graph: str
    base: str
    name: str

    def subject(self, statement: Statement) -> str:
        """Its term."""
        (quad,) = self._read(statement, "<a:a> <a:a>")
        return quad.subject

    def parts(self, statement: Statement) -> list[tuple[Part, list[Quad]]]:
        """What each part says."""
        text = self.taken.text
        values = ((part, f"{text[slice(*part.predicate)]} {text[slice(*part.object)]}") for part in statement.parts)
        return [(part, self._read(statement, said)) for part, said in values]

    def _read(self, statement: Statement, said: str) -> list[Quad]:
        triple = f"{self.taken.text[slice(*statement.subject)]} {said} ."
        within = f"{statement.graph} {{ {triple} }}" if statement.graph else triple
        document = f"{self.taken.before(statement)}\n{within}".encode()
        return named_quads(parse(document, formats.TRIG, graph=self.graph, base=self.base, name=self.name), self.base)


def _placeable(quads: Iterable[Quad], base: str) -> tuple[list[Quad], list[Quad]]:
    """Those that a file of the data can say, and those that none can."""
    made = {*(f"<{graph_iri(name, base)}>" for name in _MADE), ""}
    placed: tuple[list[Quad], list[Quad]] = [], []
    for quad in sorted(quads):
        placed[quad.graph in made].append(quad)
    return placed


def _take_out(files: Iterable[_File], wanted: set[Quad], missing: set[Quad]) -> set[Quad]:
    """Takes out what is not wanted; what was said in one part with it, and may have to be said anew.

    So is a node without a name that is to be spoken of elsewhere: it has to be written with its name from then on.
    """
    rest: set[Quad] = set()
    named = {term for quad in missing for term in quad[:3]}
    fresh = True
    while fresh:
        fresh = False
        for said in (said for file in files for said in file.said):
            for part, quads in said.parts:
                if part not in said.less and (not wanted.issuperset(quads) or named & _unnamed(said, quads)):
                    said.less.add(part)
                    rest.update(quads)
                    named |= _unnamed(said, quads)
                    fresh = True
    return rest


def _unnamed(said: _Said, quads: Iterable[Quad]) -> set[str]:
    """The names that nodes got which a part writes without one."""
    return {quad.subject for quad in quads} - {said.subject}


def _put_in(files: Sequence[_File], quads: Iterable[Quad], folder: Path, base: str) -> list[_File]:
    """Says what is to be said as well, each thing where it is spoken of already; the files that are new."""
    spoken: dict[tuple[str, str], list[_Said]] = defaultdict(list)
    mentioned: dict[tuple[str, str], _File] = {}
    for file in files:
        for said in file.said:
            spoken[said.about].append(said)
            for quad in (quad for _, quads in said.parts for quad in quads):
                mentioned.setdefault((quad.graph, quad.subject.partition("#")[0].rstrip(">")), file)
                mentioned.setdefault((quad.graph, quad.object.rstrip(">")), file)
    there = {file.path: file for file in files}
    new: dict[Path, _File] = {}
    by_subject: dict[tuple[str, str], list[Quad]] = defaultdict(list)
    for quad in quads:
        by_subject[quad.graph, quad.subject].append(quad)
    for (graph, subject), more in by_subject.items():
        if found := spoken.get((graph, subject)):
            for quad in more:
                _where_it_stood(quad, found).more.append(quad)
            continue
        ends = (subject, *(quad.object for quad in more if quad.object.startswith(f"<{base}id/")))
        homes = (mentioned.get((graph, end.partition("#")[0].rstrip(">"))) for end in ends)
        path = folder / _place_of(graph, base)
        home = next((file for file in homes if file), None) or there.get(path) or new.get(path)
        if home is None:
            home = new[path] = _new_file(path, _graph_of(path, folder, base), quads)
        home.say(subject, more)
    return list(new.values())


def _where_it_stood(quad: Quad, spoken: Sequence[_Said]) -> _Said:
    """Of the statements about a subject the one whose value goes in exchange, or that has others of the property."""

    def rank(said: _Said) -> int:
        goes = any(one.predicate == quad.predicate for part, quads in said.parts if part in said.less for one in quads)
        return 2 if goes else 1 if said.part_with(quad.predicate) else 0

    return max(spoken, key=rank)


def _place_of(graph: str, base: str) -> str:
    """The file, below the folder of the data, for what fits into no other one of a graph."""
    names = {f"<{graph_iri(name, base)}>": name for name in DATA_GRAPHS}
    return f"{names[graph]}/{_NEW}" if graph in names else _NAMED


def _graph_of(path: Path, folder: Path, base: str) -> str:
    """The graph that a file lies in."""
    return f"<{graph_iri(path.relative_to(folder).parts[0], base)}>"


def _new_file(path: Path, graph: str, quads: Iterable[Quad]) -> _File:
    """A file, with the prefixes that it may need."""
    prefixes = used_prefixes(quads)
    file = _File(path, graph, Cut(""), {iri: prefix for prefix, iri in prefixes.items()})
    file.after.append("".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(prefixes.items())))
    return file
