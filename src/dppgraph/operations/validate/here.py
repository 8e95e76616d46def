"""The checks that no SHACL core constraint can say, or that pySHACL would take too long over: judged here.

Their shapes have neither a target nor a constraint: they give severity and messages, and without one nothing is judged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.check_quotes import Quote, disagreements, read_quotes
from dppgraph.operations.validate.names import CLASS, CLASSLESS, PROPERTY, THING
from dppgraph.operations.validate.report import Result, messages_of

QUOTES: Final = "quotes-agree"
NAMES: Final = (PROPERTY, CLASS, CLASSLESS, THING)

Use = tuple[str, str, str, str]
"""Check, subject, property and value of a name that stands for nothing."""


class Here:
    """What the shapes of these checks say.

    Args:
        shapes: the shapes.
        base: the base of the data.
    """

    def __init__(self, shapes: Iterable[Quad], base: str) -> None:
        self._base = base
        self._said: dict[str, Result] = {}
        known = {f"<{base}shapes#{check}>": check for check in (QUOTES, *NAMES)}
        messages: dict[str, list[str]] = {}
        for quad in shapes:
            if quad.subject in known:
                there = messages.setdefault(quad.subject, [])
                if quad.predicate == f"<{PREFIXES['sh']}message>":
                    there.append(quad.object)
        for shape, found in messages.items():
            check = known[shape]
            self._said[check] = Result("Violation", check, "", "", "", "", shape.strip("<>"), messages_of(found))

    def quotes(self, quads: Iterable[Quad]) -> Iterator[Result]:
        """The quotes that disagree with an earlier one, in all that is stated and inferred of some documents."""
        yield from self.disagreeing(read_quotes(quads, self._base))

    def disagreeing(self, quotes: Iterable[Quote]) -> Iterator[Result]:
        """Likewise, of quotes by document and offset."""
        if shape := self._said.get(QUOTES):
            for earlier, later in disagreements(quotes):
                yield replace(shape, focus=f"<{later.statement}>", value=f"<{earlier.statement}>")

    def names(self, uses: Iterable[Use]) -> Iterator[Result]:
        """The names that stand for nothing."""
        for check, subject, predicate, value in uses:
            if shape := self._said.get(check):
                messages = tuple((language, text.replace("{?value}", value[1:-1])) for language, text in shape.messages)
                yield replace(shape, focus=subject, path=predicate, value=value, messages=messages)
