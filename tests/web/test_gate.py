"""Each shape can be broken by a change that is sent, and none that breaks one gets through: made of the fixtures."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.store.rdf import read_file
from tests.conftest import BASE, Server, start_server
from tests.operations.test_validate import FILES, expected

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1800)]

TOKEN = "a-token-of-more-than-thirty-two-characters"
SHAPES = f"{BASE}shapes#"
CONCEPT = f"{BASE}id/concept/level-regional"
GRAPH = graph_iri("concepts", BASE)
NOTE = f"{PREFIXES['skos']}changeNote"


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the shipped data and all shapes."""
    environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off"}
    running = start_server("--store", tmp_path_factory.mktemp("gated") / "store", environment=environment)
    yield running
    assert running.stop() == 0


@pytest.fixture
def chosen(request: pytest.FixtureRequest) -> list[Path]:
    """Some of the fixtures, others each time; ``--sample 0`` takes all, ``--seed`` those of a run before."""
    sample, seed = request.config.getoption("sample"), request.config.getoption("seed")
    return sorted(random.Random(seed).sample(FILES, sample)) if sample else FILES


@pytest.fixture
def severities(sources: Sources) -> dict[str, str]:
    """Local name of a shape to its severity; a Violation, where it says none (SHACL, section 2.1.4)."""
    found = read_shapes(sources)
    quads = [*found.merged, *(quad for alone in found.by_graph.values() for quad in alone)]
    severity = f"<{PREFIXES['sh']}severity>"
    said = {quad.subject: quad.object for quad in quads if quad.predicate == severity}
    return defaultdict(lambda: "Violation", {local(subject): local(severity) for subject, severity in said.items()})


def local(term: str) -> str:
    return term.rpartition("#")[2].rstrip(">")


def update_of(path: Path) -> str:
    """The update that adds a fixture, its blank nodes as they are written."""
    format_ = formats.of_file(path.name)
    assert format_
    quads = read_file(path, format_, graph=f"<{graph_iri('source', BASE)}>", base=BASE)
    return f"INSERT DATA {{ {' '.join(map(block, quads))} }}"


def block(quad: Quad) -> str:
    return f"GRAPH {quad.graph} {{ {quad.subject} {quad.predicate} {quad.object} }}"


def send(server: Server, text: str, target: str = "/sparql", accept: str = "*/*") -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update", "Accept": accept}
    status, _, body = server.ask("POST", target, text.encode(), headers)
    return status, body


def refused(server: Server, text: str) -> set[tuple[str, str]]:
    """Shape and focus node of each violation that the report of a refusal tells of, as SHACL has it."""
    status, body = send(server, text, accept="application/n-triples")
    assert status == 422, body
    said: dict[str, dict[str, str]] = {}
    for triple in parse(body, RdfFormat.N_TRIPLES):
        said.setdefault(str(triple.subject), {})[triple.predicate.value] = str(triple.object)
    source, focus, severity = (PREFIXES["sh"] + part for part in ("sourceShape", "focusNode", "resultSeverity"))
    wanted = f"<{PREFIXES['sh']}Violation>"
    return {(about[source], about[focus]) for about in said.values() if about.get(severity) == wanted}


def noted(server: Server, text: str) -> set[tuple[str, str]]:
    """Shape and focus node of each result of a change that is only tried, since nothing may forbid it."""
    status, body = send(server, text, "/sparql?dry-run=true")
    assert status == 200, body
    results = json.loads(body)["report"]["results"]
    return {(f"<{result['shape']}>", f"<{result['focus']}>") for result in results}


def test_a_shape_that_a_change_breaks_keeps_it_out_and_is_named(
    gated: Server, chosen: list[Path], severities: dict[str, str], request: pytest.FixtureRequest
) -> None:
    before, wrong, counted = version(gated), list[str](), Counter[str]()
    for path in chosen:
        _, check, focus = expected(path)
        severity = severities[check]
        counted[severity] += 1
        try:
            named = (refused if severity == "Violation" else noted)(gated, update_of(path))
            assert (f"<{SHAPES}{check}>", focus) in named
            assert version(gated) == before
        except AssertionError as error:
            wrong.append(f"{path.name}, {check}: {str(error)[:300]}")
    assert not wrong, f"--seed {request.config.getoption('seed')}, of {dict(counted)}: {wrong}"
    # Nor is the server the worse for it.
    assert send(gated, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{NOTE}> 'a note' }} }}")[0] == 200
    assert version(gated) == before + 1


def version(server: Server) -> int:
    return int(json.loads(server.ask("GET", "/health")[2])["version"])
