"""The chain of manifests: each names the SHA-256 of the one before, and the file ``current`` that of the last."""

from collections.abc import Callable

from dppgraph.errors import Damaged
from dppgraph.store.versions.manifest import Manifest

Current = tuple[int, str]
"""The version that ``current`` names, and the SHA-256 of its manifest."""


class Chain:
    """What the manifests of a store are known to be, followed down from ``current`` as far as somebody asks.

    Args:
        read: reads the manifest of a version, which has that SHA-256.
    """

    def __init__(self, read: Callable[[int, str | None], Manifest]) -> None:
        self._read = read
        self._links: _Links | None = None

    def sha256(self, number: int, current: Current | None) -> str | None:
        """The SHA-256 of a version's manifest; None where the chain is not whole up to there."""
        if current is None:
            return None
        links = self._links
        if links is None or links.top != current:
            links = self._links = self._from(current, links)
        self._follow(links, number)
        return links.sha256.get(number)

    def published(self, manifest: Manifest, sha256: str) -> None:
        """Takes note of a version that was just published."""
        links = self._links
        if links is None or manifest.parent == links.top[0]:
            self._links = _Links((manifest.version, sha256), links)

    def _from(self, current: Current, known: "_Links | None") -> "_Links":
        links = _Links(current)
        if known:
            self._follow(links, known.top[0])
            if links.sha256.get(known.top[0]) == known.top[1]:
                # From there on it is the chain that was followed before.
                return _Links(current, known, links.sha256)
        return links

    def _follow(self, links: "_Links", number: int) -> None:
        while links.lowest > number:
            try:
                manifest = self._read(links.lowest, links.sha256[links.lowest])
            except Damaged:
                return
            if not (manifest.parent and manifest.parent_sha256):
                return
            links.sha256[manifest.parent] = manifest.parent_sha256
            links.lowest = manifest.parent


class _Links:
    """A chain, as far as it was followed.

    Args:
        top: where it begins.
        before: the chain that it goes on with, if it is known.
        between: what is known above that one.
    """

    def __init__(self, top: Current, before: "_Links | None" = None, between: dict[int, str] | None = None) -> None:
        self.top = top
        self.sha256: dict[int, str] = {**(before.sha256 if before else {}), **(between or {}), top[0]: top[1]}
        self.lowest: int = before.lowest if before else top[0]
