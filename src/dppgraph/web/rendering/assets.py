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
    ".wasm": "application/wasm",
}
_FROZEN: Final = ("freeze/", "oxigraph/")
"""What only a site without a server needs: nothing that a server is to hold in memory."""

_HASH: Final = 12


class Asset(NamedTuple):
    """A file: the name that it is served under, its media type and its bytes."""

    name: str
    type: str
    content: bytes


def asset(name: str) -> str:
    """The path below the server's address of a file of ``web/static``; empty where it is not there."""
    found = (frozen_assets() if name.startswith(_FROZEN) else assets()).get(name)
    return f"static/{found.name}" if found else ""


@cache
def assets() -> dict[str, Asset]:
    """The files of a server, by their path in ``web/static``; the one stylesheet has what is in ``css/`` as well."""
    return _read(frozen=False)


@cache
def frozen_assets() -> dict[str, Asset]:
    """Likewise those that only a site without a server has."""
    return _read(frozen=True)


def _read(*, frozen: bool) -> dict[str, Asset]:
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if path.suffix in _TYPES and not name.startswith(f"{_PARTS}/") and name.startswith(_FROZEN) == frozen:
            parts = [path, *sorted((FOLDER / _PARTS).glob("*.css"))] if name == _STYLE else [path]
            content = b"\n".join(part.read_bytes() for part in parts)
            digest = hashlib.sha256(content).hexdigest()[:_HASH]
            found[name] = Asset(f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}", _TYPES[path.suffix], content)
    return found
