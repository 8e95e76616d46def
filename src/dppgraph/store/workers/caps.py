"""What an answer may not be, whatever wrote it: too many rows or triples, or what its format cannot say."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadRdf, TooManyRows
from dppgraph.store.workers.rows import row_counter

# XML 1.0, section 2.2; and a bare carriage return, which its readers turn into a line feed.
_NOT_IN_XML: Final = re.compile(rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")

_Item = TypeVar("_Item")


class Caps:
    """Watches the bytes of one answer as they pass by.

    Args:
        format_: what they are written in.
        most_rows: rows or triples after which the answer ends in an error.

    Attributes:
        is_xml: whether :meth:`require_sayable` is to see all bytes.
        most_rows: likewise.
    """

    def __init__(self, format_: Format, most_rows: int) -> None:
        self.is_xml = format_ == formats.XML
        self.most_rows = most_rows
        self._rows = row_counter(format_) if format_ in formats.RESULTS else None

    def require_sayable(self, data: bytes) -> None:
        """Looks at bytes of XML.

        Raises:
            BadRdf: XML has no way to say them.
        """
        if character := _NOT_IN_XML.search(data):
            raise BadRdf(f"XML has no way to say the character {character.group().decode(errors='replace')!r}")

    def count(self, data: bytes) -> None:
        """Counts the rows of a table in its next bytes.

        Raises:
            TooManyRows: they belong to a row too many.
        """
        if self._rows is not None and self._rows.count(data) > self.most_rows:
            raise self._too_many("rows")

    def counted(self, triples: Iterable[_Item]) -> Iterator[_Item]:
        """The triples of an answer, as long as there are not too many.

        Raises:
            TooManyRows: there are.
        """
        for number, triple in enumerate(triples):
            if number >= self.most_rows:
                raise self._too_many("triples")
            yield triple

    def _too_many(self, things: str) -> TooManyRows:
        return TooManyRows(
            f"the answer has more than {self.most_rows} {things}, the most that this server sends: "
            "ask for less, or add LIMIT and OFFSET"
        )
