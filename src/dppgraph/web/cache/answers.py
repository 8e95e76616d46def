"""Which answers are kept: bounded in bytes, those first let go that were asked longest ago, all with a new version."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dppgraph.core.formats import Format
from dppgraph.store.interface import QueryRequest
from dppgraph.web.cache.kept import Kept, tag_of

_ENTRY: Final = 1 << 10
"""Bytes that an entry takes besides what it holds, rounded up."""

_LARGEST: Final = 8
"""The part of all that a single answer may take: an eighth."""

_WORDS: Final = 8
"""Likewise for the words of requests."""


class Asked(NamedTuple):
    """What a query asks, whatever the words of its request: all that its answer depends on, but the format.

    Attributes:
        version: the number of the version.
        text: the query.
        default_graphs: as in ``QueryRequest``, each once, in order of their names.
        named_graphs: likewise.
        substitutions: variable and term, in order.
        place: where it is asked, below the server's address, with its parameters, as its answer may say so; empty for
            ``/sparql``.
    """

    version: int
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    substitutions: tuple[tuple[str, str], ...]
    place: str = ""

    @classmethod
    def of(cls, query: QueryRequest, version: int, place: str = "") -> "Asked":
        """What a request asks of a version."""
        return cls(
            version,
            query.text,
            tuple(sorted(set(query.default_graphs))),
            tuple(sorted(set(query.named_graphs))),
            tuple(sorted(query.substitutions.items())),
            place,
        )

    @property
    def size(self) -> int:
        """Bytes that it takes at most."""
        values = (text for pair in self.substitutions for text in pair)
        strings = (self.text, self.place, *self.default_graphs, *self.named_graphs, *values)
        return 4 * sum(map(len, strings))

    def tag(self, digest: str, format_: Format) -> str:
        """What names the answer in a format; the digest is that of the version."""
        graphs = "\1".join(self.default_graphs), "\1".join(self.named_graphs)
        values = "\1".join(f"{name}\2{term}" for name, term in self.substitutions)
        return tag_of(digest, format_.name, self.text, *graphs, values, self.place)


@dataclass(slots=True)
class _Entry:
    """What is kept of one query; ``key`` is what its key takes, ``size`` what all of it does."""

    answers: dict[str, Kept] = field(default_factory=dict)
    tabular: bool = True
    key: int = 0
    size: int = 0


class AnswerCache:
    """The answers of one version.

    Args:
        limit: bytes that all may take; 0 keeps nothing.

    Attributes:
        bytes: bytes that are taken.
        hits: requests that were answered from here.
        misses: queries that had to be evaluated.
        evictions: answers that were let go for others.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self.evictions = 0
        self._version = 0
        self._entries: OrderedDict[Asked, _Entry] = OrderedDict()
        self._words: OrderedDict[bytes, tuple[Asked, str, str | None]] = OrderedDict()
        self._words_bytes = 0
        self._filling = 0

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, version: int) -> None:
        """Says which version is the current one; all that was kept under another is forgotten."""
        if version != self._version:
            self._version = version
            self.forget()

    def forget(self) -> None:
        """Keeps nothing of what was kept so far."""
        self._entries.clear()
        self._words.clear()
        self.bytes = self._words_bytes = 0

    def get(self, asked: Asked, results: Format | None, rdf: Format | None) -> Kept | None:
        """The answer in whichever of the two formats is the one for this form of query."""
        entry = self._entries.get(asked)
        format_ = (results if entry.tabular else rdf) if entry else None
        kept = entry.answers.get(format_.name) if entry and format_ else None
        if kept is not None:
            self._entries.move_to_end(asked)
        return kept

    def put(self, asked: Asked, format_: Format, kept: Kept, *, tabular: bool) -> bool:
        """Keeps an answer, unless a new version came while it was made, or it is too large; whether it does."""
        entry = self._entries.get(asked)
        key = entry.key if entry else _ENTRY + asked.size
        if asked.version != self._version or kept.size + key > self.limit // _LARGEST:
            return False
        if entry is None:
            entry = self._entries[asked] = _Entry(tabular=tabular, key=key)
        else:
            self._entries.move_to_end(asked)
        entry.answers[format_.name] = kept
        self.resized(asked)
        return asked in self._entries

    def resized(self, asked: Asked) -> None:
        """Takes note that an entry has another size, and lets others go if need be."""
        entry = self._entries.get(asked)
        if entry is None:
            return
        size = entry.key + sum(kept.size for kept in entry.answers.values())
        self.bytes += size - entry.size
        entry.size = size
        while self.bytes > self.limit - self.limit // _WORDS:
            _, gone = self._entries.popitem(last=False)
            self.bytes -= gone.size
            self.evictions += 1

    def fill(self, size: int, so_far: int) -> bool:
        """Whether there is room for more of an answer that is on its way here; takes note of it, if so."""
        if so_far + size > self.limit // _LARGEST or self._filling + size > self.limit // 2:
            return False
        self._filling += size
        return True

    def filled(self, size: int) -> None:
        """Takes note that an answer is not on its way any more."""
        self._filling -= size

    # --- The same words again ----------------------------------------------------------------------------------------

    def remember(self, words: bytes, asked: Asked, kept: Kept, coding: str | None) -> None:
        """Remembers which answer the words of a request asked for; they hold no answer themselves."""
        size = len(words) + _ENTRY
        entry = self._entries.get(asked)
        name = next((name for name, answer in entry.answers.items() if answer is kept), None) if entry else None
        if name is None or size > self.limit // _WORDS // _LARGEST:
            return
        if words not in self._words:
            self._words_bytes += size
        self._words[words] = asked, name, coding
        while self._words_bytes > self.limit // _WORDS:
            gone, _ = self._words.popitem(last=False)
            self._words_bytes -= len(gone) + _ENTRY

    def again(self, words: bytes) -> tuple[Kept, str | None] | None:
        """The answer, and its coding, that these words asked for before, if it is still kept."""
        found = self._words.get(words)
        if found is None:
            return None
        entry = self._entries.get(found[0])
        kept = entry.answers.get(found[1]) if entry else None
        # What was let go meanwhile, and asked again, need not be there in the same coding.
        if kept is None or not kept.is_coded(found[2]) or kept.until <= time.time():
            self._words_bytes -= len(words) + _ENTRY
            del self._words[words]
            return None
        self._entries.move_to_end(found[0])
        self._words.move_to_end(words)
        return kept, found[2]
