"""Nothing in a request makes the server connect to another one, unless its operator allows just that address."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.query_text import read_query
from dppgraph.errors import ServiceForbidden
from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers import confine
from dppgraph.store.workers.evaluation import Dataset, evaluated
from tests.conftest import Serve, Server, start_server
from tests.guard.attacks import FETCHES_NOTHING, HARMLESS, REFUSED
from tests.guard.conftest import Elsewhere, Listen

pytestmark = pytest.mark.heavy

DIRECT = {"Content-Type": "application/sparql-query"}


@pytest.fixture(scope="module")
def elsewhere(listen: Listen) -> Elsewhere:
    return listen()


@pytest.fixture(scope="module")
def closed(built: tuple[VersionStore, Built]) -> Iterator[Server]:
    """A server that allows nothing, as it is by default."""
    running = start_server("--store", built[0].folder)
    yield running
    assert running.stop() == 0


def post(server: Server, text: str) -> tuple[int, dict[str, object]]:
    status, headers, body = server.ask("POST", "/sparql", text.encode(), DIRECT)
    return status, json.loads(body) if "json" in headers["content-type"] else {}


@pytest.mark.parametrize("attack", REFUSED)
def test_what_reaches_outside_is_refused_and_reaches_nobody(closed: Server, elsewhere: Elsewhere, attack: str) -> None:
    status, problem = post(closed, attack.format(at=elsewhere.address))
    assert status in (400, 403), problem
    assert problem["title"] in ("SERVICE is not allowed", "Nothing can be written here", "The query does not parse")
    assert closed.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200
    assert elsewhere.asked == []


@pytest.mark.parametrize("attack", FETCHES_NOTHING)
def test_a_graph_is_never_fetched(closed: Server, elsewhere: Elsewhere, attack: str) -> None:
    status, headers, body = closed.ask("POST", "/sparql", attack.format(at=elsewhere.address).encode(), DIRECT)
    assert status == 200, body
    assert b"root:" not in body
    if "results+json" in headers["content-type"]:
        said = json.loads(body)
        assert said.get("boolean", False) is False
        assert said.get("results", {}).get("bindings", []) == []
    assert elsewhere.asked == []


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri", "using-graph-uri"])
@pytest.mark.parametrize("graph", ["{at}", "file:///etc/passwd"])
def test_a_graph_of_the_protocol_is_never_fetched(closed: Server, elsewhere: Elsewhere, name: str, graph: str) -> None:
    query = quote("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } LIMIT 1")
    named = quote(graph.format(at=elsewhere.address), safe="")
    status, _, body = closed.ask("GET", f"/sparql?query={query}&{name}={named}")
    assert status == 200
    if name != "using-graph-uri":
        assert json.loads(body)["results"]["bindings"] == []
    assert elsewhere.asked == []


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_only_looks_like_it_is_answered(closed: Server, harmless: str) -> None:
    status, problem = post(closed, harmless.format(at="http://127.0.0.1:9/"))
    assert status == 200, problem


# One address is allowed, and some that misbehave.


@pytest.fixture(scope="module")
def allowed(listen: Listen) -> dict[str, Elsewhere]:
    other = listen()
    return {
        "good": listen(),
        "other": other,
        "moved": listen(302, location=other.address),
        "broken": listen(500, b"broken"),
        "garbage": listen(200, b'{"head":{"vars":["x"]},"results":{"bindings":[{"x"'),
        "silent": listen(silent=True),
    }


@pytest.fixture(scope="module")
def opened(allowed: dict[str, Elsewhere], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("allowed")
    (folder / "data").mkdir()
    names = ("good", "moved", "broken", "garbage", "silent")
    running = start_server(
        "--data", folder / "data", "--store", folder / "store", "--shapes", "none",
        environment={
            "DPPGRAPH_SERVICE_ALLOW": ",".join(allowed[name].address for name in names),
            "DPPGRAPH_QUERY_TIMEOUT": "2",
        },
    )  # fmt: skip
    yield running
    assert running.stop() == 0


def test_the_allowed_address_is_asked(opened: Server, allowed: dict[str, Elsewhere]) -> None:
    for text in (
        f"SELECT ?x {{ SERVICE <{allowed['good'].address}> {{ ?x ?p ?o }} }}",
        f"PREFIX a: <{allowed['good'].address}> SELECT ?x {{ SERVICE a: {{ ?x ?p ?o }} }}",
    ):
        status, said = post(opened, text)
        assert (status, "from elsewhere" in str(said)) == (200, True), said


@pytest.mark.parametrize(
    "attack",
    [
        "{at}/", "{at}?x", "{at}#x", "{at}/../sparql", "http://user@{host}/sparql", "http://{host}@{other}/sparql",
        "https://{host}/sparql", "HTTP://{host}/sparql", "http://localhost:{port}/sparql", "http://127.1:{port}/sparql",
        "http://127.0.0.1.:{port}/sparql", "http://{host}/%73parql", "http://{host}//sparql", "{at}%00",
    ],
)  # fmt: skip
def test_an_address_that_is_nearly_allowed_is_refused(
    opened: Server, allowed: dict[str, Elsewhere], attack: str
) -> None:
    good, heard = allowed["good"], len(allowed["good"].asked)
    address = attack.format(
        at=good.address, host=f"127.0.0.1:{good.port}", other=f"127.0.0.1:{allowed['other'].port}", port=good.port
    )
    status, problem = post(opened, f"SELECT ?x {{ SERVICE <{address}> {{ ?x ?p ?o }} }}")
    assert status in (400, 403), problem
    assert len(good.asked) == heard
    assert allowed["other"].asked == []


def test_one_that_is_not_allowed_makes_the_whole_query_refused(opened: Server, allowed: dict[str, Elsewhere]) -> None:
    heard = len(allowed["good"].asked)
    text = f"SELECT * {{ SERVICE <{allowed['good'].address}> {{}} SERVICE <{allowed['other'].address}> {{}} }}"
    assert post(opened, text)[0] == 403
    assert (len(allowed["good"].asked), allowed["other"].asked) == (heard, [])


@pytest.mark.parametrize("attack", [attack for attack in REFUSED if "{at}" in attack])
def test_what_is_refused_everywhere_is_refused_for_others_here(
    opened: Server, allowed: dict[str, Elsewhere], attack: str
) -> None:
    assert post(opened, attack.format(at=allowed["other"].address))[0] in (400, 403)
    assert allowed["other"].asked == []


def test_an_allowed_endpoint_leads_nowhere_else(opened: Server, allowed: dict[str, Elsewhere]) -> None:
    status, problem = post(opened, f"SELECT ?x {{ SERVICE <{allowed['moved'].address}> {{ ?x ?p ?o }} }}")
    assert (status, problem["title"]) == (502, "Another endpoint failed")
    assert allowed["other"].asked == []


@pytest.mark.parametrize("name", ["broken", "garbage"])
def test_an_endpoint_that_fails_is_told_as_such(opened: Server, allowed: dict[str, Elsewhere], name: str) -> None:
    text = f"SELECT ?x {{ SERVICE {{silent}} <{allowed[name].address}> {{ ?x ?p ?o }} }}"
    status, problem = post(opened, text.replace("{silent}", ""))
    assert (status, problem["title"]) == (502, "Another endpoint failed")
    # Whoever says SILENT has asked not to be told (SPARQL 1.1 Federated Query, section 2.2); the engine tells all the
    # same of an answer that ends in its middle.
    assert post(opened, text.replace("{silent}", "SILENT"))[0] == (200 if name == "broken" else 502)


def test_an_endpoint_that_says_nothing_costs_a_deadline(opened: Server, allowed: dict[str, Elsewhere]) -> None:
    status, problem = post(opened, f"SELECT ?x {{ SERVICE <{allowed['silent'].address}> {{ ?x ?p ?o }} }}")
    assert (status, problem["title"]) == (504, "The query took too long")
    assert opened.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200


def confined(dataset: object, text: str) -> str:
    """What a worker's walls make of a query that slipped past the guard: the error's name, in a process of its own."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            confine.no_network()
            store = dataset() if callable(dataset) else dataset
            assert isinstance(store, pyoxigraph.Store)
            query = read_query("SELECT * {}")
            list(evaluated(Dataset(store, "http://e/", union=True), query, text, [], [], {}))  # type: ignore[arg-type]
            said = "answered"
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what the test is about
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(process, 0)
    return said


