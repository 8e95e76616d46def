"""Literals that mean the same to the engine and to rdflib, and are written by both as they stand: plain ones.

Of any other the engine may have another form (``01`` becomes ``1``), or rdflib another opinion.
"""

import re
from functools import lru_cache
from typing import Final

IRI: Final = "iri"
BLANK: Final = "blank"
TEXT: Final = "text"
TAGGED: Final = "tagged"
INTEGER: Final = "integer"
DECIMAL: Final = "decimal"
DATE: Final = "date"
OTHER: Final = "other"
"""A literal of a datatype whose values nobody compares: it is a text to everybody."""
ODD: Final = "odd"

_XSD: Final = re.escape("http://www.w3.org/2001/XMLSchema#")
_DAY: Final = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
_PLAIN: Final = re.compile(
    rf'"(?:(?P<integer>0|-?[1-9]\d{{0,16}})"\^\^<{_XSD}integer>'
    rf'|(?P<decimal>0|-?(?:0\.\d{{0,8}}[1-9]|[1-9]\d{{0,8}}(?:\.\d{{0,8}}[1-9])?))"\^\^<{_XSD}decimal>'
    rf'|(?P<date>[12]\d{{3}}-(?:{_DAY}))"\^\^<{_XSD}date>'
    rf'|(?P<other>[12]\d{{3}}"\^\^<{_XSD}gYear>|[12]\d{{3}}-(?:0[1-9]|1[0-2])"\^\^<{_XSD}gYearMonth>'
    rf'|(?:true|false)"\^\^<{_XSD}boolean>|[^"\\]*"\^\^<{_XSD}anyURI>))'
)
_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")


def kind_of(term: str) -> str:
    """The kind of a term, as N-Triples writes it."""
    first = term[0]
    if first == "<":
        return IRI if term[1] != "<" else ODD
    if first == "_":
        return BLANK
    last = term[-1]
    if last == '"':
        return TEXT if "\\" not in term or _is_even(term) else ODD
    return _typed(term) if last == ">" else _tagged(term)


def _tagged(term: str) -> str:
    end = term.rindex('"')
    return TAGGED if _is_tag(term[end + 2 :]) and ("\\" not in term or _is_even(term)) else ODD


@lru_cache(maxsize=1024)
def _is_tag(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None


def _is_even(term: str) -> bool:
    r"""Whether a text has no escapes but ``\"`` and ``\\``: no ends of lines, about which patterns disagree."""
    return "\\" not in term.replace("\\\\", "").replace('\\"', "")


@lru_cache(maxsize=1 << 16)
def _typed(term: str) -> str:
    found = _PLAIN.fullmatch(term)
    return (found.lastgroup or ODD) if found else ODD
