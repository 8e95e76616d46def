"""What changed when: the versions of a store, and what each changed of its parent, thing by thing."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Literal, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, entity_of, parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.changes.version import Versions, version_of
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.paging import pages_of
from dppgraph.operations.search import KINDS
from dppgraph.store.history import Fate, History, fate
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import Changed, ChangedThings, Manifest, VersionStore

_VERSIONS: Final = 50
"""Versions on a page."""
_THINGS: Final = 25
"""Things on a page."""
_MOST: Final = 200_000
"""Statements of a change that are looked through; of a larger one there are only counts."""
_REMEMBERED: Final = 8
"""Versions of which the order of what they changed is remembered."""
_LONG: Final = 200
_AROUND: Final = 60
_NAMES: Final = tuple(
    f"<{PREFIXES[prefix]}{name}>" for prefix, name in (("skos", "prefLabel"), ("dct", "title"), ("rdfs", "label"))
)

How = Literal["added", "changed", "gone"]
"""What a version did to a thing."""


class Statement(NamedTuple):
    """A statement that a version added, or removed.

    Attributes:
        is_added: which of the two.
        quad: the statement.
        same: of a long text that took the place of another, how many characters at its beginning may be left out.
    """

    is_added: bool
    quad: Quad
    same: int = 0


@dataclass(frozen=True, slots=True)
class ChangedThing:
    """What a version changed of a thing and its parts.

    Attributes:
        term: the thing.
        label: what it is called, or was.
        added: how many statements about it there are more.
        removed: how many there were that are not any more.
        how: what the version did to the thing: ``added`` where nothing had been said of it, ``gone`` where nothing was
            said of it any more, else ``changed``.
        is_gone: whether nothing is said of it now, in the version that is served.
        statements: those; empty where the whole change is too large to look through, or not kept.
    """

    term: str
    label: Text
    added: int
    removed: int
    how: How
    is_gone: bool
    statements: list[Statement]


@dataclass(frozen=True, slots=True)
class Change:
    """A page of what a version changed.

    Attributes:
        manifest: what the version says of itself.
        following: the number of the version after it; None for the one that is served.
        things: what it changed, things first that plans are made of; what describes statements last.
        count: how many things it changed.
        is_whole: whether the statements are there too.
        is_kept: whether the version was not pruned.
        page: which page this is, from 1.
        pages: how many there are.
    """

    manifest: Manifest
    following: int | None
    things: list[ChangedThing]
    count: int
    is_whole: bool
    is_kept: bool
    page: int
    pages: int


def list_versions(store: VersionStore, current: int, page: int = 1) -> Versions:
    """A page of the versions up to the one that is served.

    Raises:
        Unknown: there is no such page.
    """
    pages = pages_of(current, page, _VERSIONS)
    last = current - (page - 1) * _VERSIONS
    return Versions([version_of(store, number) for number in range(last, max(0, last - _VERSIONS), -1)], page, pages)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What versions changed, in the order in which it is shown; of those that were asked last it is remembered.

    Attributes:
        store: the versions.
    """

    store: VersionStore
    _known: OrderedDict[tuple[int, str, str], ChangedThings] = field(default_factory=OrderedDict)

    def of(self, number: int) -> ChangedThings:
        """What a version changed.

        Raises:
            Unknown: there is no such version.
            Damaged: its files are not what was published.
        """
        manifest = self.store.manifest(number)
        # A store that was put back from a backup may have another version with this number by now.
        key = number, manifest.digest, manifest.created
        found = self._known.get(key)
        if found is None:
            base = manifest.base
            found = self._known[key] = self.store.changed(number, lambda entity: _rank(entity, base))
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found


def change(ordered: Ordered, facts: Facts, current: int, number: int, page: int = 1) -> Change:
    """A page of what a version changed of its parent; the first one made everything.

    Args:
        ordered: what the versions changed.
        facts: what the version says that is served.
        current: its number.
        number: the version.
        page: which page, from 1.

    Raises:
        Unknown: there is no such version, or no such page.
        Damaged: its files are not what was published.
    """
    if not 1 <= number <= current:
        raise Unknown(f"there is no version {number}: /changes lists those there are")
    store = ordered.store
    manifest, changed = store.manifest(number), ordered.of(number)
    pages = pages_of(changed.count, page, _THINGS)
    shown = changed.part((page - 1) * _THINGS, _THINGS)
    is_kept = store.is_kept(number)
    is_whole = is_kept and manifest.added + manifest.removed <= _MOST
    statements = _statements(store, number, [one.entity for one in shown]) if is_whole else {}
    with closing(History(store.history_path)) as history:
        fates = [fate(history, one.entity, number) for one in shown]
    things = [
        _thing(facts, one, _how(found), statements.get(one.entity, [])) for one, found in zip(shown, fates, strict=True)
    ]
    following = number + 1 if number < current else None
    return Change(manifest, following, things, changed.count, is_whole, is_kept, page, pages)


def _statements(store: VersionStore, number: int, entities: Iterable[str]) -> dict[str, list[Statement]]:
    wanted = set(entities)
    delta = store.delta(number)
    found: dict[str, list[Statement]] = defaultdict(list)
    for is_added, lines in ((False, delta.removed), (True, delta.added)):
        for line in lines:
            if (entity := entity_of(line)) in wanted:
                found[entity].append(Statement(is_added, parse_line(line)))
    return {entity: _side_by_side(said) for entity, said in found.items()}


def _side_by_side(statements: Iterable[Statement]) -> list[Statement]:
    """Statements in order, what was removed before what came in its place."""
    found: list[Statement] = []
    ordered = sorted(statements, key=lambda one: (one.quad[:2], one.is_added, one.quad))
    for _, group in groupby(ordered, key=lambda one: one.quad[:2]):
        some = list(group)
        if [one.is_added for one in some] == [False, True]:
            same = _same([one.quad.object for one in some])
            some = [one._replace(same=same) for one in some]
        found += some
    return found


def _same(terms: list[str]) -> int:
    """How much at the beginning of a long text says nothing, where another text took its place."""
    if not all(term.startswith('"') and len(term) > _LONG for term in terms):
        return 0
    before, after = map(literal_text, terms)
    pairs = enumerate(zip(before, after, strict=False))
    differs = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    return max(0, differs - _AROUND)


def _how(found: Fate) -> How:
    if found.after is False:
        return "gone"
    return "added" if found == Fate(before=False, after=True) else "changed"


def _thing(facts: Facts, one: Changed, how: How, statements: list[Statement]) -> ChangedThing:
    term = one.entity if one.entity.startswith("_:") else f"<{one.entity}>"
    is_gone = facts.published.is_gone(one.entity)
    label = facts.label(term)
    if is_gone:
        label = _former(facts, term, statements) or label
    return ChangedThing(term, label, one.added, one.removed, how=how, is_gone=is_gone, statements=statements)


def _former(facts: Facts, term: str, statements: Iterable[Statement]) -> Text | None:
    """What a thing was called that is not there any more."""
    said = [one.quad for one in statements if one.quad.subject == term]
    names = (quad.object for name in _NAMES for quad in said if quad.predicate == name)
    return next((facts.label(name) for name in names if name.startswith('"')), None)


def _rank(entity: str, base: str) -> int:
    kind = entity.removeprefix(f"{base}id/").partition("/")[0] if entity.startswith(f"{base}id/") else "other"
    if kind == "statement":
        return len(KINDS) + 1
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
