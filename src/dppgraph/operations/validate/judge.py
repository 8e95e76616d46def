"""pySHACL, called and read: quads in, results out. Loading it takes half a second: imported where a validation runs."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable

import pyshacl
import rdflib
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib.exceptions import ParserError

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical
from dppgraph.errors import BadRdf
from dppgraph.operations.validate.prepared import PreparedGraph
from dppgraph.operations.validate.report import SEVERITIES, Result, Severity, messages_of
from dppgraph.store.rdf import parse

_SH = PREFIXES["sh"]
_PLACEHOLDER = re.compile(r"\{[?$]\w+\}")


def judged(data: Iterable[Quad], shapes: Iterable[Quad]) -> list[Result]:
    """What the shapes find in the data, both taken as plain triples.

    pySHACL patches rdflib for the whole process, and rdflib normalises literals unless told not to, so this is for
    processes that use rdflib for nothing else.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    shapes = list(shapes)
    rdflib.NORMALIZE_LITERALS = False
    # It logs a traceback for each ill-typed literal; the shapes report those in their own words.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    try:
        _, report, text = pyshacl.validate(_graph(data), shacl_graph=_graph(shapes), advanced=True, inplace=True)
    except (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError) as error:
        raise BadRdf(f"the shapes cannot be judged by: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise BadRdf(f"the shapes cannot be judged by: {text}")
    templates = _templates(shapes)
    return [_result(said, templates) for said in _said(parse(report.serialize(format="nt").encode(), formats.NTRIPLES))]


def _graph(quads: Iterable[Quad]) -> rdflib.Graph:
    data = "".join(f"{line}\n" for line in canonical(quad._replace(graph="") for quad in quads))
    try:
        return PreparedGraph().parse(data=data, format="nt")
    except ParserError as error:
        raise BadRdf(
            f"the shapes cannot judge what RDF 1.1 has not (triple terms, directions of text): {error}"
        ) from error


def _said(report: list[Quad]) -> list[dict[str, list[str]]]:
    """For each result of a report, the local names of its SHACL properties with their terms."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in report:
        if quad.predicate.startswith(f"<{_SH}"):
            said[quad.subject][quad.predicate[len(_SH) + 1 : -1]].append(quad.object)
    return [said[quad.object] for quad in report if quad.predicate == f"<{_SH}result>"]


def _result(said: dict[str, list[str]], templates: "_Templates") -> Result:
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


_Templates = dict[str, list[tuple[str, re.Pattern[str]]]]
"""Shape or constraint, as a term, to the language of each of its messages and what the filled-in message looks like."""


def _templates(shapes: Iterable[Quad]) -> _Templates:
    found: _Templates = defaultdict(list)
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
