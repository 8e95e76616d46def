"""Who reads a page: in which language, and whether the address says so."""

from typing import Final, NamedTuple

from starlette.types import Scope

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.languages import LANGUAGES, language_of
from dppgraph.errors import BadParameter
from dppgraph.web.headers import header_of
from dppgraph.web.parameters import Parameters

LANG: Final = "lang"
"""The parameter that says the language."""


class Reader(NamedTuple):
    """Who reads a page.

    Attributes:
        language: the language of the page.
        chosen: whether the address names it: then the links of the page do so too, and it stays.
    """

    language: str
    chosen: bool = False

    @property
    def key(self) -> str:
        """All that a page depends on of its reader."""
        return f"{self.language}{'!' if self.chosen else ''}"


ANYBODY: Final = Reader(LANGUAGES[0])
"""Who reads what is the same in all languages."""


def reader_of(scope: Scope, parameters: Parameters, format_: Format = formats.HTML) -> Reader:
    """The reader of a request, by ``?lang=``, else by Accept-Language.

    Args:
        scope: the request's.
        parameters: those of its address.
        format_: the format of the answer; RDF is the same for all readers.

    Raises:
        BadParameter: ``?lang=`` names no language that pages are in.
    """
    if format_ in formats.SAME_FOR_ALL:
        return ANYBODY
    given = [value for name, value in parameters if name == LANG]
    if not given:
        return Reader(language_of(header_of(scope, b"accept-language").decode("latin-1")))
    if given[-1] not in LANGUAGES:
        raise BadParameter(f"{LANG} is {given[-1][:20]!r}: pages are in {' and '.join(LANGUAGES)}")
    return Reader(given[-1], chosen=True)
