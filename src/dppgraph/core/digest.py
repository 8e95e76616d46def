"""The digest of a version: the root of a SHA-256 tree over its canonical lines.

Lines fall into 4,096 buckets by the hash of their subject; a bucket hashes its sorted lines, 16 buckets make a node,
256 nodes the root. A small change costs the buckets it touches, not the whole graph. Nothing but the lines goes in,
so the same data has the same digest on any day and any machine.
"""

import hashlib
from collections.abc import Iterable
from itertools import groupby

from dppgraph.core.quads import subject_of

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
