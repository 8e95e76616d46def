"""What is said twice: by rows copied and not mended, or by two that cannot both be right."""

from collections.abc import Iterable

from dppgraph.errors import BadParameter
from dppgraph.operations.new.table import Row
from dppgraph.operations.new.values import key


class Once:
    """Which row says what."""

    def __init__(self) -> None:
        """Begins with nothing said."""
        self._first: dict[tuple[str, ...], int] = {}

    def refuse_facts(self, row: Row, facts: Iterable[tuple[str, str, str]]) -> None:
        """Notes facts, as Turtle writes them.

        Raises:
            BadParameter: another row has stated one of them.
        """
        for fact in facts:
            if first := self._other(row, fact):
                raise BadParameter(f"row {first} says this already: remove one of the two")

    def refuse_title(self, row: Row, plan: str, language: str) -> None:
        """Notes a title.

        Raises:
            BadParameter: the plan has one in that language.
        """
        if first := self._other(row, ("title", plan, language, "")):
            raise BadParameter(
                f"row {first} gives a title in {language} already: another one goes in a row other title, or ends in "
                "its language, such as @fr"
            )

    def repeated(self, row: Row, below: str, text: str) -> str:
        """What is wrong with a row that opens a part of a plan which another row opens already; nothing, if none does.

        Args:
            row: the row.
            below: the plan or the line that the part is of.
            text: the name that the row gives to it.
        """
        word = row.word.word
        if row.word.value == "label":
            first = self._other(row, (below, word, key(text), ""))
            told = f"has this {word} already: remove one of the two, or tell them apart in value"
        else:
            first = self._other(row, (below, word, key(row.words), str(row.which)))
            told = "says this already: remove one of the two"
        return f"row {first} {told}" if first and row.words else ""

    def forget(self, fact: tuple[str, str, str]) -> None:
        """Lets another row state a fact."""
        self._first.pop(fact, None)

    def _other(self, row: Row, said: tuple[str, ...]) -> int:
        """The other row that says it; 0 if there is none."""
        first = self._first.setdefault(said, row.number)
        return 0 if first == row.number else first
