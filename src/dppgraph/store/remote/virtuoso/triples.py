"""The triples of a pattern, with a path of any length written so that Virtuoso finds each pair of ends once.

It finds a pair as often as there are ways, takes no ``+`` of which neither end is known, and does not come back to
where it began. ``p/p*`` it follows as it should, so a pair is found by that, in a query of its own for what is
DISTINCT.
"""

from dataclasses import dataclass
from typing import Final

from dppgraph.store.remote.virtuoso.reading import Reading

_SIMPLE: Final = ("variable", "iri", "name", "blank")
_CLOSING: Final = {"[": "]", "(": ")"}
_ZERO: Final = "OPTION(TRANSITIVE, t_distinct, t_min(0), t_in({start}), t_out({end}))"


@dataclass(frozen=True, slots=True)
class _Node:
    """A subject or object.

    Attributes:
        text: it.
        is_simple: whether it is one token, which can be said twice.
    """

    text: str
    is_simple: bool

    @property
    def variable(self) -> str:
        """It, where it is a variable."""
        return self.text if self.text.startswith(("?", "$")) else ""


@dataclass(frozen=True, slots=True)
class _Verb:
    """What is between them.

    Attributes:
        text: it.
        repeated: of a path ``E+`` or ``E*``, the E; else empty.
        mark: of these, ``+`` or ``*``.
    """

    text: str
    repeated: str = ""
    mark: str = ""


def begins_triples(reading: Reading) -> bool:
    """Whether a subject comes next."""
    return reading.next.kind in (*_SIMPLE, "string", "number") or reading.word in ("[", "(", "TRUE", "FALSE", "+", "-")


def triples(reading: Reading) -> str:
    """The triples of one subject."""
    subject = _node(reading)
    kept: list[str] = []
    apart: list[str] = []
    while not reading.ends and reading.word not in (".", "}"):
        if reading.word == ";":
            reading.take()
            continue
        if not _begins_verb(reading):
            break
        verb = _verb(reading)
        objects = _objects(reading)
        if verb.repeated and subject.is_simple and all(node.is_simple for node in objects):
            apart += [_ends(subject, verb, node) for node in objects]
        else:
            kept.append(f"{verb.text} {' , '.join(node.text for node in objects)}")
    said = f"{subject.text} {' ; '.join(kept)}" if kept or not apart else ""
    return " . ".join(part for part in (said, *apart) if part)


def _objects(reading: Reading) -> list[_Node]:
    found = [_node(reading)]
    while reading.word == ",":
        reading.take()
        found.append(_node(reading))
    return found


def _node(reading: Reading) -> _Node:
    if reading.next.kind == "string":
        return _Node(reading.literal(), is_simple=False)
    if reading.next.kind in _SIMPLE:
        is_blank = reading.next.kind == "blank"
        return _Node(reading.take(), is_simple=not is_blank)
    if reading.word in _CLOSING:
        return _Node(_bracketed(reading), is_simple=False)
    if reading.next.kind == "number" or reading.word in ("+", "-", ".", "TRUE", "FALSE"):
        return _Node(number(reading), is_simple=False)
    raise reading.refused("a term is missing")


def number(reading: Reading) -> str:
    """A number, which is several tokens; or a truth value."""
    text = reading.take()
    while reading.next.kind in ("number", "word") or reading.word in (".", "+", "-"):
        is_sign = reading.word in ("+", "-")
        ends = reading.word == "." and not reading.is_number_after()
        if reading.gap() or ends or (is_sign and text[-1] not in "eE"):
            break
        text += reading.take()
    return text


def _bracketed(reading: Reading) -> str:
    """A blank node with its properties, or a list."""
    pieces = [reading.take()]
    closing = _CLOSING[pieces[0]]
    while reading.word != closing:
        if reading.ends:
            raise reading.refused(f"{closing} is missing")
        gap = reading.gap()
        if reading.word in _CLOSING:
            pieces.append(gap + _bracketed(reading))
        else:
            pieces.append(gap + (reading.literal() if reading.next.kind == "string" else reading.take()))
    return "".join([*pieces, reading.gap(), reading.take()])


def _begins_verb(reading: Reading) -> bool:
    return reading.next.kind in ("variable", "iri", "name") or reading.word in ("A", "^", "!", "(")


def _verb(reading: Reading) -> _Verb:
    if reading.next.kind == "variable":
        return _Verb(reading.take())
    first = _step(reading)
    if reading.word not in ("/", "|"):
        return first
    return _Verb(first.text + _path_rest(reading))


def _path_rest(reading: Reading) -> str:
    pieces = []
    while reading.word in ("/", "|"):
        pieces += [reading.take(), _step(reading).text]
    return "".join(pieces)


def _step(reading: Reading) -> _Verb:
    inverse = reading.take() if reading.word == "^" else ""
    if reading.word == "!":
        text = inverse + reading.take() + _negated(reading)
    elif reading.word == "(":
        text = inverse + reading.take() + _step(reading).text + _path_rest(reading) + reading.expect(")")
    else:
        text = inverse + reading.take()
    mark = reading.word
    # A plus that stands apart belongs to a number that follows.
    if mark not in ("*", "+", "?") or (mark == "+" and reading.gap() and reading.is_number_after()):
        return _Verb(text)
    reading.take()
    return _Verb(text + mark, text, mark) if mark != "?" else _Verb(text + mark)


def _negated(reading: Reading) -> str:
    if reading.word != "(":
        return (reading.take() if reading.word == "^" else "") + reading.take()
    pieces = [reading.take()]
    while reading.word != ")":
        pieces.append(reading.take())
    return "".join([*pieces, reading.take()])


def _ends(subject: _Node, verb: _Verb, end: _Node) -> str:
    """The pairs of ends of a path of any length."""
    variables = tuple(dict.fromkeys(node.variable for node in (subject, end) if node.variable))
    if not variables:
        return f"{subject.text} {verb.text} {end.text}"
    if verb.mark == "*" and len(variables) == len((subject, end)):
        option = _ZERO.format(start=subject.text, end=end.text)
        inner = f"SELECT {subject.text} {end.text} {{ {subject.text} {verb.repeated} {end.text} }}"
        return f"{{ {inner} }} {option}"
    path = verb.text if verb.mark == "*" else f"{verb.repeated}/{_grouped(verb.repeated)}*"
    return f"{{ SELECT DISTINCT {' '.join(variables)} {{ {subject.text} {path} {end.text} }} }}"


def _grouped(path: str) -> str:
    return f"({path})" if path.startswith(("^", "!")) else path
