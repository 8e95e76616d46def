"""Earlier versions by number and by date: documents, pages, questions, queries, graphs; Memento (RFC 7089)."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.errors import BadParameter
from dppgraph.operations.build import build
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.operations.versions.prune import prune
from dppgraph.store.versions import VersionStore
from dppgraph.web.memento.dates import moment_of, written
from dppgraph.web.memento.links import Mementos, joined, joined_lines
from dppgraph.web.originals import Original, has_versions
from tests.conftest import BASE, Server, start_server
from tests.store.conftest import publication
from tests.web.selecting import parsed, select

pytestmark = pytest.mark.heavy

DOC = "/doc/plan/x"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
PLAN = "<https://w3id.org/dppgraph/ns#PolicyPlan>"
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SELECT = "SELECT ?name { ?plan <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"
SPARQL = f"/sparql?query={quote(SELECT)}"
GRAPH = f"/graphs?graph={quote('urn:x:g')}"
NAMES = ("one", "one", "two", None, "three", "four")
"""What the plan is called in each version; it is not there in one of them, and one changes something else."""

PRUNED = 5

Answer = tuple[int, dict[str, str], bytes]


def lines(number: int) -> str:
    """The data of a version: the plan with its name, and something that changes each time."""
    name = NAMES[number - 1]
    said = [f'<urn:x:s> <urn:x:p> "{number:03}"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:x:g> .']
    if number == 1:
        said.append(f'<{BASE}id/source/café> {LABEL} "a place"@en .')
    if name:
        said += [f'<{BASE}id/plan/x> {LABEL} "{name}"@en .', f"<{BASE}id/plan/x> {A} {PLAN} ."]
    return "".join(f"{line}\n" for line in said)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> VersionStore:
    """Six versions, of which the fifth was pruned."""
    folder = tmp_path_factory.mktemp("memento")
    data, store = folder / "data", VersionStore(folder / "store")
    data.mkdir()
    ungated = replace(sources, data=data, shapes=None, named_data=str(data), named_shapes="none")
    with store.writing("a test") as writer:
        for number in range(1, len(NAMES) + 1):
            (data / "data.nq").write_text(lines(number))
            build(store, writer, ungated, agent="a test", harvesting=harvesting(store))
        for number in set(range(1, len(NAMES))) - {PRUNED}:
            writer.pin(number)
        prune(store, writer, keep=1)
    return store


@pytest.fixture(scope="module")
def served(store: VersionStore) -> Iterator[Server]:
    server = start_server("--store", store.folder)
    yield server
    assert server.stop() == 0


def get(server: Server, path: str, **headers: str) -> Answer:
    return server.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def said(store: VersionStore, number: int) -> str:
    return format_datetime(store.created(number), usegmt=True)


def links(headers: dict[str, str]) -> list[tuple[str, str, str]]:
    """The links of an answer: relations, target, date."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"((?:; \w+="[^"]*")*)', headers["link"])
    return [(relation, target, "".join(re.findall(r'datetime="([^"]*)"', rest))) for target, relation, rest in found]


def linked(headers: dict[str, str], relation: str) -> str:
    """Where the one link of a relation leads."""
    (target,) = [target for relations, target, _ in links(headers) if relation in relations.split()]
    return target


def below(server: Server, address: str) -> str:
    start = f"http://127.0.0.1:{server.port}"
    assert address.startswith(f"{start}/")
    return address.removeprefix(start)


ADDRESSES = (
    DOC,
    f"{DOC}.ttl",
    f"{DOC}?format=html&lang=nl",
    "/plans/x",
    "/plans?lang=en",
    SPARQL,
    "/queries/describe-plan?plan=plan/x&format=ntriples",
    "/questions/describe-plan?plan=plan/x&lang=nl",
    GRAPH,
    "/graphs?default&format=ntriples",
    "/graphs.json",
)


@pytest.mark.parametrize("format_", formats.DOCUMENTS, ids=lambda format_: format_.name)
def test_a_document_is_told_as_it_was_in_each_format(served: Server, store: VersionStore, format_: Any) -> None:
    for number in (1, 2, 3, 6):
        for path in (f"{DOC}.{format_.extension}?version={number}", f"{DOC}?format={format_.name}&version={number}"):
            status, headers, body = get(served, path)
            assert (status, headers["content-type"]) == (200, format_.content_type)
            assert (headers["dppgraph-version"], headers["memento-datetime"]) == (str(number), said(store, number))
            assert str(NAMES[number - 1]).encode() in body or format_ == formats.LINKSET
    assert get(served, f"{DOC}?version=4")[0] == 410
    assert get(served, f"{DOC}?version={PRUNED}")[0] == 410
    assert b"not kept any more" in get(served, f"{DOC}?version={PRUNED}")[2]
    assert get(served, f"{DOC}?version=7")[0] == 404
    assert get(served, f"{DOC}?version=0")[0] == 400
    assert get(served, "/doc/plan/y?version=1")[0] == 404


@pytest.mark.parametrize("path", ADDRESSES)
def test_each_address_leads_to_its_versions_and_they_to_it(served: Server, store: VersionStore, path: str) -> None:
    # The second time it is answered from what is kept.
    for status, headers, _ in (get(served, path), get(served, path)):
        assert (status, headers["dppgraph-version"]) == (200, "6")
        assert "memento-datetime" not in headers
        assert "Accept-Datetime" in headers["vary"]
        assert below(served, linked(headers, "timegate")) == below(served, linked(headers, "original")) == path
        assert below(served, linked(headers, "timemap")) == f"/timemap/link{path}"
    assert get(served, f"/timemap/link{path}")[0] == 200
    status, headers, body = get(served, path, Accept_Datetime=said(store, 3))
    assert (status, body) == (302, b"")
    assert "memento-datetime" not in headers
    assert {"Accept", "Accept-Datetime"} <= set(headers["vary"].split(", "))
    assert below(served, linked(headers, "original")) == path
    assert (headers["location"], said(store, 3)) in {(target, date) for _, target, date in links(headers)}
    status, found, body = get(served, below(served, headers["location"]))
    assert (status, found["dppgraph-version"], found["memento-datetime"]) == (200, "3", said(store, 3))
    assert "Accept-Datetime" not in found["vary"]
    assert body != get(served, path)[2]
    for relation in ("original", "timegate", "timemap", "first", "last"):
        assert linked(found, relation) == linked(headers, relation)
    assert get(served, below(served, linked(found, "last")))[1]["memento-datetime"] == said(store, 6)
    # What is kept by now answers nobody who asks for a moment or a version.
    assert get(served, path, Accept_Datetime=said(store, 1))[0] == 302


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_version_by_its_number_is_the_same_when_it_is_current_and_later(served: Server, path: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}version=6"
    first, (status, headers, body) = get(served, asked), get(served, asked)
    assert (status, headers["dppgraph-version"]) == (200, "6")
    assert first[2] == body
    assert first[1]["memento-datetime"] == headers["memento-datetime"]
    assert get(served, asked, If_None_Match=headers["etag"])[0] == 304


def test_the_edges_of_time(served: Server, store: VersionStore) -> None:
    created = [store.created(number) for number in range(1, 7)]
    second = timedelta(seconds=1)
    moments = {
        datetime(1, 1, 1, tzinfo=UTC): 1,
        created[0] - second: 1,
        created[0]: 1,
        created[2] - second: 2 if created[2] - second >= created[1] else 1,
        created[2]: 3,
        # It was current then, and is not kept: the one before it is nearest.
        created[PRUNED - 1]: PRUNED - 1,
        created[5]: 6,
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC): 6,
    }
    for moment, number in moments.items():
        status, headers, _ = get(served, DOC, Accept_Datetime=written(moment))
        assert (status, below(served, headers["location"])) == (302, f"{DOC}?version={number}")
    assert get(served, f"{DOC}?version={PRUNED}")[0] == 410
    led = get(served, "/plans", Accept_Datetime=written(created[PRUNED - 1]))[1]["location"]
    assert get(served, below(served, led))[0] == 200


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2007-05-31T20:35:00Z",
        "Thu, 31 May 2007 20:35:00 +0200",
        "Thu, 31 May 2007 20:35:00",
        "Fri, 31 May 2007 20:35:00 GMT",
        "Thu, 31 Feb 2008 20:35:00 GMT",
        "Thu, 31 May 2007 24:35:00 GMT",
        "Thu, 31 May 2007 20:35:00 GMT, Thu, 31 May 2007 20:35:00 GMT",
        "Thursday, 31-May-07 20:35:00 GMT",
        "x" * 5000,
    ],
)
def test_what_is_no_date_is_refused(served: Server, value: str) -> None:
    status, headers, body = get(served, DOC, Accept_Datetime=value)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert "Accept-Datetime" in json.loads(body)["detail"]
    assert len(body) < 1000
    # A version that is named needs no date.
    assert get(served, f"{DOC}?version=1", Accept_Datetime=value)[0] == 200
    assert get(served, "/search", Accept_Datetime=value)[0] == 200


