"""``dppgraph verify``: a server that is as it says passes; each way in which one is not is found, and hurts nobody."""

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dppgraph.errors import AnswerTooLarge, BadCall, ServerUnreachable
from dppgraph.operations.build import Built
from dppgraph.operations.verify import Finding, verify
from dppgraph.operations.verify.server import MOST
from dppgraph.store.versions import VersionStore
from dppgraph.web.verify import HttpServer
from tests.conftest import Run, Serve, Server, start_server

pytestmark = pytest.mark.heavy

CHECKS = ("version", "answers", "dumps", "digest", "counts", "feed")
DATA = """
@prefix dpp: <https://w3id.org/dppgraph/ns#> .
<https://w3id.org/dppgraph/id/plan/x> a dpp:PolicyPlan ; dpp:page 1, 01, "Ééñ 🙂", [ a dpp:Period ] .
<https://w3id.org/dppgraph/id/plan/y> a dpp:PolicyPlan .
"""
ALL = "/policy-plans.nq"


@dataclass
class Said:
    """An answer on its way."""

    status: int
    headers: dict[str, str]
    body: bytes


Change = Callable[[str, Said], None]


@dataclass
class Between:
    """What stands between a server and who verifies it, and changes what it says."""

    port: int
    change: Change = lambda _, __: None
    asked: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def standing_between(server: Server) -> Iterator[tuple[Between, str]]:
    between = Between(server.port)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            between.asked.append(self.path)
            between.sent.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = server.ask("GET", self.path, headers={"Accept": self.headers["Accept"]})
            said = Said(status, headers, body)
            between.change(self.path, said)
            self.send_response(said.status)
            for name, value in said.headers.items():
                if name not in ("content-length", "transfer-encoding", "connection", "date"):
                    self.send_header(name, value)
            self.send_header("content-length", said.headers.get("length-to-be", str(len(said.body))))
            self.end_headers()
            self.wfile.write(said.body)
            if "length-to-be" in said.headers:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield between, f"http://127.0.0.1:{listening.server_address[1]}/"
    finally:
        listening.shutdown()
        thread.join(20)
        listening.server_close()


@pytest.fixture(scope="module")
def small(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a few statements."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data" / "source").mkdir(parents=True)
    (folder / "data" / "source" / "a.ttl").write_text(DATA, encoding="utf-8")
    running = start_server("--data", folder / "data", "--shapes", "none", "--store", folder / "store")
    yield running
    assert running.stop() == 0


def verified(url: str, timeout: float = 60) -> list[Finding]:
    with closing(HttpServer(url, timeout)) as asked:
        return verify(asked)


def wrong(findings: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.said for finding in findings if not finding.is_right}


def changed(server: Server, change: Change) -> dict[str, str]:
    """What is found wrong once something is changed."""
    with standing_between(server) as (between, url):
        between.change = change
        return wrong(verified(url))


def test_a_server_that_is_as_it_says_passes(run: Run, server: Server, built: tuple[VersionStore, Built]) -> None:
    url = f"http://127.0.0.1:{server.port}"
    answer = run("verify", url)
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", check] for check in (*CHECKS[:5], "statistics", *CHECKS[5:])]
    digest = built[0].manifest(1).digest
    assert f"sha256:{digest}, made anew" in lines[3]
    said = json.loads(run("verify", url, "--format", "json").stdout)
    assert said["ok"]
    assert said["url"] == f"{url}/"
    assert [check["ok"] for check in said["checks"]] == [True] * len(lines)


def test_a_server_whose_data_a_format_cannot_tell_apart_passes(small: Server) -> None:
    # 1 and 01 are one number to the engine, and two statements to the dump.
    findings = verified(f"http://127.0.0.1:{small.port}")
    assert [finding.check for finding in findings] == list(CHECKS)
    assert not wrong(findings)


def test_nothing_is_asked_but_what_is_needed_and_no_token_is_sent(small: Server) -> None:
    with standing_between(small) as (between, url):
        assert not wrong(verified(url))
    assert all(path.startswith("/") for path in between.asked)
    assert not {name for headers in between.sent for name in headers} & {"authorization", "cookie", "referer"}
    assert all(headers["accept-encoding"] == "identity" for headers in between.sent)


def replacing(ending: str, old: bytes, new: bytes) -> Change:
    """Changes what is at addresses that end so, or before their parameters."""

    def change(path: str, said: Said) -> None:
        if path.partition("?")[0].endswith(ending) and "query=ASK" not in path:
            assert old in said.body
            said.body = said.body.replace(old, new)

    return change


