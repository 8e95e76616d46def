"""Tokens from end to end: a real server, the command that makes them, every way to write, and who is let in by what."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest

from dppgraph.core.token import PREFIX, Token, sha256_of
from dppgraph.store.token import TokenFile
from dppgraph.store.versions import VersionStore
from tests.cli.test_supervisor import BARE
from tests.conftest import Run, Server, start_server

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(180)]

GRAPH = "/graphs?graph=a:g"
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
NUMBERS = count(1)

Headers = list[tuple[str, str]]


class Way(NamedTuple):
    """A way to write."""

    method: str
    target: str
    content_type: str = ""
    body: str = ""

    def tried(self) -> "Way":
        """The same, as a dry run."""
        return self._replace(target=f"{self.target}{'&' if '?' in self.target else '?'}dry-run=true")


def ways() -> list[Way]:
    """Each way to write there is, each with something that is not there yet."""
    return [
        Way("POST", "/sparql", UPDATE, f"INSERT DATA {{ GRAPH <a:g> {{ {triple()} }} }}"),
        Way("POST", "/sparql", FORM, f"update={quote_plus(f'INSERT DATA {{ GRAPH <a:g> {{ {triple()} }} }}')}"),
        Way("POST", GRAPH, "text/turtle", f"{triple()} ."),
        Way("PATCH", GRAPH, UPDATE, f"INSERT DATA {{ {triple()} }}"),
        Way("PUT", GRAPH, "text/turtle", f"{triple()} ."),
        Way("POST", "/graphs", "text/turtle", f"{triple()} ."),
        Way("PUT", "/graphs/direct", "text/turtle", f"{triple()} ."),
        Way("DELETE", "/graphs/direct"),
    ]


def triple() -> str:
    return f'<a:a> <a:b> "{next(NUMBERS)}"'


@dataclass
class Door:
    """A server that is written to, what it logs, and a token of each kind."""

    server: Server
    store: VersionStore
    log: Path
    texts: dict[str, str]

    def knock(self, way: Way, headers: Headers) -> tuple[int, dict[str, str], bytes]:
        """Sends a request, of a client of its own: who sends wrong tokens has to wait."""
        typed = [("Content-Type", way.content_type)] if way.content_type else []
        number = next(NUMBERS)
        client = ("X-Forwarded-For", f"192.0.{number >> 8}.{number & 255}")
        return self.server.ask_in_order(way.method, way.target, way.body.encode() or None, [*typed, client, *headers])

    def version(self) -> int:
        return self.store.current()


def bearer(text: str) -> Headers:
    return [("Authorization", f"Bearer {text}")]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    (folder / "data").mkdir()
    (folder / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    own = secrets.token_hex(32)
    settings = {
        "DPPGRAPH_ACCESS_LOG": str(folder / "access.log"),
        "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1",
        "DPPGRAPH_TOKEN": own,
        "DPPGRAPH_METRICS_TOKEN": secrets.token_hex(32),
    }
    running = start_server("--data", folder / "data", "--store", folder / "store", *BARE, environment=settings)
    texts = {"environment": own, "metrics": settings["DPPGRAPH_METRICS_TOKEN"]}
    for role in ("read", "propose", "write"):
        made = run("token", "add", f"one-to-{role}", "--role", role, "--store", folder / "store")
        texts[role] = made.stdout.strip()
    for name in ("expired", "removed", "never-made"):
        texts[name] = PREFIX + secrets.token_hex(32)
    before = datetime.now(UTC) - timedelta(seconds=1)
    file = TokenFile(folder / "store")
    file.add(Token("expired", "write", sha256_of(texts["expired"]), before, before))
    file.add(Token("removed", "write", sha256_of(texts["removed"]), before))
    found = Door(running, VersionStore(folder / "store"), folder / "access.log", texts)
    assert found.knock(ways()[0], bearer(texts["removed"]))[0] == 200
    assert run("token", "remove", "removed", "--store", folder / "store").returncode == 0
    yield found
    assert running.stop() == 0


@pytest.mark.parametrize("name", ["write", "environment"])
def test_who_may_write_writes_in_each_way(door: Door, name: str) -> None:
    for way in ways():
        before = door.version()
        status, headers, body = door.knock(way.tried(), bearer(door.texts[name]))
        assert (status in (200, 201), door.version()) == (True, before), (way, body)
        status, headers, body = door.knock(way, bearer(door.texts[name]))
        assert (status in (200, 201), door.version()) == (True, before + 1), (way, body)
        agent = door.store.manifest(int(headers["dppgraph-version"])).agent
        assert agent == ("environment" if name == "environment" else "one-to-write")


def test_who_may_propose_has_each_way_tried_and_none_made(door: Door) -> None:
    before = door.version()
    for way in ways():
        if way.method == "DELETE":
            # Of a graph that is there; who may not is told so before that is looked at.
            way = way._replace(target=GRAPH)  # noqa: PLW2901 - the same way to another place
        assert door.knock(way.tried(), bearer(door.texts["propose"]))[0] in (200, 201), way
        status, headers, _ = door.knock(way, bearer(door.texts["propose"]))
        assert (status, "insufficient_scope" in headers["www-authenticate"]) == (403, True), way
    assert door.version() == before


Texts = dict[str, str]
REFUSED: dict[str, tuple[int, Callable[[Texts], Headers]]] = {
    "no token": (401, lambda _: []),
    "one to read": (403, lambda texts: bearer(texts["read"])),
    "an expired one": (401, lambda texts: bearer(texts["expired"])),
    "a removed one": (401, lambda texts: bearer(texts["removed"])),
    "one that was never made": (401, lambda texts: bearer(texts["never-made"])),
    "that of the metrics": (401, lambda texts: bearer(texts["metrics"])),
    "most of one": (401, lambda texts: bearer(texts["write"][:-1])),
    "one and more": (401, lambda texts: bearer(texts["write"] + "0")),
    "its hash": (401, lambda texts: bearer(sha256_of(texts["write"]))),
    "none after the scheme": (401, lambda _: [("Authorization", "Bearer")]),
    "no scheme": (401, lambda texts: [("Authorization", texts["write"])]),
    "two in one": (401, lambda texts: bearer(f"{texts['write']}, {texts['write']}")),
    "quotes around it": (401, lambda texts: bearer(f'"{texts["write"]}"')),
    "Basic": (401, lambda texts: [("Authorization", f"Basic {texts['write']}")]),
    "Digest": (401, lambda texts: [("Authorization", f'Digest response="{texts["write"]}"')]),
    "two headers": (400, lambda texts: bearer(texts["write"]) * 2),
    "two headers, one wrong": (400, lambda texts: [*bearer(texts["never-made"]), *bearer(texts["write"])]),
    "a cookie": (401, lambda texts: [("Cookie", f"token={texts['write']}")]),
    "a header of its own": (401, lambda texts: [("X-Token", texts["write"])]),
    "for a proxy": (401, lambda texts: [("Proxy-Authorization", f"Bearer {texts['write']}")]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_nobody_else_is_let_in_by_any_way_nor_for_a_dry_run(door: Door, what: str) -> None:
    before, (expected, headers) = door.version(), REFUSED[what]
    for way in ways():
        for asked in (way, way.tried()):
            status, answered, body = door.knock(asked, headers(door.texts))
            assert status == expected, (asked, body)
            assert ("www-authenticate" in answered) == (expected != 400)
            assert not [name for name, text in door.texts.items() if text.encode() in body]
    assert door.version() == before


@pytest.mark.parametrize("name", ["token", "access_token"])
def test_in_an_address_or_a_form_it_opens_nothing(door: Door, name: str) -> None:
    before, token = door.version(), door.texts["write"]
    for way in ways():
        in_address = way._replace(target=f"{way.target}{'&' if '?' in way.target else '?'}{name}={token}")
        for headers in (list[tuple[str, str]](), bearer(token)):
            status, _, body = door.knock(in_address, headers)
            assert (status, token.encode() in body) == (400, False), way
    form = Way("POST", "/sparql", FORM, f"update={quote_plus('CLEAR ALL')}&{name}={token}")
    assert [door.knock(form, headers)[0] for headers in ([], bearer(token))] == [400, 400]
    assert door.version() == before


def test_by_another_method_nothing_is_written(door: Door) -> None:
    before, right = door.version(), bearer(door.texts["write"])
    update = quote("INSERT DATA { <a:a> <a:b> <a:c> }")
    asked = [Way(method, f"/sparql?update={update}") for method in ("GET", "HEAD")]
    asked += [Way(method, f"/sparql?query=&update={update}") for method in ("GET", "HEAD")]
    bodies = (UPDATE, "INSERT DATA { <a:a> <a:b> <a:c> }")
    asked += [Way(method, "/sparql", *bodies) for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE")]
    asked += [Way(method, GRAPH, "text/turtle", "<a:a> <a:b> <a:c> .") for method in ("GET", "HEAD", "TRACE", "LOCK")]
    asked += [Way("POST", f"/{place}", *bodies) for place in ("", "queries", "health", "dumps", "changes", "metrics")]
    for way in asked:
        for more in ([], [("X-HTTP-Method-Override", "POST")], [("X-HTTP-Method-Override", "PUT")]):
            assert door.knock(way, [*right, *more])[0] in (200, 400, 404, 405), way
    assert door.version() == before


def test_none_of_them_is_written_down_anywhere(door: Door) -> None:
    """After all that was asked above, and more of it: in logs, in the store, in what anybody can ask or look at."""
    token = door.texts["write"]
    for way in ways():
        others = [bearer(door.texts[name]) for name in ("expired", "removed", "read", "metrics")]
        for headers in (bearer(token), bearer(token) * 2, *others):
            for asked in (way, way._replace(target=f"{way.target.partition('?')[0]}?access_token={token}")):
                _, answered, body = door.knock(asked, [*headers, ("Accept", "text/html")])
                assert token.encode() not in body
                assert token not in str(answered)
    writer = door.server.child("dppgraph.cli.writer")
    local = door.server.ask("GET", "/metrics")[2]
    assert b"dppgraph_" in local
    written = [written_down(door).encode(), local]
    written += [path.read_bytes() for path in sorted(door.store.folder.rglob("*")) if path.is_file()]
    assert any(b"one-to-write" in data for data in written)
    processes = door.server.family()
    assert writer in processes
    written += [Path(f"/proc/{process}/cmdline").read_bytes() for process in processes]
    # Whoever was given it in its environment has not passed it on there.
    written += [Path(f"/proc/{process}/environ").read_bytes() for process in processes[1:]]
    written.append(door.server.ask("GET", "/changes.json")[2])
    for name, text in door.texts.items():
        assert not [data[:200] for data in written if text.encode() in data], name
    # What is parsed for strangers is parsed in a copy of the writer: that knows none, as it lets nobody in.
    told = Path(f"/proc/{writer}/fd/0").read_bytes()
    assert str(door.store.folder).encode() in told
    assert not [name for name, text in door.texts.items() if text.encode() in told]


def written_down(door: Door) -> str:
    """All that was logged, once all that was asked is in it."""
    last = f"/last/{secrets.token_hex(8)}"
    door.server.ask("GET", last)
    while last not in door.log.read_text():
        time.sleep(0.01)
    lines = door.log.read_text()
    assert {json.loads(line)["status"] for line in lines.splitlines()} >= {200, 201, 400, 401, 403, 404}
    return lines + "\n".join(door.server.said)
