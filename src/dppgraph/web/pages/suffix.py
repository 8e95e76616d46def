"""The format that an address ends in, where what stands before it may have full stops of its own."""

from collections.abc import Iterable

from dppgraph.core.formats import Format


def parted(path: str, offered: Iterable[Format]) -> tuple[str, Format | None]:
    """A path without the extension of a format that it ends in, and that format; None where it ends in none."""
    found = next((known for known in offered if path.endswith(f".{known.extension}")), None)
    return (path.removesuffix(f".{found.extension}"), found) if found else (path, None)
