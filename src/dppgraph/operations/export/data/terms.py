"""Terms as a file of ``data/`` writes them: with the prefixes that it declares."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urljoin

from dppgraph.core.iris import PREFIXES, rebased

_GAP: Final = r"(?:\s|#[^\r\n]*)*"
_DECLARED: Final = re.compile(rf"@?prefix{_GAP}([^\s:#]*):{_GAP}<([^>]*)>", re.IGNORECASE)
_BASED: Final = re.compile(rf"@?base{_GAP}<([^>]*)>", re.IGNORECASE)
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
            # A prefix that is declared anew stands for nothing else any more.
            found = {known: prefix for known, prefix in found.items() if prefix != declared[1]}
            found[rebased(f"<{iri}>", base)[1:-1]] = declared[1]
    return found


def written(term: str, prefixes: Mapping[str, str], *, predicate: bool = False) -> str:
    """A term as Turtle writes it with these prefixes (namespace to prefix); rdf:type as ``a`` where it may be."""
    if predicate and term == _TYPE:
        return "a"
    if term.startswith('"'):
        # Only the last quotation mark of a literal is certain to be none of its text.
        end = term.rindex('"') + 1
        typed = term.startswith("^^", end)
        return f"{term[:end]}^^{written(term[end + 2 :], prefixes)}" if typed else term
    if not term.startswith("<") or term.startswith("<<"):
        return term
    iri = term[1:-1]
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = prefixes.get(iri[:end])
    return f"{prefix}:{iri[end:]}" if prefix is not None and _LOCAL.fullmatch(iri, end) else term
