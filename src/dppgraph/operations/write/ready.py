"""What judges all changes of a process, read once: the rules, the shapes, and the examples."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dppgraph.core.quads import Quad
from dppgraph.operations.catalogue.following import Following as Derived
from dppgraph.operations.infer import read_rules
from dppgraph.operations.infer.following import Following
from dppgraph.operations.queries import read_questions
from dppgraph.operations.service import examples
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate.again.again import Again
from dppgraph.operations.validate.again.shaped import NotRead

_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The rules, the shapes and the examples of some files, for changes that are followed.

    Attributes:
        base: the base of the data.
        following: the rules.
        again: the shapes.
        derived: the rules of the catalogue.
        examples: what the named questions are in the graph ``catalogue``.
        stamp: the files.
    """

    base: str
    following: Following
    again: Again
    derived: Derived
    examples: frozenset[Quad]
    stamp: _Stamp

    @classmethod
    def of(cls, sources: Sources) -> "Ready | None":
        """Reads the files; None where changes cannot be followed by them.

        Raises:
            BadRdf: a file cannot be read.
        """
        stamp, shapes = _stamp(sources), read_shapes(sources)
        following = Following.of(read_rules(sources.ontology / "rules"), sources.base)
        if not following.can:
            return None
        try:
            again = Again(shapes, sources.base)
        except NotRead:
            return None
        questions = read_questions(sources.queries).values() if sources.queries else ()
        shown = frozenset(examples(questions, sources.base))
        return cls(sources.base, following, again, Derived.of(sources.base), shown, stamp)

    def is_of(self, sources: Sources) -> bool:
        """Whether the files are still the same."""
        return self.base == sources.base and self.stamp == _stamp(sources)


def _stamp(sources: Sources) -> _Stamp:
    folders = (sources.ontology, *filter(None, (sources.shapes, sources.queries)))
    return tuple(sorted(_stamps(folders)))


def _stamps(folders: Iterable[Path]) -> Iterable[tuple[str, int, int]]:
    for folder in folders:
        # A change asks for it each time: this is some five times faster than paths are.
        for entry in _files(folder):
            stat = entry.stat()
            yield entry.path, stat.st_mtime_ns, stat.st_size


def _files(folder: Path | os.DirEntry[str]) -> Iterable[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                yield from _files(entry)
            else:
                yield entry
