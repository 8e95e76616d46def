"""What nginx gives, with the files and the snippet alone: types, languages, codings, every address that is named."""

import gzip
import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import parse_line
from dppgraph.operations.freeze.record import read_manifest
from dppgraph.store.rdf import parse
from tests.browser.site import told
from tests.conftest import BASE
from tests.freeze.conftest import Frozen, freeze, start
from tests.freeze.site import FrozenSite
from tests.operate.conftest import Nginx, free_port

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

PLAN = "doc/plan/vlaams-plan-overheidsopdrachten"
TYPES = {
    "/": "text/html; charset=utf-8",
    "/plans": "text/html; charset=utf-8",
    "/en/plans/": "text/html; charset=utf-8",
    "/plans.csv": "text/csv; charset=utf-8",
    "/plans.json": "application/json",
    f"/{PLAN}.ttl": "text/turtle; charset=utf-8",
    f"/{PLAN}.jsonld": "application/ld+json",
    f"/{PLAN}.nt": "application/n-triples",
    f"/{PLAN}.rdf": "application/rdf+xml",
    f"/{PLAN}.trig": "application/trig; charset=utf-8",
    f"/{PLAN}.nq": "application/n-quads",
    f"/{PLAN}.linkset.json": "application/linkset+json",
    "/feed": "application/trig; charset=utf-8",
    "/feed/1": "application/trig; charset=utf-8",
    "/feed/": "text/html; charset=utf-8",
    "/fragments": "application/trig; charset=utf-8",
    "/.well-known/void": "text/turtle; charset=utf-8",
    "/queries/gaps": "application/sparql-results+json",
    "/queries/gaps.json": "application/sparql-results+json",
    "/queries/gaps.xml": "application/sparql-results+xml",
    "/queries/gaps.tsv": "text/tab-separated-values; charset=utf-8",
    "/queries.ttl": "text/turtle; charset=utf-8",
    "/dumps": "text/html; charset=utf-8",
    "/dumps.json": "application/json",
    "/dumps/1/policy-plans.nq": "application/n-quads",
    "/dumps/1/policy-plans.nq.gz": "application/gzip",
    "/dumps/1/approvals.csv-metadata.json": "application/csvm+json",
    "/dumps/1/SHA256SUMS": "text/plain; charset=utf-8",
    "/context.jsonld": "application/ld+json",
    "/sitemap.xml": "application/xml; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
}
MOVED = {
    f"/id/{PLAN.removeprefix('doc/')}": (303, f"/{PLAN}/"),
    f"/{PLAN}.html": (301, f"/{PLAN}/"),
    "/dumps/policy-plans.ttl": (302, "/dumps/1/policy-plans.ttl"),
}


@pytest.mark.parametrize("path", TYPES)
def test_each_kind_of_file_has_its_type_and_what_caches_and_other_sites_are_told(served: Nginx, path: str) -> None:
    status, headers, body = served.ask("HEAD", path)
    assert (status, body) == (200, b"")
    assert headers["content-type"] == TYPES[path]
    assert "vary" not in headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["etag"]
    assert headers["cache-control"].endswith("immutable" if path.startswith("/dumps/1/") else "no-cache")


@pytest.mark.parametrize("path", MOVED)
def test_what_lies_elsewhere_is_led_to(served: Nginx, path: str) -> None:
    status, headers, _ = served.ask("GET", path)
    assert (status, urlsplit(headers["location"]).path) == MOVED[path]
    assert served.ask("GET", MOVED[path][1])[0] == 200


@pytest.mark.parametrize(
    "address", ["/plans?page=2", "/plans?on=2013-05-01", f"/{PLAN}.ttl?version=1", "/fragments?predicate=x"]
)
def test_a_parameter_that_would_change_the_answer_has_none(served: Nginx, address: str) -> None:
    assert served.ask("GET", address)[0] == 404
    assert served.ask("GET", f"{address.partition('?')[0]}?utm_source=x")[0] == 200


def test_a_question_with_a_parameter_is_answered_on_its_page(served: Nginx) -> None:
    status, headers, _ = served.ask("GET", "/queries/successors?plan=id/plan/x")
    assert (status, urlsplit(headers["location"]).path) == (302, "/questions/successors/")
    status, headers, _ = served.ask("GET", "/queries/successors")
    assert status in (200, 302)


def test_a_page_says_its_language_and_a_document_its_linkset(served: Nginx) -> None:
    assert served.ask("HEAD", "/plans/")[1]["content-language"] == "nl"
    assert served.ask("HEAD", "/en/plans/")[1]["content-language"] == "en"
    link = served.ask("HEAD", f"/{PLAN}.ttl")[1]["link"]
    assert f'/{PLAN}.linkset.json>; rel="linkset"' in link
    assert f'/{PLAN}/>; rel="describes"' in link


