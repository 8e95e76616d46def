"""What any version has that another one has not, from the differences between them where these are enough."""

from itertools import chain
from typing import Protocol

from dppgraph.core.quads import Delta, difference
from dppgraph.errors import Damaged, Gone
from dppgraph.store.versions.manifest import Manifest


class Versions(Protocol):
    """Where the versions are."""

    def manifest(self, number: int) -> Manifest:
        """The manifest of a version."""
        ...

    def require_kept(self, number: int) -> None:
        """Makes sure that the files of a version are there."""
        ...

    def lines(self, number: int) -> list[str]:
        """Its lines."""
        ...

    def delta(self, number: int) -> Delta:
        """What it added to those of its parent, and removed from them."""
        ...


def between(versions: Versions, before: int, after: int) -> Delta:
    """What one version has that another one has not, and the other way round; sorted.

    Args:
        versions: where they are.
        before: the number of the one.
        after: the number of the other; the lines that are added are in this one.

    Raises:
        Unknown: there is no such version.
        Gone: one of the two was pruned.
        Damaged: their files are not what was published.
    """
    versions.require_kept(before)
    versions.require_kept(after)
    undone, done = _way(versions, before, after)
    manifests = [versions.manifest(number) for number in (*undone, *done)]
    whole = versions.manifest(before).quads + versions.manifest(after).quads
    if sum(manifest.added + manifest.removed for manifest in manifests) <= whole:
        try:
            return _composed(versions, undone, done)
        except (Damaged, Gone):
            # A version on the way; the two themselves may be whole.
            pass
    return difference(versions.lines(before), versions.lines(after))


def _way(versions: Versions, before: int, after: int) -> tuple[list[int], list[int]]:
    """The versions to be undone, newest first, and then those to be done, oldest first; 0 stands for no version."""
    undone, done = [], []
    while before != after:
        # A parent has a lower number.
        if before > after:
            undone.append(before)
            before = versions.manifest(before).parent or 0
        else:
            done.append(after)
            after = versions.manifest(after).parent or 0
    return undone, done[::-1]


def _composed(versions: Versions, undone: list[int], done: list[int]) -> Delta:
    backwards = (Delta(delta.removed, delta.added) for delta in map(versions.delta, undone))
    added: set[str] = set()
    removed: set[str] = set()
    for delta in chain(backwards, map(versions.delta, done)):
        for line in delta.removed:
            if line in added:
                added.remove(line)
            else:
                removed.add(line)
        for line in delta.added:
            if line in removed:
                removed.remove(line)
            else:
                added.add(line)
    return Delta(sorted(added), sorted(removed))
