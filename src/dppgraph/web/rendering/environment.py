"""Templates: ``web/templates``, in which everything from the graph is escaped."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dppgraph.web.rendering import filters
from dppgraph.web.rendering.words import translations

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.bccache import BytecodeCache

FOLDER: Final = Path(__file__).parent.parent / "templates"


@cache
def environment(language: str) -> "Environment":
    """What templates are rendered in, for a language."""
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - only who makes pages spends this time

    pages = Environment(
        loader=FileSystemLoader(FOLDER),
        bytecode_cache=_compiled(),
        auto_reload=False,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # What a message is filled with is escaped, what it says itself may have markup.
    pages.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    pages.filters |= {
        "followed": filters.followed,
        "short": filters.short,
        "slug": filters.slug,
        "day": lambda text: filters.day(text, language),
        "number": lambda number: filters.number(number, language),
    }
    return pages


@cache
def _compiled() -> "BytecodeCache":
    """What keeps a template that one language has compiled for the others."""
    from jinja2.bccache import Bucket, BytecodeCache  # noqa: PLC0415 - as above

    class InMemory(BytecodeCache):
        """Holds the code of each template while the process lives."""

        def __init__(self) -> None:
            self._code: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            """Fills a bucket with what is kept."""
            if code := self._code.get(bucket.key):
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            """Keeps what a bucket holds."""
            self._code[bucket.key] = bucket.bytecode_to_string()

    return InMemory()
