"""Servers on hosts of their own, over two engines and behind nginx: each of them dies in turn, under load."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.peers.environment import programs
from dppgraph.core.iris import NAMESPACE
from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import DPPGRAPH, REPOSITORY
from tests.operate.conftest import NGINX, OPERATE, replaced
from tests.operate.hosts import Host, network

pytestmark = [pytest.mark.heavy, pytest.mark.remote, pytest.mark.timeout(300)]

FRONTS: Final = ("front1", "front2")
ENGINES: Final = ("engine1", "engine2")
CLIENTS: Final = 4
Reply = dict[str, Any]


@dataclass
class Site:
    """All hosts.

    Attributes:
        hosts: by name.
        folder: what their files are in.
        rows: how many rows each query has.
    """

    hosts: dict[str, Host]
    folder: Path
    rows: int

    def start_engine(self, name: str) -> None:
        host = self.hosts[name]
        database = self.folder / name
        command = [programs() / "oxigraph", "serve", "--location", database, "--bind", f"{host.address}:7878"]
        host.start([*command, "--timeout-s", "20"], self.folder / f"{name}.log")
        self.wait_for(f"http://{host.address}:7878/query?query=ASK%20%7B%7D")

    def start_front(self, name: str) -> None:
        host = self.hosts[name]
        engines = ",".join(self.engine(engine) for engine in ENGINES)
        command = [
            *DPPGRAPH,
            "serve",
            "--host",
            host.address,
            "--port",
            "8000",
            "--store",
            self.folder / f"{name}-store",
        ]
        host.start([*command, "--endpoint", engines], self.folder / f"{name}.log", {"DPPGRAPH_QUERY_TIMEOUT": "5"})
        self.wait_for(f"http://{host.address}:8000/health/ready")

    def start_balancer(self) -> None:
        host, folder = self.hosts["balancer"], self.folder / "nginx"
        for name in ("conf.d", "snippets", "sites-enabled"):
            (folder / name).mkdir(parents=True)
        shutil.copy(Path(__file__).parent / "nginx.conf", folder)
        shutil.copy(OPERATE / "nginx" / "location.conf", folder / "snippets" / "dppgraph.conf")
        http = (OPERATE / "nginx" / "several.conf").read_text()
        for place, front in zip(("21", "22"), FRONTS, strict=True):
            http = replaced(http, f"10.0.0.{place}:8000", f"{self.hosts[front].address}:8000")
        http = replaced(http, "/var/cache/dppgraph-nginx", str(folder / "cache"))
        (folder / "conf.d" / "dppgraph.conf").write_text(http)
        site = replaced((OPERATE / "nginx" / "site.conf").read_text(), "    listen [::]:80;\n", "")
        (folder / "sites-enabled" / "dppgraph").write_text(site)
        command = [NGINX, "-p", folder, "-c", "nginx.conf", "-e", "error.log", "-g", "user root;"]
        host.start(command, self.folder / "nginx.log")
        self.wait_for(f"http://{host.address}/health")

    def engine(self, name: str) -> str:
        return f"http://{self.hosts[name].address}:7878/query"

    def wait_for(self, url: str) -> None:
        """Waits until an address answers with 200."""
        text = "import sys,urllib.request as ask; ask.urlopen(sys.argv[1], timeout=5).read()"
        for _ in range(150):
            with suppress(subprocess.SubprocessError):
                self.hosts["client"].run([sys.executable, "-c", text, url], timeout=20)
                return
            time.sleep(0.2)
        raise AssertionError(f"{url} does not answer: see the logs in {self.folder}")

    def ask(self, seconds: float) -> Path:
        """Begins to ask the balancer; the file of what comes."""
        log = self.folder / f"asked-{time.monotonic_ns()}"
        url = f"http://{self.hosts['balancer'].address}"
        self.hosts["client"].start([sys.executable, Path(__file__).parent / "asking.py", url, seconds, CLIENTS], log)
        return log

    def asked(self, log: Path) -> list[Reply]:
        """What came, once asking has ended."""
        self.hosts["client"].processes[-1].wait(120)
        return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture(scope="module")
def site(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two engines with the shipped version, two servers, nginx before them, and a client, each on a host."""
    if NGINX is None:
        pytest.skip("there is no nginx here: on Debian, apt install nginx-light")
    with network([*ENGINES, *FRONTS, "balancer", "client"]) as hosts:
        rows = {quad[:3] for quad in map(parse_line, built[0].lines(1)) if quad.predicate == f"<{NAMESPACE}succeeds>"}
        running = Site(hosts, tmp_path_factory.mktemp("site"), len(rows))
        for name in ENGINES:
            (running.folder / name).mkdir()
            running.start_engine(name)
            hosts["client"].run([*DPPGRAPH, "publish", running.engine(name), "--store", built[0].folder])
        for name in FRONTS:
            shutil.copytree(built[0].folder, running.folder / f"{name}-store")
            running.start_front(name)
        running.start_balancer()
        yield running


def test_a_server_and_an_engine_die_and_nobody_notices(site: Site) -> None:
    log = site.ask(12)
    time.sleep(2)
    site.hosts["front1"].die()
    time.sleep(3)
    site.hosts["engine1"].die()
    time.sleep(2)
    site.start_front("front1")
    replies = site.asked(log)
    site.start_engine("engine1")
    assert len(replies) > 100
    assert [reply for reply in replies if reply["status"] != 200] == []
    assert {reply["rows"] for reply in replies if reply["path"] == "/sparql"} == {site.rows}
    assert any(reply["path"] == "/plans?" for reply in replies)


def test_without_any_engine_it_is_said_and_pages_are_still_there(site: Site) -> None:
    log = site.ask(14)
    time.sleep(2)
    away = time.time()
    for name in ENGINES:
        site.hosts[name].die()
    time.sleep(4)
    for name in ENGINES:
        site.start_engine(name)
    back = time.time()
    replies = site.asked(log)
    queries = [reply for reply in replies if reply["path"] == "/sparql"]
    without = [reply for reply in queries if away + 1 < reply["began"] < back - 3]
    assert without
    assert {reply["status"] for reply in queries} <= {200, 502, 503}
    assert all(reply["retry"] for reply in queries if reply["status"] != 200)
    assert {reply["status"] for reply in replies if reply["path"] == "/plans?"} == {200}
    # They are found again by themselves, with all that they hold.
    after = [reply for reply in queries if reply["began"] > back + 3]
    assert after
    assert {(reply["status"], reply["rows"]) for reply in after} == {(200, site.rows)}


def test_no_log_has_a_traceback(site: Site) -> None:
    for log in site.folder.glob("front*.log"):
        assert "Traceback" not in log.read_text()


def test_the_example_is_the_usual_file_but_for_its_servers() -> None:
    usual, several = ((OPERATE / "nginx" / name).read_text() for name in ("http.conf", "several.conf"))
    rest = usual.partition("proxy_cache_path")[2]
    assert rest
    assert several.endswith(rest)
    assert "(operate/nginx/several.conf)" in (REPOSITORY / "docs" / "endpoint.md").read_text()
