"""Dumps over HTTP: what is sent, as a whole and in parts, what of it is there, and to whom."""

import base64
import gzip
import hashlib
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from dppgraph import wiring
from dppgraph.errors import Unknown
from dppgraph.operations.dumps import DUMPS, Dump, Found, checksums, read_dumps
from dppgraph.operations.harvest import harvesting
from dppgraph.settings import read_settings
from dppgraph.store.versions import Publication, VersionStore
from dppgraph.web.dumps.files import Files
from dppgraph.web.dumps.listing import listing
from dppgraph.web.pages import Site
from tests.conftest import BASE, Server, start_server

NUMBER = 2
"""The version with dumps; there is one before, whose dumps are not kept."""

LINES = sorted(
    f'<{BASE}id/plan/{n}> <http://purl.org/dc/terms/title> "plan {n}"@en <{BASE}id/graph/source> .' for n in range(900)
)
FILE, TARGET = "policy-plans.nt", "/dumps/policy-plans.nt"
ONLY = {"Accept-Encoding": "identity"}
SLOWLY = 1 << 16

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> VersionStore:
    """Two small versions."""
    versions = VersionStore(tmp_path_factory.mktemp("dumps") / "store")
    data = versions.folder / "data"
    data.mkdir(parents=True)
    # As if it had been built from there, so that the server takes it for what is to be served.
    inputs = wiring.sources(read_settings({}, {}), data, "none").fingerprint()
    with versions.writing("tests") as writer:
        for number in range(1, NUMBER + 1):
            published = Publication(LINES[number - 1 :], "tests", "", "", BASE, inputs, None, str(data), "none")
            made = harvesting(versions) if number == NUMBER else None
            writer.publish(published, number - 1 or None, made)
    return versions


@pytest.fixture(scope="module")
def folder(store: VersionStore) -> Path:
    """The dumps of the current one, and a large file among them."""
    folder = store.harvest_path(NUMBER) / DUMPS
    _add(folder, "large.nt", os.urandom(1 << 16) * 400)
    return folder


def _add(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    said = json.loads((folder / "dumps.json").read_text())
    more = {"format": "ntriples", "media_type": "application/n-triples", "gzip": False, "holds": "all"}
    said["dumps"].append({"file": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **more})
    (folder / "dumps.json").write_text(json.dumps(said))
    (folder / "SHA256SUMS").write_text(checksums(read_dumps(folder)))


@pytest.fixture(scope="module")
def server(store: VersionStore, folder: Path) -> Iterator[Server]:
    running = start_server(
        *("--store", store.folder, "--data", store.folder / "data", "--shapes", "none"),
        environment={"DPPGRAPH_ACCESS_LOG": str(store.folder / "access.log")},
    )
    yield running
    assert running.stop() == 0


def content(folder: Path, name: str = FILE) -> bytes:
    return (folder / name).read_bytes()


def tag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()}"'


def test_a_file_is_sent_whole_with_what_is_known_of_it(server: Server, store: VersionStore, folder: Path) -> None:
    whole = content(folder)
    for target in (TARGET, f"/dumps/{NUMBER}/{FILE}"):
        status, headers, body = server.ask("GET", target)
        assert (status, body) == (200, whole)
        assert headers["etag"] == tag(whole)
        assert headers["content-length"] == str(len(whole))
        assert headers["content-type"] == "application/n-triples"
        assert headers["accept-ranges"] == "bytes"
        assert headers["dppgraph-version"] == str(NUMBER)
        digest = base64.b64encode(hashlib.sha256(whole).digest()).decode()
        assert headers["repr-digest"] == f"sha-256=:{digest}:"
        created = parsedate_to_datetime(headers["last-modified"]).isoformat()
        assert created == store.manifest(NUMBER).created
        assert headers["vary"] == "Accept-Encoding"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["x-content-type-options"] == "nosniff"
        root = f"http://127.0.0.1:{server.port}/"
        assert f'<{root}dumps/{NUMBER}>; rel="collection"' in headers["link"]


def test_only_what_names_its_version_is_kept_for_good(server: Server) -> None:
    assert server.ask("GET", TARGET)[1]["cache-control"] == "public, no-cache"
    assert "immutable" in server.ask("GET", f"/dumps/{NUMBER}/{FILE}")[1]["cache-control"]


