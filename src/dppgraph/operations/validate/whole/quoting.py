"""Quotes, found node by node, so that those of one document can be held against each other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.check_quotes import Quote
from dppgraph.operations.validate.whole.exact import Index
from dppgraph.operations.validate.whole.groups import Node
from dppgraph.operations.validate.whole.kinds import INTEGER, kind_of
from dppgraph.store.history import QuadPattern
from dppgraph.store.rdf import literal_text

_EXACT: Final = f"<{PREFIXES['oa']}exact>"
_START: Final = f"<{PREFIXES['oa']}start>"
_END: Final = f"<{PREFIXES['oa']}end>"
_SELECTOR: Final = f"<{PREFIXES['oa']}hasSelector>"
_DOCUMENT: Final = f"<{NAMESPACE}inDocument>"
_INTEGER: Final = re.compile(rf'"([+-]?[0-9]+)"\^\^<{re.escape(PREFIXES["xsd"])}integer>')

Place = tuple[int, int]
_Parts = tuple[list[str], list[Place]]


class Quoting:
    """Gathers what ``quotes.rq`` finds.

    A part of a quote is kept until the statement comes that has it, which is soon: its name begins alike. What comes
    otherwise, or is not written as the engine has it, is looked up at the end.

    Args:
        index: the engine.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._parts: dict[str, _Parts] = {}
        self._quotes: dict[str, list[Quote]] = defaultdict(list)
        self._later: list[tuple[str, Sequence[str], Sequence[str]]] = []

    def look(self, node: Node) -> None:
        """Looks at what is stated of a node."""
        stated = node.merged
        if _EXACT in stated or (_START in stated and _END in stated):
            parts = _read(stated.get(_EXACT, ()), stated.get(_START, ()), stated.get(_END, ()))
            if parts:
                self._parts[node.term] = parts
        if _SELECTOR in stated and _DOCUMENT in stated:
            selectors, documents = stated[_SELECTOR], stated[_DOCUMENT]
            if self._parts.keys() >= set(selectors):
                self._add(node.term, documents, [self._parts.pop(one) for one in selectors])
            else:
                self._later.append((node.term, documents, selectors))

    def quotes(self) -> Iterator[Quote]:
        """The quotes, by document and offset, when all nodes have come."""
        self._parts.clear()
        for term, documents, selectors in self._later:
            self._add(term, documents, list(map(self._looked_up, selectors)))
        for document in sorted(self._quotes):
            yield from sorted(self._quotes.pop(document), key=lambda one: (one.start, one.end, one.statement, one.text))

    def _add(self, term: str, documents: Iterable[str], parts: list[_Parts]) -> None:
        words = [text for texts, _ in parts for text in texts]
        places = [place for _, found in parts for place in found]
        for document, text, (start, end) in product(documents, words, places):
            self._quotes[document].append(Quote(term.strip("<>"), document.strip("<>"), text, start, end))

    def _looked_up(self, selector: str) -> _Parts:
        words, starts, ends = (
            sorted({quad.object for quad in self._index.quads(QuadPattern(selector, predicate))})
            for predicate in (_EXACT, _START, _END)
        )
        return list(map(literal_text, words)), list(product(_numbers(starts), _numbers(ends)))


def _read(words: Iterable[str], starts: Sequence[str], ends: Sequence[str]) -> _Parts | None:
    """The parts of a quote; None where the engine may have them otherwise."""
    if not all(kind_of(one) == INTEGER for one in (*starts, *ends)):
        return None
    return list(map(literal_text, words)), list(product(_numbers(starts), _numbers(ends)))


def _numbers(terms: Iterable[str]) -> list[int]:
    return [int(found[1]) for found in map(_INTEGER.fullmatch, terms) if found]
