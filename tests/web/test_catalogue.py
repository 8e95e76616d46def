"""A catalogue that is too long for memory: answered as a short one is, from a file."""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from starlette.types import ASGIApp

from dppgraph import wiring
from dppgraph.core import formats
from dppgraph.errors import StoreUnavailable
from dppgraph.operations.build import Built
from dppgraph.settings import read_settings
from dppgraph.store.versions import VersionStore
from dppgraph.web.freeze.asking import Reply, Request, ask
from dppgraph.web.written import WrittenFiles

FORMATS = [known for known in formats.RDF if known != formats.NQUADS]


@pytest.fixture
def app(built: tuple[VersionStore, Built], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], ASGIApp]:
    """What makes the application over the shipped data, as if its catalogue were long; made where a loop runs."""
    monkeypatch.setattr("dppgraph.web.catalogue.LONG", 1)
    settings = read_settings({"store": built[0].folder, "public_url": "http://localhost:8000/"}, {})

    def make() -> ASGIApp:
        served = wiring.served_versions(tmp_path / "pool", 1, settings)
        return wiring.web_app(served, settings, union=True, writing=tmp_path / "nobody", frozen=True).answers

    return make


def answered(app: Callable[[], ASGIApp], *requests: Request) -> list[tuple[Reply, bytes]]:
    async def all_of() -> list[tuple[Reply, bytes]]:
        made = app()
        found = []
        for request in requests:
            reply = await ask(made, request)
            found.append((reply, await reply.body()))
        return found

    return asyncio.run(all_of())


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_it_says_the_same_with_the_same_links(
    app: Callable[[], ASGIApp], monkeypatch: pytest.MonkeyPatch, format_: formats.Format
) -> None:
    asked = Request(f"catalogue.{format_.extension}")
    (long, body), (again, same) = answered(app, asked, asked)
    monkeypatch.undo()
    ((short, whole),) = answered(app, asked)
    assert (long.status, body, same) == (200, whole, whole)
    for name in (b"link", b"content-type", b"dppgraph-version", b"vary", b"cache-control"):
        assert long.header(name) == short.header(name)
    assert long.header(b"etag") == again.header(b"etag") != ""


def test_a_page_number_makes_no_other_data(app: Callable[[], ASGIApp], monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever counts up would have the same catalogue made, and kept, again and again."""
    monkeypatch.setattr("dppgraph.web.catalogue.LONG", 1 << 30)
    made = list[object]()

    def export(statements: object, *_: object) -> bytes:
        made.append(statements)
        return b""

    monkeypatch.setattr("dppgraph.web.catalogue.export", export)
    names = ("catalogue.ttl", ".well-known/void.ttl")
    found = answered(app, *(Request(name, (("page", str(page)),)) for name in names for page in (1, 2, 3)))
    assert {reply.status for reply, _ in found} == {200}
    assert len(made) == len(names)


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "there is no room"), (errno.ENOENT, "something is wrong")])
def test_why_it_cannot_be_written_is_told(number: int, said: str) -> None:
    def write(_: IO[bytes]) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(StoreUnavailable, match=f"^{said} .* catalogues"):
        asyncio.run(WrittenFiles("catalogues", 0).answered("any", write, []))
