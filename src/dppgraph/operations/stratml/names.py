"""The last parts of IRIs: those that a document gives, where they are ours, and those that follow from its words."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Container, Iterator
from itertools import chain
from typing import Final

from dppgraph.operations.new.declared import token
from dppgraph.operations.new.values import slug
from dppgraph.operations.stratml.plan import Plan, Texts

_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}")
_LONGEST: Final = 48
"""Of the words of a part: a file's name and an IRI stay readable."""
_TITLE: Final = 80


def local_part(iri: str, base: str, kind: str) -> str:
    """The last part of an IRI of ours; empty for any other."""
    start = f"{base}id/{kind}/"
    rest = iri.removeprefix(start) if iri.startswith(start) else ""
    return rest if _LOCAL.fullmatch(rest) else ""


def term_of(iri: str, base: str) -> str:
    """An IRI as Turtle writes it: short, if it is one of ours."""
    kind, _, name = iri.removeprefix(f"{base}id/").partition("/")
    return token(kind, name) if local_part(iri, base, kind) else f"<{iri}>"


def plan_slug(plan: Plan, base: str) -> str:
    """The last part of a plan's IRI: the one that its document gives, or else from its body and its title.

    Many plans are called "Strategic plan", so the body's acronym or name comes first, unless the title has it.
    """
    if known := local_part(plan.iri, base, "plan"):
        return known
    title = _from_words(plan.titles, plan.language, _TITLE)
    body = plan.bodies[0] if plan.bodies else None
    owner = (slug(body.acronym) or _cut(_of(body.names, plan.language), _LONGEST)) if body else ""
    return title if not owner or f"-{owner}-" in f"-{title}-" else f"{owner}-{title}"


class Names:
    """Gives each thing of a plan a name that no other thing of it has."""

    def __init__(self, base: str, plan: str, language: str, taken: Container[str]) -> None:
        """Begins with none given.

        Args:
            base: what our IRIs begin with.
            plan: the last part of the plan's IRI, which the names of its parts begin with.
            language: the language whose words are taken, where there are any.
            taken: IRIs that stand for something else.
        """
        self._base = base
        self._plan = plan
        self._language = language
        self._taken = taken
        self._used: set[tuple[str, str]] = set()
        self._last: defaultdict[str, int] = defaultdict(lambda: 1)

    def of(self, kind: str, iri: str, words: Texts) -> str:
        """The last part of the IRI of a thing: the one that its document gives, or else from its words."""
        name = local_part(iri, self._base, kind)
        if not name or (kind, name) in self._used:
            said = _from_words(words, self._language, _LONGEST)
            whole = said if kind == "agent" else f"{self._plan}-{said}"
            name = next(name for name in chain((whole,), self._numbered(whole)) if self._is_free(kind, name))
        self._used.add((kind, name))
        return name

    def _numbered(self, whole: str) -> Iterator[str]:
        """A name with numbers that it did not have before."""
        while True:
            self._last[whole] += 1
            yield f"{whole}-{self._last[whole]}"

    def _is_free(self, kind: str, name: str) -> bool:
        return (kind, name) not in self._used and f"{self._base}id/{kind}/{name}" not in self._taken


def _from_words(texts: Texts, language: str, longest: int) -> str:
    """Words as a part of an IRI; of letters that cannot be written so, a checksum."""
    return _cut(_of(texts, language), longest) or hashlib.sha256(repr(texts).encode()).hexdigest()[:12]


def _of(texts: Texts, language: str) -> str:
    """Words as a part of an IRI: those in a language, if there are any."""
    ordered = sorted(texts, key=lambda text: text[0] != language)
    return next((found for _, text in ordered if (found := slug(text))), "")


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[:longest].rpartition("-")[0] or name[:longest]