@pytest.mark.parametrize("mode", ["memory", "disk"])
def test_past_the_guard_the_second_wall_stands(elsewhere: Elsewhere, tmp_path: Path, mode: str) -> None:
    if mode == "disk":
        pyoxigraph.Store(tmp_path / "database").flush()
    dataset = pyoxigraph.Store() if mode == "memory" else lambda: pyoxigraph.Store.read_only(str(tmp_path / "database"))
    text = f"ASK {{ SERVICE <{elsewhere.address}> {{ ?s ?p ?o }} }}"
    assert confined(dataset, text) in (ServiceForbidden.__name__, "OSError", "PermissionError")
    assert elsewhere.asked == []


PIECES = [
    "SERVICE", "service", "SILENT", "<{at}>", "a:", "SERVICEa:", "?x", " ", "\n", "#", "#>", "'", '"', "'''", "\\'",
    "\\u0053", "{{", "}}", "{{ ?s ?p ?o }}", "FILTER(1<2)", "FILTER(?a<?b)", ".", "1", "true", "UNION", "GRAPH",
    "?s ?p ", "?o\u00b7", "a:\u0301", "a:b.c.", "a:.", "FILTER(1<'b>')", "FILTER(1<2#>", "\n)", "VALUES ?v {{", "'''a'",
    "<a:b\\u0062#>", "'\\u005C'", "<a:o'x>", "SERVICEa:x\u00b7",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_what_the_engine_would_ask_the_tokenizer_has_seen(elsewhere: Elsewhere, pieces: list[str]) -> None:
    text = ("PREFIX a: <{at}> SELECT * {{ " + "".join(pieces) + " SERVICE <{at}> {{}} }}").format(at=elsewhere.address)
    heard = len(elsewhere.asked)
    with suppress(SyntaxError, OSError, RuntimeError, ValueError):
        list(pyoxigraph.Store().query(text))  # type: ignore[arg-type] # a SELECT has rows
    asked = elsewhere.asked[heard:]
    del elsewhere.asked[heard:]
    if asked:
        assert read_query(text).services, text


def test_in_a_network_of_its_own_the_server_tries_nothing(built: tuple[VersionStore, Built], tmp_path: Path) -> None:
    """Without any way out, whatever is tried fails, and would be told otherwise than it is."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace is made by root alone")
    address = "http://192.0.2.1/sparql"
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.write(writing, json.dumps(_in_its_own_network(built[0].folder, address)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(process, 0)
    answers = json.loads(said or '"no network namespace can be made here"')
    if isinstance(answers, str):
        pytest.skip(answers)
    assert set(answers["refused"]) <= {400, 403}
    assert set(answers["nothing"]) == {200}
    # The namespace counts what finds no way out: nothing was tried, and what this test tries itself is counted.
    assert (answers["tried"], answers["counted"]) == (0, 1)


def _in_its_own_network(store: Path, address: str) -> object:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        return f"no network namespace can be made here ({os.strerror(ctypes.get_errno())})"
    _raise_loopback()
    server = start_server("--store", store)
    try:
        refused = [post(server, attack.format(at=address))[0] for attack in REFUSED]
        nothing = [
            server.ask("POST", "/sparql", attack.format(at=address).encode(), DIRECT)[0] for attack in FETCHES_NOTHING
        ]
    finally:
        server.stop()
    tried = _without_route()
    with socket.socket() as line, suppress(OSError):
        line.connect(("192.0.2.1", 80))
    return {"refused": refused, "nothing": nothing, "tried": tried, "counted": _without_route()}


def _without_route() -> int:
    lines = [line.split() for line in Path("/proc/self/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    return int(dict(zip(*lines, strict=True))["OutNoRoutes"])


def _raise_loopback() -> None:
    import fcntl
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        request = struct.pack("16sh14x", b"lo", 1 | 64)
        fcntl.ioctl(line, 0x8914, request)


def test_an_ordinary_server_asks_nobody_for_a_service(serve: Serve, built: tuple[VersionStore, Built]) -> None:
    server = serve("--store", built[0].folder)
    status, problem = post(server, "SELECT * { SERVICE <https://query.wikidata.org/sparql> { ?s ?p ?o } }")
    assert (status, problem["title"]) == (403, "SERVICE is not allowed")
