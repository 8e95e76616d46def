"""The languages in which the project itself speaks: what it names and explains has words in each of them."""

from typing import Final

LANGUAGES: Final = ("nl", "en")
