"""The questions as RDF: ``sh:SPARQLExecutable`` (SHACL Advanced Features, section 5) with their parameters."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.core.query_text import QueryForm
from dppgraph.operations.queries.parameters import Parameter
from dppgraph.operations.queries.question import Question

_A: Final = f"<{PREFIXES['rdf']}type>"
_LABEL: Final = f"<{PREFIXES['rdfs']}label>"
_COMMENT: Final = f"<{PREFIXES['rdfs']}comment>"
_IDENTIFIER: Final = f"<{PREFIXES['dct']}identifier>"
_SH: Final = PREFIXES["sh"]
_CLASSES: Final[dict[QueryForm, str]] = {
    "select": "SPARQLSelectExecutable",
    "ask": "SPARQLAskExecutable",
    "construct": "SPARQLConstructExecutable",
}


def described(questions: Iterable[Question], base: str) -> list[str]:
    """The questions in canonical lines.

    Each is ``{base}id/query/NAME``, a parameter its ``#parameter-NAME``; the variable is the local name of ``sh:path``.
    """
    return canonical(quad for question in questions for quad in _question(question, base))


def _question(question: Question, base: str) -> Iterator[Quad]:
    this = f"<{base}id/query/{question.name}>"
    yield Quad(this, _A, f"<{_SH}SPARQLExecutable>")
    if question.form in _CLASSES:
        yield Quad(this, _A, f"<{_SH}{_CLASSES[question.form]}>")
    yield Quad(this, _IDENTIFIER, literal(question.name))
    yield Quad(this, f"<{PREFIXES['foaf']}page>", f"<{base}queries/{question.name}>")
    yield Quad(this, f"<{_SH}{question.form}>", literal(question.text))
    yield from _texts(this, _LABEL, question.titles)
    yield from _texts(this, _COMMENT, question.descriptions)
    for order, parameter in enumerate(question.parameters.values()):
        node = f"{this[:-1]}#parameter-{parameter.name}>"
        yield Quad(this, f"<{_SH}parameter>", node)
        yield Quad(node, f"<{_SH}order>", literal(str(order), datatype=f"{PREFIXES['xsd']}integer"))
        yield from _parameter(node, f"{this[:-1]}#{parameter.variable}>", parameter, base)


def _parameter(node: str, path: str, parameter: Parameter, base: str) -> Iterator[Quad]:
    yield Quad(node, _A, f"<{_SH}Parameter>")
    yield Quad(node, _IDENTIFIER, literal(parameter.name))
    yield Quad(node, f"<{_SH}path>", path)
    yield from _texts(node, f"<{_SH}description>", parameter.descriptions)
    if not parameter.required:
        yield Quad(node, f"<{_SH}optional>", literal("true", datatype=f"{PREFIXES['xsd']}boolean"))
    if parameter.default is not None:
        yield Quad(node, f"<{_SH}defaultValue>", parameter.term(parameter.default, base))
    if parameter.type.name == "iri":
        yield Quad(node, f"<{_SH}nodeKind>", f"<{_SH}IRI>")
    else:
        yield Quad(node, f"<{_SH}datatype>", f"<{parameter.type.datatype or PREFIXES['xsd'] + 'string'}>")
    if parameter.of:
        prefix, _, local = parameter.of.partition(":")
        yield Quad(node, f"<{_SH}class>", f"<{PREFIXES[prefix]}{local}>")


def _texts(subject: str, predicate: str, texts: Mapping[str, str]) -> Iterator[Quad]:
    return (Quad(subject, predicate, literal(text, language=language)) for language, text in texts.items())
