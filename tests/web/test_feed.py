"""The feed as clients read it over HTTP."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph
import pytest

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.feed import FeedReader
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, Serve, Server

TREE, LDES = "https://w3id.org/tree#", "https://w3id.org/ldes#"


def triples(body: bytes, content_type: str) -> set[pyoxigraph.Triple]:
    """What is said outside of the members' own graphs."""
    format_ = pyoxigraph.RdfFormat.from_media_type(content_type)
    assert format_ is not None
    quads = pyoxigraph.parse(body, format_)
    return {quad.triple for quad in quads if isinstance(quad.graph_name, pyoxigraph.DefaultGraph)}


def objects(found: set[pyoxigraph.Triple], predicate: str) -> set[str]:
    return {str(triple.object).strip("<>") for triple in found if triple.predicate.value == predicate}


@pytest.mark.parametrize("node", ["", "/2"])
def test_it_says_the_same_in_every_format(server: Server, node: str) -> None:
    said = []
    for known in formats.RDF:
        status, headers, body = server.ask("GET", f"/feed{node}", headers={"Accept": known.media_types[0]})
        assert (status, headers["content-type"]) == (200, known.content_type)
        assert server.ask("GET", f"/feed{node}?format={known.name}")[2] == body
        said.append(triples(body, headers["content-type"]))
    assert all(found == said[0] for found in said)


def test_from_the_root_every_member_is_reached_at_this_servers_address(
    server: Server, built: tuple[VersionStore, Built]
) -> None:
    here = f"http://127.0.0.1:{server.port}/feed"
    root = triples(server.ask("GET", "/feed")[2], "text/turtle")
    assert objects(root, f"{TREE}view") == {here}
    members: list[str] = []
    for page in sorted(objects(root, f"{TREE}node")):
        assert page.startswith(f"{here}/")
        found = triples(server.ask("GET", page.partition(str(server.port))[2])[2], "text/turtle")
        streams = {triple.subject.value for triple in found if triple.predicate.value == f"{TREE}member"}  # type: ignore[union-attr]
        assert streams == {f"{here}#stream"}
        assert not objects(found, f"{TREE}view")
        members += objects(found, f"{TREE}member")
    assert len(members) == len(set(members)) == FeedReader(built[0], 1).count
    # Names stay what they are, wherever they are served.
    assert all(re.fullmatch(rf"{BASE}id/version/[0-9a-f]{{32}}", member) for member in members)


def test_what_is_closed_may_be_kept_for_good_and_what_is_not_is_asked_for_again(
    server: Server, built: tuple[VersionStore, Built]
) -> None:
    last = FeedReader(built[0], 1).pages
    for node in ("", f"/{last}"):
        headers = server.ask("GET", f"/feed{node}")[1]
        assert headers["cache-control"] == "public, no-cache"
        assert headers["dppgraph-version"] == "1"
    status, headers, body = server.ask("GET", "/feed/1")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert objects(triples(body, "text/turtle"), f"{LDES}immutable")
    # The version that closed it, whichever is current.
    assert headers["dppgraph-version"] == "1"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["vary"] == "Accept, Accept-Encoding"
    assert f"<http://127.0.0.1:{server.port}/catalogue>" in headers["link"]
    # A page names stylesheet and scripts by what is in them: kept for good, it would ask later software for those.
    assert server.ask("GET", "/feed/1", headers={"Accept": "text/html"})[1]["cache-control"] == "public, no-cache"


@pytest.mark.parametrize("node", ["", "/1"])
def test_who_has_it_is_not_sent_it_again(server: Server, node: str) -> None:
    _, headers, body = server.ask("GET", f"/feed{node}")
    asked = {
        "If-None-Match": headers["etag"],
        "If-Modified-Since": headers["last-modified"],
    }
    for name, value in asked.items():
        status, again, nothing = server.ask("GET", f"/feed{node}", headers={name: value})
        assert (status, nothing, again["etag"]) == (304, b"", headers["etag"])
        assert again["cache-control"] == headers["cache-control"]
    for said in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": headers["last-modified"], "If-None-Match": '"other"'},
    ):
        assert server.ask("GET", f"/feed{node}", headers=said)[::2] == (200, body)
    assert server.ask("HEAD", f"/feed{node}")[::2] == (200, b"")
    assert server.ask("OPTIONS", f"/feed{node}")[0] == 204


@pytest.mark.parametrize("node", ["/0", "/99", "/x", "/index-1", "/1/2", "/%2e%2e", "/1%0a"])
def test_what_is_not_there_is_not_found(server: Server, node: str) -> None:
    status, headers, _ = server.ask("GET", f"/feed{node}")
    assert (status, headers["content-type"]) == (404, "application/problem+json")


