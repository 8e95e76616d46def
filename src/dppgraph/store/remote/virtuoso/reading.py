"""A query's tokens, taken one after another, with what SPARQL 1.1 does not know refused."""

import re
from types import MappingProxyType
from typing import Final

import pyoxigraph

from dppgraph.core.query_text import Token, tokens, unescaped
from dppgraph.errors import QuerySyntax
from dppgraph.store.rdf import exact_term
from dppgraph.store.remote.virtuoso.literals import FALSE, TRUE, loaded
from dppgraph.store.workers.evaluation import resolved

# SPARQL 1.1, section 19.8.
_WORDS: Final = re.compile(
    r"""
    A | ABS | ADD | ALL | AS | ASC | ASK | AVG | BASE | BIND | BNODE | BOUND | BY | CEIL | COALESCE | CONCAT |
    CONSTRUCT | CONTAINS | COUNT | DATATYPE | DAY | DESC | DESCRIBE | DISTINCT | ENCODE_FOR_URI | EXISTS | FALSE |
    FILTER | FLOOR | FROM | GRAPH | GROUP | GROUP_CONCAT | HAVING | HOURS | IF | IN | IRI | ISBLANK | ISIRI |
    ISLITERAL | ISNUMERIC | ISURI | LANG | LANGMATCHES | LCASE | LIMIT | MAX | MD5 | MIN | MINUS | MINUTES |
    MONTH | NAMED | NOT | NOW | OFFSET | OPTIONAL | ORDER | PREFIX | RAND | REDUCED | REGEX | REPLACE | ROUND |
    SAMETERM | SAMPLE | SECONDS | SELECT | SEPARATOR | SHA1 | SHA256 | SHA384 | SHA512 | SILENT | STR | STRAFTER |
    STRBEFORE | STRDT | STRENDS | STRLANG | STRLEN | STRSTARTS | STRUUID | SUBSTR | SUM | TIMEZONE | TRUE | TZ |
    UCASE | UNDEF | UNION | URI | UUID | VALUES | WHERE | YEAR
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHOWN: Final = 30
_END: Final = "end"
_TRUTHS: Final = MappingProxyType({"TRUE": TRUE, "FALSE": FALSE})
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


class Reading:
    """A query's tokens from left to right.

    Attributes:
        at: the index of the next one.
    """

    def __init__(self, text: str) -> None:
        self._found = [*tokens(text), Token(_END, "", len(text))]
        self.at = 0
        self._base = ""
        self._prefixes: dict[str, str] = {}

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._found[self.at]

    @property
    def ends(self) -> bool:
        """Whether there is none any more."""
        return self.next.kind == _END

    @property
    def word(self) -> str:
        """What comes next: a word in capitals, else a mark; empty for all else."""
        token = self.next
        return token.text.upper() if token.kind in ("word", "mark") else ""

    @property
    def then(self) -> str:
        """Likewise what comes after that."""
        after = self._found[min(self.at + 1, len(self._found) - 1)]
        return after.text.upper() if after.kind in ("word", "mark") else ""

    def is_marks(self, marks: str) -> bool:
        """Whether these marks come next, one right after the other."""
        run = self._found[self.at : self.at + len(marks)]
        return (
            "".join(token.text for token in run) == marks
            and all(token.kind == "mark" for token in run)
            and run[-1].end - run[0].start == len(marks)
        )

    def take(self) -> str:
        """The next token's text, which is passed."""
        token = self.next
        if token.kind == _END:
            raise self.refused("it ends too early")
        if token.kind == "word" and not _WORDS.fullmatch(token.text) and not self._is_exponent():
            raise self.refused("SPARQL 1.1 has no such word")
        if token.kind == "mark" and token.text in "\\`":
            raise self.refused("that cannot stand there")
        self.at += 1
        if token.kind in ("name", "iri"):
            return f"<{self.iri(token)}>"
        return _TRUTHS.get(token.text.upper(), token.text) if token.kind == "word" else token.text

    def is_number_after(self) -> bool:
        """Whether digits follow the next token at once."""
        after = self._found[min(self.at + 1, len(self._found) - 1)]
        return after.kind == "number" and after.start == self.next.end

    def gap(self) -> str:
        """White space, if the next token does not follow the one before it at once."""
        before = self._found[self.at - 1].end if self.at else 0
        return " " if self.next.start > before else ""

    def expect(self, mark: str) -> str:
        """The next token, which has to be this mark or word."""
        if self.word != mark:
            raise self.refused(f"{mark} is missing")
        return self.take()

    def iri(self, token: Token) -> str:
        """The IRI that a token of kind ``iri`` or ``name`` stands for."""
        if token.kind == "iri":
            return self._resolved(unescaped(token.text[1:-1]))
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise self.refused(f"the prefix {prefix}: is not declared", token)
        return self._prefixes[prefix] + local.replace("\\", "")

    def pass_prologue(self) -> None:
        """Takes the declarations of a base and of prefixes: what they stand for is written out instead."""
        while self.word in ("BASE", "PREFIX"):
            name = ""
            if self.take().upper() == "PREFIX":
                name = self.next.text
                if self.next.kind != "name" or not name.endswith(":"):
                    raise self.refused("the name of a prefix is missing")
                self.at += 1
            if self.next.kind != "iri":
                raise self.refused("an IRI is missing")
            iri = self.iri(self.next)
            self.at += 1
            if name:
                self._prefixes[name[:-1]] = iri
            else:
                self._base = iri

    def literal(self) -> str:
        """The text, with language or datatype, that comes next, as Virtuoso keeps it."""
        text = self.take()
        if self.next.kind == "lang" and not self.gap():
            return text + self.take().lower()
        if not self.is_marks("^^"):
            return text
        self.at += 2
        datatype = self.next
        if datatype.kind not in ("iri", "name"):
            raise self.refused("a datatype is missing")
        self.at += 1
        said = f"<a:a> <a:a> {text}^^<{self.iri(datatype)}> ."
        try:
            (quad,) = pyoxigraph.parse(said.encode(), pyoxigraph.RdfFormat.TURTLE)
        except (SyntaxError, ValueError) as error:
            raise self.refused("the literal does not parse", datatype) from error
        return loaded([exact_term(quad.object)])[0]

    def refused(self, why: str, token: Token | None = None) -> QuerySyntax:
        """An error about the next token, or another one. Where it is, the client's text does not tell any more."""
        near = (token or self.next).text[:_SHOWN] or "its end"
        return QuerySyntax(f"the query does not parse: {why}, at {near!r}")

    def _resolved(self, iri: str) -> str:
        return iri if _ABSOLUTE.match(iri) or not self._base else resolved(iri, self._base)

    def _is_exponent(self) -> bool:
        """Whether the next word belongs to a number, as in 1e5."""
        return bool(self.at) and self._found[self.at - 1].kind == "number" and not self.gap()
