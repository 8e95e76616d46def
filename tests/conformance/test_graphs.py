"""The W3C's tests of the Graph Store Protocol: raw requests, nothing added but a token, to a real server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pyoxigraph
import pytest

from tests.conformance.manifests import HOME, MF, Manifest, Node
from tests.conftest import REPOSITORY, Server, start_server

pytestmark = pytest.mark.conformance

FOLDER: Final = REPOSITORY.parent / "shared" / "suites" / "rdf-tests" / "sparql11" / "graph-store-protocol"
HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"
STATUSES: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
TOKEN: Final = "dpp_" + "0123456789abcdef" * 4


def entries() -> dict[str, tuple[Manifest, Node]]:
    if not FOLDER.is_dir():
        return {}
    found: dict[str, tuple[Manifest, Node]] = {}
    for name in ("manifest-direct.ttl", "manifest-indirect.ttl"):
        manifest = Manifest(FOLDER / name, f"{HOME}sparql11/graph-store-protocol/{name}")
        found |= {entry.value.rpartition("#")[2]: (manifest, entry) for entry in manifest.entries()}
    return found


TESTS: Final = entries()


@pytest.fixture(scope="module")
def plain(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of next to nothing, with the gate off."""
    folder = tmp_path_factory.mktemp("graphs")
    (folder / "data").mkdir()
    (folder / "data" / "data.nq").write_text("<a:a> <a:b> <a:c> <a:of-the-data> .\n")
    arguments = ("--data", folder / "data", "--store", folder / "store", "--shapes", "none")
    running = start_server(*arguments, "--default-graph", "plain", environment={"DPPGRAPH_TOKEN": TOKEN})
    yield running
    assert running.stop() == 0


@pytest.fixture
def empty(plain: Server) -> Server:
    """The server without any graph that a test before has made."""
    listed = json.loads(plain.ask("GET", "/graphs.json")[2])["graphs"]
    for target in ("/graphs?default", *(urlsplit(graph["url"]) for graph in listed)):
        address = target if isinstance(target, str) else f"{target.path}?{target.query}"
        assert plain.ask("DELETE", address, headers={"Authorization": f"Bearer {TOKEN}"})[0] == 200
    return plain


def test_there_are_as_many_tests_as_there_should_be(shared: Path) -> None:
    # One more is described that the manifest does not list.
    assert len(TESTS) == 13
    assert "head_non_existing_direct" not in TESTS


@pytest.mark.parametrize("name", sorted(TESTS))
def test_a_graph_store_test_of_the_w3c(empty: Server, name: str) -> None:
    manifest, entry = TESTS[name]
    _play(empty, manifest, manifest.one(entry, f"{MF}action"))


def test_a_graph_that_is_not_there_has_no_head(empty: Server, shared: Path) -> None:
    """head_non_existing_direct"""
    _ = next(iter(TESTS.values()))
    named = Manifest(FOLDER / "manifest-direct.ttl", f"{HOME}sparql11/graph-store-protocol/manifest-direct.ttl")
    entry = next(
        subject
        for subject, predicate in named._said
        if predicate == f"{MF}action" and subject.value.endswith("#head_non_existing_direct")
    )
    _play(empty, named, named.one(entry, f"{MF}action"))


def _play(server: Server, manifest: Manifest, action: Node | None) -> None:
    assert action is not None
    known: dict[str, str] = {}
    requests = list(manifest.items(manifest.one(action, f"{HT}requests")))
    assert requests
    for request in requests:
        _judge(server, manifest, request, known)


def _judge(server: Server, manifest: Manifest, request: Node, known: dict[str, str]) -> None:
    method = manifest.text(request, f"{HT}methodName") or "GET"
    path = _filled(manifest.text(request, f"{HT}absolutePath") or "", known)
    # A request for what was told as a whole address is one for its path.
    path = re.sub(r"^/gsp", "/graphs", re.sub(r"^https?://[^/]+", "", path))
    body = manifest.one(request, f"{HT}body")
    content = None if body is None else _filled(manifest.text(body, f"{CNT}chars") or "", known).encode()
    headers = {
        manifest.text(header, f"{HT}fieldName") or "": manifest.text(header, f"{HT}fieldValue") or ""
        for header in manifest.items(manifest.one(request, f"{HT}headers"))
    }
    if method not in ("GET", "HEAD"):
        headers["Authorization"] = f"Bearer {TOKEN}"
    status, answered, data = server.ask(method, path, content, headers)
    response = manifest.one(request, f"{HT}resp")
    assert response is not None
    expected = {STATUSES[node.value.rpartition("#")[2]] for node in manifest.all(response, f"{MF}expectedStatus")}
    assert status in expected, (method, path, status, data)
    template = manifest.text(response, f"{MF}expectedLocation")
    if template:
        known[template] = answered["location"]
        assert known[template]
    _judge_content(manifest, response, answered, data, f"http://www.example{path}", known)


def _judge_content(
    manifest: Manifest,
    response: Node,
    headers: dict[str, str],
    data: bytes,
    base: str,
    known: dict[str, str],
) -> None:
    for header in manifest.items(manifest.one(response, f"{HT}headers")):
        name, value = (manifest.text(header, f"{HT}{part}") or "" for part in ("fieldName", "fieldValue"))
        assert headers[name.lower()] == value
    body = manifest.one(response, f"{HT}body")
    if body is not None:
        text = _filled(manifest.text(body, f"{CNT}chars") or "", known)
        assert _graph(data, base) == _graph(text.encode(), base)


def _graph(data: bytes, base: str) -> set[str]:
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE, base_iri=base))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def _filled(text: str, known: dict[str, str]) -> str:
    for template, value in known.items():
        text = text.replace(template, value)
    return text
