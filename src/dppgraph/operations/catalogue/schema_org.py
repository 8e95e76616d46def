"""The catalogue's data sets as schema.org tells of them, for search engines that read the catalogue's page.

``schema_org.json`` says for each property of schema.org which property of the catalogue it is made from, and how.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import datatype_of
from dppgraph.operations.catalogue.stated import DCAT, DCT, Stated
from dppgraph.store.rdf import literal_text

_MAPPING: Final = Path(__file__).parent / "schema_org.json"
_IANA: Final = "http://www.iana.org/assignments/media-types/"


def catalogue_in(lines: Iterable[str]) -> str:
    """The IRI of the catalogue that a document describes, or an empty string."""
    return next(iter(Stated(lines).of_type(f"<{DCAT}Catalog>")), "").strip("<>")


def dataset_json(lines: Iterable[str], language: str) -> str:
    """The catalogue as a ``schema:DataCatalog`` of ``schema:Dataset``, in JSON-LD with its context inside.

    Args:
        lines: those of the catalogue's document.
        language: in which to tell titles, descriptions and keywords, where they are told in it.
    """
    stated = Stated(lines)
    catalogs = stated.of_type(f"<{DCAT}Catalog>")
    if not catalogs:
        return "{}"
    tell = _Telling(stated, language)
    listed = sorted(
        stated.objects(catalogs[0], f"{DCAT}dataset"), key=lambda part: (stated.has(part, f"{DCT}isPartOf"), part)
    )
    document = {"@context": {"@vocab": "https://schema.org/"}} | tell.thing(catalogs[0], "DataCatalog")
    said = json.dumps(document | {"dataset": [tell.thing(part, "Dataset") for part in listed]}, ensure_ascii=False)
    # It stands in a page, where a text must not end the element that it is in.
    return said.replace("<", "\\u003c")


class _Telling:
    def __init__(self, stated: Stated, language: str) -> None:
        self._stated = stated
        self._language = language
        self._mapping = json.loads(_MAPPING.read_text(encoding="utf-8"))
        self._ways: Mapping[str, Callable[[list[str]], Any]] = {
            "text": self._text,
            "texts": self._texts,
            "value": lambda terms: literal_text(terms[0]),
            "iri": lambda terms: terms[0][1:-1],
            "node": lambda terms: {"@id": terms[0][1:-1]},
            "nodes": lambda terms: [{"@id": term[1:-1]} for term in terms],
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


def _bare(term: str) -> str:
    return term.strip("<>")


def _day(term: str) -> str:
    """A date as ISO 8601 writes it: a moment by its day, a year or a month as it is."""
    text = literal_text(term)
    return text.partition("T")[0] if datatype_of(term) == f"{PREFIXES['xsd']}dateTime" else text
