"""JSON-LD that reads as plain JSON: names from ``ontology/context.jsonld``, nested by ``ontology/frames/`` with PyLD.

Only what the document uses of the context is in it, so nothing is ever fetched to read it. Each literal keeps its exact
form: a whole number or a boolean is native JSON only in its canonical form.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadRdf
from dppgraph.operations.describe import INCLUDED, Description, Layout
from dppgraph.operations.export.inlined import with_context
from dppgraph.operations.frames import Context, Frames, Link
from dppgraph.store.writing import serialised

_CANNOT: Final = "this cannot be written as jsonld: ask for another format, such as turtle"
_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_XSD: Final = PREFIXES["xsd"]
# A number of more digits is rounded where JSON is read into doubles.
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
# PyLD loses values that are framed backwards once it has met their node elsewhere (3.0), so each such step is framed
# forwards, along a property that only stands for it until the document is written.
_STAND_IN: Final = "urn:dppgraph:backwards:"
# PyLD compares each value of a property with all before it, so what one property leads to is dealt out over several,
# each the property with a number. No IRI has this mark in it.
_MARK: Final = "|"
_DEALT: Final = 100
# The number of the property whose values are no more than named.
_NAMED: Final = f"{_MARK}0"


def nested(description: Description, frames: Frames) -> bytes:
    """A thing as one nested object; graphs are left out.

    Raises:
        BadRdf: JSON-LD cannot say one of its statements.
    """
    lines = sorted({parse_line(line)._replace(graph="").line() for line in description.lines})
    refuse_misread([f"<{description.iri}> <{_RDF_TYPE}> <{_RDF_TYPE}> .", *lines], frames.context)
    names = used_in(lines, frames.context, keep_backwards=True)
    stand_ins = {frames.context.link(name): f"{_STAND_IN}{name}" for name in names if frames.context.is_backwards(name)}
    nodes = {node["@id"]: node for node in nodes_of(lines, frames.context)}
    thing = nodes.setdefault(description.iri, {"@id": description.iri})
    for link in description.backlinks:
        told = {"@id": _bare(link.told)}
        step = stand_ins[Link(link.predicate, backwards=True)]
        nodes.setdefault(_bare(link.thing), {"@id": _bare(link.thing)}).setdefault(step, []).append(told)
    if description.included:
        thing[stand_ins[INCLUDED]] = [{"@id": _bare(part)} for part in description.included]
    _in_reading_order(nodes)
    for stand_in in stand_ins.values():
        names[stand_in.removeprefix(_STAND_IN)] = {"@id": stand_in, "@type": "@id", "@container": "@set"}
    dealt = _dealt(nodes, {(_bare(q.subject), _bare(q.predicate), _bare(q.object)) for q in description.mentions})
    names |= _names_of(dealt, Context(names))
    naming = [_RDF_TYPE, *sorted(predicate.strip("<>") for predicate in frames.named_by)]
    frame = {"@id": description.iri} | _frame(description.layout, stand_ins, naming, dealt)
    document = _framed(list(nodes.values()), frame | {"@context": {"@version": 1.1} | names})
    _gather(document)
    names_only = {"@id", "@type", *naming}
    _shown_once(document, lambda key: frames.context.iri(key) in names_only)
    return with_context(document, frames.context)


def nodes_of(lines: list[str], context: Context) -> list[dict[str, Any]]:
    """Expanded JSON-LD: nodes, or graphs with nodes in them."""
    found: list[dict[str, Any]] = json.loads(serialised(lines, formats.JSONLD))
    texts = context.texts()
    return [_plain(node, texts) for node in found]


def _plain(node: dict[str, Any], texts: frozenset[str]) -> dict[str, Any]:
    """A node with ``@type`` in place of the property rdf:type, and native numbers and booleans where they are exact."""
    plain: dict[str, Any] = {}
    for key, values in node.items():
        if key == "@graph":
            plain[key] = [_plain(inner, texts) for inner in values]
        elif key == _RDF_TYPE:
            plain["@type"] = plain.get("@type", []) + [value["@id"] for value in values if "@id" in value]
            plain[key] = [value for value in values if "@id" not in value]
        elif key.startswith("@") or key in texts:
            # A map by language holds strings only.
            plain[key] = values
        else:
            plain[key] = [_native(value) for value in values]
    return {key: values for key, values in plain.items() if values}


def _native(value: dict[str, Any]) -> dict[str, Any]:
    text, datatype = value.get("@value"), value.get("@type")
    if isinstance(text, str):
        if datatype == f"{_XSD}integer" and _WHOLE.fullmatch(text):
            return {"@value": int(text)}
        if datatype == f"{_XSD}boolean" and text in ("true", "false"):
            return {"@value": text == "true"}
    return value


def _in_reading_order(nodes: Mapping[str, dict[str, Any]]) -> None:
    """Sorts what each property leads to: by position, a sub-line after its parent, then by IRI."""
    position, parent = (f"{PREFIXES['dpp']}{name}" for name in ("position", "partOfLine"))

    def positions(iri: str, seen: tuple[str, ...] = ()) -> tuple[int, ...]:
        node = nodes.get(iri, {})
        found = node.get(position, [{}])[0].get("@value")
        if not isinstance(found, int):
            return ()
        above = node.get(parent, [{}])[0].get("@id", "")
        # Data without the gate may have lines that are parts of each other.
        return (*(positions(above, (*seen, iri)) if above not in seen else ()), found)

    def place(value: dict[str, Any]) -> tuple[bool, tuple[int, ...], str]:
        at = positions(value.get("@id", ""))
        return (not at, at, value.get("@id", ""))

    for node in nodes.values():
        for key, values in node.items():
            if not key.startswith("@"):
                node[key] = sorted(values, key=place)


def _dealt(nodes: Mapping[str, dict[str, Any]], mentions: set[tuple[str, str, str]]) -> dict[str, set[str]]:
    """Deals the things that a property leads to out over several properties, those of ``mentions`` apart.

    Returns:
        Property to the others that now stand for some of its values.
    """
    dealt: dict[str, set[str]] = defaultdict(set)
    for iri, node in nodes.items():
        for key in [key for key in node if not key.startswith("@")]:
            named = [value for value in node[key] if (iri, key, value.get("@id")) in mentions]
            things = [value for value in node[key] if "@id" in value and (iri, key, value["@id"]) not in mentions]
            others = {f"{key}{_NAMED}": named} if named else {}
            for start in range(_DEALT, len(things), _DEALT):
                others[f"{key}{_MARK}{start}"] = things[start : start + _DEALT]
            if others:
                node[key] = [value for value in node[key] if "@id" not in value] + things[:_DEALT]
                node.update(others)
                dealt[key].update(others)
    return dealt


def _names_of(dealt: Mapping[str, set[str]], context: Context) -> dict[str, Any]:
    """For each property that stands for another, the names of that other, with the same number."""
    found: dict[str, Any] = {}
    for name, said in context.definitions.items():
        for other in dealt.get(context.iri(name), ()):
            rules = said if isinstance(said, dict) else {}
            found[f"{name}{_MARK}{other.rpartition(_MARK)[2]}"] = rules | {"@id": other}
    return found


def _gather(document: Any) -> None:
    """Puts what was dealt out over several properties under the first, in order."""
    if isinstance(document, list):
        for inner in document:
            _gather(inner)
    elif isinstance(document, dict):
        for inner in document.values():
            _gather(inner)
        marked = [key.rpartition(_MARK) for key in document if key != "@context" and _MARK in key]
        # What is no more than named comes last.
        for key, mark, number in sorted(marked, key=lambda parts: int(parts[2]) or math.inf):
            values = document.pop(f"{key}{mark}{number}")
            document[key] = [*_listed(document[key]), *_listed(values)] if key in document else values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _frame(
    layout: Layout, stand_ins: Mapping[Link, str], naming: list[str], dealt: Mapping[str, set[str]]
) -> dict[str, Any]:
    """A frame of PyLD's: any node fits, and nothing is embedded but what the layout says."""
    frame: dict[str, Any] = {}
    named_only: dict[str, Any] = {name: {} for name in naming} | {"@explicit": True}
    for link, below in layout.below.items():
        key = stand_ins[link] if link.backwards else _bare(link.predicate)
        # With an @id that fits all, the properties below choose what is shown and not which nodes are.
        frame[key] = {"@id": {}} | (_frame(below, stand_ins, naming, dealt) if below else named_only)
        for other in dealt.get(key, ()):
            frame[other] = {"@id": {}} | named_only if other.endswith(_NAMED) else frame[key]
    return frame


