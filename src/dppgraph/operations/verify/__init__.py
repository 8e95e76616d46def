"""Checks a running server against what it says of its version: whoever cites it need not take its word.

``server`` is what is asked, ``verify`` asks it. ``told`` reads what it says of a version, ``files`` downloads the
dumps, ``lines`` makes the digest anew from one of them, and counts in it; ``counts`` and ``feed`` check the rest.
"""

from dppgraph.operations.verify.finding import Finding
from dppgraph.operations.verify.server import Answered, Named, Server
from dppgraph.operations.verify.verify import verify

__all__ = ["Answered", "Finding", "Named", "Server", "verify"]
