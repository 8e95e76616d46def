"""Models as plain values, for JSON: the same names, in the manner of JSON, and only what is known.

What is None is left out, and so is an empty text; lists are always there, so that programs need not ask. Terms become
what they stand for: an IRI without its brackets, a literal as its text with its language or datatype.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from dppgraph.core.quads import datatype_of
from dppgraph.operations.facts import Text, text_of

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""


def plain(value: object) -> Plain:
    """A model, or what is in one, as plain values.

    Raises:
        TypeError: it is nothing that models are made of.
    """
    if isinstance(value, Text):
        return _text(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _term(value)
    return _whole(value)


def _whole(value: object) -> Plain:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if _is_record(value):
        return dict(_members(value))
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    raise TypeError(f"a model has no {type(value).__name__} in it")


def _text(text: Text) -> Plain:
    return {"text": text.text, "language": text.language} if text.language else {"text": text.text}


def _term(text: str) -> Plain:
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text


def _is_record(value: object) -> bool:
    return hasattr(value, "_fields") or is_dataclass(value)


def _members(value: object) -> Iterator[tuple[str, Plain]]:
    names = [one.name for one in fields(value)] if is_dataclass(value) else list(getattr(value, "_fields", ()))
    term = getattr(value, "term", "")
    if term.startswith('"'):
        # The literal is its own label.
        yield from _literal(term)
        names = [name for name in names if name not in ("term", "label")]
    for name in names:
        said = plain(getattr(value, name))
        if said not in (None, ""):
            yield _called(name), said


def _literal(term: str) -> Iterator[tuple[str, Plain]]:
    text = text_of(term)
    yield "value", text.text
    yield ("language", text.language) if text.language else ("datatype", datatype_of(term))


def _called(name: str) -> str:
    """A name as JSON has it: ``is_name_only`` is ``isNameOnly``, and the term of a thing is its IRI."""
    if name == "term":
        return "iri"
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
