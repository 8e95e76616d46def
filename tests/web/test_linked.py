"""The permalink that is put into an answer as it passes by: in its place, whole, and nothing else is changed."""

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Sequence

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import EngineDied
from dppgraph.store.interface import Answer
from dppgraph.store.workers.client import WholeAnswer
from dppgraph.web.answers.linked import linked

LINK = "http://e.org/sparql?query=ASK%7B%7D&version=1"
QUERIES = ("ASK {}", "SELECT * {}", 'SELECT ?a { VALUES ?a { "{\\"head\\":{" "</head>" <urn:a> } }')
WRITTEN = {formats.JSON: pyoxigraph.QueryResultsFormat.JSON, formats.XML: pyoxigraph.QueryResultsFormat.XML}
RESULTS = "{http://www.w3.org/2005/sparql-results#}"


class Pieces(AsyncIterator[bytes]):
    """An answer that comes in pieces."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._all = b"".join(pieces)
        self._pieces = iter(pieces)
        self.closed = False

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration

    async def length(self) -> int:
        return len(self._all)

    async def aclose(self) -> None:
        self.closed = True


def written(query: str, format_: Format) -> bytes:
    solutions = pyoxigraph.Store().query(query)
    assert isinstance(solutions, pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean)
    found = solutions.serialize(format=WRITTEN[format_])
    assert found is not None
    return found


def read(answer: Answer) -> bytes:
    async def all_of_it() -> bytes:
        return b"".join([chunk async for chunk in answer.chunks])

    return asyncio.run(all_of_it())


def links(content: bytes, format_: Format) -> list[str]:
    if format_ == formats.JSON:
        return list(json.loads(content)["head"]["link"])
    said = ET.fromstring(content)  # noqa: S314 - the engine's
    return [link.get("href", "") for link in said.iterfind(f"{RESULTS}head/{RESULTS}link")]


def without(content: bytes) -> bytes:
    """The answer as it was."""
    said = f'"link":["{LINK}"]'.encode()
    content = content.replace(said + b",", b"", 1).replace(said, b"", 1)
    return content.replace(f'<link href="{LINK.replace("&", "&amp;")}"/>'.encode(), b"", 1)


@given(st.sampled_from(QUERIES), st.sampled_from(list(WRITTEN)), st.lists(st.integers(1, 30)))
@example("ASK {}", formats.JSON, [len('{"head":{')])
def test_an_answer_has_its_link_however_it_comes(query: str, format_: Format, cuts: list[int]) -> None:
    content = written(query, format_)
    pieces, rest = [], content
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    answer = linked(Answer(format_, 1, None, Pieces([*pieces, rest])), LINK)
    found = read(answer)
    assert links(found, format_) == [LINK]
    assert without(found) == content
    assert answer.length is None


@pytest.mark.parametrize("format_", WRITTEN)
@pytest.mark.parametrize("query", QUERIES)
def test_an_answer_that_is_there_says_how_long_it_is_with_its_link(query: str, format_: Format) -> None:
    content = written(query, format_)
    answer = linked(Answer(format_, 1, len(content), WholeAnswer(content)), LINK)
    assert answer.content is not None
    assert links(answer.content, format_) == [LINK]
    assert answer.length == len(answer.content)
    assert read(answer) == answer.content


@pytest.mark.parametrize("format_", WRITTEN)
def test_a_length_that_is_known_before_its_bytes_is_right(format_: Format) -> None:
    content = written("SELECT * { ?s ?p ?o }", format_)
    answer = linked(Answer(format_, 1, len(content), Pieces([content])), LINK)
    assert asyncio.run(answer.chunks.length()) == answer.length == len(read(answer))


@pytest.mark.parametrize(("format_", "link"), [(formats.CSV, LINK), (formats.TURTLE, LINK), (formats.JSON, "")])
def test_what_has_no_place_for_a_link_or_no_link_stays_as_it_is(format_: Format, link: str) -> None:
    answer = Answer(format_, 1, None, Pieces([b"a,b"]))
    assert linked(answer, link) is answer


def test_an_answer_without_a_head_is_never_ended_as_if_it_were_whole() -> None:
    pieces = Pieces([b'{"results"'])
    answer = linked(Answer(formats.JSON, 1, None, pieces), LINK)
    with pytest.raises(EngineDied):
        read(answer)
    asyncio.run(answer.chunks.aclose())
    assert pieces.closed
