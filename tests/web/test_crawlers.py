"""What crawlers find, on the shipped data."""

import re
from xml.etree import ElementTree

import pytest

from dppgraph.core.quads import entity_of
from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, Server

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def paths(server: Server, body: bytes) -> list[str]:
    locations = [element.text or "" for element in ElementTree.fromstring(body).iter(f"{SITEMAP}loc")]  # noqa: S314 - ours
    at = f"http://127.0.0.1:{server.port}"
    assert all(location.startswith(at) for location in locations)
    return [location.removeprefix(at) for location in locations]


def test_robots_are_shown_the_sitemap_and_the_traps(server: Server) -> None:
    status, headers, body = server.ask("GET", "/robots.txt")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert f"Sitemap: http://127.0.0.1:{server.port}/sitemap.xml" in body.decode()
    assert "Disallow: /fragments\n" in body.decode()


def test_the_sitemap_has_everything_with_a_name(server: Server, built: tuple[VersionStore, Built]) -> None:
    status, headers, body = server.ask("GET", "/sitemap.xml")
    assert (status, headers["content-type"]) == (200, "application/xml; charset=utf-8")
    listed = [path for page in paths(server, body) for path in paths(server, server.ask("GET", page)[2])]
    things = {entity_of(line) for line in built[0].lines(1) if line.startswith(f"<{BASE}id/")}
    assert {f"/doc/{iri.removeprefix(f'{BASE}id/')}" for iri in things} < set(listed)
    assert len(listed) == len(set(listed))
    page = server.ask("GET", "/sitemap-1.xml")[2].decode()
    assert set(re.findall("<lastmod>(.*?)</lastmod>", page)) == {built[1].manifest.created}
    assert server.ask("GET", "/sitemap-2.xml")[0] == 404
    for number in ("0", "01", "-1", "x", "9" * 30, "9" * 5000):
        assert server.ask("GET", f"/sitemap-{number}.xml")[0] == 404


def test_the_list_of_everything_has_it_too(server: Server, built: tuple[VersionStore, Built]) -> None:
    things = {entity_of(line) for line in built[0].lines(1) if line.startswith(f"<{BASE}id/")}
    page, found = "/things", set[str]()
    while page:
        html = server.ask("GET", page)[2].decode()
        found.update(re.findall(r'/doc/([^"#]*)"', html))
        following = re.search(r'rel="next" href="(/things\?page=\d+)"', html)
        page = following[1] if following else ""
    assert {iri.removeprefix(f"{BASE}id/") for iri in things} == found


def test_the_first_page_leads_to_all_ways_in(server: Server) -> None:
    status, headers, body = server.ask("GET", "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    for path in (
        "catalogue",
        "sparql",
        "queries",
        "feed",
        "dumps",
        "fragments",
        "ns",
        "shapes",
        "things",
        "sitemap.xml",
    ):
        assert f'href="/{path}"' in body.decode(), path
    style = re.findall(r'<link rel="stylesheet" href="/(static/style\.[0-9a-f]+\.css)">', body.decode())
    assert server.ask("GET", f"/{style[0]}")[1]["content-type"] == "text/css; charset=utf-8"


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_crawl_from_the_first_page_reaches_everything_and_finds_no_broken_link(
    server: Server, built: tuple[VersionStore, Built]
) -> None:
    at = f"http://127.0.0.1:{server.port}"
    seen, waiting = {"/"}, ["/"]
    while waiting:
        path = waiting.pop()
        status, headers, body = server.ask("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
        if status == 303:
            links = [headers["location"]]
        else:
            assert status == 200, path
            html = body.decode() if headers["content-type"].startswith("text/html") else ""
            links = [link.replace("&amp;", "&") for link in re.findall(r'(?:href|src)="([^"]*)"', html)]
        for link in links:
            target = link.partition("#")[0].removeprefix(at)
            # Each page has links to its other formats, which other tests ask for: here those of one kind are enough.
            is_other = re.search(r"\.(jsonld|rdf|trig|nq|nt)$", target) and "/doc/" in target
            # A page in the other language has the links of the page in this one.
            is_other = is_other or "lang=" in target
            if link.startswith(("/", f"{at}/")) and target not in seen and not is_other:
                seen.add(target)
                waiting.append(target)
    things = {entity_of(line) for line in built[0].lines(1) if line.startswith(f"<{BASE}id/")}
    assert {f"/doc/{iri.removeprefix(f'{BASE}id/')}" for iri in things} <= seen
