"""A file's checksum, and the same file gzipped, with its own: both in one reading."""

import hashlib
import zlib
from pathlib import Path
from typing import Final

from dppgraph.operations.dumps.dump import Dump

_LEVEL: Final = 6
_PIECE: Final = 1 << 20


def packed(path: Path, format_: str, media_type: str, holds: str) -> list[Dump]:
    """Gzips a file, beside it, and says what both are.

    The gzipped bytes hold neither a time nor a name (RFC 1952, section 2.3.1), so they depend on the file alone, and
    on the version of zlib.

    Args:
        path: the file.
        format_: the short name of its format.
        media_type: its media type.
        holds: what it holds.

    Raises:
        OSError: a file cannot be read or written.
    """
    plain, zipped = hashlib.sha256(), hashlib.sha256()
    sizes = [0, 0]
    # The 16 on top of the largest window makes it gzip.
    packer = zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | 16)
    beside = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, beside.open("wb") as out:
        while True:
            piece = source.read(_PIECE)
            coded = packer.compress(piece) if piece else packer.flush()
            out.write(coded)
            plain.update(piece)
            zipped.update(coded)
            sizes[0] += len(piece)
            sizes[1] += len(coded)
            if not piece:
                break
    return [
        Dump(path.name, format_, media_type, False, sizes[0], plain.hexdigest(), holds),
        Dump(beside.name, format_, media_type, True, sizes[1], zipped.hexdigest(), holds),
    ]
