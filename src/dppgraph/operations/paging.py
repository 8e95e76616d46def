"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from dppgraph.errors import Unknown

PAGE: Final = 100
"""How many entries of a list are on a page."""

Entry = TypeVar("Entry")


def pages_of(total: int, page: int, size: int = PAGE) -> int:
    """How many pages a list has, of which one is asked; 1 for an empty list.

    Args:
        total: how many entries it has.
        page: the one that is asked, from 1.
        size: how many entries are on a page.

    Raises:
        Unknown: there is no such page.
    """
    pages = max(1, -(-total // size))
    if page > pages:
        raise Unknown(f"the list has {pages} pages: there is no page {page}")
    return pages


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
        return cls(total, page, pages_of(total, page))

    def cut(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """What of the whole list is on the page."""
        start = (self.page - 1) * PAGE
        return entries[start : start + PAGE]