def test_every_listed_file_is_there_as_it_is_listed(server: Server, folder: Path) -> None:
    status, headers, body = server.ask("GET", "/dumps")
    said = json.loads(body)
    assert (status, headers["content-type"], said["version"]) == (200, "application/json", NUMBER)
    assert {known["file"] for known in said["files"]} == {dump.file for dump in read_dumps(folder)}
    for known in said["files"]:
        address = known["url"].removeprefix(f"http://127.0.0.1:{server.port}")
        status, headers, body = server.ask("GET", address)
        assert (status, len(body), hashlib.sha256(body).hexdigest()) == (200, known["size"], known["sha256"])
        expected = "application/gzip" if known["gzip"] else known["media_type"]
        assert headers["content-type"].partition(";")[0] == expected
        assert "content-encoding" not in headers
    assert server.ask("GET", f"/dumps/{NUMBER}")[2] == server.ask("GET", "/dumps")[2]


def test_text_says_in_which_characters_it_is_written(server: Server) -> None:
    for name in ("policy-plans.ttl", "policy-plans.trig", "plans.csv", "SHA256SUMS"):
        assert server.ask("GET", f"/dumps/{name}")[1]["content-type"].endswith("; charset=utf-8")


def test_the_checksums_are_a_file_too(server: Server, folder: Path) -> None:
    sums = checksums(read_dumps(folder))
    status, headers, body = server.ask("GET", "/dumps/SHA256SUMS")
    assert (status, body.decode(), headers["etag"]) == (200, sums, tag(sums.encode()))


