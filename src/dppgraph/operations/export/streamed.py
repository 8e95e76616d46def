"""Lines of one graph written in a format as a stream: the bytes of ``export``, with little of them in memory."""

import tempfile
from collections.abc import Collection
from typing import IO

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.export.flat import write_document, write_part
from dppgraph.operations.export.jsonld import refuse_misread
from dppgraph.operations.frames import Context
from dppgraph.store.writing import survey, write, write_graphs


def export_stream(lines: Collection[str], format_: Format, context: Context, out: IO[bytes]) -> None:
    """Writes lines.

    Args:
        lines: canonical lines without a graph, sorted, each once; they are read several times.
        format_: how.
        context: the names that JSON-LD is written with.
        out: where to; what an error leaves there is of no use.

    Raises:
        BadRdf: the format cannot say one of them.
        OSError: the file cannot be written.
    """
    if format_ == formats.JSONLD:
        _write_jsonld(lines, context, out)
    elif format_ == formats.TRIG:
        write_graphs([lines], format_, out, survey(lines))
    else:
        write(lines, format_, out)


def _write_jsonld(lines: Collection[str], context: Context, out: IO[bytes]) -> None:
    refuse_misread(lines, context)
    with tempfile.TemporaryFile() as part:
        names = write_part(lines, context, part) if lines else set()
        write_document([part] if lines else [], names, context, out)
