"""Quotes against their words: with the source's own text, and, without it, against each other.

Offsets count Unicode code points from 0, the end is exclusive (Web Annotation, TextPositionSelector). Nothing is
normalised: a no-break space is not a space.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from dppgraph.core import formats
from dppgraph.core.iris import rebased
from dppgraph.core.quads import Quad
from dppgraph.errors import BadCall, BadParameter, BadRdf, Unknown
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import literal_text, read_file

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a statement rests on.

    Attributes:
        statement: its IRI.
        document: the IRI of the document that it quotes.
        text: the words.
        start: the offset of the first.
        end: the offset after the last.
    """

    statement: str
    document: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Misquote:
    """A quote that does not stand where it is said to, and how."""

    quote: Quote
    how: str


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What came of comparing a document's quotes with its text.

    Attributes:
        document: the IRI of the document.
        checked: how many quotes it has.
        misquotes: those that fail.
        same_text: whether the text has the SHA-256 of the one that was captured.
        length: the characters (code points) of the text.
        stated_length: what ``dpp:length`` says they are; empty where it is not said.
    """

    document: str
    checked: int
    misquotes: list[Misquote]
    same_text: bool
    length: int
    stated_length: str

    @property
    def wrong_length(self) -> bool:
        """Whether the data misstates the length of this very text."""
        return self.same_text and self.stated_length not in ("", str(self.length))


class _Document(NamedTuple):
    """What the data says of a document's text; empty where it says nothing."""

    sha256: str
    length: str


def read_quotes(quads: Iterable[Quad], base: str) -> list[Quote]:
    """All quotes that statements carry, by document and offset."""
    return _quotes(MemoryStore(quads), base)


def read_drafts(paths: Iterable[Path], base: str) -> list[Quad]:
    """The statements of files that are not in the data yet, on the base of the data.

    Raises:
        BadRdf: a file does not parse, or its name ends in no format.
        BadCall: it cannot be read.
    """
    found = []
    for path in paths:
        format_ = formats.of_file(path.name)
        if format_ is None:
            raise BadRdf(f"{path}: its name ends in no format that is read here, such as .ttl")
        try:
            quads = read_file(path, format_, graph="", base=base)
        except OSError as error:
            raise BadCall(f"{path} cannot be read: {error.strerror}") from error
        found += [Quad(*(rebased(term, base) for term in quad)) for quad in quads]
    return found


