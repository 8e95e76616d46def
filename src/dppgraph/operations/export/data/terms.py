"""Terms as a file of ``data/`` writes them: with the prefixes that it declares."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urljoin

from dppgraph.core.iris import PREFIXES, rebased

_DECLARED: Final = re.compile(r"@?prefix\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_BASED: Final = re.compile(r"@?base\s+<([^>]*)>", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_TYPE: Final = f"<{PREFIXES['rdf']}type>"


def prefixes_of(declarations: Iterable[str], base: str) -> dict[str, str]:
    """What a file's prefixes stand for once its base is moved: namespace to prefix."""
    here, found = base, dict[str, str]()
    for declaration in declarations:
        if based := _BASED.match(declaration):
            here = urljoin(here, based[1])
        elif declared := _DECLARED.match(declaration):
            iri = urljoin(here, declared[2].removesuffix("#")) + "#" * declared[2].endswith("#")
            found[rebased(f"<{iri}>", base)[1:-1]] = declared[1]
    return found


def written(term: str, prefixes: Mapping[str, str], *, predicate: bool = False) -> str:
    """A term as Turtle writes it with these prefixes (namespace to prefix); rdf:type as ``a`` where it may be."""
    if predicate and term == _TYPE:
        return "a"
    if term.startswith('"'):
        value, typed, datatype = term.rpartition('"^^')
        return f'{value}"^^{written(datatype, prefixes)}' if typed else term
    if not term.startswith("<") or term.startswith("<<"):
        return term
    iri = term[1:-1]
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = prefixes.get(iri[:end])
    return f"{prefix}:{iri[end:]}" if prefix is not None and _LOCAL.fullmatch(iri, end) else term
