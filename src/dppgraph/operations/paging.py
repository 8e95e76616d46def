"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from dppgraph.errors import Unknown

PAGE: Final = 100
"""How many entries of a list are on a page."""

Entry = TypeVar("Entry")


class Paging(NamedTuple):
    """A page of a list.

    Attributes:
        total: how many entries the list has.
        page: which page this is, from 1.
        pages: how many there are; 1 for an empty list.
    """

    total: int
    page: int
    pages: int

    @classmethod
    def of(cls, total: int, page: int) -> "Paging":
        """A page of a list of so many entries.

        Raises:
            Unknown: there is no such page.
        """
        pages = max(1, -(-total // PAGE))
        if page > pages:
            raise Unknown(f"the list has {pages} pages: there is no page {page}")
        return cls(total, page, pages)

    def cut(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """What of the whole list is on the page."""
        start = (self.page - 1) * PAGE
        return entries[start : start + PAGE]
