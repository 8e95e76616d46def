"""Regular expressions that mean the same to the engine and to Python, in texts without ends of lines."""

import re
from typing import Final

_CLASS: Final = r"\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _]|[+.,:](?!-[^\]])|-(?=\]))+\]"
_ONE: Final = rf"[A-Za-z0-9 _/:@#,;=-]|\\[.\-/]|{_CLASS}|\."
_REPEATED: Final = r"(?<=[A-Za-z0-9 \]).])(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})(?![*+?{])"
_TOKENS: Final = re.compile(rf"\^|\$|\((?!\?)|\)|\||{_ONE}|{_REPEATED}")
_REPLACEMENT: Final = re.compile(r"\$[1-9]")


def is_plain(pattern: str) -> bool:
    r"""Whether a pattern is made of nothing but plain characters, classes, groups, repetitions, and both ends.

    >>> is_plain("^[0-9]+$"), is_plain(r"\d")
    (True, False)
    """
    end = 0
    for token in _TOKENS.finditer(pattern):
        if token.start() != end:
            return False
        end = token.end()
    return end == len(pattern)


def is_whole(pattern: str, replacement: str) -> bool:
    """Whether replacing a pattern means the same: it fits whole texts only, and one of its groups takes their place."""
    outside = re.sub(r"\([^()]*\)", "", pattern)
    return (
        is_plain(pattern)
        and pattern.startswith("^")
        and pattern.endswith("$")
        and not {"|", "("} & set(outside)
        and _REPLACEMENT.fullmatch(replacement) is not None
    )
