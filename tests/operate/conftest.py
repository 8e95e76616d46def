"""A real nginx with the operators' own files, on free ports and below a folder of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Server

OPERATE = REPOSITORY / "docs" / "operate"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")  # noqa: TID251 - where Debian has it


@dataclass
class Nginx(Server):
    """A running nginx: asked like a server, whatever it is that it speaks for."""

    def wait_until_it_listens(self) -> None:
        for _ in range(200):
            assert self.process.poll() is None, "nginx ended: its error.log says why"
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not listen")


Proxy = Callable[..., Nginx]


def replaced(text: str, old: str, new: str) -> str:
    """The text with the one place where ``old`` stands changed: a test that changes nothing would try nothing."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """Starts nginx in front of a server, with the files that operators copy, or with another site than theirs."""
    running: list[Nginx] = []

    def proxy_(port: int, site: str | None = None) -> Nginx:
        if NGINX is None:
            pytest.skip("there is no nginx here: on Debian, apt install nginx-light")
        running.append(start_nginx(tmp_path / f"nginx-{len(running)}", port, site))
        return running[-1]

    yield proxy_
    for nginx in running:
        assert nginx.stop() == 0


def start_nginx(folder: Path, port: int, site: str | None = None) -> Nginx:
    """Starts nginx below a new folder, in front of the server at a port."""
    assert NGINX, "there is no nginx here: on Debian, apt install nginx-light"
    at = free_port()
    _laid_out(folder, port, at, site)
    command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    # Its processes could not enter the test's folder as another user.
    as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
    nginx = Nginx(subprocess.Popen([*command, *as_root], text=True), at)
    try:
        nginx.wait_until_it_listens()
    except AssertionError:
        nginx.stop()
        raise
    return nginx


def _laid_out(folder: Path, port: int, at: int, site: str | None) -> None:
    for name in ("conf.d", "snippets", "sites-enabled"):
        (folder / name).mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "nginx.conf", folder)
    shutil.copy(OPERATE / "nginx" / "location.conf", folder / "snippets" / "dppgraph.conf")
    http = replaced((OPERATE / "nginx" / "http.conf").read_text(), "127.0.0.1:8000", f"127.0.0.1:{port}")
    http = replaced(http, "/var/cache/dppgraph-nginx", str(folder / "cache"))
    (folder / "conf.d" / "dppgraph.conf").write_text(http)
    site = site or (OPERATE / "nginx" / "site.conf").read_text()
    site = replaced(site, "    listen 80;\n", f"    listen 127.0.0.1:{at};\n")
    (folder / "sites-enabled" / "dppgraph").write_text(replaced(site, "    listen [::]:80;\n", ""))


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
