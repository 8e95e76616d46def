"""The IRIs of the graph: its base, its ontology, its named graphs, and how they move to another base.

An IRI here is a plain string; a *term* is what canonical N-Quads writes (``<iri>``, ``"text"@nl``, ``_:b``).
"""

import re
from functools import cache
from typing import Final
from urllib.parse import quote

from dppgraph.core.quads import with_leaves

DEFAULT_BASE: Final = "https://w3id.org/dppgraph/"
"""What the shipped files are written for; ``--base`` moves it when a version is built."""

NAMESPACE: Final = "https://w3id.org/dppgraph/ns#"
"""The ontology's namespace: it stays where it is when the data moves."""

PREFIXES: Final[dict[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "besluit": "http://data.vlaanderen.be/ns/besluit#",
    "besluitvorming": "https://data.vlaanderen.be/ns/besluitvorming#",
    "dcam": "http://purl.org/dc/dcam/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dossier": "https://data.vlaanderen.be/ns/dossier#",
    "dpp": NAMESPACE,
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes that queries may use undeclared, and that Turtle, TriG, JSON-LD and RDF/XML are written with."""

GRAPHS: Final = ("source", "inferred", "interpretation", "external", "concepts", "ontology", "shapes", "catalogue")
"""The named graphs, one for each class of provenance."""

PLAN_CLASSES: Final = tuple(f"{PREFIXES['dpp']}{name}" for name in ("PolicyInstrument", "PolicyPlan", "ActionPlan"))
"""What is called a plan here: by name, for a store that has no ontology to tell which class is below which."""

_ONTOLOGY_IRI = re.compile(re.escape(DEFAULT_BASE) + r"ns(?:[#/]|$)")
_ANY_URI = f'"^^<{PREFIXES["xsd"]}anyURI>'


def graph_iri(name: str, base: str = DEFAULT_BASE) -> str:
    """The IRI of the named graph called ``name`` (one of :data:`GRAPHS`)."""
    return f"{base}id/graph/{name}"


def rebased(term: str, base: str) -> str:
    """``term`` with the default base replaced by ``base``: in an IRI, and in an ``xsd:anyURI``; the ontology stays.

    >>> rebased("<https://w3id.org/dppgraph/id/plan/x>", "https://data.example.org/")
    '<https://data.example.org/id/plan/x>'
    >>> rebased("<https://w3id.org/dppgraph/ns#PolicyPlan>", "https://data.example.org/")
    '<https://w3id.org/dppgraph/ns#PolicyPlan>'
    """
    if term.startswith("<<("):
        return with_leaves(term, lambda leaf: rebased(leaf, base))
    is_iri = term.startswith("<")
    if not (is_iri or term.endswith(_ANY_URI)):
        return term
    iri = term[1:-1] if is_iri else term[1 : -len(_ANY_URI)]
    if not iri.startswith(DEFAULT_BASE) or _ONTOLOGY_IRI.match(iri):
        return term
    return term[0] + base + term[1 + len(DEFAULT_BASE) :]


_ADDRESSES: Final = re.compile(
    r"(?:(?:about|catalogue|changes|context|doc|dumps|feed|fragments|openapi|queries|robots|sitemap|sparql|things)\b[^<>]*)?>"
)
"""How those IRIs go on after the base that are addresses of a server; what goes on otherwise names something."""


def located(term: str, base: str, url: str) -> str:
    """``term`` as a server says it: an address below the base becomes one below its own address, a name stays.

    >>> located("<https://w3id.org/dppgraph/sparql>", DEFAULT_BASE, "http://localhost:8000/")
    '<http://localhost:8000/sparql>'
    >>> located("<https://w3id.org/dppgraph/id/plan/x>", DEFAULT_BASE, "http://localhost:8000/")
    '<https://w3id.org/dppgraph/id/plan/x>'
    """
    if not term.startswith(f"<{base}") or not _ADDRESSES.fullmatch(term, len(base) + 1):
        return term
    return f"<{url}{term[len(base) + 1 :]}"


@cache
def addresses_below(base: str) -> re.Pattern[str]:
    """What is in each line that :func:`located` may change a term of, and in few others."""
    return re.compile(f"<{re.escape(base)}{_ADDRESSES.pattern}")


def uri_of(iri: str) -> str:
    """An IRI as a URI, for where only these are allowed (RFC 3987, section 3.1); escapes in it stay.

    >>> uri_of("https://example.org/id/caf\u00e9?x")
    'https://example.org/id/caf%C3%A9?x'
    """
    return quote(iri, safe="%:/?#[]@!$&'()*+,;=-._~")


def thing_iri(said: str, base: str) -> str:
    """The IRI of a thing as people write it: all of it, or what follows the base, with or without ``id/``."""
    return said if ":" in said else f"{base}id/{said.removeprefix('id/')}"
