"""The documents that a request sends, of which none has been parsed."""

import asyncio
import mmap
from contextlib import ExitStack
from typing import Final

from starlette.requests import Request

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadCall, BadParameter, UnsupportedMedia
from dppgraph.operations.write import Body
from dppgraph.web.graphs.multipart import boundary_of, parts_of
from dppgraph.web.graphs.uploads import Upload, on_disk, take
from dppgraph.web.headers import header_of
from dppgraph.web.token import refuse_in

MULTIPART: Final = "multipart/form-data"
UPDATE: Final = "application/sparql-update"

_PIECE: Final = 1 << 18
_BY_NAME: Final = ("", "application/octet-stream")
"""What a part is said to be where its sender has only looked at the name of its file, and does not know that."""


def type_of(request: Request) -> tuple[str, str]:
    """The media type of a body, and the whole of what its Content-Type says."""
    whole = header_of(request.scope, b"content-type").decode("latin-1").strip()
    return whole.partition(";")[0].strip().lower(), whole


def format_named(content_type: str, file_name: str = "") -> Format:
    """The format that a Content-Type names; a part may leave that to the name of its file.

    Raises:
        UnsupportedMedia: it is none that is read here, or says other characters than those of UTF-8.
    """
    media_type, _, parameters = content_type.partition(";")
    wanted = media_type.strip().lower()
    known = next((one for one in formats.RDF if wanted in one.media_types), None)
    if known is None and wanted in _BY_NAME and file_name:
        known = formats.of_file(file_name)
    if known is None:
        types = ", ".join(one.media_types[0] for one in formats.RDF)
        raise UnsupportedMedia(f"RDF is sent as {types} (several documents: {MULTIPART}), not as {wanted[:100]!r}")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "us-ascii"):
            raise UnsupportedMedia(f"RDF is sent in UTF-8, not in {value.strip()[:50]!r}")
    return known


async def bodies_of(request: Request, most: int, held: ExitStack) -> tuple[Body, ...]:
    """The documents that are a request's body.

    Args:
        request: the request.
        most: bytes that it may have.
        held: keeps their files open.

    Raises:
        UnsupportedMedia: they are not RDF, or in a coding that is not known here.
        BodyTooLarge: they have too many bytes, or are too many.
        BadCall: they are not as they say.
        StoreUnavailable: there is no room for them.
    """
    media_type, whole = type_of(request)
    if media_type != MULTIPART:
        format_ = format_named(whole)
        upload = held.enter_context(Upload())
        await take(request, upload, most)
        return (Body(upload.path, format_, sha256=await asyncio.to_thread(upload.sha256)),)
    boundary = boundary_of(whole)
    with Upload() as upload:
        await take(request, upload, most)
        return await asyncio.to_thread(_parted, upload, boundary, held)


async def text_of(request: Request, most: int) -> str:
    """The update that is a request's body.

    Raises:
        UnsupportedMedia: it is something else.
        BadParameter: it is not UTF-8.
        DppgraphError: as :func:`bodies_of`.
    """
    media_type, _ = type_of(request)
    if media_type != UPDATE:
        raise UnsupportedMedia(f"a graph is patched with {UPDATE}, not with {media_type[:100]!r}")
    with Upload() as upload:
        await take(request, upload, most)
        upload.file.seek(0)
        data = await asyncio.to_thread(upload.file.read)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadParameter(f"the update is not UTF-8 (byte {error.start}): send it anew in UTF-8") from error


def _parted(upload: Upload, boundary: bytes, held: ExitStack) -> tuple[Body, ...]:
    if not upload.file.seek(0, 2):
        raise BadCall("the body is empty: send at least one document")
    bodies = []
    with mmap.mmap(upload.file.fileno(), 0, prot=mmap.PROT_READ) as data:
        for number, part in enumerate(parts_of(data, boundary), 1):
            refuse_in([(part.name, "")])
            format_ = format_named(part.content_type, part.file_name)
            document = held.enter_context(Upload())
            upload.file.seek(part.start)
            with on_disk():
                _copy(upload, document, part.end - part.start)
            bodies.append(Body(document.path, format_, f"part {number}", document.sha256()))
    return tuple(bodies)


def _copy(source: Upload, target: Upload, count: int) -> None:
    while count > 0:
        data = source.file.read(min(count, _PIECE))
        target.file.write(data)
        count -= len(data)
    target.file.flush()