def _framed(nodes: list[dict[str, Any]], frame: dict[str, Any]) -> dict[str, Any]:
    return _processed("frame", nodes, frame, embed="@always", omitDefault=True, pruneBlankNodeIdentifiers=False)


def compact(nodes: list[dict[str, Any]], names: dict[str, Any]) -> dict[str, Any]:
    """Some nodes with these names; what becomes of one does not depend on the others.

    Raises:
        BadRdf: JSON-LD cannot say one of them.
    """
    return _processed("compact", nodes, {"@version": 1.1} | names, graph=True, skipExpansion=True)


def _processed(
    algorithm: Literal["compact", "frame"], nodes: list[dict[str, Any]], by: dict[str, Any], **options: object
) -> dict[str, Any]:
    """What one of PyLD's algorithms makes of some nodes (JSON-LD 1.1 Processing Algorithms and API, section 9).

    Raises:
        BadRdf: JSON-LD cannot say it.
    """
    from pyld import jsonld  # noqa: PLC0415 - 0.1 s that only JSON-LD needs

    from dppgraph.operations.export.processor import Remembering  # noqa: PLC0415 - likewise

    try:
        document: dict[str, Any] = getattr(Remembering(), algorithm)(nodes, by, {"documentLoader": _refuse} | options)
    except jsonld.JsonLdError as error:
        # Its text holds the whole context.
        raise BadRdf(_CANNOT) from error
    return document