def test_who_takes_gzip_gets_the_same_packed(served: Nginx) -> None:
    for path in ("/plans/", f"/{PLAN}.ttl", "/dumps/1/policy-plans.nq", "/feed/1", "/queries/gaps.csv"):
        _, plain, body = served.ask("GET", path)
        _, headers, packed = served.ask("GET", path, headers={"Accept-Encoding": "gzip"})
        if len(body) < 1024:
            assert "content-encoding" not in headers
            continue
        assert headers["content-encoding"] == "gzip", path
        assert headers["content-type"] == plain["content-type"]
        assert gzip.decompress(packed) == body
        assert len(packed) < len(body)


def test_what_is_not_there_is_told_as_a_page_and_what_is_known_of_files_is_not_served(served: Nginx) -> None:
    status, headers, body = served.ask("GET", "/plans/no-such-plan")
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"Dit staat hier niet" in body
    assert b"This is not here" in body
    assert served.ask("GET", "/.frozen/manifest.jsonl")[0] == 403


def test_every_format_of_a_document_says_the_same(served: Nginx, frozen: Frozen) -> None:
    documents = sorted((frozen.folder / "doc").rglob("*.nt"))
    assert len(documents) > 500
    for path in [*documents[::40], frozen.folder / "catalogue.nt", frozen.folder / "ns.nt", frozen.folder / "feed.nt"]:
        at = f"/{path.relative_to(frozen.folder).with_suffix('').as_posix()}"
        said = {format_.name: triples(served, at, format_) for format_ in formats.RDF}
        expected = said["ntriples"]
        assert expected, at
        assert all(found == expected for found in said.values()), at


def triples(served: Nginx, path: str, format_: Format) -> set[str]:
    status, headers, body = served.ask("GET", f"{quote(path)}.{format_.extension}")
    assert status == 200
    assert headers["content-type"] == format_.content_type
    return {quad._replace(graph="").line() for quad in parse(body, format_)}


def test_the_downloads_are_the_graph(served: Nginx, frozen: Frozen) -> None:
    _, _, sums = served.ask("GET", "/dumps/1/SHA256SUMS")
    lines = [line.split("  ") for line in sums.decode().splitlines()]
    assert len(lines) > 50
    for expected, name in lines:
        assert hashlib.sha256((frozen.folder / "dumps" / "1" / name).read_bytes()).hexdigest() == expected
    _, _, body = served.ask("GET", "/dumps/1/policy-plans.nq", headers={"Range": "bytes=0-99"})
    assert len(body) == 100


def test_no_link_of_any_page_and_no_address_in_any_document_leads_nowhere(served: Nginx, frozen: Frozen) -> None:
    """All files that there are, not a sample: what they name on this site is a file, or is led to one."""
    named: dict[str, str] = {}
    for path in frozen.folder.rglob("*"):
        if path.suffix in (".html", ".ttl", ".json", ".jsonld", ".xml"):
            for address in addresses(path.read_text(encoding="utf-8"), frozen.url, path.suffix):
                named.setdefault(address, path.relative_to(frozen.folder).as_posix())
    assert len(named) > 10_000
    broken = [f"{where} names {address}" for address, where in named.items() if not is_there(served, frozen, address)]
    assert not broken, told(broken[:40])


ADDRESS = r"[^\s\"'<>\\(){}|^`]*"


def addresses(text: str, url: str, suffix: str) -> Iterator[str]:
    """The addresses of this site that a file names, by their paths."""
    pattern = rf'(?:href|src)="{re.escape(url)}({ADDRESS})"' if suffix == ".html" else rf"{re.escape(url)}({ADDRESS})"
    for found in re.findall(pattern, text):
        yield found.partition("#")[0].rstrip(".,;")


def is_there(served: Nginx, frozen: Frozen, address: str) -> bool:
    # A file for certain, without asking nginx some ten thousand times.
    if "?" not in address and "%" not in address:
        place = frozen.folder / address
        if place.is_file() or (place / "index.html").is_file():
            return True
    status, headers, _ = served.ask("HEAD", f"/{address}")
    if status in (301, 302, 303):
        return is_there(served, frozen, headers["location"].removeprefix(frozen.url))
    return status == 200


