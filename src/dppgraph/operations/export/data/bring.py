"""What goes where: the files of a folder of data, and how they differ from what a version states."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import graph_iri
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadCall, BadRdf
from dppgraph.operations.export.data.cut import Cut, Part, Statement, cut
from dppgraph.operations.export.data.edit import More, edited, edits_of
from dppgraph.operations.export.data.put import put
from dppgraph.operations.export.data.terms import prefixes_of, written
from dppgraph.operations.sources import (
    DATA_GRAPHS,
    Sources,
    named_quads,
    parse_placed,
    placed_files,
    read_data,
    read_vocabulary,
)
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from dppgraph.store.writing import used_prefixes

_NEW: Final = "written"
"""The name of the file for what fits into no other one of its graph."""
_NAMED: Final = ("source", "graphs")
"""Where what lies in graphs that no folder of the data stands for is said: the folder, and the name of the file."""
_MADE: Final = ("ontology", "shapes", "inferred")
"""The graphs that no file of the data can say anything in."""
_TEXTS: Final = (formats.TURTLE, formats.TRIG)

_Place = tuple[str, str]
"""The folder of a graph, and the name of a file in it."""


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
        place: the name of the graph that it lies in; None for the default graph.
        graph: likewise, as a term.
        base: what its relative IRIs are relative to.
        cut: its text, taken apart; empty for a new one.
        said: its statements.
        after: what is said at its end.
    """

    path: Path
    place: str | None
    graph: str
    base: str
    cut: Cut
    said: list[_Said] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def quads(self) -> set[Quad]:
        """What it says."""
        return {quad for said in self.said for _, quads in said.parts for quad in quads}

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
        prefixes = prefixes_of(self.cut.prologue[: said.statement.prologue], self.base)
        predicate = written(quad.predicate, prefixes, predicate=True)
        return More(predicate, written(quad.object, prefixes), said.part_with(quad.predicate))

    def say(self, subject: str, quads: Sequence[Quad]) -> None:
        """Says something of a subject, in one graph, at its end."""
        prefixes = prefixes_of(self.cut.prologue, self.base)
        said = " ;\n    ".join(
            f"{written(quad.predicate, prefixes, predicate=True)} {written(quad.object, prefixes)}" for quad in quads
        )
        triples = f"{written(subject, prefixes)}\n    {said} ."
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
    before, after = (_stated(store, one, sources) for one in (store.as_built(number), number))
    here = set(read_data(replace(sources, data=folder) if folder.exists() else sources))
    gone = before - after
    brought = bring(sources, folder, (here - gone) | (after - before))
    return Brought(brought.changed, sorted({*brought.elsewhere, *(gone & set(read_vocabulary(sources)))}))


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
        BadCall: the folder cannot be read or written, or a file would not say what it should; each is as it was then.
        BadRdf: a file in it cannot be read.
    """
    wanted = set(stated)
    try:
        begun = replace(sources, data=folder if folder.exists() else sources.data)
        files, others = _files(begun)
        there = {quad for file in files for quad in file.quads()}
        missing = wanted - there - others
        rest = _take_out(files, wanted, missing)
        placed, elsewhere = _placeable(missing | (rest & wanted), sources.base)
        files += _put_in(files, placed, begun.data, sources.base)
        texts = {file.path: text for file in files if (text := file.text()) != file.cut.text}
        _check(files, texts, (wanted - set(elsewhere)) | others, others, begun)
        changed = {folder / path.relative_to(begun.data): text.encode() for path, text in texts.items()}
        if not folder.exists():
            shutil.copytree(sources.data, folder)
        put(changed)
    except OSError as error:
        raise BadCall(f"{error.filename or folder} cannot be read or written: {error.strerror}") from error
    return Brought(sorted(changed), sorted({*elsewhere, *(others - wanted)}))


def _files(sources: Sources) -> tuple[list[_File], set[Quad]]:
    """The files that can be edited, and what all others say."""
    found, others = [], set[Quad]()
    for path, place in placed_files(sources):
        data = path.read_bytes()
        quads = set(parse_placed(data, path, place, sources))
        file = _edited(path, place, data, sources.base) if formats.of_file(path.name) in _TEXTS else None
        if file and file.quads() == quads:
            found.append(file)
        else:
            others |= quads
    return found, others


def _edited(path: Path, place: str | None, data: bytes, base: str) -> _File | None:
    """A file that can be edited; None for one whose statements cannot be told one by one."""
    text = data.decode()
    graph = f"<{graph_iri(place or '', base)}>"
    taken = cut(text)
    if any(_is_knotted(text, statement) for statement in taken.statements):
        return None
    reading = _Reading(taken, graph, base, str(path))
    try:
        said = [_Said(one, reading.subject(one), reading.parts(one)) for one in taken.statements]
    except BadRdf:
        # The file as a whole was read before: it says something in a way that is not known here.
        return None
    return _File(path, place, graph, base, taken, said)


def _check(
    files: Iterable[_File], texts: Mapping[Path, str], wanted: set[Quad], others: set[Quad], sources: Sources
) -> None:
    """Makes sure that the files will say what is wanted, before any of them is written.

    Raises:
        BadCall: they would not.
    """
    said = set(others)
    for file in files:
        text = texts.get(file.path)
        try:
            said |= file.quads() if text is None else set(parse_placed(text.encode(), file.path, file.place, sources))
        except BadRdf as error:
            raise BadCall(
                f"{file.path} could not be read once it is changed, so nothing is written: {error}"
            ) from error
    if said != wanted:
        quad = min(said ^ wanted)
        named = ", ".join(str(path) for path in texts)
        raise BadCall(f"nothing is written, as {named} would get this wrong: {quad.line()}")


def _is_knotted(text: str, statement: Statement) -> bool:
    """Whether what a statement says cannot be told without other statements, or without all of it."""
    subject = text[slice(*statement.subject)]
    return bool(statement.labels) or not statement.parts or subject.startswith(("[", "(", "<<"))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads what is cut out of a file."""

    taken: Cut
    graph: str
    base: str
    name: str

    def subject(self, statement: Statement) -> str:
        """Its term."""
        return self._read(statement, "<a:a> <a:a>")[0].subject

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
            # What is said at the end of a file is in the graph of the file.
            for quad in (quad for _, quads in said.parts for quad in quads if quad.graph == file.graph):
                mentioned.setdefault((quad.graph, quad.subject.partition("#")[0].rstrip(">")), file)
                mentioned.setdefault((quad.graph, quad.object.rstrip(">")), file)
    there = {_place_of(file): file for file in files}
    new: dict[_Place, _File] = {}
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
        place = _place_for(graph, base)
        home = next((file for file in homes if file), None) or there.get(place) or new.get(place)
        if home is None:
            home = new[place] = _new_file(folder, place, base, quads)
        home.say(subject, more)
    return list(new.values())


