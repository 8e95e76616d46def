"""Who brought a statement: the version that it came with, its agent and message, and the words that it rests on."""

import json
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Final

from dppgraph.core.message import in_one_line
from dppgraph.core.quads import Quad
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.changes import Version, version_of
from dppgraph.operations.facts import Evidence, Facts
from dppgraph.operations.harvest import Published
from dppgraph.operations.paging import pages_of
from dppgraph.store.history import History, Lasting, count_lasting, lasting
from dppgraph.store.versions import VersionStore

PAGE: Final = 50
"""Statements on a page."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A statement of a version, or of one before it, and where it comes from.

    Attributes:
        quad: the statement, in its graph.
        brought: the version that brought it: where it was gone for a while, the one that brought it back.
        first: the number of the version that had it first.
        gone: the version that took it away; None where it is still there. One that came back is told of once for each
            time that it was there.
        quotes: the descriptions of it that have words of a source, in the order of the source's text: those of the
            last version that had it, as long as that one is kept.
    """

    quad: Quad
    brought: Version
    first: int
    gone: Version | None
    quotes: list[Evidence]


@dataclass(frozen=True, slots=True)
class Blame:
    """What is said of a thing and its parts, and where it comes from.

    Attributes:
        thing: the thing, as an IRI.
        version: the number of the version.
        statements: its statements: of the thing first, then of its parts; by predicate and object.
        count: how many there are on all pages.
        page: which page this is, from 1.
        pages: how many there are.
    """

    thing: str
    version: int
    statements: list[Blamed]
    count: int
    page: int = 1
    pages: int = 1

    def to_text(self) -> str:
        """A line for each statement: version, day, agent, statement; then its words, where it has any."""
        return "".join(f"{line}\n" for one in self.statements for line in _lines(one))

    def to_json(self) -> str:
        """All of it as one object."""
        return json.dumps(self.said(), indent=2, ensure_ascii=False) + "\n"

    def said(self) -> dict[str, Any]:
        """The same, made of what JSON has."""
        counts = {"count": self.count, "page": self.page, "pages": self.pages}
        return (
            {"thing": self.thing, "version": self.version} | counts | {"statements": list(map(_said, self.statements))}
        )


def blame(
    store: VersionStore, thing: str, version: int | None = None, *, gone: bool = False, page: int | None = None
) -> Blame:
    """Where all comes from that a version says of a thing and of its parts (``thing#...``).

    Args:
        store: the store.
        thing: the thing, as an IRI.
        version: the number of the version; None for the current one.
        gone: whether what versions before it said is wanted too.
        page: which page, from 1; None for all at once.

    Raises:
        Unknown: that version says nothing of it, there is no such version, or no such page.
        Gone: the version was pruned.
        Damaged: the history of the store cannot be read, or does not have the version.
    """
    number = store.current() if version is None else version
    base = store.manifest(number).base
    store.require_kept(number)
    with closing(History(store.history_path)) as history, history.still():
        try:
            history.at(number)
        except Damaged:
            # It may have been pruned just now.
            store.require_kept(number)
            raise
        count = count_lasting(history, thing, number, gone=gone)
        if not count:
            raise Unknown(f"version {number} says nothing of {thing[:200]}: see how its IRI is written")
        pages = 1 if page is None else pages_of(count, page, PAGE)
        offset, limit = (0, -1) if page is None else ((page - 1) * PAGE, PAGE)
        found = lasting(history, thing, number, gone=gone, offset=offset, limit=limit)
        return Blame(thing, number, _Blaming(store, history, base, number).all(found), count, page or 1, pages)


class _Blaming:
    """Looks up where statements come from, each version once.

    Args:
        store: the versions.
        history: their quads.
        base: the base of the data.
        version: the number of the version that is asked about.
    """

    def __init__(self, store: VersionStore, history: History, base: str, version: int) -> None:
        self._store = store
        self._history = history
        self._base = base
        self._version = version
        self._versions: dict[int, Version] = {}
        self._facts: dict[int, Facts | None] = {}

    def all(self, found: Iterable[Lasting]) -> list[Blamed]:
        """Where each of some statements comes from."""
        return [self._one(one) for one in found]

    def _one(self, one: Lasting) -> Blamed:
        first = self._history.spans(one.quad)[0].since
        gone = self._told(one.until) if one.until else None
        # What it rested on went with it.
        facts = self._facts_of(one.until - 1 if one.until else self._version)
        evidence = facts.evidence(*one.quad[:3]) if facts else ()
        return Blamed(one.quad, self._told(one.since), first, gone, [said for said in evidence if said.quote])

    def _told(self, number: int) -> Version:
        if number not in self._versions:
            self._versions[number] = version_of(self._store, number)
        return self._versions[number]

    def _facts_of(self, number: int) -> Facts | None:
        if number not in self._facts:
            self._facts[number] = None
            with suppress(Damaged):
                exact = self._history.at(number)
                self._facts[number] = Facts(Published(exact, (), self._base, self._base), "")
        return self._facts[number]


def _lines(one: Blamed) -> Iterable[str]:
    brought = one.brought.manifest
    told = f"{brought.created[:10]}  {brought.agent}" if brought else one.brought.damage
    message = f"  ({in_one_line(brought.message)})" if brought and brought.message else ""
    taken = f"  (gone since version {one.gone.number})" if one.gone else ""
    yield f"{one.brought.number:>5}  {told}{message}  {one.quad.line()}{taken}"
    for evidence in one.quotes:
        if evidence.quote:
            yield f"{'':7}“{evidence.quote.text}”"


def _said(one: Blamed) -> dict[str, Any]:
    return {
        "statement": one.quad.line(),
        **_version(one.brought),
        "first": one.first,
        "gone": _version(one.gone) if one.gone else None,
        "quotes": [
            {
                "text": evidence.quote.text,
                "start": evidence.start,
                "end": evidence.end,
                "source": (evidence.source or "").strip("<>"),
            }
            for evidence in one.quotes
            if evidence.quote
        ],
    }


def _version(told: Version) -> dict[str, Any]:
    names = ("created", "agent", "message", "kind")
    return {"version": told.number} | {name: getattr(told.manifest, name, None) for name in names}