def test_the_list_of_files_is_all_of_them_with_their_digests(frozen: Frozen) -> None:
    files = list(read_manifest(frozen.folder / ".frozen" / "manifest.jsonl"))
    there = {path.relative_to(frozen.folder).as_posix() for path in frozen.folder.rglob("*") if path.is_file()}
    listed = {file.path for file in files} | {file.gzip for file in files if file.gzip}
    assert {path for path in there if not path.startswith(".frozen/")} == listed
    assert [file.path for file in files] == sorted(file.path for file in files)
    for file in files[::97]:
        content = (frozen.folder / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
        assert file.type
        if file.gzip:
            assert gzip.decompress((frozen.folder / file.gzip).read_bytes()) == content


def test_an_uploader_has_the_types_and_headers_that_nginx_gives(served: Nginx, frozen: Frozen) -> None:
    for file in list(read_manifest(frozen.folder / ".frozen" / "manifest.jsonl"))[::53]:
        if file.path.startswith("_"):
            continue
        for address in (file.path, *file.addresses):
            if address.startswith("id/") or address.startswith(".well-known/genid/"):
                # nginx leads on from there, which a store of objects cannot do.
                continue
            status, headers, _ = served.ask("HEAD", f"/{quote(address)}")
            assert status == 200, address
            assert headers["content-type"] == file.type, address
            for name in ("content-security-policy", "cache-control", "access-control-allow-origin"):
                said = {known.lower(): value for known, value in file.headers.items()}
                assert headers[name] == said.get(name, headers[name]), (address, name)


def test_all_that_the_sitemap_names_is_there(served: Nginx, frozen: Frozen) -> None:
    pages = re.findall(r"<loc>([^<]+)</loc>", served.ask("GET", "/sitemap.xml")[2].decode())
    named = [
        address.removeprefix(frozen.url)
        for page in pages
        for address in re.findall(
            r"<loc>([^<]+)</loc>", served.ask("GET", f"/{page.removeprefix(frozen.url)}")[2].decode()
        )
    ]
    assert len(named) > 500
    assert not [address for address in named if not is_there(served, frozen, address)]


def test_nothing_of_a_service_that_takes_requests_is_said(served: Nginx, frozen: Frozen) -> None:
    for path in ("catalogue.nt", ".well-known/void.nt", "feed.nt"):
        lines = (frozen.folder / path).read_text(encoding="utf-8").splitlines()
        quads = [parse_line(line) for line in lines]
        assert not [quad for quad in quads if quad.predicate.endswith(("endpointURL>", "sparqlEndpoint>"))
                    and "feed" not in quad.object]  # fmt: skip
        assert not [quad for quad in quads if "service/sparql" in quad.subject + quad.object]
    assert served.ask("GET", "/robots.txt")[2].decode().count("Disallow") == 0


def test_the_name_of_a_thing_is_a_page_where_no_server_leads_on(frozen: Frozen) -> None:
    text = (frozen.folder / "id" / PLAN.removeprefix("doc/") / "index.html").read_text(encoding="utf-8")
    assert f'content="0; url={frozen.path}{PLAN}/"' in text
    assert f'type="text/turtle" href="{frozen.url}{PLAN}.ttl"' in text
    assert f"<h1>{BASE}id/{PLAN.removeprefix('doc/')}</h1>" in text


def test_below_a_path_it_is_the_same(small: Path, tmp_path: Path) -> None:
    port = free_port()
    frozen = Frozen(tmp_path / "site", port, "/open/plans/")
    freeze(frozen.folder, small, frozen.url)
    nginx = start(frozen, tmp_path / "nginx")
    try:
        for path, type_ in (("", "text/html"), ("plans", "text/html"), ("feed", "application/trig")):
            status, headers, body = nginx.ask("GET", f"{frozen.path}{path}")
            assert (status, headers["content-type"].partition(";")[0]) == (200, type_)
            assert not re.search(rb'"(?:http://127\.0\.0\.1:\d+)?/(?!open/plans/)[a-z]', body)
        assert nginx.ask("GET", "/plans")[0] == 404
        status, headers, _ = nginx.ask("GET", f"{frozen.path}id/plan/gap-2005-2009")
        assert status == 303
        assert headers["location"].startswith(f"{frozen.url}doc/plan/")
        pages = FrozenSite(nginx)
        assert pages.read(f"{frozen.path}sparql/").status == 200
    finally:
        nginx.stop()


def test_an_old_browser_or_a_plain_server_finds_pages_too(small: Path, tmp_path: Path) -> None:
    """A server that knows of no rules at all: Python's own."""
    import functools
    import http.server
    import threading

    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        freeze(tmp_path / "site", small, url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with urllib.request.urlopen(f"{url}plans", timeout=20) as answer:
                page = answer.read().decode()
            links = [urljoin(url, link) for link in re.findall(r'href="([^"#]+)"', page)]
            links = [link for link in links if link.startswith(url)]
            assert len(links) > 20
            for link in links:
                with urllib.request.urlopen(link, timeout=20) as answer:
                    assert answer.status == 200
        finally:
            server.shutdown()
