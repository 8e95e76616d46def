"""What belongs to a thing: the statements that every format of its description is made of.

A description holds

- all that is said of the thing itself;
- all that is said of its parts: the nodes below it that have no life of their own (``iri#...``, blank nodes and the
  names that these get when a version is built);
- all that is said of the things that hang on it, as the frame of its class names them, with their parts: the lines,
  approvals and objectives of a plan, the findings of an evaluation;
- of whatever else these point at, the type and the name, so that the description reads by itself.

It is bounded: frames are as deep as their files are, a part is told once, and nothing is followed back to where it came
from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.core.skolem import GENID
from dppgraph.errors import Unknown
from dppgraph.operations.frames import Frame, Frames, Link

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_PART: Final = Frame()
_NOTHING: Final[Mapping[str, list[str]]] = {}
# Below so many nodes a part is told beside the thing, so that a list of thousands nests no deeper than Python calls.
_DEEPEST: Final = 16


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
        included: parts of the thing, and of what hangs on it, that nothing in the description leads to or that lie too
            deep to nest, as terms.
        mentions: the statements that only name what they lead to, where others with their property tell it in full;
            their graph is empty.
    """

    iri: str
    lines: list[str]
    layout: Layout
    backlinks: list[Backlink]
    included: list[str]
    mentions: frozenset[Quad]


class Statements(Protocol):
    """The statements of a version, to be looked up; nodes are terms."""

    def about(self, subject: str) -> list[str]:
        """The lines of a subject."""
        ...

    def saying(self, subject: str, predicates: frozenset[str]) -> list[str]:
        """Those of its lines that have one of these predicates."""
        ...

    def parts(self, owner: str) -> list[str]:
        """The subjects that are a fragment of a thing; sorted."""
        ...

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """The subjects of the statements with this predicate and object; sorted."""
        ...


