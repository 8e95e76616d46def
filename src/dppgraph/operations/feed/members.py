"""A member of the feed: an entity as one version left it, and what its version object says.

A version object is told twice. As triples: all that is said of the entity, with the version object as subject, and its
parts under their own names, which it names by ``dct:hasPart``. And, where a format can name graphs, as the graph of its
own name: the entity's statements as they stand in the version. Both say the same; which of them a reader takes is its
own choice (docs/decisions/0016-feed.md).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal, subject_of
from dppgraph.errors import Unknown
from dppgraph.operations.feed.moments import term_of, text_of

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_DELETE: Final = "<https://www.w3.org/ns/activitystreams#Delete>"
_VERSION_OF: Final = f"<{PREFIXES['dct']}isVersionOf>"
_TIME: Final = f"<{PREFIXES['prov']}generatedAtTime>"
_PART: Final = f"<{PREFIXES['dct']}hasPart>"
_NUMBER: Final = "<http://schema.org/version>"
_OUR_WORDS: Final = (_VERSION_OF, _TIME, _PART, _NUMBER)

NAMES: Final = "id/version/"
"""What the name of a version object begins with, after the base."""
_NUMBER_DIGITS: Final = 8
_HASH_DIGITS: Final = 24


@dataclass(frozen=True, slots=True)
class Member:
    """One version object.

    Attributes:
        name: its IRI.
        entity: the IRI of what it is a version of.
        version: the number of the store's version.
        moment: the time of that version.
        triples: the entity's statements, as lines without a graph, sorted; none where it is gone.
    """

    name: str
    entity: str
    version: int
    moment: datetime
    triples: list[str]

    def told(self) -> set[str]:
        """The subjects that stand under their own names beside the version object, as terms."""
        return {subject_of(line) for line in self.triples if not self._is_own(line)}

    def lines(self, *, named_graphs: bool) -> Iterator[str]:
        """What the version object says, as canonical lines in no order.

        Args:
            named_graphs: whether the graph of its name is wanted too.
        """
        me = f"<{self.name}>"
        number = literal(str(self.version), datatype=f"{PREFIXES['xsd']}integer")
        yield Quad(me, _VERSION_OF, f"<{self.entity}>").line()
        yield Quad(me, _TIME, term_of(self.moment)).line()
        yield Quad(me, _NUMBER, number).line()
        if not self.triples:
            yield Quad(me, _TYPE, _DELETE).line()
        for part in self.told():
            yield Quad(me, _PART, part).line()
        for line in self.triples:
            yield me + line[line.index(" ") :] if self._is_own(line) else line
            if named_graphs:
                yield f"{line[:-1]}{me} ."

    def _is_own(self, line: str) -> bool:
        """Whether a statement is told of the version object.

        Not one of a part; and not one of the entity that would be taken for one of the version object itself: it
        stands under the entity's name, as a part does.
        """
        subject, predicate, rest = line.split(" ", 2)
        if subject != f"<{self.entity}>" or predicate in _OUR_WORDS:
            return False
        return predicate != _TYPE or rest != f"{_DELETE} ."


def digest_of(triples: list[str]) -> bytes:
    """What tells whether an entity's statements are the same; empty for none."""
    return hashlib.sha256("\n".join(triples).encode()).digest()[:16] if triples else b""


def name_of(entity: str, version: int, moment: datetime, digest: bytes) -> str:
    """The last part of a version object's name: its version's number, then a hash of what it is of, when, and says."""
    said = f"{entity}\0{text_of(moment)}\0{digest.hex()}"
    return f"{version:0{_NUMBER_DIGITS}x}{hashlib.sha256(said.encode()).hexdigest()[:_HASH_DIGITS]}"


def version_in(name: str) -> int:
    """The number of the version that the last part of a version object's name has in it.

    Raises:
        Unknown: it is no such part.
    """
    whole = len(name) == _NUMBER_DIGITS + _HASH_DIGITS and name.isascii()
    if not (whole and all(digit in "0123456789abcdef" for digit in name)):
        raise Unknown(
            f"{name[:50]!r} names no version object: it has {_NUMBER_DIGITS + _HASH_DIGITS} hexadecimal digits"
        )
    return int(name[:_NUMBER_DIGITS], 16)
