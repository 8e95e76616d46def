"""What is known of an update before anything of it is done: that it parses, and that it reaches nothing outside."""

from typing import Final

import pyoxigraph

from dppgraph.core.query_text import Token, read_query, tokens
from dppgraph.core.update_text import Operation, Part, cut, parts
from dppgraph.errors import LoadForbidden, QuerySyntax, ServiceForbidden
from dppgraph.store.workers.evaluation import known_prefixes, syntax_error

_DEEPEST: Final = 256
"""Brackets, or operators in a row. The engine's parser recurses, and its stack ends at some thousands."""

_FAILS: Final = "DROP GRAPH <urn:dppgraph:no-such-graph> ;\n"
"""An operation that stands above a text, and ends it before anything of it is done: the engine has no mere parser."""


def operations_of(text: str, base: str) -> list[Operation]:
    """The operations of an update, which is valid and can be carried out here.

    Args:
        text: the update.
        base: what its relative IRIs are relative to.

    Raises:
        QuerySyntax: it does not parse, or nests too deep.
        ServiceForbidden: it asks another endpoint.
        LoadForbidden: it would have the server fetch something, and not silently do without.
    """
    tokens_ = list(tokens(text))
    _refuse_depth(tokens_)
    if read_query(text).services:
        raise ServiceForbidden("SERVICE is not allowed here: ask the other endpoint yourself, and send what it says")
    for part in parts(text, tokens_):
        _parse(text, part, base)
    found = cut(text, tokens_)
    if any(operation.verb == "load" and not operation.silent for operation in found):
        raise LoadForbidden("LOAD is not done here, nothing is fetched: send the data by POST to /graphs")
    return found


def _refuse_depth(found: list[Token]) -> None:
    depth = deepest = row = 0
    before = None
    for token in found:
        if token.kind != "mark":
            row, before = 0, None
            continue
        opens, closes = token.text in "({[", token.text in ")}]"
        # Two in a row open or close a triple of RDF 1.2.
        opens, closes = (opens or token.text == before == "<"), (closes or token.text == before == ">")
        depth = max(0, depth + opens - closes)
        row = row + 1 if token.text in "!+-^" else 0
        deepest = max(deepest, depth, row)
        before = token.text
    if deepest > _DEEPEST:
        raise QuerySyntax(f"the update nests {deepest} brackets or signs deep: at most {_DEEPEST} are read here")


def _parse(text: str, part: Part, base: str) -> None:
    """Refuses a part that the engine does not read, which it does not where something is declared within."""
    lines_before = text.count("\n", 0, part.start)
    column = part.start - (text.rfind("\n", 0, part.start) + 1)
    read = f"{part.prologue} {_FAILS}{' ' * column}{text[part.start : part.end]}"
    try:
        pyoxigraph.Store().update(read, base_iri=base, prefixes=dict(known_prefixes(text)))
    except SyntaxError as error:
        raise syntax_error(str(error), text, what="update", above=1 - lines_before) from error
    except ValueError as error:
        raise QuerySyntax(f"the update does not parse: {str(error)[:300]}") from error
    except RuntimeError:
        # It has been parsed to its end, and nothing of it was done.
        return
