"""The operations of a SPARQL update (SPARQL 1.1 Update, section 3; grammar rules 29 to 51)."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, cast

from dppgraph.core.query_text import Token, tokens
from dppgraph.errors import QuerySyntax

Verb = Literal["data", "modify", "load", "clear", "drop", "create", "add", "move", "copy"]

_DECLARED: Final = {"PREFIX": ("name", "iri"), "BASE": ("iri",), "VERSION": ("string",)}
"""What follows the words of a declaration."""
_ABOUT_GRAPHS: Final = ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_PLACES: Final = ("DEFAULT", "NAMED", "ALL")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; graphs are named as in the text (``<iri>`` or ``prefix:name``).

    Attributes:
        verb: what it does; ``data`` is INSERT DATA and DELETE DATA, ``modify`` all that has a WHERE.
        prologue: the declarations that stand before it, those of the operations before included.
        delete: what is in the braces after DELETE.
        insert: what is in the braces after INSERT.
        where: the pattern, in its braces.
        with_: the graph after WITH.
        using: the graphs after USING.
        using_named: the graphs after USING NAMED.
        silent: whether it may fail without a word.
        graphs: of the verbs about whole graphs those that are named, or ``DEFAULT``, ``NAMED``, ``ALL``.
    """

    verb: Verb
    prologue: str
    delete: str = ""
    insert: str = ""
    where: str = ""
    with_: str | None = None
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    silent: bool = False
    graphs: tuple[str, ...] = ()


class Part(NamedTuple):
    """A stretch of an update without declarations in it.

    Attributes:
        prologue: what is declared above it, on one line.
        start: the offset where it begins.
        end: the offset after its last character.
    """

    prologue: str
    start: int
    end: int


def parts(text: str, found: list[Token] | None = None) -> list[Part]:
    """An update, valid or not, cut where declarations stand between operations: not every engine reads them there.

    Args:
        text: the update.
        found: its tokens, where they are known.
    """
    found = list(tokens(text)) if found is None else found
    declared: list[str] = []
    at = _past_declarations(found, 0, declared)
    parts_: list[Part] = []
    start = found[at].start if at < len(found) else len(text)
    depth = 0
    while at < len(found):
        token = found[at]
        at += 1
        if token.kind == "mark":
            depth += (token.text == "{") - (token.text == "}")
        if token.text == ";" and not depth:
            more: list[str] = []
            after = _past_declarations(found, at, more)
            if more:
                parts_.append(Part(" ".join(declared), start, token.start))
                declared += more
                start = found[after].start if after < len(found) else len(text)
                at = after
    return [*parts_, Part(" ".join(declared), start, len(text))]


def cut(text: str, found: list[Token] | None = None) -> list[Operation]:
    """The operations of an update, in order; arguments as for :func:`parts`.

    Raises:
        QuerySyntax: they cannot be told apart, as where keywords are not.
    """
    return _Cutter(text, list(tokens(text)) if found is None else found).operations()


def _past_declarations(found: list[Token], at: int, declared: list[str]) -> int:
    """The index of the first token that belongs to no declaration; what is declared is noted."""
    while at < len(found) and found[at].kind == "word" and (kinds := _DECLARED.get(found[at].text.upper())):
        pieces = found[at : at + 1 + len(kinds)]
        if tuple(piece.kind for piece in pieces[1:]) != kinds:
            break
        declared.append(" ".join(piece.text for piece in pieces))
        at += len(pieces)
    return at


class _Cutter:
    """Walks over the tokens of a text."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self._text = text
        self._tokens = found
        self._at = 0
        self._prologue: list[str] = []

    def operations(self) -> list[Operation]:
        found = []
        self._declarations()
        while self._at < len(self._tokens):
            found.append(self._operation())
            if self._at < len(self._tokens):
                self._expect(";")
            self._declarations()
        return found

    def _declarations(self) -> None:
        """Takes PREFIX, BASE and VERSION, which hold for all operations from here on."""
        declared: list[str] = []
        self._at = _past_declarations(self._tokens, self._at, declared)
        # RDF has a word for its own version, which says nothing of a query's.
        self._prologue += [line for line in declared if not line.upper().startswith("VERSION")]

    def _operation(self) -> Operation:
        if word := self._taken(*_ABOUT_GRAPHS):
            return self._about_graphs(word)
        with_ = self._term() if self._taken("WITH") else None
        blocks = {"DELETE": "", "INSERT": ""}
        first = self._taken("DELETE", "INSERT") or self._fail()
        if with_ is None and self._taken("DATA"):
            blocks[first] = self._block()
            return Operation("data", self._declared(), blocks["DELETE"], blocks["INSERT"])
        if first == "DELETE" and self._taken("WHERE"):
            pattern = self._block()
            return Operation("modify", self._declared(), delete=pattern, where=f"{{{pattern}}}")
        blocks[first] = self._block()
        if first == "DELETE" and self._taken("INSERT"):
            blocks["INSERT"] = self._block()
        return self._modify(blocks, with_)

    def _modify(self, blocks: dict[str, str], with_: str | None) -> Operation:
        using: dict[bool, list[str]] = {False: [], True: []}
        while self._taken("USING"):
            named = bool(self._taken("NAMED"))
            using[named].append(self._term())
        self._expect("WHERE")
        return Operation(
            "modify",
            self._declared(),
            blocks["DELETE"],
            blocks["INSERT"],
            f"{{{self._block()}}}",
            with_,
            tuple(using[False]),
            tuple(using[True]),
        )

    def _about_graphs(self, word: str) -> Operation:
        silent = bool(self._taken("SILENT"))
        graphs = [self._graph()]
        if word in ("ADD", "MOVE", "COPY"):
            self._expect("TO")
            graphs.append(self._graph())
        elif word == "LOAD" and self._taken("INTO"):
            graphs.append(self._graph())
        return Operation(cast("Verb", word.lower()), self._declared(), silent=silent, graphs=tuple(graphs))

    def _graph(self) -> str:
        if place := self._taken(*_PLACES):
            return place
        self._taken("GRAPH")
        return self._term()

    def _declared(self) -> str:
        return "\n".join(self._prologue)

    def _term(self) -> str:
        """An IRI or a name."""
        token = self._next()
        if token.kind not in ("iri", "name"):
            self._fail()
        return token.text

    def _block(self) -> str:
        """What stands between a brace and the one that closes it."""
        self._expect("{")
        start, depth = self._at, 1
        while depth:
            token = self._next()
            if token.kind == "mark":
                depth += (token.text == "{") - (token.text == "}")
        return self._text[self._tokens[start - 1].end : self._tokens[self._at - 1].start]

    def _taken(self, *words: str) -> str:
        """The next token, if it is one of these words, in capitals; else nothing."""
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "word" and token.text.upper() in words:
                self._at += 1
                return token.text.upper()
        return ""

    def _expect(self, what: str) -> None:
        if self._next().text.upper() != what:
            self._fail()

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            self._fail()
        self._at += 1
        return self._tokens[self._at - 1]

    def _fail(self) -> str:
        near = self._tokens[max(0, self._at - 1)].start if self._tokens else 0
        rest = self._text[near : near + 30]
        said = f"the update cannot be cut into its operations at {rest!r}"
        raise QuerySyntax(f"{said}: write white space before and after each keyword and each <")