def test_people_get_the_list_as_a_page(server: Server) -> None:
    status, headers, body = server.ask("GET", "/dumps", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"/dumps/{NUMBER}/{FILE}".encode() in body
    assert server.ask("GET", "/dumps", headers={"If-None-Match": headers["etag"], "Accept": "text/html"})[0] == 304


def test_a_long_list_comes_in_pages_which_programs_are_led_through() -> None:
    dumps = [Dump(f"plan-{n:05}.ttl", "turtle", "text/turtle", False, n, "00", f"plan:a:{n}") for n in range(2500)]
    files = Files.of(Found(7, 0, Path("dumps"), dumps))
    site = Site("http://localhost/", BASE, version=7)
    address, listed, following = "http://localhost/dumps/7", [], "?page=1"
    while following:
        kept = listing(files, site, None, int(following.partition("=")[2]))
        said = json.loads(kept.content)
        listed += [known["file"] for known in said["files"]]
        following = said.get("next", "").removeprefix(address)
        assert said["pages"] == 3
        link = dict(kept.more)[b"link"].decode()
        assert (f'<{address}{following}>; rel="next"' in link) is bool(following)
    assert listed == [dump.file for dump in dumps]
    with pytest.raises(Unknown):
        listing(files, site, None, 4)
    # Where no server answers, no file has a second page.
    frozen = json.loads(listing(files, site._replace(frozen=True), None).content)
    assert len(frozen["files"]) == len(dumps)
    assert "next" not in frozen


def test_files_with_all_data_are_the_first_that_people_see() -> None:
    holds = {"a": "plan:a:1", "b": "source", "c": "table:plans", "d": "all", "e": "all"}
    dumps = [Dump(name, "turtle", "text/turtle", False, 1, "00", what) for name, what in holds.items()]
    files = Files.of(Found(1, 0, Path("dumps"), dumps))
    assert [dump.file for dump in files.ordered] == ["d", "e", "c", "b", "a"]


def test_head_says_what_get_would(server: Server) -> None:
    for target in (TARGET, "/dumps/plans.csv.gz", "/dumps"):
        said, told = server.ask("GET", target)[1], server.ask("HEAD", target)
        assert told[2] == b""
        different = {"date", "x-request-id"}
        assert {k: v for k, v in told[1].items() if k not in different} == {
            k: v for k, v in said.items() if k not in different
        }


def test_pages_of_other_sites_may_ask_for_parts(server: Server) -> None:
    status, headers, _ = server.ask("OPTIONS", TARGET)
    assert (status, headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "Range" in headers["access-control-allow-headers"]
    assert server.ask("POST", TARGET, b"x")[0] == 405


# --- Conditions and parts ---------------------------------------------------------------------------------------------


def test_who_has_the_file_is_told_so(server: Server, folder: Path) -> None:
    known = tag(content(folder))
    status, headers, body = server.ask("GET", TARGET, headers={"If-None-Match": known})
    assert (status, body, headers["etag"]) == (304, b"", known)
    assert "content-length" not in headers
    date = server.ask("HEAD", TARGET)[1]["last-modified"]
    assert server.ask("GET", TARGET, headers={"If-Modified-Since": date})[0] == 304
    assert server.ask("GET", TARGET, headers={"If-None-Match": '"other"', "If-Modified-Since": date})[0] == 200


def test_who_wants_another_file_is_told_that_it_has_changed(server: Server, folder: Path) -> None:
    for headers in ({"If-Match": '"other"'}, {"If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}):
        status, said, body = server.ask("GET", TARGET, headers=headers)
        assert (status, said["content-type"]) == (412, "application/problem+json")
        assert json.loads(body)["status"] == 412
    assert server.ask("GET", TARGET, headers={"If-Match": tag(content(folder))})[0] == 200


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("5-9", 5, 10), ("0-0", 0, 1), ("-7", -7, None), ("100-", 100, None), ("9-999999999", 9, None)],
)
def test_a_part_is_sent_as_one(server: Server, folder: Path, asked: str, start: int, end: int | None) -> None:
    whole = content(folder)
    status, headers, body = server.ask("GET", TARGET, headers={"Range": f"bytes={asked}"})
    assert (status, body) == (206, whole[start:end])
    first = len(whole) + start if start < 0 else start
    assert headers["content-range"] == f"bytes {first}-{first + len(body) - 1}/{len(whole)}"
    assert headers["content-length"] == str(len(body))
    # They are of the whole.
    assert headers["etag"] == tag(whole)
    assert server.ask("HEAD", TARGET, headers={"Range": f"bytes={asked}"})[0] == 200


def test_several_parts_are_sent_as_the_whole(server: Server, folder: Path) -> None:
    assert server.ask("GET", TARGET, headers={"Range": "bytes=0-1,4-5"})[::2] == (200, content(folder))


def test_a_part_that_is_not_there_is_told_with_the_size(server: Server, folder: Path) -> None:
    size = len(content(folder))
    status, headers, body = server.ask("GET", TARGET, headers={"Range": f"bytes={size}-"})
    assert (status, headers["content-range"]) == (416, f"bytes */{size}")
    assert str(size) in json.loads(body)["detail"]


def test_a_part_of_another_file_is_the_whole_of_this_one(server: Server, folder: Path) -> None:
    whole = content(folder)
    for condition, status in ((tag(whole), 206), (f"W/{tag(whole)}", 200), ('"other"', 200)):
        found = server.ask("GET", TARGET, headers={"Range": "bytes=1-2", "If-Range": condition})
        assert (found[0], found[2]) == (status, whole[1:3] if status == 206 else whole)


# --- Codings ----------------------------------------------------------------------------------------------------------


def test_who_takes_gzip_gets_the_gzipped_file_as_a_coding(server: Server, folder: Path) -> None:
    zipped = content(folder, f"{FILE}.gz")
    status, headers, body = server.ask("GET", TARGET, headers={"Accept-Encoding": "br, gzip"})
    assert (status, body) == (200, zipped)
    assert (headers["content-encoding"], headers["etag"]) == ("gzip", tag(zipped))
    assert headers["content-type"] == "application/n-triples"
    assert headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == content(folder)
    known = {"Accept-Encoding": "gzip", "If-None-Match": tag(zipped)}
    assert server.ask("GET", TARGET, headers=known)[0] == 304


@pytest.mark.parametrize("taken", ["identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.5", ""])
def test_who_does_not_gets_the_file(server: Server, folder: Path, taken: str) -> None:
    status, headers, body = server.ask("GET", TARGET, headers={"Accept-Encoding": taken})
    assert (status, body) == (200, content(folder))
    assert "content-encoding" not in headers


def test_a_part_is_one_of_the_file_unless_the_client_has_the_coded_bytes(server: Server, folder: Path) -> None:
    whole, zipped = content(folder), content(folder, f"{FILE}.gz")
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=20-"}
    assert server.ask("GET", TARGET, headers=asked)[::2] == (206, whole[20:])
    assert server.ask("GET", TARGET, headers=asked | {"If-Range": tag(whole)})[::2] == (206, whole[20:])
    status, headers, body = server.ask("GET", TARGET, headers=asked | {"If-Range": tag(zipped)})
    assert (status, headers["content-encoding"], body) == (206, "gzip", zipped[20:])


# --- What is there, and what is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "/dumps/nothing.ttl",
        "/dumps/",
        "/dumps/dumps",
        "/dumps/dumps.json",
        "/dumps/../current",
        "/dumps/..%2f..%2fcurrent",
        "/dumps/%2e%2e/%2e%2e/current",
        "/dumps//etc/passwd",
        f"/dumps/{NUMBER}/../{NUMBER}/{FILE}",
        f"/dumps/{NUMBER}/",
        f"/dumps/0{NUMBER}/{FILE}",
        f"/dumps/{NUMBER + 1}/{FILE}",
        f"/dumps/{NUMBER + 1}",
        f"/dumps/{'9' * 40}/{FILE}",
        "/dumps/%00",
        f"/dumps/{NUMBER}/nothing",
    ],
)
def test_what_never_was_is_not_found(server: Server, target: str) -> None:
    status, headers, body = server.ask("GET", target)
    assert (status, headers["content-type"]) == (404, "application/problem+json"), body


