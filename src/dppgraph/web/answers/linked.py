"""The permalink of an answer within it, where its format has a place for that: put in as the answer passes by."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from html import escape
from typing import Final, NamedTuple

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import EngineDied
from dppgraph.store.interface import Answer, Chunks

_JSON_HEAD: Final = b'{"head":{'
_XML_HEAD_ENDS: Final = b"</head>"


class _Link(NamedTuple):
    """What is put into an answer, and where.

    Attributes:
        text: the bytes.
        mark: what the engine writes once, at the beginning of each answer.
        after: whether they stand after it, or before it.
    """

    text: bytes
    mark: bytes
    after: bool

    def put_in(self, begun: bytes) -> bytes:
        """The beginning of an answer, in which the mark is, with these bytes in it."""
        place = begun.index(self.mark) + (len(self.mark) if self.after else 0)
        text = self.text
        if self.after and begun[place : place + 1] == b"}":
            # The answer to an ASK has an empty head.
            text = text.removesuffix(b",")
        return b"%b%b%b" % (begun[:place], text, begun[place:])


def linked(answer: Answer, permalink: str) -> Answer:
    """An answer with its permalink in its head: SPARQL 1.1 Query Results JSON, section 3.1.2, and XML, section 2.2.

    Args:
        answer: the answer.
        permalink: the address; empty for none. In another format than these two nothing is changed.
    """
    link = _link(answer.format, permalink) if permalink else None
    if link is None:
        return answer
    # A table whose length is known beforehand is there as a whole, or has columns: nothing of the link is left out.
    chunks = _Linked(answer.chunks, link, answer.content)
    length = None if answer.length is None else answer.length + len(link.text)
    return replace(answer, chunks=chunks, length=length if chunks.content is None else len(chunks.content))


def _link(format_: Format, permalink: str) -> _Link | None:
    if format_ == formats.JSON:
        return _Link(f'"link":[{json.dumps(permalink)}],'.encode(), _JSON_HEAD, after=True)
    if format_ == formats.XML:
        return _Link(f'<link href="{escape(permalink)}"/>'.encode(), _XML_HEAD_ENDS, after=False)
    return None


class _Linked(AsyncIterator[bytes]):
    """The bytes of an answer with a link in them. Implements ``Chunks``.

    Attributes:
        content: all of them, if they are there already.
    """

    def __init__(self, chunks: Chunks, link: _Link, content: bytes | None) -> None:
        self.content = None if content is None else link.put_in(content)
        self._chunks = chunks
        self._rest = aiter(chunks)
        self._link = link
        self._begun = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._begun:
            return await anext(self._rest)
        # Mostly in the first piece: a head is no longer than the query that named its columns.
        begun = b""
        # What comes after the mark is looked at too.
        while not begun.partition(self._link.mark)[2]:
            piece = await anext(self._rest, None)
            if piece is None:
                raise EngineDied("the query's answer has no head: ask again")
            begun += piece
        self._begun = True
        return self._link.put_in(begun)

    async def length(self) -> int:
        """As ``Chunks`` has it."""
        return await self._chunks.length() + len(self._link.text)

    async def aclose(self) -> None:
        """As ``Chunks`` has it."""
        await self._chunks.aclose()
