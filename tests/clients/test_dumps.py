"""Dumps by curl and sha256sum, as docs/dumps.md has people use them."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dppgraph.operations.build import Built
from dppgraph.operations.dumps import DUMPS
from dppgraph.store.versions import VersionStore
from tests.conftest import REPOSITORY, Server, start_server

pytestmark = pytest.mark.remote

DOCUMENT = (REPOSITORY / "docs" / "dumps.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dumps(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of the shipped data, in a store of their own."""
    store = tmp_path_factory.mktemp("dumps") / "store"
    shutil.copytree(built[0].folder, store)
    return VersionStore(store).harvest_path(1) / DUMPS


@pytest.fixture(scope="module")
def server(dumps: Path) -> Iterator[Server]:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here: on Debian, apt install curl")
    running = start_server("--store", dumps.parent.parent.parent)
    yield running
    assert running.stop() == 0


def run(command: str, server: Server, folder: Path) -> str:
    here = command.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
    done = subprocess.run(["/bin/sh", "-c", here], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def test_the_commands_of_the_document_run_in_their_order(server: Server, dumps: Path, tmp_path: Path) -> None:
    commands = [line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for line in block.splitlines()]
    said = [run(command, server, tmp_path) for command in commands]
    assert '"policy-plans.ttl"' in said[0]
    (first, second) = [answer for answer, command in zip(said, commands, strict=True) if "sha256sum" in command]
    assert first == "policy-plans.ttl: OK\n"
    assert set(second.splitlines()) == {"policy-plans.ttl: OK", "policy-plans.nq.gz: OK"}
    for name in ("policy-plans.nq", "policy-plans.nt", "plans.csv"):
        assert (tmp_path / name).read_bytes() == (dumps / name).read_bytes()


@pytest.mark.parametrize("name", ["policy-plans.nt", "policy-plans.jsonld.gz"])
def test_curl_goes_on_where_a_download_was_broken_off(server: Server, dumps: Path, tmp_path: Path, name: str) -> None:
    address = f"http://127.0.0.1:8000/dumps/{name}"
    whole = (dumps / name).read_bytes()
    # Whoever takes it goes away after a third.
    cut = f"curl -sS {address} 2> said | head -c {len(whole) // 3} > {name}"
    run(cut, server, tmp_path)
    before = (tmp_path / name).stat().st_size
    assert 0 < before < len(whole)
    said = run(f"curl -sS -C - -D - -o {name} {address}", server, tmp_path)
    assert " 206 " in said.splitlines()[0]
    assert f"content-range: bytes {before}-{len(whole) - 1}/{len(whole)}" in said.lower()
    assert (tmp_path / name).read_bytes() == whole
    run("curl -sSO http://127.0.0.1:8000/dumps/SHA256SUMS", server, tmp_path)
    assert run("sha256sum --check --ignore-missing SHA256SUMS", server, tmp_path) == f"{name}: OK\n"


def test_what_is_there_already_is_not_sent_again(server: Server, tmp_path: Path) -> None:
    address = "http://127.0.0.1:8000/dumps/plans.csv"
    run(f"curl -sS --etag-save tag -o plans.csv {address}", server, tmp_path)
    said = run(f"curl -sS --etag-compare tag -D - -o again.csv {address}", server, tmp_path)
    assert " 304 " in said.splitlines()[0]


def test_curl_takes_the_gzipped_file_and_decodes_it(server: Server, dumps: Path, tmp_path: Path) -> None:
    said = run("curl -sS --compressed -D - -o all.ttl http://127.0.0.1:8000/dumps/policy-plans.ttl", server, tmp_path)
    assert "content-encoding: gzip" in said.lower()
    assert (tmp_path / "all.ttl").read_bytes() == (dumps / "policy-plans.ttl").read_bytes()


def test_a_program_that_decodes_can_go_on_too(server: Server, dumps: Path) -> None:
    whole = (dumps / "policy-plans.ttl").read_bytes()
    headers = {"Accept-Encoding": "gzip, deflate", "Range": f"bytes={len(whole) // 2}-"}
    status, _, body = server.ask("GET", "/dumps/policy-plans.ttl", headers=headers)
    assert status == 206
    joined = whole[: len(whole) // 2] + body
    assert hashlib.sha256(joined).hexdigest() == hashlib.sha256(whole).hexdigest()
