"""Templates: ``web/templates``, in which everything from the graph is escaped."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dppgraph.web.rendering import filters
from dppgraph.web.rendering.words import translations

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER: Final = Path(__file__).parent.parent / "templates"


@cache
def environment(language: str) -> "Environment":
    """What templates are rendered in, for a language."""
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - only who makes pages spends this time

    pages = Environment(
        loader=FileSystemLoader(FOLDER),
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