@given(st.datetimes(timezones=st.just(UTC)))
def test_each_moment_is_read_as_it_is_written(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert moment_of(f" {written(moment)}\t".encode()) == moment
    if moment.year > 100:
        assert parsedate_to_datetime(written(moment)) == moment


@given(
    st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", fullmatch=True)
)
def test_whatever_else_is_no_moment(text: str) -> None:
    value = text.encode("utf-8", errors="replace")
    try:
        moment = moment_of(value)
    except BadParameter:
        return
    assert written(moment).encode() == value.decode("latin-1").strip().encode()


@given(
    st.lists(st.integers(min_value=1, max_value=500), min_size=1, max_size=12),
    st.integers(min_value=-100, max_value=7000),
    st.sets(st.integers(min_value=1, max_value=12)),
)
def test_the_version_of_a_moment_is_the_last_kept_one_until_then(gaps: list[int], after: int, pruned: set[int]) -> None:
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    created = [begun + timedelta(seconds=sum(gaps[:number])) for number in range(len(gaps))]

    class Known(VersionStore):
        def last(self) -> int:
            return len(created)

        def numbers(self) -> list[int]:
            return list(range(1, len(created) + 1))

        def created(self, number: int) -> datetime:
            return created[number - 1]

        def is_kept(self, number: int) -> bool:
            return number not in pruned or number == len(created)

    moment = begun + timedelta(seconds=after)
    known = Known(Path())
    kept = [number for number in known.numbers() if known.is_kept(number)]
    until = [number for number in kept if created[number - 1] <= moment]
    assert known.at(moment) == max(until, default=kept[0])


def test_a_list_of_versions_has_those_that_changed_a_thing(served: Server, store: VersionStore) -> None:
    status, headers, body = get(served, f"/timemap/link{DOC}")
    assert (status, headers["content-type"]) == (200, "application/link-format")
    listed = links({"link": body.decode()})
    # The fourth had it no more; the fifth, which had it again, is not kept, and the sixth says otherwise.
    assert [(target.rpartition("=")[2], date) for relation, target, date in listed if "memento" in relation] == [
        (str(number), said(store, number)) for number in (1, 3, 6)
    ]
    for path in (f"{DOC}.ttl", "/plans/x", "/plans/x.json?lang=nl"):
        rows = json.loads(get(served, f"/timemap/json{path}")[2])["mementos"]["list"]
        assert [one["version"] for one in rows] == [1, 3, 6]
    (ours,) = links({"link": get(served, "/timemap/link/doc/source/caf%C3%A9")[2].decode()})[2:]
    assert get(served, below(served, ours[1]))[1]["memento-datetime"] == ours[2] == said(store, 1)
    for one in json.loads(get(served, f"/timemap/json{DOC}")[2])["mementos"]["list"]:
        status, headers, _ = get(served, below(served, one["uri"]))
        assert (status, parsedate_to_datetime(headers["memento-datetime"]).isoformat()[:19]) == (
            200,
            one["datetime"].removesuffix("Z"),
        )
    assert [one["version"] for one in json.loads(get(served, f"/timemap/json{SPARQL}")[2])["mementos"]["list"]] == [
        1,
        2,
        3,
        4,
        6,
    ]
    assert get(served, f"/timemap/link{DOC}", If_None_Match=get(served, f"/timemap/link{DOC}")[1]["etag"])[0] == 304


@pytest.mark.parametrize(
    "path",
    [
        "/timemap/link/",
        "/timemap/link/http://example.org/",
        "/timemap/link//example.org/doc/x",
        "/timemap/link/search?q=x",
        "/timemap/link/doc/plan/y",
        "/timemap/link/doc/version/x",
        "/timemap/link/2/doc/plan/x",
        "/timemap/link/0/doc/plan/x",
        "/timemap/html/doc/plan/x",
        "/timemap/link/queries/no-such.csv",
        "/timemap/link/plans/no-such",
        "/timemap/link/doc/plan/x.txt",
        "/timemap/link/questions/no-such",
        "/timemap/link/timemap/link/doc/plan/x",
    ],
)
def test_of_anything_else_there_is_no_list(served: Server, path: str) -> None:
    assert get(served, path)[0] == 404
    assert get(served, f"/timemap/link{DOC}?version=1")[0] == 400


def test_a_long_list_comes_in_pages(store: VersionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from dppgraph.web.memento import timemap

    monkeypatch.setattr(timemap, "PAGE", 2)
    known = Mementos(cast("Any", SimpleNamespace(manifest=store.manifest(6))), store, "http://e.org/")
    maps = timemap.TimeMaps(known, cast("Any", None))
    original = Original("/sparql", "query=x")
    found = [links({"link": timemap._as_links(maps._made(original, page)).decode()}) for page in (1, 2, 3)]
    versions = [
        [int(target.rpartition("=")[2]) for relation, target, _ in page if "memento" in relation] for page in found
    ]
    assert versions == [[1, 2], [3, 4], [6]]
    for number, page in enumerate(found, 1):
        assert [target for relation, target, _ in page if relation == "self"] == [
            original.timemap("http://e.org/", "link", number)
        ]
        assert len([target for relation, target, _ in page if relation == "timemap"]) == 2
        json_ = json.loads(timemap._as_json(maps._made(original, number)))
        assert [one["version"] for one in json_["mementos"]["list"]] == versions[number - 1]
        assert (json_["mementos"]["first"]["version"], json_["mementos"]["last"]["version"]) == (1, 6)


@pytest.mark.parametrize("path", [DOC, "/plans/x", "/questions/unverified-facts", "/graphs", "/plans"])
@pytest.mark.parametrize(("language", "words"), [("nl", "Dit is versie 1"), ("en", "This is version 1")])
def test_a_page_says_that_it_is_of_a_version_and_leads_to_the_current_one(
    served: Server, path: str, language: str, words: str
) -> None:
    status, headers, body = get(served, f"{path}?lang={language}&version=1", Accept="text/html")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = parsed(body)
    (notice,) = select(page, ".past")
    assert words in notice.text_content()
    (current,) = select(notice, "a")
    assert current.get("href") == f"{path}?lang={language}"
    (canonical,) = select(page, "link[rel='canonical']")
    assert below(served, canonical.get("href")) == path
    for other in select(page, "header .languages a"):
        assert "version=1" in other.get("href")
    for link in select(page, "footer .data a"):
        assert get(served, link.get("href"))[1]["memento-datetime"]
    plain = get(served, f"{path}?lang={language}", Accept="text/html")[2]
    assert not select(parsed(plain), ".past")


def test_the_editor_shows_the_answer_of_a_version(served: Server, store: VersionStore) -> None:
    status, headers, body = get(served, f"{SPARQL}&format=html&lang=en&version=3")
    assert (status, headers["memento-datetime"], headers["cache-control"]) == (200, said(store, 3), "no-store")
    page = parsed(body)
    (notice,) = select(page, ".past")
    assert "This is version 3" in notice.text_content()
    assert "two" in select(page, "#answer")[0].text_content()
    status, headers, body = get(served, f"{SPARQL}&format=html&lang=en&version=7")
    assert (status, "memento-datetime" in headers, select(parsed(body), ".past")) == (404, False, [])


def test_a_page_of_a_version_leads_to_others_of_that_version(served: Server) -> None:
    page = parsed(get(served, "/plans?lang=en&version=1", Accept="text/html")[2])
    leads = [link.get("href") for link in select(page, "main a") if "/plans/x" in link.get("href")]
    assert leads
    assert all("version=1" in link for link in leads)
    form = parsed(get(served, "/questions/describe-plan?plan=plan/x&version=1&lang=en", Accept="text/html")[2])
    assert [field.get("value") for field in select(form, "form.ask input[name='version']")] == ["1"]


def test_how_plans_stand_is_told_of_the_day_of_the_version(served: Server, store: VersionStore) -> None:
    day = store.created(1).date().isoformat()
    by_day, of_version = (get(served, f"/plans.json?version=1{more}")[2] for more in (f"&on={day}", ""))
    assert by_day == of_version


def test_other_sites_may_ask_for_moments(served: Server) -> None:
    for path in (DOC, SPARQL, GRAPH, "/plans/x", "/queries/facts.csv", "/questions/facts"):
        status, headers, _ = served.ask("OPTIONS", path)
        assert status == 204
        assert "Accept-Datetime" in headers["access-control-allow-headers"]
        assert get(served, path)[1]["access-control-expose-headers"] == "*"


def test_only_reads_are_negotiated(served: Server, store: VersionStore) -> None:
    asked = {"Accept-Datetime": said(store, 1), "Content-Type": "application/sparql-query", "Accept": "text/csv"}
    status, headers, body = served.ask("POST", "/sparql", SELECT.encode(), asked)
    assert (status, body.split()) == (200, [b"name", b"four"])
    assert "memento-datetime" not in headers
    status, headers, body = served.ask("HEAD", DOC, headers={"Accept-Datetime": said(store, 1)})
    assert (status, body, below(served, headers["location"])) == (302, b"", f"{DOC}?version=1")


def test_a_long_query_is_not_repeated_in_the_header(served: Server) -> None:
    long = f"{SPARQL}{'%20' * 2000}"
    for path in (long, f"{long}&version=1"):
        status, headers, _ = get(served, path)
        assert (status, "link" in headers) == (200, False)
    middling = f"{SPARQL}{'%20' * 300}&version=1"
    assert "memento" not in {relation for relation, _, _ in links(get(served, middling)[1])}


def test_an_address_cannot_break_out_of_the_header(served: Server) -> None:
    status, headers, _ = get(served, '/plans/x?a=<b>;rel="timegate",\\')
    assert status == 200
    assert below(served, linked(headers, "timegate")) == "/plans/x?a=%3Cb%3E;rel=%22timegate%22,%5C"


def test_links_are_joined_to_those_that_are_there() -> None:
    assert joined([(b"a", b"b")], b"<x>") == [(b"a", b"b"), (b"link", b"<x>")]
    assert joined([(b"link", b"<y>")], b"<x>") == [(b"link", b"<x>, <y>")]
    assert joined_lines(b"HTTP/1.1 200 OK\r\nlink: <y>\r\n", b"<x>") == b"HTTP/1.1 200 OK\r\nlink: <x>, <y>\r\n"
    assert joined_lines(b"HTTP/1.1 200 OK\r\n", b"<x>") == b"HTTP/1.1 200 OK\r\nlink: <x>\r\n"
    assert joined([(b"a", b"b")], b"") == [(b"a", b"b")]


@pytest.mark.parametrize(
    ("path", "has"),
    [
        ("/sparql", True),
        ("/sparql/terms.json", False),
        ("/doc/plan/x", True),
        ("/doc/version/x", False),
        ("/ns.ttl", True),
        ("/ns", True),
        ("/ns/1.0", True),
        ("/queries", False),
        ("/queries/plans.csv", True),
        ("/questions", False),
        ("/plansx", False),
        ("/plans.linkset.json", True),
        ("//doc/x", False),
        ("doc/x", False),
        ("/feed", False),
        ("/graphs", True),
        ("/graphs/a/b", True),
        ("/", False),
    ],
)
def test_what_has_versions(path: str, has: bool) -> None:
    assert has_versions(path) is has


@given(
    st.text(alphabet=st.characters(codec="latin-1"), max_size=30),
    st.text(alphabet=st.characters(codec="latin-1"), max_size=30),
)
def test_whatever_is_asked_is_an_address_in_the_header(path: str, query: str) -> None:
    original = Original(f"/doc/{path}", query)
    for address in (
        original.address("http://e.org/"),
        original.at(3, "http://e.org/"),
        original.timemap("http://e.org/"),
    ):
        assert re.fullmatch(r"[!#-;=?-\[\]_a-z~]*", address)
        assert urlsplit(address).netloc == "e.org"


def test_behind_a_path_the_addresses_are_those_that_clients_use(store: VersionStore) -> None:
    known = Mementos(cast("Any", SimpleNamespace(manifest=store.manifest(6))), store, "http://e.org/lod/")
    for raw in (b"/lod/doc/plan/x", b"/doc/plan/x"):
        scope = {"method": "GET", "path": "/doc/plan/x", "raw_path": raw, "query_string": b"page=2"}
        link = known.link(scope).decode()
        assert link.startswith('<http://e.org/lod/doc/plan/x?page=2>; rel="original timegate"')
        assert "<http://e.org/lod/timemap/link/doc/plan/x?page=2>" in link
        assert known.link(scope | {"query_string": b"version=3"}) == b""
        assert known.link(scope | {"method": "POST"}) == b""


@pytest.mark.timeout(300)
def test_a_flood_of_old_documents_holds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    store, many = VersionStore(tmp_path / "store"), 60
    made = harvesting(store)
    with store.writing("a test") as writer:
        for number in range(1, many + 1):
            lines = [f'<{BASE}id/plan/x> {LABEL} "name {number}"@en <{BASE}id/graph/source> .']
            writer.publish(
                publication(lines, base=BASE), number - 1 or None, harvesting=made if number == many else None
            )
    server = start_server("--store", store.folder)
    try:
        for number in range(many - 20, many):
            get(server, f"{DOC}?version={number}")
        begun = _held(server)
        there = sorted(path.name for path in (store.folder / "indexes").iterdir())
        for number in range(1, many):
            for path in (f"{DOC}.ttl", f"{DOC}.html", "/plans/x.html"):
                status, headers, body = get(server, f"{path}?version={number}")
                assert (status, headers.get("dppgraph-version")) == (200, str(number))
                assert f"name {number}".encode() in body
        files, memory = _held(server)
        assert files <= begun[0] + 4
        assert memory <= begun[1] + (32 << 10)
        assert there == sorted(path.name for path in (store.folder / "indexes").iterdir())
    finally:
        assert server.stop() == 0


def _held(server: Server) -> tuple[int, int]:
    """How many files a server's processes have open, and how much of their memory is their own, in KiB."""
    files = memory = 0
    for process in server.family():
        folder = Path(f"/proc/{process}")
        files += len(list((folder / "fd").iterdir()))
        said = (folder / "smaps_rollup").read_text()
        memory += sum(int(number) for number in re.findall(r"^Private_\w+: +(\d+)", said, re.MULTILINE))
    return files, memory