class Held:
    """Statements that are held in memory. Implements :class:`Statements`."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._pointing: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            subject, predicate, rest = line.split(" ", 2)
            self._said[subject][predicate].append(line)
            if "#" in subject:
                self._parts[_owner(subject)].add(subject)
            if rest.startswith("<"):
                self._pointing[rest.partition(" ")[0]].append(line)

    def about(self, subject: str) -> list[str]:
        """As :class:`Statements` has it."""
        return [line for lines in self._said.get(subject, _NOTHING).values() for line in lines]

    def saying(self, subject: str, predicates: frozenset[str]) -> list[str]:
        """As :class:`Statements` has it."""
        said = self._said.get(subject, _NOTHING)
        return [line for predicate in predicates for line in said.get(predicate, ())]

    def parts(self, owner: str) -> list[str]:
        """As :class:`Statements` has it."""
        return sorted(self._parts.get(owner, ()))

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """As :class:`Statements` has it."""
        found = (line.split(" ", 2) for line in self.pointing(object_))
        return sorted({subject for subject, said, _ in found if said == predicate})

    def pointing(self, object_: str) -> list[str]:
        """The lines with this object."""
        return self._pointing.get(object_, [])

    def things(self) -> list[str]:
        """The IRI of everything that something is said of, parts of other things aside; sorted."""
        held = {object_ for object_ in self._pointing if GENID in object_}
        return sorted({_owner(term)[1:-1] for term in self._said if term.startswith("<") and term not in held})


class Descriptions:
    """Describes the things of a version.

    Args:
        statements: what is said, or its lines, which are then held in memory.
        frames: what belongs to a thing of which class.
    """

    def __init__(self, statements: Statements | Iterable[str], frames: Frames) -> None:
        self._statements = Held(statements) if isinstance(statements, Iterable) else statements
        self._frames = frames

    def of(self, iri: str) -> Description:
        """The description of a thing.

        Raises:
            Unknown: nothing is said of it or of its parts.
        """
        thing = f"<{iri}>"
        said = self._statements.about(thing)
        if not said and not self._statements.parts(thing):
            raise Unknown(f"nothing is said of <{iri}> in this version")
        types = [quad.object for quad in map(parse_line, said) if quad.predicate == _TYPE]
        walk = _Walk(self._statements, frozenset({*self._frames.named_by, _TYPE}))
        layout = walk.through(thing, self._frames.of(types))
        included = []
        while left := self._left_by(walk):
            # One of them may tell another on its way.
            for part in (part for part in left if part not in walk.told):
                included.append(part)
                layout.add(INCLUDED, walk.through(part, _PART, (thing,)))
        return Description(iri, sorted(walk.lines), layout, sorted(walk.backlinks), included, walk.mentions())

    def _left_by(self, walk: "_Walk") -> list[str]:
        """The parts that a walk owes: those that lay too deep, and those of what it told that nothing led to."""
        unled = {part for node in walk.told for part in self._statements.parts(node)}
        return sorted((unled | walk.too_deep) - walk.told)


INCLUDED: Final = Link("<@included>", backwards=True)
"""In a layout: not a property, but where the parts are that nothing points at."""


@dataclass(slots=True)
class _Walk:
    """One walk from a thing along its frame.

    Attributes:
        statements: what is said.
        naming: the predicates of the statements that name a thing.
        lines: found so far, as are the others.
        told: the nodes that are told in full.
        told_by: each part that was met to the one statement that tells it; None where none does.
        too_deep: the parts that lie too deep to be told where they were met.
        backlinks: the statements followed from object to subject.
        followed: the statements that lead to something told in full.
        named: those that lead to something named, or did so somewhere.
    """

    statements: Statements
    naming: frozenset[str]
    lines: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    told_by: dict[str, Quad | None] = field(default_factory=dict)
    too_deep: set[str] = field(default_factory=set)
    backlinks: set[Backlink] = field(default_factory=set)
    followed: set[Quad] = field(default_factory=set)
    named: set[Quad] = field(default_factory=set)

    def through(self, node: str, frame: Frame, above: tuple[str, ...] = ()) -> Layout:
        """Collects what is said of a node, and of what hangs on it; ``above`` are the nodes that it hangs on."""
        layout = Layout()
        above = (*above, node)
        said = self.statements.about(node)
        self.told.add(node)
        self.lines.update(said)
        quads = sorted({parse_line(line)._replace(graph="") for line in said})
        links = [quad for quad in quads if quad.predicate != _TYPE and _is_node(quad.object)]
        # Before any step, so that parts which name each other are told side by side.
        frames = [self._below(quad, frame, len(above)) for quad in links]
        for quad, known in zip(links, frames, strict=True):
            nested = self._step(quad.object, known, above)
            (self.named if nested is None else self.followed).add(quad)
            layout.add(Link(quad.predicate, backwards=False), nested)
        for link, below in frame.below.items():
            if link.backwards:
                subjects = set(self.statements.subjects(link.predicate, node))
                for subject in sorted(subjects - self.told - set(above)):
                    self.backlinks.add(Backlink(node, link.predicate, subject))
                    said = self.statements.about(subject)
                    self.lines.update(line for line in said if _links(line, link.predicate, node))
                    layout.add(link, self._step(subject, below, above))
        return layout

    def mentions(self) -> frozenset[Quad]:
        """The statements that only name what they lead to, where others with their property tell it in full."""
        predicates = {quad.predicate for quad in self.followed}
        return frozenset(quad for quad in self.named - self.followed if quad.predicate in predicates)

    def _step(self, node: str, frame: Frame | None, above: tuple[str, ...]) -> Layout | None:
        if frame is None or frame.named_only or node in above:
            self.lines.update(self.statements.saying(node, self.naming))
            return None
        return self.through(node, frame, above)

    def _below(self, quad: Quad, frame: Frame, depth: int) -> Frame | None:
        """The frame of what a statement points at; None for what is only named."""
        known = frame.below.get(Link(quad.predicate, backwards=False))
        if not self._is_part(quad):
            return known
        if quad.object not in self.told_by:
            if depth > _DEEPEST and quad.object not in self.told:
                self.too_deep.add(quad.object)
            is_first = quad.object not in self.told and quad.object not in self.too_deep
            self.told_by[quad.object] = quad if is_first else None
        if self.told_by[quad.object] != quad:
            return None
        return _PART if known is None or known.named_only else known

    def _is_part(self, quad: Quad) -> bool:
        """Whether the object of a statement is told with its subject, having no life of its own."""
        if quad.object.startswith("_:") or GENID in quad.object:
            return True
        # Of a thing that is a part itself, such as a term of an ontology, the other parts have their own descriptions.
        owner = _owner(quad.subject)
        return owner in self.told and quad.object.startswith(f"{owner[:-1]}#")


def _owner(term: str) -> str:
    """What a node is a part of by its name; itself where it is none."""
    owner, mark, _ = term.partition("#")
    return f"{owner}>" if mark else term


def _is_node(term: str) -> bool:
    return term.startswith(("<", "_:")) and not term.startswith("<<(")


def _links(line: str, predicate: str, object_: str) -> bool:
    _, said, rest = line.split(" ", 2)
    return said == predicate and rest.startswith(f"{object_} ")
