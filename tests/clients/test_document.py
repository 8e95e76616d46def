"""docs/clients.md: its examples run, and what it says of failures is what happens."""

import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, TURTLE, SPARQLWrapper

from tests.clients.conftest import (
    ENDLESS,
    ENDLESS_GRAPH,
    NPM,
    PREFIXES,
    RUNAWAY,
    SELECT,
    TOO_MANY,
    Node,
    Noted,
    curl,
    rows,
)
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.remote

DOCUMENT = (REPOSITORY / "docs" / "clients.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(python|js|sh)\n(.*?)```", DOCUMENT, re.DOTALL)
HEADER, *LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCUMENT.splitlines()
    if line.startswith("|") and not line.startswith("|--")
]
FAILURES = {
    "a query that does not parse": ("SELECT nonsense", "unexpected|does not parse"),
    "one that takes too long": (RUNAWAY, "longer than it may"),
    "one with too many rows": (TOO_MANY, "more than 100 rows"),
    "a table that breaks off": (ENDLESS, "larger than this server sends"),
    "a graph that breaks off": (ENDLESS_GRAPH, "larger than this server sends"),
}


@pytest.mark.parametrize(("language", "example"), EXAMPLES)
def test_each_example_prints_the_titles_of_the_plans(
    request: pytest.FixtureRequest, endpoint: str, tmp_path: Path, language: str, example: str
) -> None:
    example = example.replace("http://127.0.0.1:8000/sparql", endpoint)
    if language == "js":
        node: Node = request.getfixturevalue("node")
        (tmp_path / "node_modules").symlink_to(NPM / "node_modules")
        (tmp_path / "example.mjs").write_text(example)
        # Clients hold their connections for the next query: what is printed is all that there is to wait for.
        said = node(str(tmp_path / "example.mjs"))
    else:
        command = [sys.executable, "-W", "ignore", "-c", example] if language == "python" else ["sh", "-c", example]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    titles = {row["title"]["value"] for row in rows(endpoint, SELECT)}
    printed = set(said.stdout.replace("\r", "").splitlines()) - {"title"}
    assert printed == titles
    assert len(titles) >= 3


def test_all_languages_have_examples() -> None:
    assert [language for language, _ in EXAMPLES] == ["python", "python", "js", "js", "js", "sh"]
    assert HEADER[1:] == list(FAILURES)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_each_client_makes_of_a_failure_what_is_said(
    request: pytest.FixtureRequest, endpoint: str, sparing: str, noted: Noted, line: list[str]
) -> None:
    found = {}
    for failure, (query, why) in FAILURES.items():
        said = ASKED[line[0]](request, sparing if query == TOO_MANY else endpoint, query)
        found[failure] = said if said in ENDINGS else "tells why" if re.search(why, said) else "fails"
        # Where it is to break off, it did: no status said before that there would be no answer.
        assert any("broken" in entry for entry in noted()) == ("breaks off" in failure), failure
    assert found == dict(zip(FAILURES, line[1:], strict=True))


ENDINGS = ("takes it for an answer", "never ends", "ends the program")
UNSETTLED = 13
"""Node's exit status where what a program waits for never comes, and nothing else is left to do."""


def _is_graph(query: str) -> bool:
    return query.startswith("CONSTRUCT")


def _sparqlwrapper(_: pytest.FixtureRequest, endpoint: str, query: str) -> str:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(TURTLE if _is_graph(query) else JSON)
    return _raised(wrapper.queryAndConvert)


def _sparqlstore(_: pytest.FixtureRequest, endpoint: str, query: str) -> str:
    graph = rdflib.Graph(SPARQLStore(endpoint))
    return _raised(lambda: list(graph.query(query)))


def _raised(ask: Callable[[], Any]) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask()
    except Exception as error:  # noqa: BLE001 - whatever the client raises is what is looked at
        return str(error) or type(error).__name__
    return ENDINGS[0]


def _npm(client: str) -> Callable[[pytest.FixtureRequest, str, str], str]:
    def ask(request: pytest.FixtureRequest, endpoint: str, query: str) -> str:
        node: Node = request.getfixturevalue("node")
        operation = "triples" if _is_graph(query) else "count"
        said = node(str(NPM / "ask.mjs"), client, operation, endpoint, said=f"{PREFIXES}{query}")
        if said.returncode == UNSETTLED and not said.stdout:
            return "never ends"
        if said.returncode:
            assert "Unhandled 'error' event" in said.stderr
            return "ends the program"
        error = json.loads(said.stdout).get("error")
        return ENDINGS[0] if error is None else str(error)

    return ask


def _curl(_: pytest.FixtureRequest, endpoint: str, query: str) -> str:
    said = curl(endpoint, query, "text/turtle" if _is_graph(query) else "text/csv")
    return said.stderr + said.stdout[:1000] if said.returncode else ENDINGS[0]


ASKED = {
    "SPARQLWrapper": _sparqlwrapper,
    "rdflib SPARQLStore": _sparqlstore,
    "Comunica": _npm("comunica"),
    "fetch-sparql-endpoint": _npm("fetch-sparql-endpoint"),
    "sparql-http-client": _npm("sparql-http-client"),
    "sparql-http-client, simple": _npm("sparql-http-client-simple"),
    "curl `--fail-with-body`": _curl,
}
