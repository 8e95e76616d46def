"""Reading it: the statements of a version as a server says them, and the files beside them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import IO, Final, TypeVar, cast

from dppgraph.core.formats import Format
from dppgraph.core.iris import NAMESPACE
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import Damaged, StoreUnavailable
from dppgraph.operations.describe import Held
from dppgraph.operations.dumps import DumpFolders
from dppgraph.operations.feed import FeedReader, fed_until
from dppgraph.operations.findings import Findings, read
from dppgraph.operations.frames import Context
from dppgraph.operations.harvest.frozen import needs_server
from dppgraph.operations.harvest.located import Located
from dppgraph.operations.harvest.make import CATALOGUE, GONE, LISTED, LOOKED_UP, SEARCH, STATEMENTS, VOID, made, packed
from dppgraph.operations.harvest.streamed import Said, stream_catalogue
from dppgraph.store.history import ExactQuads, History, Pattern
from dppgraph.store.runs import looked_up
from dppgraph.store.search import SearchIndex
from dppgraph.store.versions import Manifest, VersionStore

_Found = TypeVar("_Found")

_PAGES: Final = (
    "plans",
    "timeline",
    "compare",
    "questions",
    "sources",
    "concepts",
    "agents",
    "quality",
    "changes",
    "blame",
    "search",
    "sparql",
    "dumps",
    "graphs",
    "things",
    "api",
    "about",
    "accessibility",
)
"""The pages that there are whatever the data."""

_ANSWERING: Final = frozenset(("blame", "search", "graphs", "api"))
"""Those that are no use without a server."""


class Published:
    """The statements of a version, with those made when it was built, as a server says them.

    Addresses below the base are those of the server; what names things stays. Implements ``describe.Statements``.

    Args:
        exact: the quads of the version.
        more: lines that are not part of it, or where they are looked up: how large its dumps are, for one.
        base: the base of the data.
        url: where the server answers.
        gone: what such lines spoke of once, and do not any more.
        leaves_out: whether a line is not said here, though it is one of them.
    """

    def __init__(
        self,
        exact: ExactQuads,
        more: Iterable[str] | ExactQuads,
        base: str,
        url: str,
        gone: Collection[str] = frozenset(),
        leaves_out: Callable[[str], bool] | None = None,
    ) -> None:
        self.exact = exact
        self.base = base
        self.url = url
        self.saying_so = Located(base, url, leaves_out)
        self._more = more if isinstance(more, ExactQuads) else Held(more)
        self._gone = gone

    def is_gone(self, iri: str) -> bool:
        """Whether something was said once of a thing of which nothing is said here."""
        if self.exact.is_gone(iri):
            return not self._more.about(f"<{iri}>")
        return iri in self._gone and not self.exact.about(f"<{iri}>")

    def about(self, subject: str) -> list[str]:
        """As ``Statements`` has it."""
        return self._both(lambda source: source.about(self._named(subject)))

    def saying(self, subject: str, predicates: frozenset[str]) -> list[str]:
        """As ``Statements`` has it."""
        return self._both(lambda source: source.saying(self._named(subject), predicates))

    def parts(self, owner: str) -> list[str]:
        """As ``Statements`` has it."""
        named = self._named(owner)
        return sorted({self._located(term) for term in (*self.exact.parts(named), *self._more.parts(named))})

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """As ``Statements`` has it."""
        named = self._named(object_)
        found = (*self.exact.subjects(predicate, named), *self._more.subjects(predicate, named))
        return sorted(set(map(self._located, found)))

    def pointing(self, object_: str, offset: int, limit: int) -> list[Quad]:
        """Triples with this object, in a fixed order, as quads without a graph."""
        named = self._named(object_)
        pattern = Pattern(None, None, named)
        found = self.exact.match(pattern, offset=offset, limit=limit)
        if len(found) < limit:
            before = max(0, offset - self.exact.count(pattern))
            found += self._pointing_besides(named)[before : before + limit - len(found)]
        return [Quad(*map(self._located, triple)) for triple in found]

    def count_pointing(self, object_: str) -> int:
        """How many there are of them."""
        named = self._named(object_)
        return self.exact.count(Pattern(None, None, named)) + len(self._pointing_besides(named))

    def count_by_predicate(self, object_: str) -> dict[str, int]:
        """How many triples point at a thing, by their predicate; sorted."""
        named = self._named(object_)
        counted = self.exact.count_by_predicate(named)
        for _, predicate, _ in self._pointing_besides(named):
            counted[predicate] = counted.get(predicate, 0) + 1
        return dict(sorted(counted.items()))

    def located(self, lines: Collection[str]) -> list[str]:
        """Lines as the server says them; sorted."""
        return self.saying_so.lines(lines)

    def _pointing_besides(self, object_: str) -> list[tuple[str, str, str]]:
        besides = {parse_line(line)[:3] for line in self._more.pointing(object_)}
        return sorted(triple for triple in besides if not self.exact.count(Pattern(*triple)))

    def _both(self, lookup: Callable[[Held | ExactQuads], list[str]]) -> list[str]:
        return self.located({*lookup(self.exact), *lookup(self._more)})

    def _located(self, term: str) -> str:
        return self.saying_so.term(term)

    def _named(self, term: str) -> str:
        return self.saying_so.named(term)


class Harvest:
    """What there is of one version.

    Its statements are its own. What takes a while to make (the files, what the catalogue says of them, the index of
    words) may be of a version before it, until it is made for this one too.

    Args:
        store: where it is.
        manifest: the version.
        url: where the server answers.
        history: the quads of all versions.
        frozen: whether no server answers.

    Attributes:
        frozen: likewise.
        manifest: the version.
        packed: the version that the files, the catalogue and the index are of.
        published: its statements.

    Raises:
        StoreUnavailable: it is not there.
    """

    def __init__(
        self, store: VersionStore, manifest: Manifest, url: str, history: History, *, frozen: bool = False
    ) -> None:
        self.frozen = frozen
        self.manifest = manifest
        of = packed(store, manifest)
        if of is None:
            raise self._missing()
        self._folder = store.harvest_path(of.version)
        try:
            exact = history.at(manifest.version)
            self._index = SearchIndex(self._folder / SEARCH)
        except Damaged as error:
            raise self._missing() from error
        gone = frozenset(self._lines(GONE))
        self._besides = History(self._folder / LOOKED_UP)
        out = needs_server(manifest.base) if frozen else None
        self._begin(store, manifest, of, Published(exact, self._more(of), manifest.base, url, gone, out))

    def _more(self, of: Manifest) -> list[str] | ExactQuads:
        if not (self._folder / LOOKED_UP).exists():
            return self._lines(STATEMENTS)
        try:
            return self._besides.at(of.version)
        except Damaged as error:
            raise self._missing() from error

    def _begin(self, store: VersionStore, manifest: Manifest, of: Manifest, published: Published) -> None:
        self.manifest = manifest
        self.packed = of
        self.published = published
        self._store = store
        self._created = {manifest.version: manifest.created}
        self._made: datetime | None = None
        self._there: list[str] | None = None
        self._licence: str | None = None
        self._once: dict[Hashable, object] = {}
        self._dumps = DumpFolders(store, store.harvest_path)
        self._feed: FeedReader | None = None
        self._lock = Lock()

    @property
    def is_past(self) -> bool:
        """Whether the address says which version it is; else it is the one that is current."""
        return False

    @property
    def index(self) -> SearchIndex:
        """Its words, to be searched."""
        return self._index

    @property
    def catalogue_size(self) -> int:
        """How many bytes the lines of the catalogue's document have; 0 where the data has no catalogue.

        Raises:
            StoreUnavailable: it is not there.
        """
        try:
            return (self._folder / CATALOGUE).stat().st_size
        except OSError as error:
            raise self._missing() from error

    def catalogue(self) -> list[str]:
        """The catalogue's document, as the server says it; empty where the data has no catalogue.

        Raises:
            StoreUnavailable: it is not there.
        """
        return self.published.located(self._lines(CATALOGUE))

    def write_catalogue(self, format_: Format, context: Context, out: IO[bytes]) -> None:
        """Writes that document, however long it is, to a file of the system, by a process of its own.

        Args:
            format_: how.
            context: the names that JSON-LD is written with.
            out: the file.

        Raises:
            BadRdf: the format cannot say one of its statements.
            EngineDied: the process ended before its work was done.
            OSError: a file cannot be read or written.
        """
        said = Said(self.published.base, self.published.url, self.frozen)
        stream_catalogue(self._folder / CATALOGUE, said, format_, context, out)

    def listed(self) -> list[str]:
        """The term of the catalogue, and those of the data sets that it lists, in the order in which they are shown.

        Raises:
            StoreUnavailable: it is not there.
        """
        return self._lines(LISTED)

    @contextmanager
    def in_catalogue(self) -> Iterator[Callable[[str], list[str]]]:
        """What gives the lines about a thing in the catalogue's document, which is not empty, until the block ends.

        Raises:
            StoreUnavailable: it is not there.
        """
        said = self.published.saying_so
        try:
            with looked_up(self._folder / CATALOGUE) as found:
                yield lambda term: said.lines(found.about(said.named(term)))
        except Damaged as error:
            raise self._missing() from error

    def void(self) -> list[str]:
        """The VoID description, likewise.

        Raises:
            StoreUnavailable: it is not there.
        """
        return self.published.located(self._lines(VOID))

    def feed(self) -> FeedReader:
        """The feed as it is at this version, or at the last one before it that is in it.

        Raises:
            StoreUnavailable: its members cannot be read.
        """
        with self._lock:
            if self._feed is None:
                number = fed_until(self._store, self.manifest.version) or self.manifest.version
                self._feed = FeedReader(self._store, number, self.published.url)
            return self._feed

    @property
    def there(self) -> list[str]:
        """The paths of what can be read here besides the documents about things."""
        if self._there is None:
            self._there = self._looked_for()
        return self._there

    def _looked_for(self) -> list[str]:
        vocabularies = {"ns": NAMESPACE.removesuffix("#"), "shapes": f"{self.manifest.base}shapes"}
        held = [
            path
            for path, iri in vocabularies.items()
            if self.published.about(f"<{iri}>") or self.published.parts(f"<{iri}>")
        ]
        catalogue = ["catalogue"] if self.catalogue_size else []
        pages = [path for path in _PAGES if not (self.frozen and path in _ANSWERING)]
        return ["", *pages, *catalogue, *held, *(["ontology"] if "ns" in held else [])]

    def once(self, key: Hashable, find: Callable[[], _Found]) -> _Found:
        """What is found out once of the version, and kept with it: no more than what grows with its plans alone.

        Args:
            key: what it is.
            find: finds it.
        """
        if key not in self._once:
            self._once[key] = find()
        return cast("_Found", self._once[key])

    def licence(self) -> str:
        """The IRI of the licence that the data names for the whole graph; empty where it names none."""
        if self._licence is None:
            self._licence = self._dumps.licence(self.packed.version) or ""
        return self._licence

    def close(self) -> None:
        """Lets its files go; whoever still looks something up in them opens them anew."""
        self._index.close()
        self._besides.close()

    def findings(self) -> list[Findings] | None:
        """What the shapes found of this version; None where the gate was off, or nobody kept it.

        Raises:
            Damaged: it is not what was published.
        """
        content = self._store.findings(self.manifest.version)
        return None if content is None else read(content)

    def _lines(self, name: str) -> list[str]:
        try:
            return (self._folder / name).read_text(encoding="utf-8").split("\n")[:-1]
        except OSError as error:
            raise self._missing() from error

    def _missing(self) -> StoreUnavailable:
        number = self.manifest.version
        return StoreUnavailable(f"what is to be had of version {number} is not there: restart the server, it makes it")

    @property
    def changed(self) -> str:
        """When what is here last changed, ISO 8601: when it was made, which may be later than the version."""
        if self._made is None:
            try:
                self._made = datetime.fromtimestamp(int(made(self._store, self.packed)), UTC)
            except OSError as error:
                raise self._missing() from error
        return max(self._made, datetime.fromisoformat(self.manifest.created)).isoformat()

    def created(self, number: int) -> str:
        """When a version was published, as its manifest has it; of one whose manifest is lost, this one's moment."""
        if number not in self._created:
            try:
                self._created[number] = self._store.manifest(number).created
            except Damaged:
                self._created[number] = self.manifest.created
        return self._created[number]
