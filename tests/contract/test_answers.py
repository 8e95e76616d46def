"""Every question has its approved answer, in its order, whatever engine is behind; where several ask at once, too."""

import asyncio
import random
from typing import TYPE_CHECKING, Final

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.build import Built
from dppgraph.store.interface import QueryRequest
from dppgraph.store.remote.serving import EndpointVersions
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.client import WorkerStore
from tests.conftest import BASE
from tests.contract.conftest import Holding, request
from tests.contract.engines import Engine
from tests.web.test_queries import CASES, GOLDENS, GRAPHS, QUESTIONS

pytestmark = pytest.mark.heavy

if TYPE_CHECKING:
    from pathlib import Path

_CLIENTS: Final = 8
_ROUNDS: Final = 3


@pytest.fixture(scope="module")
def shipped(
    engine: Engine | None, built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory
) -> Holding:
    """The shipped data, behind each kind of store."""
    held = Holding(built[0], engine, tmp_path_factory.mktemp("shipped"))
    if engine:
        held.publish()
    return held


def asked(name: str, parameters: dict[str, str]) -> tuple[QueryRequest, Format]:
    known = QUESTIONS[name]
    format_ = formats.NTRIPLES if name in GRAPHS else formats.TSV
    values = known.values(parameters, BASE)
    return request(known.text, results=formats.TSV, rdf=formats.NTRIPLES, substitutions=values), format_


def approved(file: str, format_: Format) -> str:
    path: Path = GOLDENS / f"{file}.{format_.extension}"
    return path.read_text(encoding="utf-8")


async def said(store: WorkerStore | EndpointVersions, name: str, parameters: dict[str, str]) -> str:
    query, format_ = asked(name, parameters)
    answer = await store.query(query)
    try:
        data = b"".join([chunk async for chunk in answer.chunks])
    finally:
        await answer.chunks.aclose()
    # The triples of a graph come in no order.
    lines = data.splitlines(keepends=True)
    return b"".join(sorted(lines) if format_ is formats.NTRIPLES else lines).decode()


@pytest.mark.parametrize(("file", "name", "parameters"), CASES, ids=[file for file, _, _ in CASES])
def test_the_answer_is_the_one_that_was_approved(
    shipped: Holding, file: str, name: str, parameters: dict[str, str]
) -> None:
    async def ask() -> str:
        async with shipped.store() as store:
            return await said(store, name, parameters)

    assert asyncio.run(ask()) == approved(file, asked(name, parameters)[1])


def test_so_it_is_where_several_ask_at_once(shipped: Holding, request: pytest.FixtureRequest) -> None:
    order = random.Random(request.config.option.seed)

    async def client(store: WorkerStore | EndpointVersions, cases: list[tuple[str, str, dict[str, str]]]) -> list[str]:
        return [
            file
            for file, name, parameters in cases
            if await said(store, name, parameters) != approved(file, asked(name, parameters)[1])
        ]

    async def ask() -> list[str]:
        async with shipped.store(queue=500) as store:
            shares = [order.sample(CASES, len(CASES)) for _ in range(_CLIENTS)]
            found = await asyncio.gather(*(client(store, share * _ROUNDS) for share in shares))
        return [file for wrong in found for file in wrong]

    assert asyncio.run(ask()) == []
