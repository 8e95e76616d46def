"""Two servers that built the same data, at other times and in other orders of everything, serve the same bytes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dppgraph.core import formats
from tests.conftest import Run, Server, start_server

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def pair(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    servers = []
    for seed in ("1", "2"):
        store = tmp_path_factory.mktemp(f"seed{seed}") / "store"
        environment = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "2" else "UTC"}
        assert run("build", "--store", store, environment=environment).returncode == 0
        servers.append(start_server("--store", store, environment=environment))
    yield servers[0], servers[1]
    for server in servers:
        assert server.stop() == 0


def body(server: Server, path: str) -> bytes:
    status, _, found = server.ask("GET", path)
    assert status == 200, path
    return found.replace(f"http://127.0.0.1:{server.port}/".encode(), b"http://host/")


def test_dumps_are_the_same(pair: tuple[Server, Server]) -> None:
    listed = [json.loads(body(server, "/dumps"))["files"] for server in pair]
    assert listed[0] == listed[1]
    for file in listed[0]:
        one, other = (server.ask("GET", f"/dumps/{file['file']}") for server in pair)
        assert (one[0], one[2], one[1]["etag"]) == (200, other[2], other[1]["etag"]), file["file"]


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_feed_catalogue_and_statistics_are_the_same_but_for_the_host(
    pair: tuple[Server, Server], format_: formats.Format
) -> None:
    pages = ["/feed", "/feed/1", "/feed/2", "/catalogue", "/.well-known/void", "/ns", "/fragments"]
    for path in (f"{page}?format={format_.name}" for page in [*pages, "/doc/dataset/policy-plans"]):
        # Where the host is longer or shorter the same lines may come in another order, so that ports have to be alike.
        one, other = (body(server, path) for server in pair)
        assert sorted(one.split(b"\n")) == sorted(other.split(b"\n")), path


def test_the_page_of_the_catalogue_is_the_same(pair: tuple[Server, Server]) -> None:
    one, other = (body(server, "/catalogue.html") for server in pair)
    assert one == other


def test_with_the_same_address_they_are_the_same_to_the_byte(run: Run, tmp_path: Path) -> None:
    found = []
    for seed in ("3", "4"):
        store = tmp_path / seed
        assert run("build", "--store", store, environment={"PYTHONHASHSEED": seed}).returncode == 0
        server = start_server(
            *("--store", store, "--public-url", "https://plans.example.org/"), environment={"PYTHONHASHSEED": seed}
        )
        pages = [
            f"{page}?format={format_.name}"
            for page in ("/feed", "/feed/1", "/catalogue", "/.well-known/void")
            for format_ in formats.RDF
        ]
        found.append({page: server.ask("GET", page)[2] for page in pages})
        assert server.stop() == 0
    assert found[0] == found[1]
    assert b"https://plans.example.org/dumps/" in found[0]["/catalogue?format=turtle"]
    assert b"https://plans.example.org/feed/1" in found[0]["/feed?format=turtle"]
