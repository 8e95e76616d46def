"""The digest of a version: the root of a SHA-256 tree over its canonical lines.

Lines fall into 4,096 buckets by the hash of their subject; a bucket hashes its sorted lines, 16 buckets make a node,
256 nodes the root. A small change costs the buckets it touches, not the whole graph. Nothing but the lines goes in,
so the same data has the same digest on any day and any machine.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from dppgraph.core.quads import Delta, subject_of
from dppgraph.errors import BadRdf

_BUCKET_DIGITS = 3
_NODE_DIGITS = 2

Tree = dict[str, str]
"""Bucket name (three hexadecimal digits) to bucket hash; empty buckets are absent."""


def bucket_of(line: str) -> str:
    """The name of the bucket that a line falls into."""
    return hashlib.sha256(subject_of(line).encode()).hexdigest()[:_BUCKET_DIGITS]


def tree_of(lines: Iterable[str]) -> Tree:
    """The hash of every bucket that holds a line; ``lines`` in any order, each once."""
    buckets: dict[str, list[str]] = {}
    subjects: dict[str, str] = {}
    for line in lines:
        subject = subject_of(line)
        bucket = subjects.get(subject)
        if bucket is None:
            bucket = subjects[subject] = bucket_of(line)
        buckets.setdefault(bucket, []).append(line)
    return {name: _hash("bucket", sorted(buckets[name])) for name in sorted(buckets)}


class Buckets:
    """The tree of lines that come sorted, each once, those of a subject together."""

    def __init__(self) -> None:
        self._buckets: dict[str, Any] = {}

    def take(self, group: Sequence[str]) -> None:
        """Takes all lines of the next subject."""
        self.put(bucket_of(group[0]), "\n".join(group) + "\n")

    def put(self, name: str, lines: str) -> None:
        """Takes the next lines of a bucket, each with its line end."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = hashlib.sha256(b"bucket\n")
        bucket.update(lines.encode())

    def tree(self) -> Tree:
        """The hash of every bucket that a line fell into."""
        return {name: self._buckets[name].hexdigest() for name in sorted(self._buckets)}


class Digesting:
    """The digest of lines that come sorted, each once: in no more memory than the tree takes, however many they are."""

    def __init__(self) -> None:
        self._buckets = Buckets()
        self._bucket = self._subject = self._last = ""

    def take(self, line: str) -> None:
        """Takes the next line.

        Raises:
            BadRdf: it is no line, or does not come after the one before it.
        """
        if line <= self._last:
            raise BadRdf(f"these lines are not sorted, each once: {line[:80]}")
        try:
            subject = subject_of(line)
        except ValueError as error:
            raise BadRdf(f"this is no line of canonical N-Quads: {line[:80]}") from error
        if subject != self._subject:
            self._subject, self._bucket = subject, bucket_of(line)
        self._last = line
        self._buckets.put(self._bucket, f"{line}\n")

    def root(self) -> str:
        """The digest of what came so far, as :func:`root_of`."""
        return root_of(self._buckets.tree())


def changed_tree(tree: Tree, delta: Delta, lines_of: Callable[[str], Iterable[str]]) -> Tree:
    """The tree after a change: what it costs is the buckets that the change touches.

    Args:
        tree: the tree before.
        delta: the lines that are added and removed.
        lines_of: gives the lines that a bucket held before, by its name.
    """
    changed: dict[str, tuple[set[str], set[str]]] = {}
    for place, lines in enumerate(delta):
        for line in lines:
            changed.setdefault(bucket_of(line), (set(), set()))[place].add(line)
    found = dict(tree)
    for name, (added, removed) in changed.items():
        lines = sorted((set(lines_of(name)) - removed) | added)
        if lines:
            found[name] = _hash("bucket", lines)
        else:
            found.pop(name, None)
    return dict(sorted(found.items()))


def root_of(tree: Tree) -> str:
    """The digest: the tree's root as 64 hexadecimal digits."""
    nodes = [
        f"{node} {_hash('node', [f'{name} {tree[name]}' for name in names])}"
        for node, names in groupby(sorted(tree), key=lambda name: name[:_NODE_DIGITS])
    ]
    return _hash("root", nodes)


def _hash(level: str, lines: list[str]) -> str:
    # The level is hashed first so that a bucket's content can never pass for a node's.
    return hashlib.sha256("".join(f"{line}\n" for line in (level, *lines)).encode()).hexdigest()
