"""Graphs over HTTP: read exactly, written by whoever may, in all the ways of the Graph Store Protocol."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph
import pytest

from dppgraph.core import formats
from tests.conftest import BASE, Server, start_server

pytestmark = pytest.mark.heavy

TOKEN = "dpp_" + "0123456789abcdef" * 4
GRAPH = "urn:x:graph"
AT = f"/graphs?graph={quote(GRAPH)}"
EXACT = '<urn:x:s> <urn:x:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
TURTLE = {"Content_Type": "text/turtle"}

Answer = tuple[int, dict[str, str], bytes]


class Writer:
    """A server, and a token for it."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def read(self, target: str = AT, method: str = "GET", **headers: str) -> Answer:
        return self.server.ask(method, target, headers=_dashed(headers))

    def write(
        self, method: str, target: str = AT, body: bytes | str | None = None, token: str = TOKEN, **headers: str
    ) -> Answer:
        data = body.encode() if isinstance(body, str) else body
        return self.server.ask(method, target, data, {"Authorization": f"Bearer {token}"} | _dashed(headers))

    def says(self, target: str = AT) -> str:
        status, _, body = self.read(target, Accept="application/n-triples")
        return body.decode() if status == 200 else str(status)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Next to no data, the gate off, and little room for what is sent."""
    folder = tmp_path_factory.mktemp("graphs")
    (folder / "data").mkdir()
    (folder / "data" / "data.nq").write_text("<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:data> .\n")
    settings = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_MAX_UPLOAD": "1"}
    running = start_server(
        "--data", folder / "data", "--store", folder / "store", "--shapes", "none", environment=settings
    )
    yield running
    assert running.stop() == 0


@pytest.fixture
def graphs(served: Server) -> Writer:
    """The server without the graph that tests write."""
    writer = Writer(served)
    writer.write("DELETE")
    assert writer.says() == "404"
    return writer


def test_a_graph_is_read_as_it_was_written_in_each_format(graphs: Writer) -> None:
    assert graphs.write("PUT", body=EXACT, **TURTLE)[0] == 201
    assert graphs.says() == EXACT
    for known in (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML):
        for target, accept in ((AT, known.media_types[0]), (f"{AT}&format={known.name}", "text/html")):
            status, headers, body = graphs.read(target, Accept=accept)
            assert (status, headers["content-type"]) == (200, known.content_type)
            read = pyoxigraph.RdfFormat.from_media_type(known.media_types[0])
            (quad,) = pyoxigraph.parse(body, read)
            assert str(quad.object) == '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
            assert isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
    assert graphs.read(Accept="image/png")[0] == 406
    assert graphs.read(f"{AT}&format=trig")[0] == 400


def test_each_method_changes_the_graph_it_names(graphs: Writer) -> None:
    status, headers, body = graphs.write("PUT", f"{AT}&message=first", "<urn:x:s> <urn:x:p> 1 .", **TURTLE)
    said = json.loads(body)
    assert (status, said["created"], said["added"]) == (201, True, 1)
    assert urlsplit(headers["location"]).query == f"graph={quote(GRAPH, safe='')}"
    number = said["version"]
    assert (headers["etag"], headers["dppgraph-version"]) == (f'"v{number}"', str(number))
    assert f"/changes/{number}>" in headers["link"]
    told = json.loads(graphs.read(f"/changes/{number}.json")[2])
    assert (told["message"], told["agent"]) == ("first", "environment")
    assert graphs.write("POST", body="<urn:x:s> <urn:x:p> 2 .", **TURTLE)[0] == 200
    assert [line.split()[2][1] for line in graphs.says().splitlines()] == ["1", "2"]
    patch = "DELETE DATA { <urn:x:s> <urn:x:p> 1 }"
    assert graphs.write("PATCH", body=patch, Content_Type="application/sparql-update")[0] == 200
    assert [line.split()[2][1] for line in graphs.says().splitlines()] == ["2"]
    # Earlier versions stay.
    assert [line.split()[2][1] for line in graphs.says(f"{AT}&version={number}").splitlines()] == ["1"]
    assert graphs.write("DELETE")[0] == 200
    assert graphs.says() == "404"
    assert graphs.write("DELETE")[0] == 404


def test_a_graph_without_a_name_gets_one(graphs: Writer) -> None:
    status, headers, _ = graphs.write("POST", "/graphs", EXACT, **TURTLE)
    location = urlsplit(headers["location"])
    assert (status, location.path.startswith("/graphs/"), location.query) == (201, True, "")
    assert graphs.says(location.path) == graphs.says(f"/graphs?graph={quote(headers['location'])}") == EXACT
    assert graphs.write("DELETE", location.path)[0] == 200


def test_the_default_graph_of_a_union_is_all_graphs(graphs: Writer) -> None:
    graphs.write("PUT", body=EXACT, **TURTLE)
    assert graphs.says("/graphs?default") == f"<urn:x:a> <urn:x:b> <urn:x:c> .\n{EXACT}"


def test_the_list_says_which_graphs_there_are(graphs: Writer) -> None:
    graphs.write("PUT", body=EXACT, **TURTLE)
    for target in ("/graphs.json", "/graphs?format=json"):
        listed = json.loads(graphs.read(target)[2])
        assert {(one["iri"], one["triples"]) for one in listed["graphs"]} == {("urn:x:data", 1), (GRAPH, 1)}
        for one in listed["graphs"]:
            found = urlsplit(one["url"])
            assert graphs.read(f"{found.path}?{found.query}")[0] == 200
    for language in ("nl", "en"):
        page = graphs.read(f"/graphs?lang={language}", Accept="text/html")[2].decode()
        assert GRAPH in page
        assert "graphs.title" not in page
    body = graphs.read("/graphs", Accept="text/turtle")[2]
    assert f"<{GRAPH}>" in body.decode()
    assert list(pyoxigraph.parse(body, pyoxigraph.RdfFormat.TURTLE))


def test_conditions_are_kept(graphs: Writer) -> None:
    graphs.write("PUT", body=EXACT, **TURTLE)
    _, headers, _ = graphs.read(Accept="text/turtle")
    tag = headers["etag"]
    assert not tag.startswith("W/")
    assert graphs.read(Accept="text/turtle", If_None_Match=tag)[0] == 304
    assert graphs.read(Accept="application/n-triples")[1]["etag"] != tag
    # What was read is written back, once.
    two = "<urn:x:s> <urn:x:p> 2 ."
    assert graphs.write("PUT", body=two, If_Match=tag, **TURTLE)[0] == 200
    status, _, body = graphs.write("PUT", body=EXACT, If_Match=tag, **TURTLE)
    assert (status, json.loads(body)["type"].rpartition("/")[2]) == (412, "version-mismatch")
    assert '"2"' in graphs.says()
    for wrong in ('"x"', f"W/{tag}", '"v99999"', "v1"):
        assert graphs.write("DELETE", If_Match=wrong)[0] == 412
    assert graphs.write("PUT", body=EXACT, If_None_Match="*", **TURTLE)[0] == 412
    assert graphs.write("PUT", body=two, If_Match="*", **TURTLE)[0] == 200
    graphs.write("DELETE")
    assert graphs.write("PUT", body=two, If_Match="*", **TURTLE)[0] == 412
    assert graphs.write("PUT", body=two, If_None_Match='"v1"', **TURTLE)[0] == 400
    assert graphs.write("PUT", body=two, If_None_Match="*", **TURTLE)[0] == 201


def test_one_of_several_tags_is_enough_and_a_date_is_a_condition_too(graphs: Writer) -> None:
    graphs.write("PUT", body=EXACT, **TURTLE)
    _, headers, _ = graphs.read()
    number, date = int(headers["dppgraph-version"]), headers["last-modified"]
    two = "<urn:x:s> <urn:x:p> 2 ."
    before = "Sun, 06 Nov 1994 08:49:37 GMT"
    assert graphs.write("PUT", body=two, If_Unmodified_Since=before, **TURTLE)[0] == 412
    # With tags, the date is not looked at (RFC 9110, section 13.1.4).
    tags = f'"v{number}", "v{number + 7}"'
    assert graphs.write("PUT", body=two, If_Match=tags, If_Unmodified_Since=before, **TURTLE)[0] == 200
    assert graphs.write("PUT", body=EXACT, If_Match=tags, **TURTLE)[0] == 412
    assert graphs.write("PUT", body=EXACT, If_Unmodified_Since="no date", **TURTLE)[0] == 200
    assert graphs.says() == EXACT
    assert date.endswith("GMT")


def version(graphs: Writer) -> str:
    return graphs.read("/sparql?query=ASK%7B%7D")[1]["dppgraph-version"]


@pytest.mark.parametrize(
    "slip", ["dryrun=true", "dry-run=true&dry-run=false", "dry-run=yes", "version=1", "graf=urn:x:g"]
)
def test_a_slip_in_a_parameter_publishes_nothing(graphs: Writer, slip: str) -> None:
    before = version(graphs)
    update = {"Content_Type": "application/sparql-update"}
    insert = "INSERT DATA { GRAPH <urn:x:graph> { <urn:x:s> <urn:x:p> 3 } }"
    for status, _, body in (
        graphs.write("PUT", f"{AT}&{slip}", EXACT, **TURTLE),
        graphs.write("POST", f"/graphs?{slip}", EXACT, **TURTLE),
        graphs.write("POST", f"/sparql?{slip}", insert, **update),
    ):
        assert (status, json.loads(body)["type"].rpartition("/")[2]) == (400, "bad-parameter"), body
    assert graphs.says() == "404"
    assert version(graphs) == before


def test_a_dry_run_changes_nothing(graphs: Writer) -> None:
    status, headers, body = graphs.write("PUT", f"{AT}&dry-run=true", EXACT, **TURTLE)
    said = json.loads(body)
    assert (status, said["published"], said["delta"]["removed"]) == (200, False, [])
    assert said["delta"]["added"] == [f"{EXACT[:-3]} <{GRAPH}> ."]
    assert "location" not in headers
    assert graphs.says() == "404"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nobody_writes_without_a_token(graphs: Writer, method: str) -> None:
    # Before anything else is looked at: whether it makes sense, and what it sends.
    for target in (AT, "/graphs/some/path", f"{AT}&default&graph=x"):
        assert graphs.server.ask(method, target, b"no RDF", {"Content-Type": "image/png"})[0] == 401
        assert graphs.write(method, f"{target}&token={TOKEN}".replace("path&", "path?"), b"x")[0] == 400
    assert graphs.write(method, AT, b"x", token="dpp_" + "f" * 64)[0] == 401


def test_other_sites_may_read_and_not_write(graphs: Writer) -> None:
    for target in ("/graphs", "/graphs/a/b"):
        status, headers, _ = graphs.read(target, "OPTIONS", Origin="https://e.example")
        assert (status, headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")
        assert set(headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "PATCH"}
        assert "authorization" not in headers["access-control-allow-headers"].lower()
    assert graphs.read("/graphs?default")[1]["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/graphs?graph=relative", 400),
        ("/graphs?graph=", 400),
        ("/graphs?graph=http%3A%2F%2Fe.example%2F%3Cx%3E", 400),
        ("/graphs?graph=urn:x:a%0D%0AX-Y:z", 400),
        ("/graphs?graph=urn:x:a&graph=urn:x:b", 400),
        ("/graphs?graph=urn:x:a&default", 400),
        ("/graphs/a?default", 400),
        (f"/graphs?graph=urn:x:{'a' * 8000}", 404),
        ("/graphs?graph=urn:x:not-there", 404),
        ("/graphs/../../etc/passwd", 404),
        ("/graphs/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/graphs/..%2f..%2fetc%2fpasswd", 404),
        (f"{AT}&version=99999", 404),
        (f"{AT}&version=x", 400),
    ],
)
def test_what_is_no_graph_is_told_so(graphs: Writer, target: str, status: int) -> None:
    assert graphs.read(target)[0] == status


@pytest.mark.parametrize(
    "path", ["/graphs/../x", "/graphs/a%2Fb", "/graphs/caf%C3%A9", "/graphs/a//b", "/graphs/%3Cb%3E"]
)
def test_an_address_is_a_name_letter_by_letter(graphs: Writer, path: str) -> None:
    status, headers, _ = graphs.write("PUT", path, EXACT, **TURTLE)
    assert (status, urlsplit(headers["location"]).path) == (201, path)
    assert graphs.says(path) == EXACT
    listed = [one["iri"] for one in json.loads(graphs.read("/graphs.json")[2])["graphs"]]
    assert [urlsplit(iri).path for iri in listed if iri.startswith("http")] == [path]
    assert graphs.write("DELETE", path)[0] == 200


@pytest.mark.parametrize(
    ("method", "type_", "body", "status"),
    [
        ("PUT", "image/png", EXACT, 415),
        ("PUT", "", EXACT, 415),
        ("PUT", "turtle", EXACT, 415),
        ("PUT", "text/turtle; charset=latin-1", EXACT, 415),
        ("PUT", "text/turtle", "no Turtle", 400),
        ("PUT", "text/turtle", b"\xff", 400),
        ("PUT", "application/rdf+xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", 400),
        ("PUT", "application/trig", "GRAPH <urn:x:other> { <urn:x:a> <urn:x:b> 1 }", 400),
        ("PUT", "multipart/form-data; boundary=x", "--x\r\n\r\n\r\n--x--", 400),
        ("PATCH", "text/turtle", EXACT, 415),
        ("PATCH", "application/sparql-update", "no update", 400),
        ("PATCH", "application/sparql-update", b"\xff", 400),
        ("PATCH", "application/sparql-update", "INSERT DATA { GRAPH <urn:x:other> { <urn:x:a> <urn:x:b> 1 } }", 400),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    graphs: Writer, method: str, type_: str, body: str | bytes, status: int
) -> None:
    before = graphs.read("/graphs?default")[1]["etag"]
    found, _, said = graphs.write(method, body=body, Content_Type=type_)
    assert found == status, said
    if found == 415:
        # What would be read.
        assert any(known in said for known in (b"text/turtle", b"UTF-8", b"application/sparql-update"))
    assert graphs.read("/graphs?default")[1]["etag"] == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_only_post_makes_a_graph_of_its_own(graphs: Writer, method: str) -> None:
    assert graphs.write(method, "/graphs", EXACT, **TURTLE)[0] == 400


def test_several_documents_come_at_once(graphs: Writer) -> None:
    parts = [
        ('form-data; name="a"; filename="a.ttl"', "text/turtle", '_:b <urn:x:p> "1" .'),
        ('form-data; name="b"; filename="b.nt"', "application/octet-stream", '_:b <urn:x:p> "2" .'),
        ('form-data; name="c"', "application/ld+json; charset=utf-8", '{"@id": "urn:x:s", "urn:x:p": "3"}'),
    ]
    body = "".join(
        f"--b0\r\nContent-Disposition: {said}\r\nContent-Type: {type_}\r\n\r\n{text}\r\n" for said, type_, text in parts
    )
    status, _, said = graphs.write("POST", body=f"{body}--b0--\r\n", Content_Type="multipart/form-data; boundary=b0")
    assert status == 201, said
    lines = graphs.says().splitlines()
    assert sorted(line.split()[2] for line in lines) == ['"1"', '"2"', '"3"']
    # Blank nodes of two documents are not the same.
    assert len({line.split()[0] for line in lines}) == 3
    hidden = f'--b0\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n{TOKEN}\r\n--b0--'
    assert graphs.write("POST", body=hidden, Content_Type="multipart/form-data; boundary=b0")[0] == 400


def test_a_body_may_be_zipped(graphs: Writer) -> None:
    body = gzip.compress(EXACT.encode()) + gzip.compress(b"<urn:x:s> <urn:x:q> 1 .")
    assert graphs.write("PUT", body=body, Content_Encoding="gzip", **TURTLE)[0] == 201
    assert len(graphs.says().splitlines()) == 2
    for wrong in (body[:-9], b"no gzip", body + b"x"):
        assert graphs.write("PUT", body=wrong, Content_Encoding="gzip", **TURTLE)[0] == 400
    assert graphs.write("PUT", body=body, Content_Encoding="br", **TURTLE)[0] == 415


def test_what_is_too_large_is_refused_before_it_is_there(graphs: Writer) -> None:
    large = b"# " + b"x" * (1 << 20)
    assert graphs.write("PUT", body=large, **TURTLE)[0] == 413
    bomb = gzip.compress(b"#" * (1 << 24))
    assert graphs.write("PUT", body=bomb, Content_Encoding="gzip", **TURTLE)[0] == 413
    head = f"PUT {AT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
    with socket.create_connection(("127.0.0.1", graphs.server.port), timeout=10) as connection:
        # Of so much, nothing has to come.
        connection.sendall(f"{head}Content-Length: {1 << 40}\r\n\r\n".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", graphs.server.port), timeout=10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"#" * (1 << 16) + b"\r\n"
        for _ in range(20):
            connection.sendall(chunk)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413")
    fits = b"<urn:x:s> <urn:x:p> 1 . #" + b"x" * (1 << 19)
    assert graphs.write("PUT", body=fits, **TURTLE)[0] == 201


def test_a_body_that_ends_too_soon_changes_nothing(graphs: Writer) -> None:
    head = f"PUT {AT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
    with socket.create_connection(("127.0.0.1", graphs.server.port), timeout=10) as connection:
        connection.sendall(f"{head}Content-Length: {len(EXACT) + 9}\r\n\r\n{EXACT}".encode())
    assert graphs.write("PUT", "/graphs?graph=urn:x:other", EXACT, **TURTLE)[0] == 201
    assert graphs.says() == "404"
    assert graphs.write("DELETE", "/graphs?graph=urn:x:other")[0] == 200


def test_a_message_that_not_every_format_can_say_is_refused(graphs: Writer) -> None:
    status, _, body = graphs.write("PUT", f"{AT}&message=a%08b", EXACT, **TURTLE)
    assert (status, b"U+0008" in body) == (400, True)
    assert graphs.says() == "404"
    status, headers, _ = graphs.write("PUT", f"{AT}&message=a%0D%0Ab", EXACT, **TURTLE)
    assert status == 201
    _, _, told = graphs.read(f"/changes/{headers['dppgraph-version']}", Accept="application/rdf+xml")
    assert b">a\nb<" in told


def test_readers_hold_no_more_than_some_files(graphs: Writer) -> None:
    # More than the system takes of an answer that nobody reads.
    for number in range(6):
        body = f"<urn:x:s> <urn:x:p> '{number}{'x' * 1_000_000}' ."
        assert graphs.write("POST", body=body, **TURTLE)[0] in (200, 201)
    asked = []
    for number in range(20):
        _, headers, _ = graphs.write("PUT", "/graphs?graph=urn:x:other", f"<urn:x:s> <urn:x:p> {number} .", **TURTLE)
        # The format that is made fastest: who takes nothing for half a minute is not waited for any more.
        asked.append(f"{AT}&version={headers['dppgraph-version']}&format=ntriples")
    readers: list[socket.socket] = []
    try:
        heads = [_begun(readers, graphs.server.port, target) for target in asked]
        assert heads[:16] == [b"HTTP/1.1 200"] * 16
        assert b"HTTP/1.1 503" in heads[16:]
        status, headers, _ = graphs.read(asked[-1])
        assert (status, "retry-after" in headers) == (503, True)
        # What is there already is one file for all who ask for it.
        assert _begun(readers, graphs.server.port, asked[0]) == b"HTTP/1.1 200"
    finally:
        for reader in readers:
            reader.close()
    end = time.monotonic() + 60
    while graphs.read(asked[-1])[0] != 200:
        assert time.monotonic() < end


def _begun(readers: list[socket.socket], port: int, target: str) -> bytes:
    """The status of an answer that is then not taken."""
    reader = socket.socket()
    readers.append(reader)
    reader.settimeout(60)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return reader.recv(12)


def test_the_gate_answers_a_report(tmp_path: Path, few_shapes: Path) -> None:
    (tmp_path / "data").mkdir()
    server = start_server("--store", tmp_path / "store", "--shapes", few_shapes, environment={"DPPGRAPH_TOKEN": TOKEN})
    try:
        graphs = Writer(server)
        target = f"/graphs?graph={quote(BASE)}id/graph/source"
        body = f"<{BASE}id/plan/x> a <{BASE}ns#PolicyPlan> ."
        status, headers, said = graphs.write("POST", target, body, Accept="text/turtle", **TURTLE)
        assert (status, headers["content-type"]) == (422, "text/turtle; charset=utf-8")
        assert b"sh:ValidationReport" in said
        status, headers, said = graphs.write("POST", target, body, Accept="text/html", Accept_Language="en", **TURTLE)
        assert (status, b'href="./doc/plan/x"' in said) == (422, True)
        assert graphs.read("/doc/plan/x")[0] == 404
        # What was read goes back as it is, and changes nothing.
        read = graphs.read(target, Accept="application/n-triples")[2]
        status, _, said = graphs.write("PUT", target, read, Content_Type="application/n-triples")
        assert (status, json.loads(said)["published"]) == (200, False), said
        assert graphs.write("PUT", "/graphs?default", EXACT, **TURTLE)[0] == 403
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("mode", ["disk", "memory"])
def test_graphs_may_have_triples_in_common(tmp_path: Path, mode: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "data.nq").write_text("<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:data> .\n")
    arguments = ("--data", tmp_path / "data", "--store", tmp_path / "store", "--shapes", "none")
    server = start_server(*arguments, environment={"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_MODE": mode})
    try:
        graphs = Writer(server)
        for number in range(4):
            # The process that writes has to stay one that can be forked.
            assert graphs.write("PUT", f"/graphs?graph=urn:x:{number}", EXACT, **TURTLE)[0] == 201
            body = graphs.read(f"/sparql?format=csv&query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}")[2]
            assert body.split() == [b"n", b"2"]
            every = quote("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
            assert graphs.read(f"/sparql?format=csv&query={every}")[2].split()[1] == b"%d" % (number + 2)
    finally:
        assert server.stop() == 0


def test_large_bodies_are_not_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "data.nq").write_text("<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:data> .\n")
    arguments = ("--data", tmp_path / "data", "--store", tmp_path / "store", "--shapes", "none")
    server = start_server(*arguments, environment={"DPPGRAPH_TOKEN": TOKEN})
    try:
        front = server.child("dppgraph.cli.front")
        comment = (b"#" * 99 + b"\n") * 300_000
        bodies = [b"<urn:x:s> <urn:x:p> %d ." % number + comment for number in range(4)]
        with ThreadPoolExecutor(4) as senders:
            targets = [f"/graphs?graph=urn:x:{number}" for number in range(4)]
            # Together more than may wait to be used.
            put = partial(Writer(server).write, "PUT", **TURTLE)
            sent = [senders.submit(put, target, body) for target, body in zip(targets, bodies, strict=True)]
            assert [one.result()[0] for one in sent] == [201] * 4
        status = Path(f"/proc/{front}/status").read_text()
        assert int(status.partition("VmHWM:")[2].split()[0]) < 200 << 10, status
        assert Writer(server).says(targets[0]).startswith("<urn:x:s> <urn:x:p> ")
        # All that was on disk is let go.
        assert not [one for one in Path(f"/proc/{front}/fd").iterdir() if _size(one) > len(comment) // 2]
    finally:
        assert server.stop() == 0


def _size(descriptor: Path) -> int:
    try:
        return descriptor.stat().st_size
    except OSError:
        return 0
