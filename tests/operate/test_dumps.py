"""Dumps through Debian's nginx with the operators' files: whole, in parts, and gzipped, with the server's own tags."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dppgraph.operations.build import Built
from dppgraph.operations.dumps import DUMPS
from dppgraph.store.versions import VersionStore
from tests.conftest import Server, start_server
from tests.operate.conftest import Proxy

pytestmark = pytest.mark.remote

TARGET = "/dumps/policy-plans.nt"


@pytest.fixture(scope="module")
def dumps(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("dumps") / "store"
    shutil.copytree(built[0].folder, store)
    return VersionStore(store).harvest_path(1) / DUMPS


@pytest.fixture(scope="module")
def server(dumps: Path) -> Iterator[Server]:
    running = start_server("--store", dumps.parent.parent.parent)
    yield running
    assert running.stop() == 0


def test_a_dump_comes_through_nginx_as_the_server_sends_it(server: Server, proxy: Proxy, dumps: Path) -> None:
    nginx = proxy(server.port)
    whole, zipped = ((dumps / f"policy-plans.nt{end}").read_bytes() for end in ("", ".gz"))
    # Twice: from the server, and from what nginx keeps.
    for _ in range(2):
        for headers, status, expected in (
            ({}, 200, whole),
            ({"Range": "bytes=1000-"}, 206, whole[1000:]),
            ({"Range": "bytes=-7"}, 206, whole[-7:]),
            ({"Accept-Encoding": "gzip"}, 200, zipped),
        ):
            direct, through = (asked.ask("GET", TARGET, headers=headers) for asked in (server, nginx))
            assert (through[0], through[2]) == (status, expected) == (direct[0], direct[2]), headers
            for name in ("etag", "last-modified", "content-type", "repr-digest", "content-range", "content-encoding"):
                assert through[1].get(name) == direct[1].get(name), (headers, name)
        tag = server.ask("HEAD", TARGET)[1]["etag"]
        assert nginx.ask("GET", TARGET, headers={"If-None-Match": tag})[0] == 304
        assert nginx.ask("GET", TARGET, headers={"Range": "bytes=5-9", "If-Range": tag})[::2] == (206, whole[5:10])
        assert nginx.ask("GET", TARGET, headers={"Range": "bytes=5-9", "If-Range": '"x"'})[::2] == (200, whole)
