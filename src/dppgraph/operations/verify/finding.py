"""What a check comes to."""

from typing import NamedTuple

from dppgraph.errors import DppgraphError


class Finding(NamedTuple):
    """What one check found.

    Attributes:
        check: what was checked, in one word.
        is_right: whether all is as it should be.
        said: what was found, as one line.
    """

    check: str
    is_right: bool
    said: str


class WrongError(DppgraphError):
    """What a server says is not so. It ends one check, and is told as what that found."""
