"""What the cells of a row say: the property and value of each fact, as Turtle writes them."""

import re
from collections.abc import Callable
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter
from dppgraph.operations.new import numbers, values
from dppgraph.operations.new.declared import Declared
from dppgraph.operations.new.table import Row

_EU_LANGUAGE: Final = "http://publications.europa.eu/resource/authority/language/"
_WEB: Final = re.compile(r'https?://[^\x00-\x20<>"{}|\\^`/?#]+([/?#][^\x00-\x20<>"{}|\\^`]*)?')
_YES: Final = ("yes", "ja", "oui", "true")
_WHOLE: Final = 100

Said = list[tuple[str, str]]


class Cells:
    """Reads rows by the kind of value that their word asks for."""

    def __init__(self, declared: Declared) -> None:
        """Reads with the names that a table declares."""
        self._declared = declared
        self._readers: dict[str, Callable[[Row], Said]] = {
            "text": self._text, "date": self._date, "day": self._day, "integer": self._integer,
            "quantity": self._quantity, "body": self._body, "plan": self._plan, "level": self._level,
            "mentioned": self._concept("policy-levels"), "theme": self._concept("themes"),
            "listing": self._concept("line-listings"),
            "outcome": self._concept("outcomes"), "true": self._true, "address": self._address,
            "language": self._language, "target": self._target, "evaluation": self._evaluation,
        }  # fmt: skip

    def read(self, row: Row) -> Said:
        """The property and the value of each fact that a row states.

        Raises:
            BadParameter: its cells say nothing, or nothing of that kind.
        """
        return self._readers[row.word.value](row)

    def worded(self, row: Row) -> tuple[str, str]:
        """The text of a row and its language.

        Raises:
            BadParameter: it is in another language than the page's, and not what the page says.
        """
        text, spoken = self._declared.text(row)
        if spoken != self._declared.language and values.key(text) not in values.key(row.words):
            raise BadParameter(
                f"the words do not say this in {spoken}: a translation is no fact of the page, leave it out"
            )
        return text, spoken

    def level(self, row: Row) -> str:
        """The IRI of the level that a row states.

        Raises:
            BadParameter: it states none.
        """
        return self._declared.level(row.value)

    def _text(self, row: Row) -> Said:
        text, spoken = self.worded(row)
        return [(row.word.property, literal(text, language=spoken))]

    def _date(self, row: Row) -> Said:
        return [(row.word.property, _shortened(values.date(row.value, row.words)))]

    def _day(self, row: Row) -> Said:
        # There are no words to agree with: the value is taken for its own.
        day = _shortened(values.date(row.value, row.value))
        if not day.endswith("xsd:date"):
            raise BadParameter("write the day on which you copied the page, such as 2026-03-31")
        return [(row.word.property, day)]

    def _integer(self, row: Row) -> Said:
        return [(row.word.property, values.integer(row.value).split('"')[1])]

    def _quantity(self, row: Row) -> Said:
        if not row.value:
            raise BadParameter("value is empty: write the figure and its unit, such as 40 percent")
        number, unit = numbers.quantity(row.value)
        shown = numbers.plain(number)
        if not unit:
            offered = " or ".join(f"{shown} {name}" for name in self._declared.offered("units"))
            raise BadParameter(f"the unit is missing: write {offered}")
        concept = self._declared.concept("units", unit)
        is_percentage = concept.iri.endswith("unit-percent")
        if is_percentage and not 0 <= number <= _WHOLE:
            raise BadParameter(f"a percentage is from 0 to 100, and this is {shown}: correct it, or its unit")
        numbers.compare(number, row.words, percentage=is_percentage)
        return [
            (row.word.property, _shortened(numbers.decimal(number))),
            ("dpp:unit", self._declared.iri(concept.iri)),
        ]

    def _body(self, row: Row) -> Said:
        return [(row.word.property, self._declared.iri(self._declared.body(row.value).iri))]

    def _plan(self, row: Row) -> Said:
        if not row.value:
            raise BadParameter("write in value which plan: its name in about, or the title of a plan in the graph")
        other = self._declared.plan(row.value).token
        if row.word.about == "plan" and other == self._declared.plan_of(row).token:
            raise BadParameter(f"{row.value} is the plan itself: write the other plan in value")
        return [(row.word.property, other)]

    def _evaluation(self, row: Row) -> Said:
        if not row.value:
            raise BadParameter("write in value the plan whose evaluation it is")
        evaluation = self._declared.plan(row.value).last.get("evaluation")
        if evaluation is None:
            raise BadParameter(f"there is no row evaluation of {row.value} above this one: add it")
        return [(row.word.property, evaluation)]

    def _target(self, row: Row) -> Said:
        if row.value:
            raise BadParameter(f"{row.word.word} takes no value: its words are what counts")
        return [(row.word.property, "dpp:Target")]

    def _level(self, row: Row) -> Said:
        return [(row.word.property, self._declared.iri(self.level(row)))]

    def _concept(self, scheme: str) -> Callable[[Row], Said]:
        return lambda row: [(row.word.property, self._declared.iri(self._declared.concept(scheme, row.value).iri))]

    def _true(self, row: Row) -> Said:
        if row.value and values.key(row.value) not in _YES:
            raise BadParameter(f"{row.word.word} takes no value: remove the row if the page does not say so")
        return [(row.word.property, "true")]

    def _address(self, row: Row) -> Said:
        if not _WEB.fullmatch(row.value):
            raise BadParameter(f"{row.value or 'nothing'} is no web address: write it from https:// to its end")
        return [(row.word.property, f"<{row.value}>")]

    def _language(self, row: Row) -> Said:
        return [(row.word.property, f"<{_EU_LANGUAGE}{values.language(row.value)[1]}>")]


def _shortened(term: str) -> str:
    """A typed literal with a prefixed name for its type."""
    return term.replace(f"<{PREFIXES['xsd']}", "xsd:").removesuffix(">")
