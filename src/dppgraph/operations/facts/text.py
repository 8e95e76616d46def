"""Texts with their languages, and the choice of one among several."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from dppgraph.core.languages import LANGUAGES
from dppgraph.store.rdf import literal_text


class Text(NamedTuple):
    """A text.

    Attributes:
        text: its characters.
        language: its language tag (BCP 47); empty where none is known.
    """

    text: str
    language: str = ""

    def __str__(self) -> str:
        return self.text


_UNKNOWN: Final = ("", "und")


def text_of(literal: str) -> Text:
    """The text that a literal is, from its term; of any datatype."""
    language = literal.rpartition("@")[2] if not literal.endswith(('"', ">")) else ""
    return Text(literal_text(literal), language.partition("--")[0])


def tag_of(language: str) -> str:
    """The tag (BCP 47) of a language that a document is said to be in, as a tag or as an IRI that ends in its code.

    >>> tag_of("<http://publications.europa.eu/resource/authority/language/NLD>")
    'nl'
    """
    from babel.core import get_global  # noqa: PLC0415 - only who makes pages spends this time

    code = text_of(language).text if language.startswith('"') else language.strip("<>").rpartition("/")[2]
    return str(get_global("language_aliases").get(code.lower(), code.lower()))


def best(literals: Iterable[str], language: str) -> Text | None:
    """The one text to show of several literals: in this language, else in the project's languages, else any.

    A text in ``nl-BE`` is one in ``nl``. Between equals it is the first by its characters, always the same one.
    """
    texts = sorted(text_of(literal) for literal in literals if literal.startswith('"'))
    return min(texts, key=lambda text: _rank(text, language)) if texts else None


def _rank(text: Text, language: str) -> int:
    liked = (language, *LANGUAGES)
    tag = text.language.lower()
    main = tag.partition("-")[0]
    if tag in liked:
        return 2 * liked.index(tag)
    if main in liked:
        return 2 * liked.index(main) + 1
    return 2 * len(liked) + (tag not in _UNKNOWN)
