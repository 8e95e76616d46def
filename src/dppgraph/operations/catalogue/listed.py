"""Which data sets a catalogue lists, in the order in which its page shows them: found once, when it is made."""

from collections.abc import Iterable
from typing import Final

from dppgraph.operations.catalogue.stated import DCAT, DCT, A

_LISTS: Final = f"<{DCAT}dataset>"
_IS_PART: Final = f"<{DCT}isPartOf>"
_CATALOG: Final = f"<{DCAT}Catalog> ."


def listed_in(lines: Iterable[str]) -> list[str]:
    """The term of the catalogue, and those of its data sets: what is no part of another one first, then by their names.

    Args:
        lines: those of the catalogue's document, without graphs, sorted.

    Returns:
        None of them where there is no catalogue.
    """
    catalogue = ""
    lists: dict[str, set[str]] = {}
    parts: set[str] = set()
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        if predicate == A and rest == _CATALOG:
            catalogue = catalogue or subject
        elif predicate == _LISTS:
            lists.setdefault(subject, set()).add(rest.removesuffix(" ."))
        elif predicate == _IS_PART:
            parts.add(subject)
    listed = lists.get(catalogue, set())
    return [catalogue, *sorted(listed, key=lambda term: (term in parts, term))] if catalogue else []
