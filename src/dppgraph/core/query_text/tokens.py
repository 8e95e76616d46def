"""The tokens of SPARQL (SPARQL 1.1, section 19.8): comments, IRIs, the four forms of string, names, variables."""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple, cast

# PN_CHARS_BASE with the underscore, and what may follow it in a name: more than Python's \w has, and less.
_FIRST = (
    r"A-Za-z_\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_LATER = _FIRST + r"0-9\xB7\u0300-\u036F\u203F-\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2} | \\[_~.\-!$&'()*+,;=/?\#@%]"
_CHARACTER = r"\\[tbnrf\"'\\]"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4} | \\U[0-9A-Fa-f]{8}"

# Possessive throughout, and a string that does not end runs on to where it can no longer end, so that no text makes
# the tokenizer go back: it stays linear.
_TOKEN = re.compile(
    rf"""
      (?P<space>   [\x00-\x20]++ | \#[^\r\n]*+ )
    | (?P<string>  \"{{3}} (?: [^"\\]++ | {_CHARACTER} | {_CODEPOINT} | \"{{1,2}}+ (?!\") )*+ \"{{3}}
                 | '{{3}} (?: [^'\\]++ | {_CHARACTER} | {_CODEPOINT} | '{{1,2}}+ (?!') )*+ '{{3}}
                 | (?!\"{{3}}) \" (?: [^"\\\r\n]++ | {_CHARACTER} | {_CODEPOINT} )*+ \"
                 | (?!'{{3}}) ' (?: [^'\\\r\n]++ | {_CHARACTER} | {_CODEPOINT} )*+ ' )
    | (?P<endless> (?: \"{{3}} | '{{3}} ) .*+ | ["'] [^\r\n]*+ )
    | (?P<iri>     < (?: [^\x00-\x20<>"{{}}|^`\\]++ | {_CODEPOINT} )*+ > )
    | (?P<variable>[?$] [{_FIRST}0-9][{_LATER}]*+ )
    | (?P<blank>   _: [{_FIRST}0-9] (?: [{_LATER}\-]++ | \.++ (?=[{_LATER}\-]) )*+ )
    | (?P<name>    (?: (?!_)[{_FIRST}] (?: [{_LATER}\-]++ | \.++ (?=[{_LATER}\-]) )*+ )?+ :
                   (?: (?: [{_FIRST}0-9:] | {_ESCAPED} )
                       (?: [{_LATER}:\-]++ | {_ESCAPED} | \.++ (?= [{_LATER}:\-] | {_ESCAPED} ) )*+ )?+ )
    | (?P<lang>    @ [A-Za-z]++ (?: - [A-Za-z0-9]++ )*+ (?: -- [A-Za-z]++ )?+ )
    | (?P<word>    [{_FIRST}] (?: [{_LATER}\-]++ | \.++ (?=[{_LATER}\-]) )*+ )
    | (?P<number>  [0-9]++ (?: \.[0-9]++ )?+ )
    | (?P<mark>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    """A piece of the text: its kind (a group of the tokenizer), its characters, and where they start."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends: the offset after its last character."""
        return self.start + len(self.text)


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of a query from an offset on, without white space and comments; every character belongs to one.

    Each is as long as it can be, as the specification has it; :mod:`.readings` has the others that an engine may try.
    """
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def token_at(text: str, start: int) -> Token:
    """The token that starts at an offset within the text, or the white space or the comment (a ``space``)."""
    match = cast("re.Match[str]", _TOKEN.match(text, start))
    return Token(match.lastgroup or "mark", match.group(), start)


def unescaped(text: str) -> str:
    """The text after SPARQL's codepoint escapes (section 19.2), which may spell a keyword."""

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= sys.maxunicode else match.group()

    return _ESCAPE.sub(character, text)