def check_quotes(
    quads: Iterable[Quad], text: bytes, base: str, document: str | None = None, drafts: Iterable[Quad] = ()
) -> QuoteCheck:
    """Compares the quotes of a document with its text.

    Args:
        quads: the data.
        text: the document's text, UTF-8.
        base: the base of the data.
        document: the document's IRI; without it, the one that was captured with this text, or else the only one.
        drafts: statements that are not in the data yet; if they quote anything, only their quotes are compared.

    Raises:
        BadCall: it cannot be told which document is meant.
        BadParameter: the text is not UTF-8.
        Unknown: there is no such document.
    """
    try:
        words = text.decode()
    except UnicodeDecodeError as error:
        raise BadParameter(f"the text is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    store, added = MemoryStore(quads), MemoryStore(drafts)
    in_drafts = _quotes(added, base)
    documents = _documents(store, base) | _documents(added, base)
    if in_drafts and document is None:
        documents = {iri: documents[iri] for iri in sorted({quote.document for quote in in_drafts}) if iri in documents}
    sha256 = hashlib.sha256(text).hexdigest()
    chosen = _chosen(documents, sha256, document)
    quotes = [quote for quote in in_drafts or _quotes(store, base) if quote.document == chosen]
    misquotes = [Misquote(quote, how) for quote in quotes if (how := _misquoted(quote, words))]
    return QuoteCheck(
        document=chosen,
        checked=len(quotes),
        misquotes=misquotes,
        same_text=documents[chosen].sha256 == sha256,
        length=len(words),
        stated_length=documents[chosen].length,
    )


def disagreements(quotes: Iterable[Quote]) -> list[tuple[Quote, Quote]]:
    """Pairs of quotes of one document that claim different characters for the same place; each later quote once."""
    found = []
    for _, group in groupby(quotes, key=lambda quote: quote.document):
        same_document = list(group)
        if _agree(same_document):
            continue
        said: dict[int, tuple[str, Quote]] = {}
        for quote in same_document:
            against: Quote | None = None
            for offset, character in enumerate(quote.text, quote.start):
                known, first = said.setdefault(offset, (character, quote))
                if known != character:
                    against = against or first
            if against:
                found.append((against, quote))
    return found


def _agree(quotes: Iterable[Quote]) -> bool:
    """Whether quotes of one document surely claim the same characters; they are in order, or it is not sure."""
    text, start = "", 0
    for quote in quotes:
        place = quote.start - start
        if place < 0:
            return False
        there = text[place:]
        if place > len(text) or not text:
            text, start = quote.text, quote.start
        elif quote.text.startswith(there):
            text += quote.text[len(there) :]
        elif not there.startswith(quote.text):
            return False
    return True


def _misquoted(quote: Quote, text: str) -> str | None:
    there = text[quote.start : quote.end]
    if there == quote.text:
        return None
    if quote.end > len(text):
        return f"ends at {quote.end}, but the text has {len(text)} characters"
    elsewhere = _nearest(text, quote)
    if elsewhere is not None:
        return f"stands at {elsewhere}-{elsewhere + len(quote.text)}, not at {quote.start}-{quote.end}"
    at = next(
        (index for index, (said, found) in enumerate(zip(quote.text, there, strict=False)) if said != found),
        min(len(quote.text), len(there)),
    )
    return (
        f"differs from the text at offset {quote.start + at}: "
        f"quoted {_around(quote.text, at)}, found {_around(there, at)}"
    )


def _nearest(text: str, quote: Quote) -> int | None:
    before, after = text.rfind(quote.text, 0, quote.start + len(quote.text)), text.find(quote.text, quote.start)
    return min((place for place in (before, after) if place >= 0), key=lambda p: abs(p - quote.start), default=None)


def _around(text: str, at: int) -> str:
    start, end = max(0, at - 12), at + 12
    return repr(("…" if start else "") + text[start:end] + ("…" if end < len(text) else ""))


def _chosen(documents: dict[str, _Document], sha256: str, document: str | None) -> str:
    if document is not None:
        if document not in documents:
            raise Unknown(f"there is no source document <{document}>: {_choice(list(documents))}")
        return document
    same = [iri for iri, known in documents.items() if known.sha256 == sha256]
    if len(same) == 1:
        return same[0]
    if len(documents) == 1:
        return next(iter(documents))
    raise BadCall(f"say with --source which document this is the text of: {_choice(list(documents))}")


def _choice(documents: Sequence[str]) -> str:
    return "one of " + ", ".join(f"<{iri}>" for iri in documents) if documents else "there is none in the data"


def _quotes(store: MemoryStore, base: str) -> list[Quote]:
    rows = store.select((_HERE / "quotes.rq").read_text(encoding="utf-8"), base=base)
    quotes = (
        Quote(
            statement=row["statement"].strip("<>"),
            document=row["document"].strip("<>"),
            text=literal_text(row["quote"]),
            start=int(literal_text(row["start"])),
            end=int(literal_text(row["end"])),
        )
        for row in rows
    )
    return sorted(quotes, key=lambda quote: (quote.document, quote.start, quote.end, quote.statement, quote.text))


def _documents(store: MemoryStore, base: str) -> dict[str, _Document]:
    rows = store.select((_HERE / "documents.rq").read_text(encoding="utf-8"), base=base)
    return {
        row["document"].strip("<>"): _Document(
            *(literal_text(row[name]) if name in row else "" for name in ("sha256", "length"))
        )
        for row in rows
    }
