"""Stylesheet, scripts and pictures, each under a name that changes with what is in it: browsers keep them for good."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).parent.parent / "static"
_STYLE: Final = "style.css"
_PARTS: Final = "css"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_HASH: Final = 12


class Asset(NamedTuple):
    """A file: the name that it is served under, its media type and its bytes."""

    name: str
    type: str
    content: bytes


def asset(name: str) -> str:
    """The path below the server's address of a file of ``web/static``; empty where it is not there."""
    found = assets().get(name)
    return f"static/{found.name}" if found else ""


@cache
def assets() -> dict[str, Asset]:
    """All files, by their path in ``web/static``; the one stylesheet has what is in ``css/`` as well."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if path.suffix in _TYPES and not name.startswith(f"{_PARTS}/"):
            parts = [path, *sorted((FOLDER / _PARTS).glob("*.css"))] if name == _STYLE else [path]
            content = b"\n".join(part.read_bytes() for part in parts)
            digest = hashlib.sha256(content).hexdigest()[:_HASH]
            found[name] = Asset(f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}", _TYPES[path.suffix], content)
    return found
