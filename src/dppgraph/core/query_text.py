"""What can be known about a SPARQL query without parsing it: its form, its columns, whether it reaches outside.

One linear pass of a tokenizer (SPARQL 1.1, section 19.8: comments, IRIs, the four forms of string, names, variables),
fit to run in front of the engine: it never fails, and where the text is ambiguous it takes the worse reading.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

QueryForm = Literal["select", "ask", "construct", "describe", "update"]

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
_FORMS: dict[str, QueryForm] = {
    "SELECT": "select",
    "ASK": "ask",
    "CONSTRUCT": "construct",
    "DESCRIBE": "describe",
    **dict.fromkeys(("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"), "update"),
}
_PROLOGUE = {"PREFIX", "BASE", "VERSION"}
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


@dataclass(frozen=True, slots=True)
class QueryText:
    """What is known about a query.

    Attributes:
        form: what kind of answer it asks for; None where no keyword says so (the engine will say what is wrong).
        star: the offset of the ``*`` in the outermost ``SELECT *``, or None.
        variables: the names of all variables in order of first appearance (for ``SELECT *``: after the star).
        has_dataset: whether it has FROM or FROM NAMED.
        has_service: whether it may hold a SERVICE.
        glued: whether it may hold a FROM that is not set apart, so that ``has_dataset`` cannot be relied on.
        depth: how deep its brackets nest.
    """

    form: QueryForm | None
    star: int | None
    variables: tuple[str, ...]
    has_dataset: bool
    has_service: bool
    glued: bool
    depth: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, without white space and comments; every character belongs to one."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def read_query(text: str) -> QueryText:
    """What can be known about a query's text. Never raises: what cannot be told is None or empty."""
    found = list(tokens(text))
    head = _head(found)
    form = _FORMS[found[head].text.upper()] if head is not None else None
    star = _star(found, head) if head is not None and form == "select" else None
    body = found[star + 1 :] if star is not None else found
    names = dict.fromkeys(token.text[1:] for token in body if token.kind == "variable")
    return QueryText(
        form=form,
        star=found[star].start if star is not None else None,
        variables=tuple(names),
        has_dataset=any(token.kind == "word" and token.text.upper() == "FROM" for token in found),
        has_service=_has_service(found) or ("\\" in text and _has_service(list(tokens(_unescaped(text))))),
        glued=_is_glued(found),
        depth=_depth(found),
    )


def with_columns(text: str, query: QueryText, columns: list[str]) -> str:
    """The text with ``SELECT *`` spelled out as these columns (each a variable's name)."""
    if query.star is None or not columns:
        return text
    spelled = " ".join(f"?{name}" for name in columns)
    return f"{text[: query.star]} {spelled} {text[query.star + 1 :]}"


def _head(found: list[Token]) -> int | None:
    """The index of the keyword that says the form: the first one after the prologue."""
    for index, token in enumerate(found):
        if token.kind == "word":
            keyword = token.text.upper()
            if keyword in _FORMS:
                return index
            if keyword not in _PROLOGUE:
                return None
    return None


def _star(found: list[Token], head: int) -> int | None:
    following = head + 1
    if following < len(found) and found[following].text.upper() in ("DISTINCT", "REDUCED"):
        following += 1
    return following if following < len(found) and found[following].text == "*" else None


def _has_service(found: list[Token]) -> bool:
    for index, token in enumerate(found):
        lowered = token.text.lower()
        if "service" not in lowered:
            continue
        if token.kind == "word":
            return True
        if token.kind == "iri" and _hides("service", lowered):
            return True
        # "SERVICEex:y {" without a space, and no graph's name.
        followed = index + 1 < len(found) and found[index + 1].text == "{"
        graph = index > 0 and found[index - 1].text.upper() == "GRAPH"
        if token.kind == "name" and "service" in lowered.partition(":")[0] and followed and not graph:
            return True
    return False


def _is_glued(found: list[Token]) -> bool:
    """Whether FROM may stand in the text without white space around it, as in ``FROMNAMED<a>`` or ``FROMe:a``."""
    declared = {after.text for token, after in pairwise(found) if token.text.upper() == "PREFIX"}
    in_pattern = False
    for token, before in zip(found, [None, *found], strict=False):
        upper = token.text.upper()
        in_pattern = in_pattern or upper == "{"
        if token.kind == "word" and "FROM" in upper and upper != "FROM":
            return True
        prefix = upper.partition(":")[0]
        declares = before is not None and before.text.upper() == "PREFIX"
        if token.kind == "name" and "FROM" in prefix and not declares:
            known = token.text.partition(":")[0] + ":" in declared
            # A clause is read before a name: even a declared FROMe: is FROM and e: ahead of the pattern.
            if not known or (prefix != "FROM" and not in_pattern):
                return True
        if token.kind == "iri" and _hides("from", token.text.lower()):
            return True
    return False


def _hides(keyword: str, iri: str) -> bool:
    """Whether a token that reads as an IRI may be a comparison, the keyword and a comment, as ``<?b)SERVICE#>``.

    An engine that tries one reading after the other may find it; a real IRI hardly has all three in this order.
    """
    bracket = iri.find(")")
    at = iri.find(keyword, bracket) if bracket >= 0 else -1
    return at >= 0 and iri.find("#", at) >= 0


def _depth(found: list[Token]) -> int:
    depth = deepest = 0
    for token in found:
        if token.kind == "mark":
            if token.text in "({[":
                depth += 1
                deepest = max(deepest, depth)
            elif token.text in ")}]":
                depth -= 1
    return deepest


def _unescaped(text: str) -> str:
    """The text after SPARQL's codepoint escapes (section 19.2), which may spell a keyword."""

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code <= sys.maxunicode else match.group()

    return _ESCAPE.sub(character, text)
