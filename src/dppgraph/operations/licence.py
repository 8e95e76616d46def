"""Under which licence the data stand, as they say themselves."""

from collections.abc import Iterable
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.store.history import ExactQuads

_LICENCE: Final = f"<{PREFIXES['dct']}license>"
WHOLE: Final = "id/dataset/policy-plans"
"""The name of the data set that is the whole graph, below the base."""


def licence_of(exact: ExactQuads, base: str) -> str:
    """The IRI of the licence that a version names for the whole graph; the first, where there are several; or none."""
    return licence_in(exact.saying(f"<{base}{WHOLE}>", frozenset({_LICENCE})), base)


def licence_in(ordered: Iterable[str], base: str) -> str:
    """Likewise in canonical lines, which are sorted."""
    begin = f"<{base}{WHOLE}> {_LICENCE} "
    said = next((line for line in ordered if line >= begin), "")
    licence = parse_line(said).object if said.startswith(begin) else ""
    return licence[1:-1] if licence.startswith("<") else ""
