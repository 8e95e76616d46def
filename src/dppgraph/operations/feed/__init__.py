"""The feed: every change of every entity, as a Linked Data Event Stream of version objects.

A member of the stream is one *version object*: an entity as one version of the store left it, or the word that it is
gone. ``entities`` says which statements belong to which entity, ``moments`` what time a version has, ``members`` what a
version object says. ``making`` makes the members of a version, once, when it is built; ``files`` keeps them, a file for
each version. ``pages`` reads them back as the nodes of a search tree (https://w3id.org/ldes/specification,
https://w3id.org/tree/specification).
"""

from dppgraph.operations.feed.making import fed_until, make_members, make_missing
from dppgraph.operations.feed.members import Member
from dppgraph.operations.feed.moments import latest
from dppgraph.operations.feed.pages import FeedReader

__all__ = ["FeedReader", "Member", "fed_until", "latest", "make_members", "make_missing"]
