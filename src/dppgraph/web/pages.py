"""The pages that people read: their templates, in which everything from the graph is escaped."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER: Final = Path(__file__).parent / "templates"


def followed(iri: str) -> str:
    """An IRI of the data where a link may lead there; empty for ``javascript:`` and the like."""
    return iri if iri.startswith(("http://", "https://", "mailto:")) else ""


@lru_cache
def template(name: str) -> "Template":
    """A template of ``web/templates``."""
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - only who reads pages needs it

    pages = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters["followed"] = followed
    return pages.get_template(name)
