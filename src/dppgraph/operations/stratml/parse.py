"""XML from anywhere, read so that it can harm nobody.

No document type is taken, so there are no entities to expand and nothing outside to fetch; and there is a cap on each
of: bytes, depth, elements, attributes. expat calls back while it reads, so a refusal comes before anything is built.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from dppgraph.errors import BadCall, BadXml
from dppgraph.operations.stratml.labels import tidied

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 16 << 20
"""The largest file that is read, in bytes: the largest plan known is a tenth of that."""

_DEEPEST: Final = 64
_MOST_ELEMENTS: Final = 200_000
_MOST_ATTRIBUTES: Final = 100
_LONGEST_PIECE: Final = 1 << 20
"""The largest tag or comment, in bytes: expat holds such a piece whole before it calls back."""
_AT_ONCE: Final = 1 << 16
_SEPARATOR: Final = " "
_ROOTS: Final = ("PerformancePlanOrReport", "StrategicPlan")
_XML_LANGUAGE: Final = f"http://www.w3.org/XML/1998/namespace{_SEPARATOR}lang"


@dataclass(slots=True)
class Element:
    """An element, by the local name: StratML has had five namespaces for the same names."""

    name: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its characters, on one line."""
        return tidied("".join(self.parts))

    @property
    def raw(self) -> str:
        """Its characters as they stand."""
        return "".join(self.parts)

    @property
    def language(self) -> str:
        """Its xml:lang; empty if it has none."""
        return self.attributes.get(_XML_LANGUAGE, "")

    def all(self, name: str) -> "list[Element]":
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def first(self, *names: str) -> "Element":
        """The first child of the first name, its first child of the second, and so on; an empty one for none."""
        found = self
        for name in names:
            found = next(iter(found.all(name)), Element(name, {}))
        return found

    def says(self) -> bool:
        """Whether there is any text in it or below it."""
        return any(element.text for element in self.walk())

    def walk(self) -> "Iterator[Element]":
        """Itself and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_file(path: Path) -> bytes:
    """The bytes of a file, if it is not too large: of one that is, no more than the cap is read.

    Raises:
        BadXml: it is too large.
        BadCall: it cannot be read.
    """
    try:
        if path.is_fifo():
            raise BadCall(f"{path} is a pipe: name a file")
        if path.stat().st_size <= MOST_BYTES:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return data
    except OSError as error:
        raise BadCall(f"{path} cannot be read: {error.strerror}") from error
    raise BadXml(f"{path} is larger than {MOST_BYTES >> 20} MiB: no plan is, so it is not read")


def parse(data: bytes, name: str) -> Element:
    """The root of a StratML document.

    Args:
        data: the document.
        name: what messages call it.

    Raises:
        BadXml: it is no XML, no StratML, or built to do harm.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    reading = _Reading(name, parser)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        reading.through(data)
    except expat.ExpatError as error:
        where = f"{name}:{error.lineno}:{error.offset + 1}"
        raise BadXml(f"{where}: {expat.errors.messages[error.code]}: this is no XML that can be read") from error
    except (LookupError, ValueError) as error:
        # An encoding that the parser asks Python for, and that Python cannot give.
        raise BadXml(f"{name}: its encoding cannot be read: save it as UTF-8") from error
    if reading.root is None:
        raise BadXml(f"{name}: there is no element in it")
    return reading.root


class _Reading:
    """What the parser has called back so far."""

    def __init__(self, name: str, parser: expat.XMLParserType) -> None:
        self.root: Element | None = None
        self._name = name
        self._parser = parser
        self._open: list[Element] = []
        self._count = 0

    def through(self, data: bytes) -> None:
        """Has the parser read the document, bit by bit, as long as it gets on."""
        for start in range(0, len(data), _AT_ONCE):
            self._parser.Parse(data[start : start + _AT_ONCE], False)
            if start - self._parser.CurrentByteIndex > _LONGEST_PIECE:
                line = self._parser.CurrentLineNumber
                raise BadXml(
                    f"{self._name}:{line}: a tag or comment of more than {_LONGEST_PIECE >> 20} MiB begins here"
                )
        self._parser.Parse(b"", True)

    def doctype(self, *_: object) -> None:
        raise BadXml(
            f"{self._name}:{self._parser.CurrentLineNumber}: it has a DOCTYPE, which StratML has no use for and which "
            "could hide entities: remove it"
        )

    def start(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(_SEPARATOR)
        self._count += 1
        if self.root is None and not (name in _ROOTS and _is_stratml(namespace)):
            raise BadXml(
                f"{self._name}: this is no StratML: its root is {name[:60]} of {namespace[:100] or 'no namespace'}, "
                f"not {' or '.join(_ROOTS)} of {' or '.join(_NAMESPACES)}"
            )
        for found, most, what in (
            (len(self._open) + 1, _DEEPEST, "levels of elements"),
            (self._count, _MOST_ELEMENTS, "elements"),
            (len(attributes), _MOST_ATTRIBUTES, "attributes at one element"),
        ):
            if found > most:
                line = self._parser.CurrentLineNumber
                raise BadXml(f"{self._name}:{line}: it has more than {most} {what}: no plan has, so it is not read")
        element = Element(name, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)


_NAMESPACES: Final = ("urn:ISO:std:iso:17469:…", "http://www.stratml.net…")


def _is_stratml(namespace: str) -> bool:
    return not namespace or namespace.startswith(tuple(known.rstrip("…") for known in _NAMESPACES))
