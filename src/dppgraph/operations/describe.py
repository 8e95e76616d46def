"""What belongs to a thing: the statements that every format of its description is made of.

A description holds

- all that is said of the thing itself;
- all that is said of its parts: the nodes below it that have no life of their own (``iri#...``, blank nodes);
- all that is said of the things that hang on it, as the frame of its class names them, with their parts: the lines,
  approvals and objectives of a plan, the findings of an evaluation;
- of whatever else these point at, the type and the name, so that the description reads by itself.

It is bounded: frames are as deep as their files are, and nothing is followed back to where it came from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.frames import Frame, Frames, Link

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_PART: Final = Frame()


class Backlink(NamedTuple):
    """A statement told from the side of its object: ``thing`` is the object of ``predicate``, ``told`` the subject."""

    thing: str
    predicate: str
    told: str


@dataclass(slots=True)
class Layout:
    """Where the parts of a description go when it is nested.

    Attributes:
        below: for each property that leads to something told in full, the layout there; None where things are named.
    """

    below: dict[Link, "Layout | None"] = field(default_factory=dict)

    def add(self, link: Link, layout: "Layout | None") -> None:
        """Adds what one value of a property needs to what its other values need."""
        known = self.below.get(link)
        if known is None or layout is None:
            self.below[link] = known or layout
            return
        for inner, deeper in layout.below.items():
            known.add(inner, deeper)


@dataclass(frozen=True, slots=True)
class Description:
    """All that is told of one thing.

    Attributes:
        iri: the thing.
        lines: its statements, as canonical lines, sorted.
        layout: how they nest.
        backlinks: the statements that nest from object to subject.
        included: parts of the thing that it does not point at itself, as terms.
    """

    iri: str
    lines: list[str]
    layout: Layout
    backlinks: list[Backlink]
    included: list[str]


class Descriptions:
    """Describes the things of a set of lines, which are read once."""

    def __init__(self, lines: Iterable[str], frames: Frames) -> None:
        self._frames = frames
        self._said: dict[str, list[str]] = defaultdict(list)
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        backwards = frames.backward_predicates()
        for line in lines:
            subject, predicate, rest = line.split(" ", 2)
            self._said[subject].append(line)
            if "#" in subject:
                self._parts[f"{subject.partition('#')[0]}>"].add(subject)
            if predicate in backwards:
                self._subjects[predicate, rest.partition(" ")[0]].add(subject)

    def of(self, iri: str) -> Description:
        """The description of a thing.

        Raises:
            Unknown: nothing is said of it or of its parts.
        """
        thing = f"<{iri}>"
        parts = sorted(self._parts.get(thing, ()))
        if thing not in self._said and not parts:
            raise Unknown(f"nothing is said of <{iri}> in this version")
        types = [quad.object for quad in self._quads(thing) if quad.predicate == _TYPE]
        walk = _Walk(self._said, self._subjects, self._frames.named_by)
        layout = walk.through(thing, self._frames.of(types))
        included = [part for part in parts if part not in walk.told]
        for part in included:
            layout.add(INCLUDED, walk.through(part, _PART, (thing,)))
        return Description(iri, sorted(walk.lines), layout, sorted(walk.backlinks), included)

    def things(self) -> list[str]:
        """The IRI of everything that something is said of, parts of other things aside; sorted."""
        return sorted({term[1:-1].partition("#")[0] for term in self._said if term.startswith("<")})

    def _quads(self, node: str) -> list[Quad]:
        return [parse_line(line) for line in self._said.get(node, ())]


INCLUDED: Final = Link("<@included>", backwards=True)
"""In a layout: not a property, but where the parts are that nothing points at."""


@dataclass(slots=True)
class _Walk:
    """One walk from a thing along its frame.

    Attributes:
        said: subject to its lines.
        subjects: predicate and object to subjects, for the predicates that frames read backwards.
        named_by: the properties that name a thing.
        lines: found so far, as are the others.
        told: the nodes that are told in full.
        backlinks: the statements followed from object to subject.
    """

    said: Mapping[str, list[str]]
    subjects: Mapping[tuple[str, str], set[str]]
    named_by: frozenset[str]
    lines: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    backlinks: set[Backlink] = field(default_factory=set)

    def through(self, node: str, frame: Frame, above: tuple[str, ...] = ()) -> Layout:
        """Collects what is said of a node, and of what hangs on it; ``above`` are the nodes that it hangs on."""
        layout = Layout()
        above = (*above, node)
        said = self.said.get(node, ())
        self.told.add(node)
        self.lines.update(said)
        for quad in sorted({parse_line(line)._replace(graph="") for line in said}):
            if quad.predicate != _TYPE and _is_node(quad.object):
                link = Link(quad.predicate, backwards=False)
                layout.add(link, self._step(quad.object, self._below(quad, frame), above))
        for link, below in frame.below.items():
            if link.backwards:
                for subject in sorted(self.subjects.get((link.predicate, node), set()) - self.told - set(above)):
                    self.backlinks.add(Backlink(node, link.predicate, subject))
                    self.lines.update(line for line in self.said[subject] if _links(line, link.predicate, node))
                    layout.add(link, self._step(subject, below, above))
        return layout

    def _step(self, node: str, frame: Frame | None, above: tuple[str, ...]) -> Layout | None:
        # A blank node is told once: chains of them may meet again and again.
        met = node in above or (node.startswith("_:") and node in self.told)
        if frame is None or frame.named_only or met:
            naming = (*self.named_by, _TYPE)
            self.lines.update(line for line in self.said.get(node, ()) if line.split(" ", 2)[1] in naming)
            return None
        return self.through(node, frame, above)

    def _below(self, quad: Quad, frame: Frame) -> Frame | None:
        """The frame of what a statement points at; None for what is only named."""
        known = frame.below.get(Link(quad.predicate, backwards=False))
        is_part = quad.object.startswith("_:") or quad.object.startswith(f"{quad.subject[:-1]}#")
        return _PART if known is None and is_part else known


def _is_node(term: str) -> bool:
    return term.startswith(("<", "_:")) and not term.startswith("<<(")


def _links(line: str, predicate: str, object_: str) -> bool:
    _, said, rest = line.split(" ", 2)
    return said == predicate and rest.startswith(f"{object_} ")
