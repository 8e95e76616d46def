"""A frozen site of the shipped data, with nginx and nothing else in front of its files."""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.browser.conftest import chromium, visitor
from tests.clients.conftest import node
from tests.conftest import DPPGRAPH, REPOSITORY
from tests.freeze.site import FrozenSite
from tests.operate.conftest import NGINX, Nginx, free_port, replaced

__all__ = ["chromium", "node", "visitor"]

DOCUMENT = REPOSITORY / "docs" / "freeze.md"
PLANS = ("gap", "open-ended")

CONFIGURATION = """
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{server}
}}
"""


@dataclass(frozen=True)
class Frozen:
    """A site that was frozen.

    Attributes:
        folder: its files.
        port: where nginx is to listen: the site says its own address.
        path: the path of its address, with slashes.
    """

    folder: Path
    port: int
    path: str = "/"

    @property
    def url(self) -> str:
        """Where it is found."""
        return f"http://127.0.0.1:{self.port}{self.path}"


def freeze(folder: Path, store: Path, url: str, *more: str) -> str:
    """Runs ``dppgraph freeze``; what it says."""
    command = [*DPPGRAPH, "freeze", str(folder), "--store", str(store), "--public-url", url, *more]
    said = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=560, env={"PATH": "/usr/bin:/bin"}
    )
    assert said.returncode == 0, said.stderr
    assert said.stderr == "", "in a pipe it is quiet"
    return said.stdout


def start(frozen: Frozen, folder: Path) -> Nginx:
    """Starts nginx over a site, below a folder of its own."""
    if NGINX is None:
        pytest.skip("there is no nginx here: on Debian, apt install nginx-light")
    folder.mkdir(parents=True, exist_ok=True)
    root = frozen.folder
    if frozen.path != "/":
        root = folder / "root"
        below = root / frozen.path.strip("/")
        below.parent.mkdir(parents=True)
        below.symlink_to(frozen.folder)
    rules = frozen.folder / ".frozen" / "nginx.conf"
    (said,) = re.findall(r"```\n(server \{.*?\n\})\n```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    said = replaced(said, "listen 80;", f"listen 127.0.0.1:{frozen.port} reuseport;")
    said = replaced(said, "root /srv/site;", f"root {root};")
    said = replaced(said, "/srv/site/.frozen/nginx.conf", str(rules))
    (folder / "nginx.conf").write_text(CONFIGURATION.format(server=said))
    command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
    nginx = Nginx(subprocess.Popen([*command, *as_root], text=True), frozen.port)
    try:
        nginx.wait_until_it_listens()
    except AssertionError:
        nginx.stop()
        raise
    assert "emerg" not in (folder / "error.log").read_text()
    return nginx


@pytest.fixture(scope="session")
def frozen(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Frozen:
    """The site of the shipped data, written once for all processes that test; each has an nginx of its own."""
    alone = worker_id == "master"
    folder = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    folder = folder / "frozen"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "port").exists():
            port = free_port()
            freeze(folder / "site", built[0].folder, f"http://127.0.0.1:{port}/")
            (folder / "port").write_text(str(port))
    return Frozen(folder / "site", int((folder / "port").read_text()))


@pytest.fixture(scope="session")
def served(frozen: Frozen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """nginx over the site."""
    nginx = start(frozen, tmp_path_factory.mktemp("nginx"))
    yield nginx
    assert nginx.stop() == 0


@pytest.fixture(scope="session")
def site(served: Nginx) -> FrozenSite:
    """Its pages."""
    return FrozenSite(served)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a few small plans: quickly frozen."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data" / "source").mkdir(parents=True)
    for plan in PLANS:
        shutil.copy(REPOSITORY / "tests" / "fixtures" / "plans" / f"{plan}.trig", folder / "data" / "source")
    build(folder / "store", folder / "data")
    return folder / "store"


def build(store: Path, data: Path) -> None:
    """Runs ``dppgraph build`` without its gate."""
    command = [*DPPGRAPH, "build", "--store", str(store), "--data", str(data), "--shapes", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
