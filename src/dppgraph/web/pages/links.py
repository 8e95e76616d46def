"""Where the links of a page lead."""

import re
from typing import Final, NamedTuple
from urllib.parse import urlencode

from dppgraph.core.iris import uri_of
from dppgraph.operations.documents import path_of
from dppgraph.web.originals import VERSION, has_versions
from dppgraph.web.pages.reader import LANG, Reader
from dppgraph.web.rendering import followed

READ: Final = {
    "plan": "plans",
    "line-of-action": "lines",
    "concept": "concepts",
    "agent": "agents",
    "source": "sources",
}
"""The kinds of things that have a page for readers, and where these pages are."""

_SEGMENT: Final = re.compile(r"[\w.~%?#-]|$")


def below(root: str, path: str) -> str:
    """The address of a path below another, as it may stand in a page.

    Where the data name something by a path that begins with a slash, two slashes in a row would be the beginning of
    another server's address (RFC 3986, section 4.2).

    >>> below("/", "plans/x"), below("/", "/example.org/x")
    ('/plans/x', '/.//example.org/x')
    """
    return f"{root}{'' if _SEGMENT.match(path) else './'}{path}"


class Links(NamedTuple):
    """The addresses that pages of this server lead to.

    Attributes:
        url: where the server answers, or the path of that alone: links lead then wherever the page was opened.
        base: the base of the data.
        reader: who reads.
        version: the version that they are to be of, as far as they can be had of any; None for the current one.
    """

    url: str
    base: str
    reader: Reader
    version: int | None = None

    def link(self, path: str = "", **parameters: object) -> str:
        """The address of a page of this server; parameters that are None or empty are left out."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        if self.reader.chosen:
            given.setdefault(LANG, self.reader.language)
        path, mark, part = path.partition("#")
        if self.version and path != "sparql" and has_versions(f"/{path}"):
            given.setdefault(VERSION, self.version)
        return f"{below(self.url, path)}{'?' if given else ''}{urlencode(given)}{mark}{part}"

    def to(self, term: str) -> str:
        """The page about a thing, given as an IRI or a term; empty for what no link may lead to."""
        iri = term[1:-1] if term.startswith("<") and term.endswith(">") else term
        if "?" in iri and iri.startswith(self.base):
            # What is asked for with parameters is an address, and no name of a thing.
            return below(self.url, uri_of(iri.removeprefix(self.base)))
        path = path_of(iri, self.base)
        if path is None:
            return followed(iri)
        mark, part = iri.partition("#")[1:]
        start, _, rest = path.partition("/")
        kind, _, slug = rest.partition("/")
        if start == "doc" and kind in READ and slug:
            return self.link(f"{READ[kind]}/{slug}{mark}{part}")
        return self.link(f"{path}{mark}{part}")

    def document(self, term: str) -> str:
        """The document with all that is said of a thing of ours; empty for what has none."""
        iri = term[1:-1] if term.startswith("<") else term
        path = path_of(iri, self.base)
        return self.link(path) if path is not None else ""

    def sparql(self, text: str) -> str:
        """The query editor with a query in it."""
        return f"{self.link('sparql')}#{urlencode({'query': text})}"

    def question(self, name: str, **parameters: object) -> str:
        """The form of a named question, filled in."""
        return self.link(f"questions/{name}", **parameters)
