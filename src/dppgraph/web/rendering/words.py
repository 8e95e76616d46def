"""The words of the pages: ``web/words/LANGUAGE/FEATURE.po``, in which each message has a key."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent / "words"


@cache
def translations(language: str) -> GNUTranslations:
    """The messages of a language, of all its files; a key that has none stands for itself."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only who makes pages spends this time
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - likewise
    from babel.messages.pofile import read_po  # noqa: PLC0415 - likewise

    together = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, domain=path.stem):
                if message.id:
                    together[message.id] = message
    written = BytesIO()
    write_mo(written, together)
    written.seek(0)
    return GNUTranslations(written)
