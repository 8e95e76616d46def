"""pySHACL, called and read: quads in, results out. Loading it takes half a second: imported where a validation runs."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import pyshacl
import rdflib
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib.exceptions import ParserError

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical
from dppgraph.errors import BadRdf
from dppgraph.operations.validate.narrowing import Narrowing
from dppgraph.operations.validate.prepared import PreparedGraph
from dppgraph.operations.validate.report import SEVERITIES, Result, Severity, messages_of
from dppgraph.store.rdf import parse

_SH = PREFIXES["sh"]
REFUSED: Final = (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError)
"""What pySHACL raises at shapes that are not well-formed."""
ENDLESS: Final = (
    "the shapes cannot be judged by: rdflib goes on without end over a value, as it does over the sum of a day that "
    "is none and a duration: let the query take only the values that it is for"
)

_PLACEHOLDER = re.compile(r"\{[?$]\w+\}")


def judged(data: Iterable[Quad], shapes: Iterable[Quad]) -> list[Result]:
    """What the shapes find in the data, both taken as plain triples.

    pySHACL patches rdflib for the whole process, and rdflib normalises literals unless told not to, so this is for
    processes that use rdflib for nothing else.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    data, shapes = list(data), list(shapes)
    graph = graph_of(data)
    graph.narrowing = Narrowing(data)
    try:
        _, report, text = pyshacl.validate(graph, shacl_graph=graph_of(shapes), advanced=True, inplace=True)
    except REFUSED as error:
        raise BadRdf(f"the shapes cannot be judged by: {error}") from error
    except RecursionError as error:
        raise BadRdf(ENDLESS) from error
    if not isinstance(report, rdflib.Graph):
        raise BadRdf(f"the shapes cannot be judged by: {text}")
    return results_of(report, templates_of(shapes))


def results_of(report: rdflib.Graph, templates: "Templates") -> list[Result]:
    """The results of one of pySHACL's reports.

    Args:
        report: the report.
        templates: what the messages of the shapes look like.
    """
    said = _said(parse(report.serialize(format="nt").encode(), formats.NTRIPLES))
    return [_result(one, templates) for one in said]


def graph_of(quads: Iterable[Quad]) -> PreparedGraph:
    """Quads as a graph of rdflib, whatever graphs they are in; each literal as it is written.

    Raises:
        BadRdf: there is something that RDF 1.1 has not.
    """
    rdflib.NORMALIZE_LITERALS = False
    # It logs a traceback for each ill-typed literal; the shapes report those in their own words.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    data = "".join(f"{line}\n" for line in canonical(quad._replace(graph="") for quad in quads))
    try:
        graph = PreparedGraph()
        graph.parse(data=data, format="nt")
    except ParserError as error:
        raise BadRdf(
            f"the shapes cannot judge what RDF 1.1 has not (triple terms, directions of text): {error}"
        ) from error
    return graph


def _said(report: list[Quad]) -> list[dict[str, list[str]]]:
    """For each result of a report, the local names of its SHACL properties with their terms."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in report:
        if quad.predicate.startswith(f"<{_SH}"):
            said[quad.subject][quad.predicate[len(_SH) + 1 : -1]].append(quad.object)
    return [said[quad.object] for quad in report if quad.predicate == f"<{_SH}result>"]


def _result(said: dict[str, list[str]], templates: "Templates") -> Result:
    def first(name: str) -> str:
        return min(said.get(name, [""]))

    shape = first("sourceShape")
    known = [*templates.get(shape, ()), *templates.get(first("sourceConstraint"), ())]
    return Result(
        severity=_severity(first("resultSeverity")),
        check=shape.strip("<>").rpartition("#")[2],
        focus=first("focusNode"),
        path=first("resultPath"),
        value=first("value"),
        component=first("sourceConstraintComponent").strip("<>"),
        shape=shape.strip("<>"),
        messages=_with_languages(said.get("resultMessage", []), known),
    )


Templates = dict[str, list[tuple[str, re.Pattern[str]]]]
"""Shape or constraint, as a term, to the language of each of its messages and what the filled-in message looks like."""


def templates_of(shapes: Iterable[Quad]) -> Templates:
    """What the messages of the shapes look like."""
    found: Templates = defaultdict(list)
    for quad in shapes:
        if quad.predicate == f"<{_SH}message>":
            for language, text in messages_of([quad.object]):
                pattern = ".*".join(re.escape(part) for part in _PLACEHOLDER.split(text))
                found[quad.subject].append((language, re.compile(pattern, re.DOTALL)))
    return found


def _with_languages(
    literals: Iterable[str], templates: list[tuple[str, re.Pattern[str]]]
) -> tuple[tuple[str, str], ...]:
    # pySHACL drops the language of a message when it fills in a value; the shape still knows it.
    found = {}
    for term in literals:
        ((language, text),) = messages_of([term])
        known = next((tag for tag, pattern in templates if pattern.fullmatch(text)), language)
        found[language if term.endswith(f"@{language}") else known] = text
    return tuple(sorted(found.items()))


def _severity(term: str) -> Severity:
    return next((severity for severity in SEVERITIES if term == f"<{_SH}{severity}>"), "Violation")
