"""The tokens of a store: a file beside its versions, and what a server knows of it."""

from dppgraph.store.token.file import TokenFile
from dppgraph.store.token.known import KnownTokens

__all__ = ["KnownTokens", "TokenFile"]
