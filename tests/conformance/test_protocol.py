"""The W3C's protocol and service description tests: raw requests, nothing added, to a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph
import pytest

from dppgraph.core.iris import PREFIXES
from tests.conformance.manifests import HOME, MF, Manifest, Node
from tests.conftest import REPOSITORY, Server, start_server

pytestmark = pytest.mark.conformance

FOLDER: Final = REPOSITORY.parent / "shared" / "suites" / "rdf-tests" / "sparql11"
HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"
DATA: Final = "http://kasei.us/2009/09/sparql/data/data{}.rdf"


def entries(name: str) -> dict[str, tuple[Manifest, Node]]:
    if not FOLDER.is_dir():
        return {}
    manifest = Manifest(FOLDER / name / "manifest.ttl", f"{HOME}sparql11/{name}/manifest.ttl")
    return {entry.value.rpartition("#")[2]: (manifest, entry) for entry in manifest.entries()}


PROTOCOL: Final = entries("protocol")
UPDATES: Final = {name for name in PROTOCOL if "update" in name}
TOKEN: Final = "dpp_" + "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def plain(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the data that the protocol's tests suppose, and of nothing else."""
    yield from _served(tmp_path_factory.mktemp("protocol"))


@pytest.fixture(scope="module")
def written(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another one, which is written to."""
    yield from _served(tmp_path_factory.mktemp("protocol"))


def _served(folder: Path) -> Iterator[Server]:
    (folder / "data").mkdir()
    quads = [
        pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, pyoxigraph.NamedNode(DATA.format(number)))
        for number in (1, 2, 3)
        for quad in pyoxigraph.parse(
            (FOLDER / "protocol" / f"data{number}.nt").read_bytes(), pyoxigraph.RdfFormat.N_TRIPLES
        )
    ]
    (folder / "data" / "data.nq").write_bytes(pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b"")
    running = start_server(
        "--data", folder / "data", "--store", folder / "store", "--shapes", "none", "--default-graph", "plain",
        environment={"DPPGRAPH_TOKEN": TOKEN},
    )  # fmt: skip
    yield running
    assert running.stop() == 0


def test_there_are_as_many_tests_as_there_should_be(shared: Path) -> None:
    assert (len(PROTOCOL), len(UPDATES)) == (34, 14)
    assert set(entries("service-description")) == {
        "returns-rdf",
        "has-endpoint-triple",
        "conforms-to-schema",
    }


@pytest.mark.parametrize("name", sorted(set(PROTOCOL) - UPDATES))
def test_a_protocol_test_of_the_w3c(plain: Server, name: str) -> None:
    _play(plain, name, "")


@pytest.mark.parametrize("name", sorted(UPDATES))
def test_a_protocol_test_of_updates_of_the_w3c(written: Server, name: str) -> None:
    """With nothing added but the token, which is not asked for in vain: without it, nothing is updated."""
    _play(written, name, TOKEN)


def _play(server: Server, name: str, token: str) -> None:
    manifest, entry = PROTOCOL[name]
    action = manifest.one(entry, f"{MF}action")
    assert action is not None
    requests = list(manifest.items(manifest.one(action, f"{HT}requests")))
    assert requests
    for request in requests:
        _judge(server, manifest, request, token)


def _judge(server: Server, manifest: Manifest, request: Node, token: str) -> None:
    path = (manifest.text(request, f"{HT}absolutePath") or "").replace("/sparql/", "/sparql", 1)
    body = manifest.one(request, f"{HT}body")
    content = None
    if body is not None:
        encoding = manifest.text(body, f"{CNT}characterEncoding") or "UTF-8"
        content = (manifest.text(body, f"{CNT}chars") or "").encode(encoding)
    headers = {
        manifest.text(header, f"{HT}fieldName") or "": manifest.text(header, f"{HT}fieldValue") or ""
        for header in manifest.items(manifest.one(request, f"{HT}headers"))
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    status, answered, data = server.ask(manifest.text(request, f"{HT}methodName") or "GET", path, content, headers)
    response = manifest.one(request, f"{HT}resp")
    assert response is not None
    classes = {node.value[-3:-2] for node in manifest.all(response, f"{MF}expectedStatus")}
    assert str(status)[0] in classes, (status, data)
    _judge_content(manifest, response, answered.get("content-type", "").partition(";")[0], data)


def _judge_content(manifest: Manifest, response: Node, content_type: str, data: bytes) -> None:
    expected = manifest.text(response, f"{MF}expectedFormat")
    boolean = manifest.text(response, f"{MF}expectedBoolean")
    results = pyoxigraph.QueryResultsFormat.from_media_type(content_type)
    if expected == "RDF":
        assert pyoxigraph.RdfFormat.from_media_type(content_type) is not None
    elif expected is not None:
        assert results is not None
        found = pyoxigraph.parse_query_results(data, results)
        assert isinstance(found, pyoxigraph.QueryBoolean) == (expected == "boolean")
        if boolean is not None:
            assert bool(found) == (boolean == "true")


def test_getting_the_endpoint_gives_rdf(plain: Server) -> None:
    """returns-rdf"""
    status, headers, body = plain.ask("GET", "/sparql")
    assert status == 200
    format_ = pyoxigraph.RdfFormat.from_media_type(headers["content-type"])
    assert format_ is not None
    assert list(pyoxigraph.parse(body, format_))


def test_the_description_has_the_endpoint(plain: Server) -> None:
    """has-endpoint-triple"""
    _, _, body = plain.ask("GET", "/sparql?format=ntriples")
    assert f"<{PREFIXES['sd']}endpoint> <http://127.0.0.1:{plain.port}/sparql>".encode() in body


def test_the_description_is_as_its_schema_says(plain: Server) -> None:
    """conforms-to-schema: classes and properties of the namespace, each where its domain and range allow it."""
    _, _, body = plain.ask("GET", "/sparql?format=ntriples")
    triples = {quad.triple for quad in pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES)}
    types: dict[str, set[str]] = {}
    for triple in triples:
        if triple.predicate.value == f"{PREFIXES['rdf']}type":
            types.setdefault(str(triple.subject), set()).add(str(triple.object).rpartition("#")[2].rstrip(">"))
    service = [name for name, known in types.items() if "Service" in known]
    assert len(service) == 1
    domains = {
        "endpoint": ("Service", ""), "feature": ("Service", ""), "supportedLanguage": ("Service", ""),
        "resultFormat": ("Service", ""), "extensionFunction": ("Service", ""), "defaultDataset": ("Service", "Dataset"),
        "defaultEntailmentRegime": ("Service", ""), "defaultGraph": ("Dataset", "Graph"),
        "namedGraph": ("Dataset", "NamedGraph"), "name": ("NamedGraph", ""), "graph": ("NamedGraph", "Graph"),
    }  # fmt: skip
    used = {triple.predicate.value for triple in triples if triple.predicate.value.startswith(PREFIXES["sd"])}
    assert {name.rpartition("#")[2] for name in used} <= set(domains)
    assert {"endpoint", "defaultDataset", "namedGraph", "name"} <= {name.rpartition("#")[2] for name in used}
    for triple in triples:
        if triple.predicate.value.startswith(PREFIXES["sd"]):
            domain, range_ = domains[triple.predicate.value.rpartition("#")[2]]
            assert domain in types[str(triple.subject)], triple
            assert not range_ or range_ in types[str(triple.object)], triple
