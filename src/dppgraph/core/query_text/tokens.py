"""The tokens of SPARQL (SPARQL 1.1, section 19.8): comments, IRIs, the four forms of string, names, variables."""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

# Possessive throughout, and an unterminated string runs on to where it can no longer end, so that no text makes the
# tokenizer go back: it stays linear. (A query with an unterminated string never parses, whatever follows.)
_TOKEN = re.compile(
    r"""
      (?P<space>   [\x00-\x20]++ | \#[^\r\n]*+ )
    | (?P<string>  \"{3} (?: [^"\\]++ | \\. | \"{1,2}+ (?!\") )*+ (?: \"{3} | \\?\Z | \"{0,2}\Z )
                 | '{3} (?: [^'\\]++ | \\. | '{1,2}+ (?!') )*+ (?: '{3} | \\?\Z | '{0,2}\Z )
                 | \" (?: [^"\\\r\n]++ | \\. )*+ (?: \" | (?=[\r\n]) | \\?\Z )
                 | ' (?: [^'\\\r\n]++ | \\. )*+ (?: ' | (?=[\r\n]) | \\?\Z ) )
    | (?P<iri>     < [^\x00-\x20<>"{}|^`\\]*+ > )
    | (?P<variable>[?$] \w++ )
    | (?P<blank>   _: [\w.\-]*+ )
    | (?P<name>    (?: [^\W\d_] [\w.\-]*+ )?+ : (?: [\w:.\-%]++ | \\. )*+ )
    | (?P<lang>    @ [A-Za-z]++ (?: - [A-Za-z0-9]++ )*+ )
    | (?P<word>    [^\W\d] [\w.\-]*+ )
    | (?P<number>  \d++ (?: \.\d++ )?+ )
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


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, without white space and comments; every character belongs to one."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def unescaped(text: str) -> str:
    """The text after SPARQL's codepoint escapes (section 19.2), which may spell a keyword."""

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= sys.maxunicode else match.group()

    return _ESCAPE.sub(character, text)
