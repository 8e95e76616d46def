"""The page for developers: every route that is described, and lines that work."""

import html
import json
import re
import shlex
from urllib.parse import quote_plus

import pytest

from tests.conftest import Server

HTML = {"Accept": "text/html"}


def page(server: Server, language: str) -> str:
    return server.ask("GET", f"/api?lang={language}", headers=HTML)[2].decode()


def test_every_route_that_is_described_is_on_the_page(server: Server) -> None:
    said = json.loads(server.ask("GET", "/openapi.json")[2])
    for language in ("nl", "en"):
        found = page(server, language)
        for path, methods in said["paths"].items():
            for method in methods:
                assert f"<code>{method.upper()} {path}</code>" in found
        # No two places have the same name.
        anchors = re.findall(r'id="([^"]*)"', found)
        assert len(anchors) == len(set(anchors))


def test_the_description_says_which_operations_need_a_token(server: Server) -> None:
    said = json.loads(server.ask("GET", "/openapi.json")[2])
    (name, scheme), *others = said["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"], others) == ("http", "bearer", [])
    needed = {
        (method.upper(), path): one["security"]
        for path, methods in said["paths"].items()
        for method, one in methods.items()
        if "security" in one
    }
    # A query that is POSTed needs none.
    assert needed.pop(("POST", "/sparql")) == [{}, {name: []}]
    writing = {(method, path) for method in ("PUT", "POST", "DELETE", "PATCH") for path in said["paths"]}
    assert needed.keys() == {one for one in writing if one[1].startswith("/graphs")}
    assert all(security == [{name: []}] for security in needed.values())
    # It is as it says: without one, nothing is written.
    for method, path in needed:
        assert server.ask(method, path.replace("{path}", "x"))[0] in (401, 403)


def test_what_is_said_in_english_alone_is_marked_so(server: Server) -> None:
    dutch = page(server, "nl")
    assert re.search(r'<span lang="en">[^<]', dutch)
    assert "in het Engels" in dutch
    assert "Welke plannen volgden" in dutch
    assert '<span lang="en">' not in page(server, "en")


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_line_works(server: Server, language: str) -> None:
    lines = [
        html.unescape(line) for line in re.findall(r'<pre class="curl"[^>]*><code>(.*?)</code>', page(server, language))
    ]
    assert len(lines) > 30
    for line in dict.fromkeys(lines):
        status = asked(server, shlex.split(line))
        assert status in (200, 303), line


def asked(server: Server, words: list[str]) -> int:
    """The status that a line of curl gets, by the few options that ours have."""
    program, *rest = words
    assert program == "curl"
    headers: dict[str, str] = {}
    given: list[str] = []
    address, gets = "", False
    while rest:
        word = rest.pop(0)
        if word == "-H":
            name, _, value = rest.pop(0).partition(": ")
            headers[name] = value
        elif word == "--data-urlencode":
            name, _, value = rest.pop(0).partition("=")
            given.append(f"{name}={quote_plus(value)}")
        elif word in ("-G", "-L"):
            gets = gets or word == "-G"
        else:
            address = word
    start = f"http://127.0.0.1:{server.port}"
    assert address.startswith(start)
    path = address.removeprefix(start)
    if not given:
        return server.ask("GET", path, headers=headers)[0]
    if gets:
        return server.ask("GET", f"{path}?{'&'.join(given)}", headers=headers)[0]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return server.ask("POST", path, "&".join(given).encode(), headers | form)[0]