def refuse_misread(lines: Iterable[str], context: Context) -> None:
    """Refuses an IRI that a reader of JSON-LD takes for a short one, as its scheme is one of the prefixes.

    Raises:
        BadRdf: there is one.
    """
    prefixes = {name: said for name, said in context.definitions.items() if _is_prefix(said)}
    short = re.compile(f"<({'|'.join(map(re.escape, prefixes))}):([^>]*)>")
    for line in lines:
        # Most lines hold none, and in a text it does no harm.
        if short.search(line):
            for term in parse_line(line):
                found = short.fullmatch(term[term.rfind("<") :] if term.endswith(">") else "")
                if found:
                    prefix, local = found.groups()
                    raise BadRdf(
                        f"jsonld cannot say {found[0]}, as {prefix}: is a prefix there: "
                        f"write <{prefixes[prefix]}{local}> in the data if that is meant, or ask for another format"
                    )


def _refuse(url: str, _options: object) -> object:
    raise AssertionError(f"an export asked for {url}")


def used_in(lines: list[str], context: Context, *, keep_backwards: bool = False) -> dict[str, Any]:
    """Prefixes, names of keywords, names of what the lines use: no more, as PyLD searches them for every IRI."""
    iris = {term.strip("<>") for line in lines for term in parse_line(line)[1:3]}
    return {
        name: said
        for name, said in context.definitions.items()
        if (context.iri(name) in iris or _is_prefix(said) or context.iri(name).startswith("@"))
        and (keep_backwards or not context.is_backwards(name))
    }


def _is_prefix(said: object) -> bool:
    return isinstance(said, str) and said.endswith(("#", "/"))


def _shown_once(document: Any, is_name: Callable[[str], bool]) -> None:
    """Leaves of a list's item only the name, at the list's end, where it is told in full below another item."""
    for value in document.values() if isinstance(document, dict) else document:
        if isinstance(value, dict | list):
            _shown_once(value, is_name)
    if isinstance(document, list):
        items = [(item, set(_told_in(item, is_name))) for item in document if isinstance(item, dict)]
        places = Counter(iri for _, told in items for iri in told)
        for item, told in sorted(items, key=lambda pair: len(pair[1])):
            if told and all(places[iri] > 1 for iri in told):
                places.subtract(told)
                for key in [key for key in item if not is_name(key)]:
                    del item[key]
                document.remove(item)
                document.append(item)


def _told_in(value: Any, is_name: Callable[[str], bool]) -> Iterator[str]:
    """The things that are told in full in a value."""
    if isinstance(value, dict):
        if "id" in value and not all(is_name(key) for key in value):
            yield value["id"]
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        yield from _told_in(inner, is_name)


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term
