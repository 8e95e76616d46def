"""Triple Pattern Fragments (https://linkeddatafragments.org/specification/triple-pattern-fragments/).

A fragment is all triples of a version that a pattern fits, whatever graphs they are in, a page at a time, with their
exact number and the controls by which a client finds the other fragments.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES, uri_of
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.errors import BadParameter
from dppgraph.operations.paging import pages_of
from dppgraph.store.history import ExactQuads, Pattern
from dppgraph.store.rdf import read_file

PAGE: Final = 100
"""Triples on a page."""

PLACES: Final = ("subject", "predicate", "object")
"""The parameters of a pattern."""

_CONTROLS: Final = Path(__file__).with_suffix(".ttl")
_NO_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LANGUAGE: Final = re.compile(r"@[A-Za-z0-9-]+")
_HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
_VOID: Final = "http://rdfs.org/ns/void#"
_INTEGER: Final = f"{PREFIXES['xsd']}integer"


Count = Callable[[Pattern], int]
"""Counts the triples that a pattern fits."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A page of a fragment.

    Attributes:
        pattern: what the triples are like.
        given: the parameters that say so.
        triples: those on this page, as quads without a graph.
        total: how many there are in all.
        page: which page this is, from 1.
        pages: how many there are; one at least.
    """

    pattern: Pattern
    given: tuple[tuple[str, str], ...]
    triples: list[Quad]
    total: int
    page: int
    pages: int


def pattern_of(given: dict[str, str]) -> list[Pattern]:
    """The patterns that parameters may mean, the likeliest first; a variable, or nothing, is anything.

    An IRI is given as it is, a literal in quotation marks with ``@language`` or ``^^datatype`` and without escapes.
    A language in another case is the same language, so it may be meant in several ways.

    Raises:
        BadParameter: one of them is no term.
    """
    variables = [value for place in PLACES if (value := given.get(place, "")).startswith(("?", "_:")) and value[1:]]
    if len(set(variables)) < len(variables):
        raise BadParameter("one variable stands in two places: no fragment is of triples with two equal terms")
    terms = {place: _terms(place, given.get(place, "")) for place in PLACES}
    subject, predicate = terms["subject"][0], terms["predicate"][0]
    return [Pattern(subject, predicate, object_) for object_ in terms["object"]]


def fragment(exact: ExactQuads, given: dict[str, str], page: int = 1, count: Count | None = None) -> Fragment:
    """A page of the fragment that parameters ask for.

    Args:
        exact: the triples.
        given: the parameters.
        page: which page.
        count: counts the triples that a pattern fits; None to have them counted here.

    Raises:
        BadParameter: they are no pattern.
        Unknown: there is no such page.
    """
    patterns = pattern_of(given)
    counted = ((pattern, (count or exact.count)(pattern)) for pattern in patterns)
    pattern, total = next(((pattern, total) for pattern, total in counted if total), (patterns[0], 0))
    pages = pages_of(total, page, PAGE)
    found = exact.match(pattern, offset=(page - 1) * PAGE, limit=PAGE)
    asked = tuple((place, given[place]) for place in PLACES if given.get(place))
    return Fragment(pattern, asked, [Quad(*triple) for triple in found], total, page, pages)


def controls(found: Fragment, url: str, asked: str, *, named: bool) -> list[str]:
    """What a client needs besides the triples: their number, the other pages, how to ask for other fragments.

    Args:
        found: the fragment.
        url: where fragments are, on the server that is asked.
        asked: the address that was asked for, by which a client finds what is said of its answer.
        named: whether the format can keep them apart from the triples, in a graph of their own.
    """
    query = urlencode(found.given)

    def at(number: int) -> str:
        return _address(url, query, number)

    page = f"<{at(found.page)}>"
    graph = f"{page[:-1]}#metadata>" if named else ""
    search = [quad._replace(graph=graph) for quad in read_file(_CONTROLS, formats.TURTLE, graph="", base=url)]
    template = literal(f"{url}{{?subject,predicate,object}}")
    search.append(Quad(f"<{url}#search>", f"<{_HYDRA}template>", template, graph))
    # The collection has no number in its address, and its first page neither.
    views = list(dict.fromkeys((page, f"<{uri_of(asked)}>")))
    return canonical([*search, *_paging(found, url, _address(url, query, 0), at, views, graph)])


def pages_alone(found: Fragment, url: str, *, named: bool) -> list[str]:
    """The controls of a page where no server answers: its number and its neighbours, and no way to ask for patterns.

    Pages have paths of their own, since a server of files does not look at parameters.

    Args:
        found: the fragment of all triples.
        url: where the first page is; the others are below it, by number.
        named: as for :func:`controls`.
    """

    def at(number: int) -> str:
        return f"{url}/{number}" if number > 1 else url

    page = f"<{at(found.page)}>"
    graph = f"{page[:-1]}#metadata>" if named else ""
    return canonical(_paging(found, url, url, at, [page], graph))


def _paging(
    found: Fragment, url: str, address: str, at: Callable[[int], str], views: Sequence[str], graph: str
) -> list[Quad]:
    """What is said of a fragment and a page of it, whether or not others can be asked for.

    Args:
        found: the fragment.
        url: where fragments are.
        address: where this one is.
        at: the address of a page, by its number.
        views: the names of this page.
        graph: where it is said, as a term; empty for among the triples.
    """
    quads: list[Quad] = []

    def say(subject: str, name: str, object_: str) -> None:
        prefix, _, local = name.partition(":")
        namespace = {"hydra": _HYDRA, "void": _VOID, **PREFIXES}[prefix]
        quads.append(Quad(subject, f"<{namespace}{local}>", object_, graph))

    here, total = f"<{address}>", literal(str(found.total), datatype=_INTEGER)
    for part in (here, *views):
        say(f"<{url}#dataset>", "void:subset", part)
    say(here, "rdf:type", f"<{_HYDRA}Collection>")
    say(here, "void:triples", total)
    say(here, "hydra:totalItems", total)
    for view in views:
        say(here, "hydra:view", view)
        say(view, "rdf:type", f"<{_HYDRA}PartialCollectionView>")
        say(view, "void:triples", total)
        say(view, "hydra:totalItems", total)
        say(view, "hydra:itemsPerPage", literal(str(PAGE), datatype=_INTEGER))
        say(view, "hydra:first", f"<{at(1)}>")
        if found.page > 1:
            say(view, "hydra:previous", f"<{at(found.page - 1)}>")
        if found.page < found.pages:
            say(view, "hydra:next", f"<{at(found.page + 1)}>")
    if graph:
        # By this, clients know which graph is not data.
        say(graph, "foaf:primaryTopic", f"<{url}#dataset>")
    return quads


def _address(url: str, query: str, page: int) -> str:
    """Where a page is; the first is where the fragment is, so that a client finds the number it asked for."""
    asked = "&".join(part for part in (query, f"page={page}" if page > 1 else "") if part)
    return f"{url}?{asked}" if asked else url


def _terms(place: str, value: str) -> list[str | None]:
    if not value or value.startswith(("?", "_:")):
        return [None]
    if value.startswith('"') and place == "object":
        return list(_literals(value))
    iri = value[1:-1] if value.startswith("<") and value.endswith(">") else value
    if _NO_IRI.search(iri):
        raise BadParameter(f"{place} is {value[:80]!r}: it must be an IRI, a variable such as ?x, or nothing")
    return [f"<{iri}>"]


def _literals(value: str) -> list[str]:
    text, quote, after = value[1:].rpartition('"')
    if quote and not after:
        return [literal(text)]
    if quote and _LANGUAGE.fullmatch(after):
        language, *region = after[1:].split("-")
        usual = "-".join((language.lower(), *(part.upper() for part in region)))
        return [literal(text, language=tag) for tag in dict.fromkeys((after[1:], after[1:].lower(), usual))]
    datatype = after.removeprefix("^^").removeprefix("<").removesuffix(">")
    if not quote or not after.startswith("^^") or not datatype or _NO_IRI.search(datatype):
        raise BadParameter(f'object is {value[:80]!r}: write a literal as "text", "text"@nl or "text"^^http://datatype')
    if datatype == f"{PREFIXES['xsd']}string":
        return [literal(text)]
    return [literal(text, datatype=datatype)]
