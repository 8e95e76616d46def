"""An answer on its way into the cache."""

from dataclasses import dataclass, field

from dppgraph.core import formats
from dppgraph.store.interface import Answer, GraphStore
from dppgraph.web.answers.citing import CitedQuery
from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.kept import Kept, hash_of
from dppgraph.web.metrics.counting import Metrics
from dppgraph.web.originals import negotiable


@dataclass(slots=True)
class Filling:
    """An answer on its way into the cache, as long as it is not too large.

    Attributes:
        store: what gave it.
        cache: where it is kept.
        metrics: takes note of how the query ends.
        asked: what it answers.
        answer: the answer.
        cited: what it names.
    """

    store: GraphStore
    cache: AnswerCache
    metrics: Metrics
    asked: Asked
    answer: Answer
    cited: CitedQuery
    _parts: list[bytes] | None = field(default_factory=list)
    _size: int = 0

    def kept(self, content: bytes) -> Kept:
        """The answer as it is kept, if these are its bytes."""
        answer = self.answer
        tag = self.asked.tag(self.cited.of.digest, answer.format)
        query, headers = hash_of(self.asked.text), negotiable(self.cited.headers)
        return Kept(content, answer.format.content_type, answer.version, tag, headers, query)

    def whole(self, content: bytes) -> Kept:
        """Keeps an answer that is there as a whole."""
        self.metrics.query_ended()
        kept = self.kept(content)
        self.put(kept)
        return kept

    def put(self, kept: Kept) -> None:
        """Keeps it."""
        tabular = self.answer.format in formats.RESULTS
        self.cache.at(self.store.manifest.version)
        self.cache.put(self.asked, self.answer.format, kept, tabular=tabular)

    def take(self, chunk: bytes) -> None:
        """Takes the next of its bytes."""
        if self._parts is None:
            return
        if self.cache.fill(len(chunk), self._size):
            self._size += len(chunk)
            self._parts.append(chunk)
        else:
            self.give_up()

    def done(self) -> None:
        """Keeps it, now that all of it has come."""
        if self._parts is not None:
            self.put(self.kept(b"".join(self._parts)))
        self.give_up()

    def give_up(self) -> None:
        """Lets go of what was taken of it."""
        self.cache.filled(self._size)
        self._parts, self._size = None, 0
