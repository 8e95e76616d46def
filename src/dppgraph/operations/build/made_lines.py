"""What is made of a candidate's lines, put among them, subject by subject."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from dppgraph.core.quads import by_subject, parse_line, subject_of


class MadeLines:
    """Lines that are made of others.

    Args:
        about: what is made in any case, sorted.
        derived: what is made unless another graph says it, sorted.

    Attributes:
        stated: what was left out of the latter, once :meth:`groups` has come to its end.
    """

    def __init__(self, about: Iterable[str], derived: Iterable[str]) -> None:
        self.stated: list[str] = []
        self._about = {subject_of(group[0]): group for group in by_subject(about)}
        self._derived = defaultdict[str, list[str]](list)
        self._derived.update((subject_of(group[0]), group) for group in by_subject(derived))

    def groups(self, groups: Iterable[Sequence[str]]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """All lines, subject by subject; with each, those of them that were not there.

        Args:
            groups: the lines that are there, subject by subject, sorted, each once.
        """
        begins = iter(sorted(f"{subject} " for subject in self._about.keys() | self._derived.keys()))
        begin = next(begins, None)
        for group in groups:
            first = group[0]
            while begin is not None and begin <= first and not first.startswith(begin):
                yield self._together(begin, ())
                begin = next(begins, None)
            if begin is not None and first.startswith(begin):
                yield self._together(begin, group)
                begin = next(begins, None)
            else:
                yield group, ()
        while begin is not None:
            yield self._together(begin, ())
            begin = next(begins, None)

    def _together(self, begin: str, group: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lines of a subject of which something is made, given what they begin with, and those that are new."""
        subject = begin.rstrip(" ")
        there = {*group, *self._about.get(subject, ())}
        triples = {parse_line(line)[:3] for line in there}
        more = [line for line in self._derived.get(subject, ()) if line not in there]
        kept = [line for line in more if parse_line(line)[:3] not in triples]
        self.stated += sorted(set(more).difference(kept))
        there.update(kept)
        return sorted(there), sorted(there.difference(group))