@pytest.mark.parametrize("target", [f"/dumps/1/{FILE}", "/dumps/1"])
def test_what_is_not_kept_is_gone(server: Server, target: str) -> None:
    status, _, body = server.ask("GET", target)
    assert (status, json.loads(body)["status"]) == (410, 410)
    assert "/dumps" in json.loads(body)["detail"]


def test_a_version_that_is_let_go_while_its_list_is_at_hand_is_gone(
    server: Server, store: VersionStore, folder: Path
) -> None:
    kept = store.folder / "harvest" / "000001" / "dumps"
    shutil.copytree(folder, kept)
    assert server.ask("GET", f"/dumps/1/{FILE}")[0] == 200
    with _begun(server, "/dumps/1/large.nt") as connection:
        shutil.rmtree(kept.parent)
        assert server.ask("GET", "/dumps/1")[0] == 410
        assert server.ask("GET", f"/dumps/1/{FILE}")[0] == 410
        # Who is at it gets the rest.
        assert _rest(connection).endswith(content(folder, "large.nt"))


def test_a_file_that_is_not_the_one_that_is_listed_is_not_sent(
    server: Server, store: VersionStore, folder: Path
) -> None:
    kept = store.folder / "harvest" / "000001" / "dumps"
    shutil.copytree(folder, kept)
    (kept / FILE).write_bytes(b"short")
    assert server.ask("GET", f"/dumps/1/{FILE}")[0] == 503
    shutil.rmtree(kept.parent)
    # The list is forgotten once a file is missing.
    assert server.ask("GET", f"/dumps/1/{FILE}")[0] == 410


# --- On the way -------------------------------------------------------------------------------------------------------


def _begun(server: Server, target: str, more: str = "") -> socket.socket:
    """A connection whose reader has had the first byte, and takes little."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOWLY)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode())
    assert connection.recv(1) == b"H"
    return connection


def _rest(connection: socket.socket, size: int = 400 << 16) -> bytes:
    """What comes until so many bytes of a body are there."""
    found = bytearray()
    end = -1
    while end < 0 or len(found) < end + 4 + size:
        data = connection.recv(1 << 20)
        if not data:
            break
        found += data
        end = found.find(b"\r\n\r\n") if end < 0 else end
    return bytes(found)


@pytest.mark.heavy
def test_a_large_file_comes_whole_over_one_connection_again_and_again(server: Server, folder: Path) -> None:
    large = content(folder, "large.nt")
    with _begun(server, "/dumps/large.nt") as connection:
        assert _rest(connection).endswith(large)
        connection.sendall(b"GET /dumps/large.nt HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        found = _rest(connection)
        head, _, body = found.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert body[: len(large)] == large
        body = body[len(large) :]
        while b"\r\n\r\n" not in body:
            body += connection.recv(1 << 16)
        assert body.startswith(b"HTTP/1.1 200 ")


def test_http_1_0_gets_it_too(server: Server, folder: Path) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"GET /dumps/large.nt HTTP/1.0\r\n\r\n")
        assert _rest(connection, 1 << 40).endswith(content(folder, "large.nt"))


def test_readers_who_stand_still_or_go_cost_neither_others_nor_files(server: Server, store: VersionStore) -> None:
    front = server.child("dppgraph.cli.front")
    before, memory = _open_files(front), _resident(front)
    connections = [_begun(server, "/dumps/large.nt") for _ in range(20)]
    # A connection, its duplicate, and a file for each.
    assert _open_files(front) > before + 2 * len(connections)
    # Not a byte of what they are sent is kept for them here.
    assert _resident(front) - memory < len(connections) << 18
    assert server.ask("GET", "/health")[0] == 200
    for connection in connections:
        connection.close()
    until = time.monotonic() + 10
    while _open_files(front) > before and time.monotonic() < until:
        time.sleep(0.05)
    assert _open_files(front) <= before
    broken: list[dict[str, int]] = []
    while len(broken) < len(connections) and time.monotonic() < until:
        lines = [json.loads(line) for line in (store.folder / "access.log").read_text().splitlines()]
        broken = [line for line in lines if line.get("broken") and line.get("path") == "/dumps/large.nt"]
        time.sleep(0.05)
    assert len(broken) == len(connections)
    # As much as was handed over, which is not all of it.
    assert all(0 < line["bytes"] < 400 << 16 for line in broken)


def _open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def _resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096


def test_what_is_asked_for_is_counted_by_its_route(server: Server) -> None:
    server.ask("GET", TARGET)
    server.ask("GET", "/dumps")
    said = server.ask("GET", "/metrics")[2].decode()
    assert 'route="/dumps/{file}"' in said
    assert 'route="/dumps"' in said
    assert FILE not in said
