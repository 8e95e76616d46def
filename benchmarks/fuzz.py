"""Requests that nobody would think of: is every one of them answered as HTTP and RFC 9457 have it?

    python -m benchmarks.fuzz [--requests 20000] [--seed 1]

Half of them come from our own ``/openapi.json`` (schemathesis: what it describes, and what it excludes), half are
bytes: questions with pieces cut out, doubled and put elsewhere, odd methods, addresses, header fields and bodies. No
answer may be a 500, hold a traceback, or be a problem that is not told as one; and the server has to live. Half of
each are sent with a token, so that they write where they can.
"""

import asyncio
import json
import random
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_from_bytes

import hypothesis
import requests
import schemathesis

from benchmarks.measuring import Verdict, arguments, ask, send
from dppgraph.store.versions import VersionStore
from tests.conftest import REPOSITORY, Server, start_server

AT_ONCE: Final = 4
TOKEN: Final = "-".join(["benchmark"] * 4)
UPDATE: Final = b"application/sparql-update"
CHANGES: Final = [
    (b"POST /sparql", UPDATE, b"INSERT DATA { GRAPH <http://e/> { <http://e/a> <http://e/b> 1 , '2'@en , 01.50 } }"),
    (b"POST /sparql", UPDATE, b"DELETE { ?s ?p 1 } INSERT { GRAPH <http://e/> { ?s ?p 2 } } WHERE { ?s ?p 1 }"),
    (b"POST /sparql?dry-run=true", UPDATE, b"CLEAR SILENT GRAPH <http://e/> ; COPY SILENT <http://e/> TO <http://f/>"),
    (b"PATCH /graphs?graph=http://e/", UPDATE, b"DELETE WHERE { ?s ?p ?o } ; INSERT DATA { <http://e/a> a _:b }"),
    (b"PUT /graphs?graph=http://e/", b"text/turtle", b"@prefix e: <http://e/> . e:a e:b [ e:c ( 1 2 ) ] , 1e0 ."),
    (b"POST /graphs?message=x", b"application/n-quads", b"<http://e/a> <http://e/b> <<( <a:a> <a:b> 'c' )>> ."),
    (b"POST /graphs", b"multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="f"; '
     b'filename="a.ttl"\r\n\r\n<http://e/> a <http://e/b> .\r\n--x--\r\n'),
    (b"DELETE /graphs?graph=http://e/", b"text/plain", b""),
]  # fmt: skip
"""Changes that can be made; the more of a request is something else, the less gets as far as that."""
DOCUMENTED: Final = (429, 502, 503, 504)
METHODS: Final = [
    b"GET",
    b"POST",
    b"HEAD",
    b"OPTIONS",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"TRACE",
    b"QUERY",
    b"get",
    b"G\x00T",
    b"",
]
PATHS: Final = [
    b"/sparql",
    b"/queries",
    b"/queries/approvals",
    b"/queries/approvals.csv",
    b"/queries/plan-in-force",
    b"/health",
    b"/",
    b"/openapi.json",
    b"/context.jsonld",
    b"/queries/..%2f..%2fetc",
    b"//sparql",
    b"/sparql/",
    b"/%00",
    b"/\xff",
    b"*",
    b"http://e/sparql",
    b"/id/plan/x",
    b"/sparql?%",
    b"/.well-known/void",
    b"/graphs?default",
    b"/graphs?graph=http://e/",
    b"/graphs/x",
    b"/graphs",
]
NAMES: Final = [
    b"query",
    b"format",
    b"timeout",
    b"version",
    b"default-graph-uri",
    b"named-graph-uri",
    b"update",
    b"on",
    b"lang",
    b"plan",
    b"message",
    b"dry-run",
    b"graph",
    b"using-graph-uri",
    b"\xff",
    b"",
]
VALUES: Final = [
    b"ASK {}",
    b"SELECT * { ?s ?p ?o } LIMIT 3",
    b"csv",
    b"json",
    b"nonsense",
    b"-1",
    b"0",
    b"1",
    b"1e309",
    b"NaN",
    b"99999999999",
    b"\x00",
    b"\xff\xfe",
    b"\xf0\x9f\x98\x80",
    b"<>",
    b"'",
    b"\\u0000",
    b"http://e/",
    b"\r\nX: y",
    b"a" * 5000,
    b"",
]
HEADERS: Final = [
    b"Accept: text/html",
    b"Accept: application/problem+json",
    b"Accept: a/b;q=x, */*;q=0",
    b"Accept: \xff",
    b"Accept: " + b"a/b," * 500,
    b"Content-Type: application/sparql-query",
    b"Content-Type: application/x-www-form-urlencoded",
    b"Content-Type: \x01",
    b"Content-Type: multipart/form-data; boundary=x",
    b"Content-Type: application/sparql-update",
    b"Content-Type: text/turtle",
    b'If-Match: "v1"',
    b"Content-Length: 10",
    b"Content-Length: -1",
    b"Content-Length: 5, 5",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Expect: 100-continue",
    b"Connection: upgrade\r\nUpgrade: websocket",
    b"Range: bytes=0-1",
    b"If-None-Match: *",
    b"X-Forwarded-For: 1, 2",
    b"Host: \xff",
    b"Origin: http://e",
    b" folded: x",
    b"no colon",
    b"Authorization: Bearer x",
    b"Authorization: Bearer " + TOKEN.encode(),
    b"Accept-Language: \xff;q=2",
    b"Cookie: a=b",
]


