"""The answers that are kept: each query is evaluated once for a version, and each answer compressed once.

``answers`` keeps them by what was asked and in which format, within a number of bytes, until there is a new version.
``kept`` is one answer with its tag and its codings. ``front`` answers a request that came before in the same words,
before anything else looks at it.
"""

from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.front import CacheFront
from dppgraph.web.cache.kept import Kept, tag_of

__all__ = ["AnswerCache", "Asked", "CacheFront", "Kept", "tag_of"]