def naming(ending: str, header: str, value: str) -> Change:
    def change(path: str, said: Said) -> None:
        if path.partition("?")[0].endswith(ending):
            said.headers[header] = value

    return change


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("dumps", replacing("/policy-plans.ttl", b"PolicyPlan", b"PolicyPlaN")),
        ("dumps", replacing("/plans.csv.gz", b"", b"x")),
        ("dumps", replacing("/SHA256SUMS", b"policy-plans.nt\n", b"policy-plans.n3\n")),
        ("dumps", replacing("/dumps/1", b'"files": [', b'"fils": [')),
        ("dumps", replacing("/dumps", b'"version": 1', b'"version": 2')),
        ("dumps", naming("/policy-plans.trig", "dppgraph-version", "7")),
        ("digest", replacing(ALL, b"plan/y>", b"plan/z>")),
        ("digest", replacing(ALL, b"\n", b"")),
        ("digest", replacing(ALL, "🙂".encode(), b"\xff\xfe\xfd\xfc")),
        ("counts", replacing("/sparql", b'"value":"6"', b'"value":"5"')),
        ("counts", replacing("/sparql", b'"bindings"', b'"bindinks"')),
        ("counts", replacing("/changes/1.json", b'"quads": 7', b'"quads": 8')),
        ("feed", replacing("/feed/1", b"/plan/y> ", b"/plan/z> ")),
        ("feed", replacing("/feed/1", b'"1"^^', b'"9"^^')),
        ("feed", replacing("/feed/1", b"isVersionOf>", b"isVersion>")),
        ("feed", naming("/feed", "dppgraph-digest", "sha256:0")),
        ("feed", naming("/feed/1", "dppgraph-version", "2")),
        ("version", replacing("/changes/1.json", b'"digest": "', b'"digest": "0')),
        ("version", replacing("/changes/1.json", b'"version": 1', b'"version": true')),
        ("answers", naming("/plans.json", "dppgraph-version", "2")),
        ("answers", naming("/.well-known/void", "dppgraph-digest", "")),
        ("answers", naming("/graphs", "dppgraph-version", "²")),
    ],
)
def test_what_is_changed_is_found(small: Server, check: str, change: Change) -> None:
    assert check in changed(small, change)


def test_a_dump_that_is_changed_together_with_its_checksum_is_found_by_the_digest(small: Server) -> None:
    sums: dict[bytes, bytes] = {}

    def change(path: str, said: Said) -> None:
        if path.endswith(".nq"):
            body = said.body.replace(b"plan/y>", b"plan/z>")
            sums[hashlib.sha256(said.body).hexdigest().encode()] = hashlib.sha256(body).hexdigest().encode()
            said.body = body
        for old, new in sums.items():
            said.body = said.body.replace(old, new)

    with standing_between(small) as (between, url):
        between.change = change
        # The first time the list comes before it is known what the checksum is to be.
        verified(url)
        found = wrong(verified(url))
    assert "dumps" not in found
    assert "have sha256:" in found["digest"]


def test_a_statement_that_is_left_out_is_found_by_its_number(small: Server) -> None:
    def change(path: str, said: Said) -> None:
        if path.endswith(ALL):
            said.body = said.body[said.body.index(b"\n") + 1 :]

    found = changed(small, change)
    assert {"dumps", "digest", "counts"} <= set(found)
    assert "said to have 7 statements, its dump has 6" in found["counts"] or "a query finds" in found["counts"]


def test_a_file_that_is_longer_than_it_should_be_is_not_read_on(small: Server) -> None:
    def change(path: str, said: Said) -> None:
        if path.endswith("/policy-plans.ttl"):
            said.body += b"x" * (1 << 24)

    assert "is longer than" in changed(small, change)["dumps"]


def test_an_answer_that_breaks_off_is_wrong(small: Server) -> None:
    def change(path: str, said: Said) -> None:
        if path.endswith("/policy-plans.rdf"):
            said.headers["length-to-be"] = str(len(said.body) + 10)

    assert "policy-plans.rdf: " in changed(small, change)["dumps"]


def test_an_answer_without_end_is_not_taken_whole(small: Server) -> None:
    def change(path: str, said: Said) -> None:
        if path.startswith("/feed"):
            said.body = b"x" * (MOST + 1)

    with standing_between(small) as (between, url):
        between.change = change
        with closing(HttpServer(url, 60)) as asked, pytest.raises(AnswerTooLarge):
            asked.answer("feed")
        assert "more than" in wrong(verified(url))["feed"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"version": "1"}', b"null"])
def test_what_is_no_answer_of_such_a_server_is_said(small: Server, body: bytes) -> None:
    def change(path: str, said: Said) -> None:
        if path == "/health":
            said.body = body

    with standing_between(small) as (between, url):
        between.change = change
        with pytest.raises(ServerUnreachable, match="no dppgraph"):
            verified(url)


