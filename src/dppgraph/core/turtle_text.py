"""The tokens of Turtle and TriG (RDF 1.1 Turtle, section 6.4), as far as they differ from those of SPARQL."""

from collections.abc import Iterator

from dppgraph.core.query_text import Token, tokens


def turtle_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, where the full stop after a name is not part of it."""
    for token in tokens(text):
        may_end = token.kind in ("name", "word", "blank") and not token.text.endswith("\\.")
        name = token.text.rstrip(".") if may_end else token.text
        yield token._replace(text=name)
        for offset in range(len(name), len(token.text)):
            yield Token("mark", ".", token.start + offset)
