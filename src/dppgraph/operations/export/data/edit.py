"""Another text for one statement: some of its values less, some more, and all else as it stands."""

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from dppgraph.operations.export.data.cut import Part, Statement

_INDENT = " ;\n    "


class Edit(NamedTuple):
    """A piece of a text, from and to, and what takes its place."""

    start: int
    end: int
    text: str = ""


class More(NamedTuple):
    """A value that is to be added.

    Attributes:
        predicate: the property, as the file writes it.
        object: the value, likewise.
        beside: the part that has this property already; None where the statement has it not.
    """

    predicate: str
    object: str
    beside: Part | None


def edits_of(text: str, statement: Statement, less: Container[Part], more: Sequence[More]) -> list[Edit]:
    """What to change in a text so that a statement says other things; see :func:`edited`.

    Args:
        text: the text of the file.
        statement: the statement.
        less: the parts that it is not to have any more.
        more: the values that it is to have as well.
    """
    kept = [part for part in statement.parts if part not in less]
    if not kept and not more:
        return [_without(text, statement)]
    if not kept:
        begin = statement.subject[1]
        said = _INDENT.join(f"{one.predicate} {one.object}" for one in more)
        return [Edit(begin, statement.parts[-1].object[1], f" {said}")]
    found = [_from_space(text, statement, edit) for edit in _less(statement, less)]
    beside = [one for one in more if one.beside and one.beside in kept]
    for one in beside:
        end = _last_beside(statement, one.beside or kept[-1], kept).object[1]
        found.append(Edit(end, end, f" , {one.object}"))
    # After those, which may stand at the same place.
    end = kept[-1].object[1]
    found += [Edit(end, end, f"{_INDENT}{one.predicate} {one.object}") for one in more if one not in beside]
    return found


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, which do not overlap; of several at one place the first comes first."""
    pieces, end = [], 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*pieces, text[end:]])


def _without(text: str, statement: Statement) -> Edit:
    """Takes a whole statement out, with the line that it stands on and the blank line after it."""
    start, end = statement.start, statement.end
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    after = len(text) if after < 0 else after + 1
    if text[line:start].strip() or text[end:after].strip():
        # Something else stands on its lines.
        return Edit(start, end)
    blank = text.startswith("\n", after) and (line == 0 or text.endswith("\n\n", 0, line))
    return Edit(line, after + 1 if blank else after)


def _less(statement: Statement, less: Container[Part]) -> Iterator[Edit]:
    groups: list[list[Part]] = []
    for part in statement.parts:
        if part.follows and groups:
            groups[-1].append(part)
        else:
            groups.append([part])
    begun = False
    for number, group in enumerate(groups):
        kept = [part for part in group if part not in less]
        if not kept:
            if begun:
                yield Edit(group[0].separator or group[0].predicate[0], group[-1].object[1])
            else:
                # Those before it are gone too: the next one that stays is the first.
                following = groups[number + 1][0].predicate[0]
                yield Edit(group[0].predicate[0], following)
            continue
        begun = True
        yield from _less_of(group, kept)


def _less_of(group: Sequence[Part], kept: Sequence[Part]) -> Iterator[Edit]:
    first = group.index(kept[0])
    if first:
        yield Edit(group[0].object[0], kept[0].object[0])
    for part in group[first + 1 :]:
        if part not in kept:
            yield Edit(part.separator or part.object[0], part.object[1])


def _from_space(text: str, statement: Statement, edit: Edit) -> Edit:
    """An edit, with the white space before it where a mark is taken out."""
    if text[edit.start] not in ",;":
        return edit
    begin = max(part.object[1] for part in statement.parts if part.object[1] <= edit.start)
    gap = text[begin : edit.start]
    # The line end after a comment stays: what follows would be part of it.
    kept = max(gap.rfind("\n"), gap.rfind("\r")) + 1 if "#" in gap else len(gap.rstrip())
    return edit._replace(start=begin + kept)


def _last_beside(statement: Statement, beside: Part, kept: Container[Part]) -> Part:
    """The last value that stays of the property of a part."""
    return [part for part in statement.parts if part.predicate == beside.predicate and part in kept][-1]
