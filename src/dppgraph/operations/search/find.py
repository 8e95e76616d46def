"""Answering what is typed into a search box."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.core.words import Wanted, folded, has, wanted_of
from dppgraph.errors import BadParameter
from dppgraph.operations.paging import pages_of
from dppgraph.operations.search.entries import KINDS
from dppgraph.operations.search.snippet import MOST, Piece, marked
from dppgraph.store.search import Found, SearchIndex

if TYPE_CHECKING:
    # Only their names: the harvest is made with what this package indexes.
    from dppgraph.operations.facts import Facts, Text

PAGE: Final = 20
"""How many results a page has."""

LONGEST: Final = 200
"""Characters that may be asked for at once."""

_SUGGESTED: Final = 8
_NEAR: Final = 2_000
_TEXTS: Final = 200
_PART: Final = 4
"""Letters that a word needs to be looked for inside others."""
_COMPOUNDS: Final = 40
_ABOUT: Final = f"<{PREFIXES['rdf']}subject>"


@dataclass(frozen=True, slots=True)
class Hit:
    """A result.

    Attributes:
        kind: one of :data:`KINDS`.
        term: the thing; of a quote, a statement that rests on it.
        label: what the thing is called; of a quote, what it is about.
        named: the same, in pieces.
        pieces: the text that shows why it was found; empty where what it is called does.
        language: the language of that text; empty where it is not known.
        about: of a quote, the things that it says something of, as terms.
        source: of a quote, the document, as a term.
        source_label: what that is called.
        start: of a quote, where it begins in the document, in code points from 0.
        end: where it ends, exclusive.
    """

    kind: str
    term: str
    label: "Text"
    named: list[Piece]
    pieces: list[Piece]
    language: str
    about: tuple[str, ...] = ()
    source: str | None = None
    source_label: "Text | None" = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results.

    Attributes:
        asked: what was typed.
        wanted: what that asks for; empty where there is no word in it.
        every: whether the results have all of it; else there are none of these, and they have some.
        kind: the one kind that is asked for; empty for all.
        kinds: how many results there are of each kind, in the order of :data:`KINDS`; where nothing is asked, how many
            things can be found.
        hits: those of this page.
        page: which page this is, from 1.
        pages: how many there are.
        near: words that are found, and are written much like one that is not.
    """

    asked: str
    wanted: list[Wanted]
    every: bool
    kind: str
    kinds: dict[str, int]
    hits: list[Hit]
    page: int
    pages: int
    near: list[str]

    @property
    def count(self) -> int:
        """How many results there are in all, of the kind that is asked for."""
        return self.kinds.get(self.kind, 0) if self.kind else sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing that is called as somebody begins to type."""

    kind: str
    term: str
    label: "Text"


def search(index: SearchIndex, facts: "Facts", asked: str, *, kind: str = "", page: int = 1) -> Results:
    """A page of what a text finds: by all its words, or, where nothing has all of them, by any.

    Args:
        index: the words of the version.
        facts: its texts, for a reader of a language.
        asked: the text; words, and phrases between quotation marks. Nothing in it is wrong.
        kind: only results of this kind, one of :data:`KINDS`.
        page: which page, from 1.

    Raises:
        BadParameter: the text is too long, or there is no such kind.
        Unknown: there is no such page.
    """
    wanted = [_with_compounds(index, one) for one in _wanted(asked)]
    if kind and kind not in KINDS:
        raise BadParameter(f"kind is {kind[:50]!r}: it must be one of {', '.join(KINDS)}")
    counted = index.count(wanted)
    every = bool(counted) or wanted == wanted[:1]
    counted = counted if every else index.count(wanted, every=False)
    kinds = _in_order(counted if wanted else index.kinds())
    results = Results(asked, wanted, every, kind, kinds, [], page, 1, [])
    pages = pages_of(results.count if wanted else 0, page, PAGE)
    found = index.find(wanted, every=every, kind=kind or None, offset=(page - 1) * PAGE, limit=PAGE)
    hits = [_quote(facts, one, wanted) if one.passage else _thing(facts, one, wanted) for one in found]
    near = [] if every and counted else _near(index, wanted)
    return Results(asked, wanted, every, kind, kinds, hits, page, pages, near)


def suggest(index: SearchIndex, facts: "Facts", begun: str) -> list[Suggestion]:
    """Things that are called as a text begins: each of its words is one of theirs, the last of them begun.

    Raises:
        BadParameter: the text is too long.
    """
    wanted = [_with_compounds(index, one) for one in _wanted(begun, shortest=2)]
    if not wanted or not any(one.begins or len(one.words) > 1 for one in wanted):
        return []
    found = [Suggestion(one.kind, one.term, facts.label(one.term)) for one in index.named(wanted, 3 * _SUGGESTED)]
    start = folded(begun)
    return sorted(found, key=lambda one: not folded(one.label.text).startswith(start))[:_SUGGESTED]


def _wanted(asked: str, shortest: int = 3) -> list[Wanted]:
    if len(asked) > LONGEST:
        raise BadParameter(f"what is looked for has {len(asked)} characters: {LONGEST} are the most")
    return wanted_of(asked, shortest=shortest)


def _with_compounds(index: SearchIndex, one: Wanted) -> Wanted:
    """A word together with those that have it inside: Dutch writes what belongs together as one."""
    if not one.begins or len(one.words[-1]) < _PART:
        return one
    return one._replace(others=tuple(index.containing(one.words[-1], _COMPOUNDS)))


def _in_order(counted: dict[str, int]) -> dict[str, int]:
    return {kind: counted[kind] for kind in KINDS if kind in counted}


def _thing(facts: "Facts", found: Found, wanted: Sequence[Wanted]) -> Hit:
    label = facts.label(found.term)
    texts = [label]
    if _score(label, wanted) < len(wanted):
        texts += _texts(facts, found.term)
    # The first of equals: the label, then what is in the reader's language.
    best = max(texts, key=lambda text: _score(text, wanted))
    pieces = [] if best is label else marked(best.text, wanted)
    return Hit(found.kind, found.term, label, marked(label.text, wanted), pieces, best.language)


def _quote(facts: "Facts", found: Found, wanted: Sequence[Wanted]) -> Hit:
    place = found.passage
    said = facts.described(found.term).quote
    text = said or facts.label(found.term)
    statements = place.statements if place else ()
    about = list(dict.fromkeys(subject for one in statements if (subject := facts.one(one, _ABOUT))))
    source = place.source if place else None
    label = facts.label(about[0]) if about else text
    return Hit(
        found.kind,
        found.term,
        label,
        marked(label.text, []),
        marked(text.text, wanted),
        text.language,
        tuple(about),
        source,
        facts.label(source) if source else None,
        place.start if place else None,
        place.end if place else None,
    )


def _score(text: "Text", wanted: Sequence[Wanted]) -> int:
    """How much of what is looked for a text has."""
    return sum(has(text.text[:MOST], one) for one in wanted)


def _texts(facts: "Facts", thing: str) -> list["Text"]:
    """The texts of a thing and its parts, those in the reader's language first; of very many, some."""
    lines = (line for term in (thing, *facts.published.parts(thing)) for line in facts.published.about(term))
    literals = dict.fromkeys(quad.object for quad in map(parse_line, lines) if quad.object.startswith('"'))
    texts = [facts.label(literal) for literal in islice(literals, _TEXTS) if not literal.endswith(">")]
    return sorted(texts, key=lambda text: text.language.partition("-")[0] != facts.language)


def _near(index: SearchIndex, wanted: Sequence[Wanted]) -> list[str]:
    """For each word that nothing has, the word that is most like it among those that begin alike."""
    missing = [one.words[0] for one in wanted if len(one.words) == 1 and not index.count([one])]
    found = (get_close_matches(word, index.beginning(word[:2], _NEAR), n=1, cutoff=0.75) for word in missing)
    return list(dict.fromkeys(near for close in found for near in close))
