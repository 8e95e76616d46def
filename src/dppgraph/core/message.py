"""Why a change was made, in the words of whoever made it: kept with its version, and told in every format."""

import re
from typing import Final

from dppgraph.errors import BadParameter

LONGEST: Final = 2_000
"""Characters that are kept at most."""

# What XML 1.0 cannot say (section 2.2, production 2), and what a terminal would obey: C0, DEL and C1.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE: Final = re.compile(rf"(?:\s|{_CONTROL.pattern})+")


def message_of(text: str) -> str:
    r"""A message as it is kept: without white space around it, and with line feeds for line ends of any kind.

    >>> message_of(" As in the letter\r\nof 3 May. ")
    'As in the letter\nof 3 May.'

    Raises:
        BadParameter: it is too long, or has a character in it that not every format can say.
    """
    if len(text) > LONGEST:
        raise BadParameter(f"the message has {len(text)} characters: at most {LONGEST} are kept")
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if control := _CONTROL.search(kept):
        raise BadParameter(f"the message has a control character in it (U+{ord(control[0]):04X}): leave it out")
    return kept


def in_one_line(message: str) -> str:
    r"""A message as a list shows it.

    >>> in_one_line("As in the letter\nof 3 May.")
    'As in the letter of 3 May.'
    """
    return _SPACE.sub(" ", message)
