"""The names and the nesting that JSON-LD is written with: ``ontology/context.jsonld`` and ``ontology/frames/``.

A frame (JSON-LD 1.1 Framing) says of a class what a description of such a thing holds in full: each property that it
names leads to things that are told whole, by the frame below it. Whatever else is pointed at is only named, by its type
and the properties of ``frames/reference.jsonld``. All formats follow this, JSON-LD is nested by it too.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from dppgraph.errors import StoreUnavailable

REFERENCE: Final = "reference"
"""The frame of what is only named."""

_ANYTHING: Final = "thing"


class Link(NamedTuple):
    """A property, read forwards or backwards, as a term of canonical N-Quads."""

    predicate: str
    backwards: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What is told of a thing.

    Attributes:
        below: for each property that leads to things told in full, their frame.
        named_only: whether these things are no more than named.
    """

    below: Mapping[Link, "Frame"] = field(default_factory=dict)
    named_only: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A JSON-LD context: the name of each property and class.

    Attributes:
        definitions: name to definition, as the file has them, in its order.
    """

    definitions: Mapping[str, Any]

    def iri(self, name: str) -> str:
        """The IRI that a name, a compact IRI or an IRI stands for; a keyword stands for itself.

        >>> Context({"dct": "http://purl.org/dc/terms/", "period": {"@id": "dct:temporal"}}).iri("period")
        'http://purl.org/dc/terms/temporal'
        """
        definition = self.definitions.get(name)
        meant = definition.get("@reverse", definition.get("@id")) if isinstance(definition, dict) else definition
        if meant and meant != name:
            return self.iri(meant)
        prefix, colon, local = name.partition(":")
        if colon and isinstance(self.definitions.get(prefix), str):
            return f"{self.definitions[prefix]}{local}"
        return name

    def is_backwards(self, name: str) -> bool:
        """Whether the name reads a property from its object to its subject, or is no property at all (@included)."""
        definition = self.definitions.get(name)
        return definition == "@included" or (isinstance(definition, dict) and "@reverse" in definition)

    def texts(self) -> frozenset[str]:
        """The IRIs of the properties whose values are told by language."""
        said = {name: said for name, said in self.definitions.items() if isinstance(said, dict)}
        return frozenset(self.iri(name) for name in said if "@language" in said[name].get("@container", ()))

    def link(self, name: str) -> Link:
        """The property that a name stands for."""
        return Link(f"<{self.iri(name)}>", self.is_backwards(name))


@dataclass(frozen=True, slots=True)
class Frames:
    """All that is in ``ontology/context.jsonld`` and ``ontology/frames/``.

    Attributes:
        context: the names.
        named_by: the properties that name a thing.
        by_class: class, as a term, to frame.
        otherwise: the frame of a thing of no such class.
    """

    context: Context
    named_by: frozenset[str]
    by_class: Mapping[str, Frame]
    otherwise: Frame

    def of(self, types: Iterable[str]) -> Frame:
        """The frame of a thing with these classes, in the order of the frames' files where several would do."""
        wanted = set(types)
        return next((frame for class_, frame in self.by_class.items() if class_ in wanted), self.otherwise)


def context_file(ontology: Path) -> bytes:
    """The context as it is served: the file's own bytes.

    Raises:
        StoreUnavailable: the installation lacks it.
    """
    return _content(ontology / "context.jsonld")


def read_frames(ontology: Path) -> Frames:
    """The context and the frames of the folder of the ontology.

    Raises:
        StoreUnavailable: the installation lacks them.
    """
    definitions = json.loads(context_file(ontology))["@context"]
    context = Context({name: said for name, said in definitions.items() if name != "@version"})
    files = {path.stem: json.loads(_content(path)) for path in sorted((ontology / "frames").glob("*.jsonld"))}
    if not {REFERENCE, _ANYTHING} <= set(files):
        raise StoreUnavailable(f"{ontology / 'frames'} is incomplete: install dppgraph again")
    frames = {name: _frame(said, context) for name, said in files.items()}
    by_class: dict[str, Frame] = {}
    for name, said in files.items():
        for class_ in said.get("type", []):
            by_class.setdefault(f"<{context.iri(class_)}>", frames[name])
    named_by = frozenset(link.predicate for link in frames[REFERENCE].below)
    return Frames(context, named_by, by_class, frames[_ANYTHING])


def _frame(said: dict[str, Any], context: Context) -> Frame:
    keywords = {"type", "id", "@context", "@explicit"}
    below = {context.link(name): _frame(inner, context) for name, inner in said.items() if name not in keywords}
    return Frame(below, named_only=bool(said.get("@explicit")))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be read: install dppgraph again") from error
