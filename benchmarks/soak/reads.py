"""What clients ask of a server all day, each with the answer that it has to get."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from benchmarks.measuring import LOOPBACK, Reply, ask, send

PLANS: Final = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
LARGE: Final = "SELECT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
TOO_LONG: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORMATS: Final = ("ttl", "jsonld", "rdf", "nt", "html")
CLOSE: Final = "Connection: close\r\n\r\n"
SOME: Final = 60
"""Documents that are read again and again; all others now and then."""


@dataclass(frozen=True)
class Site:
    """What is asked.

    Attributes:
        port: where the server answers.
        source: the address of whoever asks.
        pages: the paths of its pages.
        documents: the paths of the documents about things, without a suffix.
    """

    port: int
    source: str
    pages: tuple[str, ...]
    documents: tuple[str, ...]


Act = Callable[[Site, random.Random], Awaitable[str]]
"""Does one thing; what is wrong with the answer, or nothing."""


async def read_site(port: int) -> Site:
    """What there is, as the sitemap has it."""
    reply = await send(port, b"GET /sitemap-1.xml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    paths = [urlsplit(address).path for address in re.findall(r"<loc>([^<]*)</loc>", reply.body.decode())]
    documents = [path for path in paths if path.startswith("/doc/")]
    # In an order of their own, so that the few that are read most are of all kinds.
    random.Random(0).shuffle(documents)
    return Site(port, LOOPBACK, tuple(path for path in paths if not path.startswith("/doc/")), tuple(documents))


def held_to(reply: Reply, status: int, what: str) -> str:
    """What is wrong with a reply that has to have a status, and to come to its end."""
    if reply.status == status and reply.whole:
        return ""
    return f"{what}: {reply.status}{'' if reply.whole else ', broken off'}, not {status}: {reply.body[:200]!r}"


async def get(site: Site, target: str, *headers: str, status: int = 200) -> str:
    """What is wrong with the answer to a GET."""
    lines = "".join(f"{line}\r\n" for line in headers)
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{lines}Connection: close\r\n\r\n"
    return held_to(await send(site.port, request.encode(), site.source), status, target)


def asked(query: str, more: str = "") -> str:
    """The target that asks a query."""
    return f"/sparql?query={quote(query)}{more}"


async def repeated(site: Site, _: random.Random) -> str:
    """A query that was asked before."""
    return await get(site, asked(PLANS))


async def distinct(site: Site, chance: random.Random) -> str:
    """A query that nobody asked before."""
    return await get(site, asked(f"{PLANS} LIMIT {chance.randrange(10, 10**9)}"))


async def another_form(site: Site, chance: random.Random) -> str:
    """CONSTRUCT, DESCRIBE or ASK, in a format of its own, compressed or not."""
    query, format_ = chance.choice(
        [
            ("CONSTRUCT { ?a dct:title ?b } { ?a dct:title ?b }", "turtle"),
            ("DESCRIBE ?plan { ?plan a dpp:PolicyPlan }", "jsonld"),
            ("ASK { ?plan dpp:succeeds ?older }", "xml"),
            (PLANS, "csv"),
        ]
    )
    return await get(site, asked(query, f"&format={format_}"), *coding(chance))


async def posted(site: Site, chance: random.Random) -> str:
    """A query in a body."""
    reply = await ask(site.port, f"{PLANS} OFFSET {chance.randrange(3)}", "tsv", source=site.source)
    return held_to(reply, 200, "a query in a body")


async def held(site: Site, _: random.Random) -> str:
    """A tag that the client has; a new version may come in between, and has another one."""
    request = f"GET {asked(PLANS)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    first = await send(site.port, f"{request}\r\n".encode(), site.source)
    if wrong := held_to(first, 200, "a query whose tag is wanted"):
        return wrong
    reply = await send(site.port, f"{request}If-None-Match: {first.headers['etag']}\r\n\r\n".encode(), site.source)
    same = reply.headers.get("dppgraph-version") == first.headers["dppgraph-version"]
    return held_to(reply, 304 if same else 200, "If-None-Match")


async def large(site: Site, chance: random.Random) -> str:
    """An answer of some megabytes, of which no two are the same."""
    return await get(site, asked(f"{LARGE} OFFSET {chance.randrange(10**6)}", "&format=csv"))


async def left(site: Site, chance: random.Random) -> str:
    """A client that goes away, in the middle of a query or of its answer: that is no error of anybody's."""
    reader, writer = await asyncio.open_connection(LOOPBACK, site.port, local_addr=(site.source, 0))
    writer.write(f"GET {asked(chance.choice([LARGE, TOO_LONG]))} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    with suppress(TimeoutError):
        await asyncio.wait_for(reader.read(1000), chance.random() / 4)
    writer.close()
    return ""


async def ended(site: Site, _: random.Random) -> str:
    """A query that takes longer than its client allows: ended, or never begun where nobody was free for so long."""
    request = f"GET {asked(TOO_LONG, '&timeout=0.2')} HTTP/1.1\r\nHost: a\r\n{CLOSE}"
    reply = await send(site.port, request.encode(), site.source)
    waited = reply.status == 429 and reply.seconds >= 0.2
    return held_to(reply, 429 if waited else 504, "a query with a deadline")


async def wrong(site: Site, chance: random.Random) -> str:
    """What is refused: no query, an update by GET, an address that is not there, a format that nobody has, no token."""
    target, status = chance.choice(
        [
            (asked("SELEKT"), 400),
            (asked("DROP ALL"), 403),
            ("/nothing", 404),
            ("/doc/plan/none-of-that-name", 404),
            (f"{site.documents[0]}?format=docx", 400),
            (f"{site.documents[0]}?version=999999", 404),
        ]
    )
    return await get(site, target, status=status)


async def page(site: Site, chance: random.Random) -> str:
    """A page, in Dutch or English."""
    language = chance.choice(["nl", "en"])
    return await get(
        site, chance.choice(site.pages), "Accept: text/html", f"Accept-Language: {language}", *coding(chance)
    )


async def search(site: Site, chance: random.Random) -> str:
    """A search for some words."""
    words = chance.choice(["overheidsopdrachten", "duurzaam", "plan 2012", "regering", "x"])
    return await get(site, f"/search?q={quote(words)}", "Accept: text/html")


async def document(site: Site, chance: random.Random) -> str:
    """What is said of a thing, in any format."""
    chosen = site.documents[:SOME] if chance.random() < 0.8 else site.documents
    return await get(site, f"{chance.choice(chosen)}.{chance.choice(FORMATS)}", *coding(chance))


async def first_version(site: Site, chance: random.Random) -> str:
    """What was said of a thing in the first version, which is pinned."""
    return await get(site, f"{chance.choice(site.documents[:SOME])}?version=1&format=turtle")


async def question(site: Site, chance: random.Random) -> str:
    """A named question."""
    day = f"{chance.randrange(2008, 2018)}-{chance.randrange(1, 13):02}-01"
    target = chance.choice([f"/queries/plan-in-force.csv?on={day}", "/queries/approvals.json", "/queries"])
    return await get(site, target)


async def harvested(site: Site, chance: random.Random) -> str:
    """What harvesters take."""
    paths = ["/feed", "/catalogue", "/dumps", "/fragments", "/.well-known/void", "/sitemap.xml", "/graphs?default"]
    return await get(site, chance.choice(paths), *coding(chance))


async def looked(site: Site, chance: random.Random) -> str:
    """What else there is to see."""
    paths = ["/sparql", "/health", "/health/ready", "/metrics", "/context.jsonld", "/openapi.json", "/ns"]
    return await get(site, chance.choice(paths))


def coding(chance: random.Random) -> Iterable[str]:
    """The codings that a client says it takes, if it says so."""
    return chance.choice([["Accept-Encoding: br"], ["Accept-Encoding: gzip"], []])


MIX: Final[dict[Act, int]] = {
    repeated: 200,
    distinct: 200,
    document: 200,
    page: 120,
    another_form: 70,
    question: 60,
    posted: 40,
    held: 40,
    search: 20,
    looked: 20,
    wrong: 20,
    first_version: 10,
    harvested: 10,
    large: 5,
    left: 5,
    ended: 2,
}
"""How many of a thousand requests are of which kind, give or take."""
