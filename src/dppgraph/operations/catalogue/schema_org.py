"""The catalogue's data sets as schema.org tells of them, for search engines that read the catalogue's page.

``schema_org.json`` says for each property of schema.org which property of the catalogue it is made from, and how.
"""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import datatype_of
from dppgraph.operations.catalogue.stated import DCAT, Stated
from dppgraph.store.rdf import literal_text

_MAPPING: Final = Path(__file__).parent / "schema_org.json"
_IANA: Final = "http://www.iana.org/assignments/media-types/"
_ALL: Final = slice(None)
_TOLD_WITH: Final = ("agent", "period", "checksum", "files")
"""Ways that tell of a thing by what is said of it."""

_Mapping = Mapping[str, Mapping[str, tuple[str, str]]]


def dataset_json(about: Callable[[str], list[str]], listed: Sequence[str], language: str, part: slice = _ALL) -> str:
    """The catalogue as a ``schema:DataCatalog`` of ``schema:Dataset``, in JSON-LD with its context inside.

    Args:
        about: gives the lines about a thing in the catalogue's document.
        listed: the catalogue's term, and those of its data sets (``listed_in``).
        language: in which to tell titles, descriptions and keywords, where they are told in it.
        part: which of the data sets are told of; the others are not named as parts either.
    """
    if not listed:
        return "{}"
    catalogue, *sets = listed
    mapping = json.loads(_MAPPING.read_text(encoding="utf-8"))
    shown = sets[part]
    tell = _Telling(Stated(_needed(about, [catalogue, *shown], mapping)), language, mapping, {*sets}.difference(shown))
    document = {"@context": {"@vocab": "https://schema.org/"}} | tell.thing(catalogue, "DataCatalog")
    said = json.dumps(document | {"dataset": [tell.thing(one, "Dataset") for one in shown]}, ensure_ascii=False)
    # It stands in a page, where a text must not end the element that it is in.
    return said.replace("<", "\\u003c")


def _needed(about: Callable[[str], list[str]], terms: Iterable[str], mapping: _Mapping) -> Iterator[str]:
    """The lines about some things, and about those that are told with them."""
    ways = (way for kind in mapping.values() for way in kind.values())
    told = {_predicate(name) for name, way in ways if way in _TOLD_WITH}
    waiting, seen = list(terms), set[str]()
    while waiting:
        term = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        for line in about(term):
            yield line
            _, predicate, rest = line.split(" ", 2)
            if predicate in told:
                waiting.append(rest.removesuffix(" ."))


class _Telling:
    def __init__(self, stated: Stated, language: str, mapping: _Mapping, elsewhere: Container[str]) -> None:
        self._stated = stated
        self._language = language
        self._mapping = mapping
        self._ways: Mapping[str, Callable[[list[str]], Any]] = {
            "text": self._text,
            "texts": self._texts,
            "value": lambda terms: literal_text(terms[0]),
            "iri": lambda terms: terms[0][1:-1],
            "node": lambda terms: {"@id": terms[0][1:-1]},
            # Of tens of thousands, those on another page are named there.
            "nodes": lambda terms: [{"@id": term[1:-1]} for term in terms if term not in elsewhere],
            "place": lambda terms: [{"@type": "Place", "@id": term[1:-1]} for term in terms],
            "media": lambda terms: terms[0][1:-1].removeprefix(_IANA),
            "agent": self._agent,
            "period": self._period,
            "checksum": self._checksum,
            "files": lambda terms: [self.thing(term, "DataDownload") for term in sorted(terms, key=_bare)],
        }

    def thing(self, subject: str, kind: str) -> dict[str, Any]:
        """A thing of a class of schema.org."""
        told: dict[str, Any] = {"@type": kind, "@id": _bare(subject)}
        for name, (property_, way) in self._mapping[kind].items():
            prefix, _, local = property_.partition(":")
            terms = self._stated.objects(subject, PREFIXES[prefix] + local)
            value = self._ways[way](terms) if terms else None
            if value:
                told[name] = value
        return told

    def _text(self, terms: list[str]) -> str:
        wanted = [term for term in terms if term.endswith(f'"@{self._language}')] or terms
        return literal_text(wanted[0])

    def _texts(self, terms: list[str]) -> list[str]:
        return [literal_text(term) for term in terms if term.endswith(f'"@{self._language}')]

    def _agent(self, terms: list[str]) -> dict[str, Any]:
        name = self._stated.text(terms[0], f"{PREFIXES['foaf']}name", self._language)
        return {"@type": "Organization", "@id": terms[0][1:-1], "name": name}

    def _period(self, terms: list[str]) -> str:
        """An interval of ISO 8601, open where an end is not known."""
        bounds = [self._stated.one(terms[0], f"{DCAT}{end}Date") for end in ("start", "end")]
        written = [_day(bound) if bound else ".." for bound in bounds]
        return "/".join(written)

    def _checksum(self, terms: list[str]) -> str:
        value = self._stated.one(terms[0], f"{PREFIXES['spdx']}checksumValue")
        return literal_text(value) if value else ""


def _predicate(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _bare(term: str) -> str:
    return term.strip("<>")


def _day(term: str) -> str:
    """A date as ISO 8601 writes it: a moment by its day, a year or a month as it is."""
    text = literal_text(term)
    return text.partition("T")[0] if datatype_of(term) == f"{PREFIXES['xsd']}dateTime" else text
