"""Each version is asked by itself; those that are gone say so."""

import asyncio
from collections.abc import Callable

import pytest

from dppgraph.errors import NotPublished, Unknown
from dppgraph.store.remote.address import Address
from dppgraph.store.remote.control import Published, read_published
from dppgraph.store.remote.wire import Wire
from tests.contract.conftest import Hold, Holding, request, rows_of

pytestmark = pytest.mark.heavy

FIRST = "<http://g/a> { <http://s> <http://p> 1 , 'kept' . } <http://g/only-first> { <http://s> <http://p> 'gone' . }"
SECOND = "<http://g/a> { <http://s> <http://p> 2 , 'kept' . } <http://g/b> { <http://s> <http://p> 'kept' . }"
ALL = "SELECT ?o { ?s ?p ?o }"


def said(held: Holding, text: str, version: int) -> list[str]:
    return sorted(row[0][1].partition("^^")[0].strip('"') for row in held.rows(text, version=version))


def published(held: Holding) -> Published:
    assert held.engine is not None

    async def read() -> Published:
        assert held.engine is not None
        wire = Wire(Address(held.engine.url, "auto"), 1)
        await wire.open()
        try:
            return await read_published(wire, held.versions.manifest(1).base)
        finally:
            await wire.close()

    return asyncio.run(read())


def test_each_version_has_its_own_graphs(hold: Hold) -> None:
    held = hold(FIRST, SECOND)
    assert said(held, ALL, 1) == ["1", "gone", "kept"]
    assert said(held, ALL, 2) == ["2", "kept"]
    assert said(held, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", 1) == ["<http://g/a>", "<http://g/only-first>"]
    assert said(held, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", 2) == ["<http://g/a>", "<http://g/b>"]
    assert said(held, "SELECT ?o { GRAPH <http://g/only-first> { ?s ?p ?o } }", 2) == []


def test_an_older_version_is_asked_by_its_number(hold_elsewhere: Hold) -> None:
    held = hold_elsewhere(FIRST, SECOND)
    text = "SELECT ?o { ?s ?p ?o FILTER(isNumeric(?o)) }"

    async def asked() -> list[int]:
        found = []
        async with held.store() as store:
            for number in (1, 2, None):
                answer = await store.query(request(text, version=number))
                found.append(answer.version)
                assert str(answer.version) in str(rows_of(b"".join([chunk async for chunk in answer.chunks])))
            with pytest.raises(Unknown):
                await store.query(request(text, version=3))
        return found

    assert asyncio.run(asked()) == [1, 2, 2]


def test_a_version_that_was_not_published_says_how_it_would_be(hold_elsewhere: Hold, bases: Callable[[], str]) -> None:
    base = bases()
    held = hold_elsewhere(FIRST, base=base)
    held.build(SECOND, base)
    with pytest.raises(NotPublished, match="dppgraph publish"):
        held.ask(ALL)
    assert said(held, ALL, 1) == ["1", "gone", "kept"]


def test_publishing_again_does_nothing(hold_elsewhere: Hold) -> None:
    held = hold_elsewhere(FIRST)
    assert held.publish().arrived.was_there
    assert said(held, ALL, 1) == ["1", "gone", "kept"]


def test_another_store_with_the_same_numbers_stays_apart(hold_elsewhere: Hold, bases: Callable[[], str]) -> None:
    base = bases()
    first, second = hold_elsewhere(FIRST, base=base), hold_elsewhere(SECOND, base=base)
    assert said(first, ALL, 1) == ["1", "gone", "kept"]
    assert said(second, ALL, 1) == ["2", "kept"]


def test_old_versions_leave_and_are_removed_by_the_next_publication(
    hold_elsewhere: Hold, bases: Callable[[], str]
) -> None:
    base = bases()
    held = hold_elsewhere(FIRST, base=base)
    for number in range(2, 5):
        held.build(SECOND.replace("2", str(number)), base)
        removed = held.publish(keep=2, grace=0.0).arrived.removed
        assert removed == ((number - 3,) if number == 4 else ())
    states = {entry.held.naming.version: entry.state for entry in published(held).entries.values()}
    assert states == {2: "leaving", 3: "whole", 4: "whole"}
    with pytest.raises(NotPublished):
        held.ask(ALL, version=1)
    with pytest.raises(NotPublished):
        held.ask(ALL, version=2)
    assert said(held, ALL, 3) == ["3", "kept"]


def test_an_earlier_version_can_be_made_current_again(hold_elsewhere: Hold) -> None:
    held = hold_elsewhere(FIRST, SECOND)
    assert held.publish(1).arrived.was_there
    found = published(held)
    assert found.current is not None
    assert found.entries[found.current].held.naming.version == 1
    assert said(held, ALL, 2) == ["2", "kept"]