def test_another_host_is_never_asked(run: Run, small: Server) -> None:
    with standing_between(small) as (other, elsewhere), standing_between(small) as (between, url):

        def change(_: str, said: Said) -> None:
            said.status, said.headers = 302, {"location": f"{elsewhere}x"}

        between.change = change
        answer = run("verify", url)
        assert answer.returncode == 2
        assert f"leads to {elsewhere}x: verify the server at that address" in answer.stderr
    assert not other.asked


def test_what_a_server_says_does_nothing_to_a_terminal(run: Run, small: Server) -> None:
    def change(path: str, said: Said) -> None:
        if path == "/dumps/1":
            said.body = said.body.replace(b'"plans.csv"', b'"\\u001b]0;x\\u0007\\n\\u202eplans"')

    with standing_between(small) as (between, url):
        between.change = change
        answer = run("verify", url)
    assert answer.returncode == 1
    assert re.fullmatch(r"(?:(?:ok   |wrong)  [a-z]+ +[ -~]+\n)+", answer.stdout)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://e.org/", "http://", "http://me@e.org/", "http://e.org/?a=b", "http://e.org:x/", "http://[/"]
)
def test_an_address_that_is_none_is_2(url: str) -> None:
    with pytest.raises(BadCall):
        HttpServer(url, 1)


def test_a_server_that_does_not_answer_is_2(run: Run) -> None:
    answer = run("verify", "http://127.0.0.1:9/")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "does not answer (Connection refused)" in answer.stderr


def test_the_time_is_bounded(small: Server) -> None:
    with pytest.raises(ServerUnreachable, match="--timeout"):
        verified(f"http://127.0.0.1:{small.port}", timeout=0)


def test_a_server_that_is_busy_is_asked_again(small: Server) -> None:
    times = iter([429, 503])

    def change(path: str, said: Said) -> None:
        status = next(times, 0) if path == "/health" else 0
        if status:
            said.status, said.headers["retry-after"] = status, "0"

    assert not changed(small, change)


def test_a_server_below_a_path_is_verified_at_its_own_addresses(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    server = serve(
        *("--data", tmp_path / "data", "--shapes", "none", "--store", tmp_path / "store"),
        *("--public-url", "https://plans.example.org/data/"),
    )
    assert not wrong(verified(f"http://127.0.0.1:{server.port}/data"))


@pytest.mark.parametrize("harm", ["bytes", "shorter", "statistics", "feed"])
def test_what_is_changed_on_disk_is_found(
    run: Run, serve: Serve, built: tuple[VersionStore, Built], tmp_path: Path, harm: str
) -> None:
    store = VersionStore(shutil.copytree(built[0].folder, tmp_path / "store"))
    folder = store.harvest_path(1)
    if harm == "bytes":
        path, expected = folder / "dumps" / "policy-plans-source.ttl", "policy-plans-source.ttl: it has sha256:"
        path.write_bytes(path.read_bytes().replace(b"dpp:PolicyPlan", b"dpp:PolicyPlaN"))
    elif harm == "shorter":
        path, expected = folder / "dumps" / "plans.csv", "plans.csv: /dumps/1/plans.csv is answered with status 503"
        path.write_bytes(path.read_bytes()[:-1])
    elif harm == "statistics":
        path = folder / "void.nt"
        said = path.read_bytes()
        whole = re.search(rb"^(<[^>]*>) <http://rdfs.org/ns/void#vocabulary>", said, re.MULTILINE)
        assert whole
        begins = re.escape(whole[1] + b' <http://rdfs.org/ns/void#triples> "')
        path.write_bytes(re.sub(b"(?<=" + begins + rb")\d+", b"1", said))
        expected = "says 1 triples"
    else:
        server = serve("--store", store.folder)
        with standing_between(server) as (between, url):
            between.change = replacing("/feed/3", b"dppgraph-editors", b"dppgraph-editorz")
            assert "does not say what its name is made of" in wrong(verified(url))["feed"]
        return
    server = serve("--store", store.folder)
    answer = run("verify", f"http://127.0.0.1:{server.port}/")
    assert answer.returncode == 1
    assert expected in answer.stdout


def test_a_version_that_is_published_meanwhile_is_verified_in_its_place(run: Run, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "data" / "source").mkdir(parents=True)
    file = tmp_path / "data" / "source" / "a.ttl"
    file.write_text(DATA, encoding="utf-8")
    arguments = ("--data", tmp_path / "data", "--shapes", "none", "--store", tmp_path / "store")
    server = serve(*arguments)

    def current() -> int:
        return int(json.loads(server.ask("GET", "/health")[2])["version"])

    def change(path: str, _: Said) -> None:
        if path == "/dumps" and current() == 1:
            file.write_text(f"{DATA}<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
            assert run("build", *arguments).returncode == 0
            while current() == 1:
                pass

    with standing_between(server) as (between, url):
        between.change = change
        findings = verified(url)
    assert not wrong(findings)
    assert findings[0].said.startswith("2 sha256:")
