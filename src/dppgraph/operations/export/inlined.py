"""A compacted document with as much of its context inside as it uses, and its keys in the order of the context."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from dppgraph.operations.frames import Context


def with_context(document: dict[str, Any], context: Context) -> bytes:
    """The document as JSON in UTF-8, with what it uses of the context in place of any context that it has."""
    body = ordered({key: value for key, value in document.items() if key != "@context"}, context)
    names = all_names(set(names_in(body, context, "@graph")), context)
    rest = json.dumps(body, ensure_ascii=False, indent=1).removeprefix("{")
    return f"{head(names, context)}{rest}\n".encode()


def head(names: set[str], context: Context) -> str:
    """The beginning of a document, with these names of the context."""
    # One line for each name: who reads the document scrolls past them.
    used = {"@version": 1.1} | {name: context.definitions[name] for name in sorted(names)}
    defined = ",\n".join(f"  {json.dumps(name)}: {json.dumps(said)}" for name, said in used.items())
    return f'{{\n "@context": {{\n{defined}\n }},'


def all_names(names: set[str], context: Context) -> set[str]:
    """These names of the context, and the prefixes that their definitions are written with."""
    return names.union(*(_prefixes_of(context.definitions[name], context) for name in names))


def ordered(value: Any, context: Context) -> Any:
    """A value with its keys in the order of the context."""
    return _ordered(value, _places(context))


@lru_cache(maxsize=4)
def _places_of(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


def _places(context: Context) -> Mapping[str, int]:
    return _places_of(tuple(context.definitions))


def _ordered(value: Any, order: Mapping[str, int]) -> Any:
    if isinstance(value, list):
        return [_ordered(inner, order) for inner in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (order.get(key, len(order)), key))
        said = {key: _ordered(value[key], order) for key in keys}
        # Of a literal, rdflib (7.6) reads the datatype only under the keyword itself.
        return {"@type": said.pop("type")} | said if "@value" in said and "type" in said else said
    return value


def names_in(value: Any, context: Context, under: str) -> Iterator[str]:
    """The names and prefixes that a value uses; ``under`` is the key that leads to it."""
    said = context.definitions.get(under)
    rules = said if isinstance(said, dict) else {}
    if isinstance(value, list):
        for inner in value:
            yield from names_in(inner, context, under)
    elif isinstance(value, dict) and "@language" not in rules.get("@container", ()):
        for key, inner in value.items():
            yield from _name(key, context)
            yield from names_in(inner, context, key)
    elif isinstance(value, str) and under in ("type", "@type"):
        yield from _name(value, context)
    elif isinstance(value, str) and (under == "id" or rules.get("@type") == "@id"):
        yield from _prefix(value, context)


def _name(word: str, context: Context) -> Iterator[str]:
    if word in context.definitions:
        yield word
    else:
        yield from _prefix(word, context)


def _prefix(iri: str, context: Context) -> Iterator[str]:
    prefix, colon, local = iri.partition(":")
    if colon and not local.startswith("//") and prefix in context.definitions:
        yield prefix


def _prefixes_of(said: Any, context: Context) -> Iterator[str]:
    parts = said.values() if isinstance(said, dict) else [said]
    for part in parts:
        if isinstance(part, str):
            yield from _prefix(part, context)
