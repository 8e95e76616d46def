"""The files of a version, by what they hold."""

from typing import Final

ADDED: Final = "added.nq.gz"
REMOVED: Final = "removed.nq.gz"
"""How a version differs from its parent."""

FINDINGS: Final = "findings.json.gz"
"""What the shapes found of a version: it could only be had anew with the files that were built from."""
KEYFRAME: Final = "quads.nq.gz"
"""All quads of a version."""
TREE: Final = "digest.json"
"""The tree of its digest (``core.digest``)."""
BUCKETS: Final = "buckets.json"
"""How that tree differs from the parent's: bucket to hash, or to null where it is empty now."""
STATED: Final = "stated.nq.gz"
"""What is stated in a graph that also holds what is made; with the versions in which that changed."""

KNOWN: Final = "known.json"
"""In the store's own folder: what is known of a version from making it, so that a change to it can be followed."""
