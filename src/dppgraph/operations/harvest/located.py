"""Lines as a server says them: addresses below the base are those of the server; what names things stays."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

from dppgraph.core.iris import addresses_below, located
from dppgraph.core.quads import Quad, by_subject, parse_line, subject_of


@dataclass(frozen=True, slots=True)
class Located:
    """How lines are said.

    Attributes:
        base: the base of the data.
        url: where the server answers.
        leaves_out: whether a line is not said here, though it is one of them.
    """

    base: str
    url: str
    leaves_out: Callable[[str], bool] | None = None

    def term(self, term: str) -> str:
        """A term as the server says it."""
        return located(term, self.base, self.url)

    def named(self, term: str) -> str:
        """What a term of the server stands for in the data."""
        return located(term, self.url, self.base)

    def lines(self, lines: Collection[str]) -> list[str]:
        """Lines as the server says them; sorted."""
        if self.leaves_out:
            lines = [line for line in lines if not self.leaves_out(line)]
        if self.url == self.base:
            return sorted(lines)
        # Nearly all lines have names and no address: those are not taken apart.
        moves = addresses_below(self.base).search
        return sorted(Quad(*map(self.term, parse_line(line))).line() if moves(line) else line for line in lines)

    def stream(self, lines: Iterable[str]) -> Iterator[str]:
        """Likewise, each once, with what is said of one thing in memory.

        Args:
            lines: the lines, sorted; they are read twice, as subjects that are addresses have another place among the
                others then, but not among themselves.
        """
        last = ""
        for line in merge(self._groups(lines, moved=False), self._groups(lines, moved=True)):
            if line != last:
                yield line
            last = line

    def _groups(self, lines: Iterable[str], *, moved: bool) -> Iterator[str]:
        for group in by_subject(lines):
            subject = subject_of(group[0])
            if (self.term(subject) != subject) is moved:
                yield from self.lines(group)
