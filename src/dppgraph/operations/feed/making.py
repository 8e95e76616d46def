"""Making the members of a version: one for each entity whose statements are not what the feed said of it last."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from itertools import chain, groupby
from typing import Final

from dppgraph.core.quads import Delta, Graphs
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.feed.entities import Owners, grouped, named, triples
from dppgraph.operations.feed.files import FORMAT, FeedFiles, Head, Row
from dppgraph.operations.feed.members import NAMES, Member, digest_of, name_of
from dppgraph.operations.feed.moments import moment_of, text_of
from dppgraph.store.versions import Manifest, VersionStore

PAGE: Final = 250
"""How many members a page holds at most."""


def make_members(
    versions: VersionStore, manifest: Manifest, lines: Collection[str], delta: Delta | None = None, *, page: int = PAGE
) -> None:
    """Makes the members of a version, which need not be published yet; and those of earlier ones that are missing.

    Args:
        versions: the store; whoever calls holds its lock, if the version is not published.
        manifest: the version's.
        lines: its canonical lines, sorted, each once.
        delta: what it added to the lines of its parent, and removed from them; None where that is not at hand.
        page: how many members a page holds at most.

    Raises:
        StoreUnavailable: the disk does not take them, or earlier members cannot be read.
    """
    files = FeedFiles(versions.folder)
    files.tidy()
    make_missing(versions, manifest.version - 1, files)
    _make(files, manifest, lines, delta, page)


def make_missing(versions: VersionStore, last: int, files: FeedFiles | None = None) -> None:
    """Makes the members of published versions up to a number, where they are not there or not those of the version.

    A version that is damaged beyond reading has no members; what it changed comes with the next one.

    Raises:
        StoreUnavailable: the disk does not take them.
    """
    files = files or FeedFiles(versions.folder)
    seal = ""
    for number in range(1, last + 1):
        head = files.head(number)
        if head is None or head.follows != seal or not is_of(head, versions):
            head = _made_again(versions, number, files)
        seal = head.seal


def fed_until(versions: VersionStore, number: int) -> int:
    """The newest version up to a number whose members are there; 0 where there are none."""
    files = FeedFiles(versions.folder)
    while number:
        head = files.head(number)
        if head and is_of(head, versions):
            break
        number -= 1
    return number


def is_of(head: Head, versions: VersionStore) -> bool:
    """Whether a head is that of the version of its number, and not of one that a killed build left."""
    try:
        return head.digest == versions.manifest(head.version).digest
    except (Damaged, Unknown):
        # Then nothing better can be made of it.
        return True


def _made_again(versions: VersionStore, number: int, files: FeedFiles) -> Head:
    digest = ""
    try:
        manifest = versions.manifest(number)
        digest = manifest.digest
        with files.room() as work:
            lines, delta = versions.at_hand(number, work)
            return _make(files, manifest, lines, delta, PAGE)
    except (Damaged, Unknown):
        # It stays so, even if the version is mended one day: what is closed by then must not change.
        before = files.head(number - 1)
        place = _Place.after(before, PAGE, set())
        moment = moment_of((), "", _EPOCH, before.time if before else None)
        base, created = (before.base, before.created) if before else ("", _EPOCH)
        return files.write((), lambda: place.head(number, base, created, digest, moment, whole=False))


_EPOCH: Final = datetime.fromtimestamp(0, UTC).isoformat()


def _make(files: FeedFiles, manifest: Manifest, lines: Collection[str], delta: Delta | None, page: int) -> Head:
    number, base = manifest.version, manifest.base
    before = files.head(number - 1)
    moment = moment_of(lines, base, manifest.created, before.time if before else None)
    place = _Place.after(before, page, _open_page(files, before))
    follows_parent = before is not None and before.whole and manifest.parent == number - 1 and before.base == base
    owners = Owners(named(lines, base))
    wanted = _touched(lines, owners, delta, base) if delta and follows_parent else None
    known = files.digests(number - 1, wanted)
    contents = merge(
        grouped(lines, owners, base, wanted),
        # What is gone says nothing any more.
        ((entity, list[str]()) for entity in sorted(known)),
        key=lambda content: content[0],
    )
    graphs = Graphs()

    def rows() -> Iterator[Row]:
        for entity, found in groupby(contents, key=lambda content: content[0]):
            said = triples([line for _, lines in found for line in lines], graphs)
            digest = digest_of(said)
            if digest != known.get(entity, b""):
                name = name_of(entity, number, moment, digest)
                yield place.take(Member(f"{base}{NAMES}{name}", entity, number, moment, said), name, digest)

    return files.write(rows(), lambda: place.head(number, base, manifest.created, manifest.digest, moment))


def _touched(lines: Iterable[str], owners: Owners, delta: Delta, base: str) -> set[str]:
    """The entities that a delta may have changed: no other one has."""
    added, removed = (list(named(part, base)) for part in delta)
    new = set(added)
    before = Owners(chain((line for line in named(lines, base) if line not in new), removed))
    return {*map(owners.of, added), *map(before.of, removed), *owners.moved(before)}


def _open_page(files: FeedFiles, last: Head | None) -> set[str]:
    """The subjects that stand under their own names on the page that is still open."""
    told: set[str] = set()
    first = last.first + last.count - last.on_page if last else 0
    head = last
    while head is not None and head.first + head.count > first:
        for member in files.members(head.version, first):
            told |= member.told()
        head = files.head(head.version - 1)
    return told


@dataclass(slots=True)
class _Place:
    """Where the next member goes.

    A page ends after so many members. It ends earlier where the next one would tell of a part that it told of
    before: in a format without named graphs, nobody could tell what which of the two said.

    Attributes:
        size: how many members a page holds at most.
        follows: the seal of the version before.
        first: the position of the version's first member.
        page: the last page.
        on_page: how many members it has.
        told: the subjects that stand under their own names on it.
    """

    size: int
    follows: str
    first: int
    page: int
    on_page: int
    told: set[str]
    count: int = 0
    pages: list[list[int]] = field(default_factory=list)
    seal: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @classmethod
    def after(cls, last: Head | None, size: int, told: set[str]) -> "_Place":
        """The place after a version."""
        if last is None:
            return cls(size, "", 0, 0, 0, told)
        return cls(size, last.seal, last.first + last.count, last.page, last.on_page, told)

    def take(self, member: Member, name: str, digest: bytes) -> Row:
        """Gives a member its place."""
        told = member.told()
        if not self.page or self.on_page >= self.size or told & self.told:
            self.page, self.on_page, self.told = self.page + 1, 0, set()
        if not self.pages or self.pages[-1][0] != self.page:
            self.pages.append([self.page, 0])
        self.on_page += 1
        self.pages[-1][1] += 1
        self.told |= told
        self.seal.update(f"{self.page} {name}\n".encode())
        self.count += 1
        return self.first + self.count - 1, name, member.entity, digest, member.triples

    def head(self, number: int, base: str, created: str, digest: str, moment: datetime, *, whole: bool = True) -> Head:
        """The head of the version whose members have their places."""
        self.seal.update(f"{self.follows} {number} {base} {text_of(moment)} {digest}\n".encode())
        return Head(
            format=FORMAT,
            version=number,
            base=base,
            created=created,
            digest=digest,
            moment=text_of(moment),
            first=self.first,
            count=self.count,
            pages=self.pages,
            page=self.page,
            on_page=self.on_page,
            follows=self.follows,
            seal=self.seal.hexdigest(),
            whole=whole,
        )