_SERIALIZED = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
"""What the fuzzer knows how to write; whatever else is text."""


class Offences:
    """What was answered, and what of it should not have been."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.found: dict[str, str] = {}

    def judge(self, status: int, headers: dict[str, str], body: bytes, of: str) -> None:
        """Holds one answer against what every answer has to keep to; a status of 0 is a connection that was closed."""
        self.statuses[status] += 1
        content_type = headers.get("content-type", "").partition(";")[0]
        if status >= 500 and status not in DOCUMENTED:
            self.found.setdefault(f"status {status}", of)
        if b"Traceback (most" in body:
            self.found.setdefault("a traceback", of)
        if status >= 400 and body and content_type not in ("application/problem+json", "text/html"):
            self.found.setdefault(f"status {status} as {content_type}", of)
        if content_type == "application/problem+json" and body:
            said = json.loads(body)
            if said.get("status") != status or not {"type", "title", "detail"} <= said.keys():
                self.found.setdefault(f"a problem without its members, status {status}", of)


def from_the_description(server: Server, count: int, seed: int, offences: Offences) -> None:
    """Requests that ``/openapi.json`` describes or excludes."""
    described = json.loads(server.ask("GET", "/openapi.json")[2])
    for media in sorted(_media_types(described) - _SERIALIZED):
        schemathesis.serializer.alias(media, "text/plain")
    schema: Any = schemathesis.openapi.from_dict(described)
    address = f"http://127.0.0.1:{server.port}"
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    each = max(1, count // (len(operations) * len(modes) * 2))
    for token in ({}, {"Authorization": f"Bearer {TOKEN}"}):
        with requests.Session() as session:
            session.headers.update(token)
            for operation in operations:
                for mode in modes:
                    _call(operation.as_strategy(generation_mode=mode), each, seed, session, address, offences)


def _media_types(described: dict[str, Any]) -> set[str]:
    """What bodies may be sent as."""
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    return {media for one in operations if "requestBody" in one for media in one["requestBody"]["content"]}


def _call(strategy: Any, count: int, seed: int, session: requests.Session, address: str, offences: Offences) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def called(case: Any) -> None:
        try:
            response = case.call(base_url=address, session=session, timeout=30)
        except requests.RequestException:
            offences.statuses[0] += 1
            return
        headers = {name.lower(): value for name, value in response.headers.items()}
        headers = {name: value[0] if isinstance(value, list) else value for name, value in headers.items()}
        offences.judge(
            response.status_code, headers, response.content, f"{case.method} {case.formatted_path} {case.query}"
        )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            called()
        except hypothesis.errors.Unsatisfiable:
            # Nothing can be excluded where anything is allowed.
            return


def mutated(text: bytes, chance: random.Random) -> bytes:
    """A text with some of its pieces cut out, doubled, put elsewhere, or made into something else."""
    for _ in range(chance.randrange(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randrange(1, 40))
        piece = text[start:end]
        text = chance.choice(
            [
                text[:start] + text[end:],
                text[:end] + piece * chance.randrange(1, 30) + text[end:],
                text[:start] + bytes([chance.randrange(256)]) + text[start:],
                text[:start] + chance.choice(VALUES) + text[end:],
                piece + text[:start] + text[end:],
            ]
        )
    return text


def change(chance: random.Random) -> bytes:
    """Bytes that are a request to write, or nearly."""
    asked, media_type, body = chance.choice(CHANGES)
    body = mutated(body, chance) if chance.random() < 0.5 else body
    head = b"%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer %s\r\n" % (asked, TOKEN.encode())
    request = head + b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (media_type, len(body)) + body
    return mutated(request, chance) if chance.random() < 0.2 else request


def odd_request(questions: list[bytes], chance: random.Random) -> bytes:
    """Bytes that are a request, or nearly."""
    if chance.random() < 0.05:
        return change(chance)
    path = chance.choice(PATHS)
    if chance.random() < 0.8:
        pairs = [(chance.choice(NAMES), chance.choice(VALUES)) for _ in range(chance.randrange(4))]
        if chance.random() < 0.6:
            pairs.append((b"query", mutated(chance.choice(questions), chance)))
        text = b"&".join(name + b"=" + quote_from_bytes(value).encode() for name, value in pairs)
        path += b"?" + text
    headers = [b"Host: a", *chance.sample(HEADERS, chance.randrange(4))]
    if chance.random() < 0.5:
        headers.append(b"Authorization: Bearer " + TOKEN.encode())
    body = b""
    if chance.random() < 0.5:
        body = chance.choice(
            [
                mutated(chance.choice(questions), chance),
                b"query=ASK%7B%7D",
                b"5\r\nASK {\r\n",
                b"\xff" * 50,
            ]
        )
        if chance.random() < 0.8:
            headers.append(b"Content-Length: %d" % len(body))
    method = chance.choice(METHODS) if chance.random() < 0.4 else b"POST" if body else b"GET"
    request = method + b" " + path + b" HTTP/1.1\r\n" + b"\r\n".join([*headers, b"Connection: close", b"", b""]) + body
    return mutated(request, chance) if chance.random() < 0.1 else request


async def bytes_alone(server: Server, count: int, seed: int, offences: Offences) -> None:
    """Requests made of bytes."""
    chance = random.Random(seed)
    questions = [path.read_bytes() for path in sorted((REPOSITORY / "queries").glob("*.rq"))]
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(data: bytes) -> None:
        async with seats:
            reply = await send(server.port, data)
            offences.judge(reply.status, reply.headers, reply.body if reply.whole else b"", repr(data[:300]))

    for start in range(0, count, 500):
        await asyncio.gather(*(one(odd_request(questions, chance)) for _ in range(min(500, count - start))))
        print(f"... {min(start + 500, count)} of bytes", flush=True)


def main() -> None:
    """Fuzzes a server of the shipped data."""
    said = arguments(requests=20_000, seed=1)
    verdict = Verdict()
    offences = Offences()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DPPGRAPH_QUERY_TIMEOUT": "1", "DPPGRAPH_REQUEST_TIMEOUT": "0.5", "DPPGRAPH_KEEP_ALIVE": "60"}
        environment |= {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_WRITE_TIMEOUT": "5"}
        server = start_server("--store", Path(folder) / "store", environment=environment)
        try:
            from_the_description(server, said.requests // 2, said.seed, offences)
            print(f"... {offences.statuses.total()} of the description, {time.monotonic() - begun:.0f} s", flush=True)
            asyncio.run(bytes_alone(server, said.requests - offences.statuses.total(), said.seed, offences))
            lives = asyncio.run(ask(server.port, "ASK {}")).status
            versions = VersionStore(Path(folder) / "store").newest_whole()
        finally:
            server.stop()
    verdict.figure("requests, seconds", (offences.statuses.total(), round(time.monotonic() - begun)))
    verdict.figure("versions, and what is damaged", versions, (versions[0] or 0) > 1 and not versions[1])
    verdict.figure("statuses (0: closed without an answer)", dict(sorted(offences.statuses.items())))
    for what, of in offences.found.items():
        verdict.figure(f"offence: {what}", of, holds=False)
    verdict.figure("the server answers afterwards", lives, lives == 200)
    blamed = [place for place, line in enumerate(server.said) if "Traceback" in line or "internal error" in line]
    verdict.figure("tracebacks in the log", [server.said[place - 1 : place + 30] for place in blamed[:3]], not blamed)
    verdict.end()


if __name__ == "__main__":
    main()
