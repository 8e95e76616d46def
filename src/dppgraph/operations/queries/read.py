"""From a file of ``queries/`` to a question: its header, read and held against its query."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from dppgraph.core.iris import DEFAULT_BASE, PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.query_text import read_query
from dppgraph.errors import BadParameter, BadQuestion, Unknown
from dppgraph.operations.queries.parameters import TYPES, Parameter
from dppgraph.operations.queries.question import GROUPS, Question

_HEADER: Final = re.compile(r"# ([a-z][a-z0-9A-Z-]*): (.+)")
RESERVED: Final = ("format", "timeout", "version")
"""What a request says of its answer, so that no parameter can be called so."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_PARAMETER: Final = re.compile(
    r"(?P<name>[a-z][A-Za-z0-9]*)(?: as \?(?P<variable>\w+))?; (?P<type>[a-z]+)(?: of (?P<of>\w+:\w+))?; "
    r"(?:(?P<need>required|optional)|default (?P<default>[^;]+?))(?:; example (?P<example>[^;]+))?"
)


def read_questions(folder: Path) -> dict[str, Question]:
    """All questions of a folder, by name.

    Raises:
        BadQuestion: a file's header lacks a line or misstates one, or is not of its query.
    """
    found = {path.stem: read_question(path.stem, _text(path)) for path in sorted(folder.glob("*.rq"))}
    for name in found:
        if not _NAME.fullmatch(name):
            raise BadQuestion(f"{name}: a question is named by small letters, digits and hyphens")
    return found


def question(name: str, folder: Path) -> Question:
    """One question of a folder.

    Raises:
        Unknown: there is none of that name.
        BadQuestion: as :func:`read_questions`.
    """
    known = sorted(path.stem for path in folder.glob("*.rq"))
    if name not in known:
        raise unknown(name, known)
    return read_question(name, _text(folder / f"{name}.rq"))


def unknown(name: str, known: list[str]) -> Unknown:
    """What to raise for a question that there is not."""
    meant = get_close_matches(name, known, 1)
    hint = f"did you mean {meant[0]}? There are" if meant else "there are"
    return Unknown(f"there is no question {name!r}: {hint} {', '.join(known) or 'none yet'}")


def read_question(name: str, text: str) -> Question:
    """The question that a text with a header is.

    Raises:
        BadQuestion: the header lacks a line or misstates one, or is not of this query.
    """
    header, parameters = _header(name, text)
    query = read_query(text)
    if query.form not in ("select", "ask", "construct", "describe"):
        raise BadQuestion(f"{name}: this is no query")
    found = [_parameter(name, line, header) for line in parameters]
    for parameter in found:
        if parameter.variable not in query.variables:
            raise BadQuestion(f"{name}: the query has no variable ?{parameter.variable} for {parameter.name}")
    for what in ("name", "variable"):
        if len({getattr(parameter, what) for parameter in found}) < len(found):
            raise BadQuestion(f"{name}: two parameters have one {what}")
    columns = tuple(header.pop("columns", "").split())
    group, chart = _shown(name, columns, header)
    if bool(columns) != (query.form == "select"):
        raise BadQuestion(f"{name}: a SELECT has a line `# columns: ...`, and nothing else has")
    said = Question(
        name=name,
        titles=_in_languages(name, "title", header),
        descriptions=_in_languages(name, "description", header),
        columns=columns,
        parameters={parameter.name: parameter for parameter in found},
        text=text,
        form=query.form,
        rdflib=header.pop("rdflib", ""),
        group=group,
        chart=chart,
    )
    if header:
        raise BadQuestion(f"{name}: the header says {', '.join(header)}, which means nothing here")
    return said


def _shown(name: str, columns: tuple[str, ...], header: dict[str, str]) -> tuple[str, str]:
    """How pages show the question: its group, and its chart."""
    group, chart = header.pop("group", GROUPS[-1]), header.pop("chart", "")
    if group not in GROUPS:
        raise BadQuestion(f"{name}: the group is {group}: it must be one of {', '.join(GROUPS)}")
    if chart and chart not in columns:
        raise BadQuestion(f"{name}: the chart is of {chart}, which is none of its columns")
    return group, chart


def has_header(text: str) -> bool:
    """Whether a query's text begins with a header of its own, be it a whole one or not."""
    return re.match(r"# (title|description|columns|group|chart|param)\b", text) is not None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{path} cannot be read: {error}") from error


def _header(name: str, text: str) -> tuple[dict[str, str], list[str]]:
    """The lines of a header by key, and those of its parameters."""
    header: dict[str, str] = {}
    parameters = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        match = _HEADER.fullmatch(line.rstrip())
        if match is None:
            raise BadQuestion(f"{name}: a line of a header is written `# key: value`, not {line!r}")
        key, value = match.groups()
        if key == "param":
            parameters.append(value)
        elif key in header:
            raise BadQuestion(f"{name}: the header says {key} twice")
        else:
            header[key] = value
    return header, parameters


def _parameter(name: str, line: str, header: dict[str, str]) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None or match["type"] not in TYPES:
        form = "NAME [as ?VARIABLE]; TYPE [of CLASS]; required|optional|default VALUE[; example VALUE]"
        raise BadQuestion(
            f"{name}: a parameter is written `# param: {form}` with one of {', '.join(TYPES)}, not {line!r}"
        )
    if (match["of"] or "dpp:").partition(":")[0] not in PREFIXES:
        raise BadQuestion(f"{name}: {match['of']} has a prefix that is not one of ours")
    if match["need"] and not match["example"]:
        raise BadQuestion(f"{name}: the parameter {match['name']} needs an example")
    if match["name"] in (*RESERVED, "page"):
        raise BadQuestion(f"{name}: no parameter can be called {match['name']}, which is about the answer itself")
    found = Parameter(
        name=match["name"],
        variable=match["variable"] or match["name"],
        type=TYPES[match["type"]],
        of=match["of"] or "",
        required=match["need"] == "required",
        default=match["default"],
        example=match["example"],
        descriptions=_in_languages(name, f"param-{match['name']}", header),
    )
    for value in filter(None, (found.default, found.example)):
        try:
            found.term(value, DEFAULT_BASE)
        except BadParameter as error:
            raise BadQuestion(f"{name}: a default or an example is none: {error}") from error
    return found


def _in_languages(name: str, key: str, header: dict[str, str]) -> dict[str, str]:
    try:
        return {language: header.pop(f"{key}-{language}") for language in LANGUAGES}
    except KeyError as error:
        raise BadQuestion(f"{name}: the header lacks {error}") from error