def test_a_format_that_there_is_none_of_is_refused(server: Server) -> None:
    assert server.ask("GET", "/feed?format=csv")[0] == 400
    assert server.ask("GET", "/feed/1", headers={"Accept": "image/png"})[0] == 406


def test_it_is_compressed_for_whoever_takes_that(server: Server) -> None:
    plain = int(server.ask("HEAD", "/feed/1")[1]["content-length"])
    status, headers, body = server.ask("GET", "/feed/1", headers={"Accept-Encoding": "br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert len(body) < plain / 8


def test_addresses_move_and_what_members_say_stays(built: tuple[VersionStore, Built]) -> None:
    here = "https://data.example.org/a/"
    moved, plain = (FeedReader(built[0], 1, url) for url in (here, ""))
    said = {line for page in range(1, moved.pages + 1) for line in moved.page(page)}
    assert {line for line in said if line.startswith(f"<{BASE}feed")} == set()
    published = {parse_line(line)[:3] for line in built[0].lines(1)}
    of_feed = {quad[1:3] for quad in map(parse_line, said) if quad.object.startswith(f"<{BASE}feed")}
    assert of_feed == {triple[1:3] for triple in published if triple[2].startswith(f"<{BASE}feed")} != set()
    root = {line.replace(f"<{here}feed", f"<{BASE}feed") for line in moved.root()}
    assert root == set(plain.root())


@pytest.mark.heavy
def test_a_new_version_adds_its_members_and_leaves_closed_pages_as_they_were(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = "".join(f"<http://example.org/{number}> <http://example.org/p> {number} .\n" for number in range(600))
    unsayable = '<http://example.org/odd> <http://example.org/> "no name that XML takes" .\n'
    (data / "source.ttl").write_text(text + unsayable)
    arguments = ("--store", tmp_path / "store", "--data", data, "--shapes", "none")
    server = serve(*arguments)
    before = {node: server.ask("GET", f"/feed{node}?format=nquads") for node in ("", "/1", "/2", "/3")}
    status, _, said = server.ask("GET", "/feed/3?format=rdfxml")
    assert (status, b"text/turtle" in said) == (406, True)
    server.stop()
    (data / "source.ttl").write_text(unsayable + text.replace("/p> 7 .", "/p> 77 ."))
    again = serve(*arguments)
    after = {node: again.ask("GET", f"/feed{node}?format=nquads") for node in before}
    assert all(status == 200 for status, _, _ in (*before.values(), *after.values()))
    for node in ("/1", "/2"):
        assert moved(after[node][2], again, server) == before[node][2]
    new = {parse_line(line) for line in moved(after["/3"][2], again, server).decode().splitlines()}
    old = {parse_line(line) for line in before["/3"][2].decode().splitlines()}
    assert old < new
    (member,) = [quad.object for quad in new - old if quad.predicate == f"<{TREE}member>"]
    assert {quad.object for quad in new - old if quad.subject == member and "isVersionOf" in quad.predicate} == {
        "<http://example.org/7>"
    }


def moved(body: bytes, here: Server, there: Server) -> bytes:
    return body.replace(f"127.0.0.1:{here.port}".encode(), f"127.0.0.1:{there.port}".encode())


@pytest.mark.heavy
def test_two_servers_that_built_the_same_data_serve_the_same_pages(serve: Serve, tmp_path: Path) -> None:
    said = []
    for seed in ("1", "2"):
        place = ("--store", tmp_path / seed, "--public-url", "https://data.example.org/plans/")
        server = serve(*place, environment={"PYTHONHASHSEED": seed})
        pages = objects(triples(server.ask("GET", "/plans/feed")[2], "text/turtle"), f"{TREE}node")
        targets = [f"/plans{node}" for node in ["/feed", *sorted(f"/feed/{page.rpartition('/')[2]}" for page in pages)]]
        said.append([server.ask("GET", f"{at}?format={known.name}") for at in targets for known in formats.RDF])
        assert len(said[-1]) == 6 * (1 + len(pages)) > 18
    for (status, headers, body), other in zip(*said, strict=True):
        assert (status, headers["etag"], body) == (200, other[1]["etag"], other[2])


def test_many_who_ask_for_a_page_at_once_get_the_same(server: Server) -> None:
    with ThreadPoolExecutor(20) as many:
        replies = many.map(lambda _: server.ask("GET", "/feed/2?format=rdfxml"), range(20))
    (body,) = {body for _, _, body in replies}
    quads = parse(body, formats.RDFXML)
    assert any(quad.predicate == f"<{PREFIXES['dct']}isVersionOf>" for quad in quads)
