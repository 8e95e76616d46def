"""Sending an answer: its first bytes decide the status, and one that breaks off half-way is never ended politely.

``sending`` gets an answer from the store or the cache; ``asking`` does so without a task, ``filling`` keeps it on its
way, ``kept`` sends one that is there as a whole and ``streamed`` one that still comes; ``heads`` has what their heads
share, ``citing`` says what they name so that they can be cited, and ``linked`` puts it into those with a place for it.
"""

from dppgraph.web.answers.citing import Citing, permalink
from dppgraph.web.answers.heads import CORS, VARY, Cited, headers_of, preflight
from dppgraph.web.answers.kept import KeptResponse, kept_response
from dppgraph.web.answers.sending import Content, Sending
from dppgraph.web.answers.streamed import ABORT, break_off

__all__ = [
    "ABORT",
    "CORS",
    "VARY",
    "Cited",
    "Citing",
    "Content",
    "KeptResponse",
    "Sending",
    "break_off",
    "headers_of",
    "kept_response",
    "permalink",
    "preflight",
]