def _where_it_stood(quad: Quad, spoken: Sequence[_Said]) -> _Said:
    """Of the statements about a subject the one whose value goes in exchange, or that has others of the property."""

    def rank(said: _Said) -> int:
        goes = any(one.predicate == quad.predicate for part, quads in said.parts if part in said.less for one in quads)
        return 2 if goes else 1 if said.part_with(quad.predicate) else 0

    return max(spoken, key=rank)


def _place_for(graph: str, base: str) -> _Place:
    """The folder and the name of the file for what fits into no other one of a graph."""
    folder = next((name for name in DATA_GRAPHS if graph == f"<{graph_iri(name, base)}>"), None)
    return (folder, f"{_NEW}.ttl") if folder else (_NAMED[0], f"{_NAMED[1]}.trig")


def _place_of(file: _File) -> _Place:
    return file.place or "", file.path.name


def _new_file(folder: Path, place: _Place, base: str, quads: Iterable[Quad]) -> _File:
    """A file in the folder of a graph, with the prefixes that it may need."""
    first = folder / place[0] / place[1]
    others = (first.with_stem(f"{first.stem}-{number}") for number in count(2))
    path = next(path for path in chain([first], others) if not path.exists())
    declared = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in sorted(used_prefixes(quads).items())]
    file = _File(path, place[0], f"<{graph_iri(place[0], base)}>", base, Cut("", declared))
    file.after.append("".join(f"{one}\n" for one in declared))
    return file
