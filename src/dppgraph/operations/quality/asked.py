"""What is asked of a version to know how good it is: named questions, and some queries of its own.

What a page then says is what anybody who asks is told, by definition.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.operations.queries import Question
from dppgraph.store.interface import QueryRequest
from dppgraph.store.versions import Manifest

Rows = Sequence[Mapping[str, str]]
"""The rows of an answer: column to term; an empty cell is not there."""

ASKED: Final = ("missing-facts", "unverified-facts", "conflicting-values", "facts-by-provenance")
"""The named questions."""

_OWN: Final = ("quotes", "labels")
_HERE: Final = Path(__file__).parent
_TIMEOUT: Final = 5.0
"""Seconds: who opens a page waits no longer; the question itself may take longer."""
_STRING: Final = f"{PREFIXES['xsd']}string"


def requests(questions: Mapping[str, Question], manifest: Manifest, *, union: bool) -> dict[str, QueryRequest]:
    """What is asked, by name; a named question that there is not is not asked.

    Args:
        questions: the named questions.
        manifest: the version.
        union: whether the default graph of a query is the union of all graphs anyhow.
    """
    ours = {"ours": literal(f"{manifest.base}id/")}
    texts = {name: ((_HERE / f"{name}.rq").read_text(encoding="utf-8"), ours) for name in _OWN}
    texts |= {
        name: (questions[name].text, questions[name].values({}, manifest.base)) for name in ASKED if name in questions
    }
    graphs = () if union else tuple(graph for graph in manifest.graphs if graph)
    return {
        name: QueryRequest(
            text,
            formats.JSON,
            None,
            default_graphs=graphs,
            named_graphs=graphs,
            substitutions={variable: term for variable, term in values.items() if f"?{variable}" in text},
            timeout=_TIMEOUT,
            version=manifest.version,
        )
        for name, (text, values) in texts.items()
    }


def rows_of(answer: bytes) -> Rows:
    """The rows of an answer in SPARQL's JSON, with terms as canonical N-Triples has them."""
    bindings = json.loads(answer)["results"]["bindings"]
    return [{column: _term(said) for column, said in row.items()} for row in bindings]


def _term(said: Mapping[str, Any]) -> str:
    kind, value = said["type"], said["value"]
    if kind == "uri":
        return f"<{value}>"
    if kind == "bnode":
        return f"_:{value}"
    if kind == "triple":
        return f"<<( {' '.join(_term(value[part]) for part in ('subject', 'predicate', 'object'))} )>>"
    datatype = said.get("datatype")
    return literal(value, language=said.get("xml:lang"), datatype=None if datatype == _STRING else datatype)
