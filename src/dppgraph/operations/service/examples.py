"""The named questions as examples that run as they are, and the prefixes, where clients look for them.

Editors (SIB's among them) ask an endpoint for ``sh:SPARQLExecutable`` with its ``rdfs:comment`` and text, and for
``sh:prefix`` with ``sh:namespace`` (SHACL, section 5.2.1).
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlencode

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.queries import Question

_A: Final = f"<{PREFIXES['rdf']}type>"
_SH: Final = PREFIXES["sh"]


def examples(questions: Iterable[Question], base: str) -> Iterator[Quad]:
    """Each question with its parameters' examples put in, and the prefixes that all of them may use."""
    graph = f"<{graph_iri('catalogue', base)}>"
    prefixes = f"{base}id/service/sparql#prefixes"
    yield Quad(f"<{prefixes}>", _A, f"<{PREFIXES['owl']}Ontology>", graph)
    for name, namespace in PREFIXES.items():
        node = f"<{base}id/service/sparql#prefix-{name}>"
        yield Quad(f"<{prefixes}>", f"<{_SH}declare>", node, graph)
        yield Quad(node, _A, f"<{_SH}PrefixDeclaration>", graph)
        yield Quad(node, f"<{_SH}prefix>", literal(name), graph)
        yield Quad(node, f"<{_SH}namespace>", literal(namespace, datatype=f"{PREFIXES['xsd']}anyURI"), graph)
    for question in questions:
        this = f"<{base}id/query/{question.name}>"
        text = with_values(question.text, question.values(question.examples, base))
        yield Quad(this, _A, f"<{_SH}SPARQLExecutable>", graph)
        yield Quad(this, _A, f"<{_SH}SPARQL{question.form.capitalize()}Executable>", graph)
        yield Quad(this, f"<{_SH}{question.form}>", literal(text), graph)
        yield Quad(this, f"<{_SH}prefixes>", f"<{prefixes}>", graph)
        page = "?".join(filter(None, (f"{base}queries/{question.name}", urlencode(question.examples))))
        yield Quad(this, f"<{PREFIXES['foaf']}page>", f"<{page}>", graph)
        yield Quad(this, "<https://schema.org/target>", f"<{base}sparql>", graph)
        for language, title in question.titles.items():
            for name in ("label", "comment"):
                yield Quad(this, f"<{PREFIXES['rdfs']}{name}>", literal(title, language=language), graph)
