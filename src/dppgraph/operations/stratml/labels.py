"""What StratML has no element for, as lines of an OtherInformation: ``Title (en): …``, ``Unit: percent``.

People can read them, and ``dppgraph import`` reads them back where the document says that it was written here. A value
that is on one line and has no odd spaces stands as it is; any other as a JSON string.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from dppgraph.operations.stratml.plan import Texts

MARK: Final = "Written by dppgraph, which reads the lines below back (docs/stratml.md)."
"""The first line of the OtherInformation of a document that was written here."""

AIMS: Final = "aims of the plan as a whole"
"""In the label ``Holds``: what the last Goal is, which stands for no line of action."""
TARGET: Final = "a target"
"""Likewise an Objective of it that is there for its indicator, as only an Objective may have one."""

_LINE = re.compile(r"([A-Z][A-Za-z0-9 ]*?)(?: \(([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:--(?:ltr|rtl))?)\))?: (.+)")
# What JSON can say and XML cannot, so that no document of ours has it.
_UNSAID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def tidied(text: str) -> str:
    """A text on one line, as most documents mean it: without indentation, and one space between words."""
    return " ".join(text.split())


def is_tidy(text: str) -> bool:
    """Whether a text is read back as it is written."""
    return bool(text) and text == tidied(text)


@dataclass(slots=True)
class Labels:
    """The lines of one element: key to values, with the language where there is one."""

    said: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, key: str, value: str, language: str = "") -> None:
        """Adds a line; none for an empty value without a language."""
        if value or language:
            self.said.append((key, language, value))

    def add_texts(self, key: str, texts: Texts) -> None:
        """Adds a line for each text."""
        for language, text in texts:
            self.add(key, text, language)

    def value(self, key: str) -> str:
        """The first value of a key without a language; empty if there is none."""
        return next((value for said, language, value in self.said if said == key and not language), "")

    def values(self, key: str) -> tuple[str, ...]:
        """All values of a key."""
        return tuple(value for said, _, value in self.said if said == key)

    def texts(self, key: str) -> Texts:
        """The texts of a key."""
        return tuple((language, value) for said, language, value in self.said if said == key and language)

    def written(self) -> str:
        """The lines, as text."""
        return "\n".join(
            f"{key}{f' ({language})' if language else ''}: {_written(value)}" for key, language, value in self.said
        )


def read_labels(text: str) -> Labels:
    """The labels of an OtherInformation; what is none is passed over."""
    found = Labels()
    for line in text.split("\n"):
        if match := _LINE.fullmatch(line.strip()):
            found.add(match[1], _read(match[3]), match[2] or "")
    return found


def main_text(texts: Texts, language: str) -> str:
    """The text that stands in an element itself: the first in a language that can be read back; empty if none can."""
    return next((text for spoken, text in texts if spoken == language and is_tidy(text)), "")


def besides(texts: Texts, language: str, main: str) -> Texts:
    """The texts that do not stand in the element itself."""
    left = list(texts)
    if main:
        left.remove((language, main))
    return tuple(left)


def _written(value: str) -> str:
    return value if is_tidy(value) and not value.startswith('"') else json.dumps(value, ensure_ascii=False)


def _read(value: str) -> str:
    if value.startswith('"'):
        try:
            said = json.loads(value)
        except ValueError:
            return value
        return said if isinstance(said, str) and not _UNSAID.search(said) else value
    return value
