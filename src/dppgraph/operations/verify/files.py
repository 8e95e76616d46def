"""The dumps: each is downloaded once, and is to be what the list says of it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import quote

from dppgraph.core import formats
from dppgraph.errors import BadRdf, DppgraphError, ServerUnreachable
from dppgraph.operations.dumps import CHECKSUMS
from dppgraph.operations.verify.finding import Finding, WrongError
from dppgraph.operations.verify.lines import Counted, lines_of
from dppgraph.operations.verify.server import Server
from dppgraph.operations.verify.told import Told, member, read

_SHOWN: Final = 20
"""Files that are named, of those that are wrong."""


class Listed(NamedTuple):
    """A file as the list has it.

    Attributes:
        name: its name.
        size: its bytes.
        sha256: of these, in hexadecimal.
        is_whole: whether it is all statements as canonical N-Quads.
    """

    name: str
    size: int
    sha256: str
    is_whole: bool


@dataclass(slots=True)
class Files:
    """The dumps of a version.

    Attributes:
        server: where they are.
        told: what the server says of the version.
        listed: the files, once they are listed.
        counted: what is known of the statements, once they have come.
        fault: what is wrong with the file that holds them all; empty for nothing.
    """

    server: Server
    told: Told
    listed: list[Listed] = field(default_factory=list)
    counted: Counted = field(default_factory=Counted)
    fault: str = "there is no file of all statements as N-Quads"

    def check(self, progress: Callable[[str], None]) -> Iterator[Finding]:
        """What is found of the files, and of the digest.

        Raises:
            WrongError: there is no list that could be read.
            DppgraphError: as ``Server.answer``.
        """
        self.listed = self._list()
        wrong = []
        for file in self.listed:
            progress(f"reading {file.name}")
            fault = self._fault_of(file)
            if fault:
                wrong.append(Finding("dumps", False, f"{file.name}: {fault}"))
        sums = self._fault_of_sums()
        if sums:
            wrong.append(Finding("dumps", False, f"{CHECKSUMS}: {sums}"))
        yield from wrong[:_SHOWN]
        if wrong[_SHOWN:]:
            yield Finding("dumps", False, f"and {len(wrong) - _SHOWN} others")
        if not wrong:
            size = sum(file.size for file in self.listed)
            said = f"{len(self.listed)} files of version {self.told.named.version}, {size:,} bytes, each as listed"
            yield Finding("dumps", True, said)
        yield self._digest()

    def _list(self) -> list[Listed]:
        where = f"dumps/{self.told.named.version}"
        answered = self.server.answer(where)
        if answered.named != self.told.named:
            raise WrongError(f"/{where} names version {answered.named.version} sha256:{answered.named.digest}")
        found = [_listed(said) for said in member(read(answered, f"/{where}"), "files", list)]
        if not found:
            raise WrongError(f"/{where} lists no file")
        return found

    def _fault_of(self, file: Listed) -> str:
        """What is wrong with a file; empty for nothing."""
        try:
            with self.server.file(f"dumps/{self.told.named.version}/{quote(file.name, safe='')}") as (named, chunks):
                if named != self.told.named:
                    return f"it names version {named.version} sha256:{named.digest}"
                reading = _Reading(chunks, file.size)
                if file.is_whole:
                    self._count(reading)
                return reading.fault(file)
        except ServerUnreachable:
            raise
        except DppgraphError as error:
            return str(error)

    def _count(self, reading: "_Reading") -> None:
        try:
            for line in lines_of(reading):
                self.counted.take(line)
            self.fault = ""
        except BadRdf as error:
            self.fault = str(error)

    def _fault_of_sums(self) -> str:
        content = self.server.answer(f"dumps/{self.told.named.version}/{CHECKSUMS}").content
        expected = sorted(f"{file.sha256}  {file.name}" for file in self.listed)
        is_same = sorted(content.decode(errors="replace").splitlines()) == expected
        return "" if is_same else "it has other checksums than the list"

    def _digest(self) -> Finding:
        expected = self.told.named.digest
        if self.fault:
            return Finding("digest", False, self.fault)
        found = self.counted.digest.root()
        if found != expected:
            said = f"the statements of version {self.told.named.version} have sha256:{found}, not sha256:{expected}"
            return Finding("digest", False, said)
        return Finding("digest", True, f"sha256:{found}, made anew from {self.counted.quads:,} statements")


class _Reading:
    """The bytes of a file as they are read, of which no more are taken than it should have."""

    def __init__(self, chunks: Iterator[bytes], most: int) -> None:
        self._chunks = chunks
        self._most = most
        self._sum = hashlib.sha256()
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._size += len(chunk)
            if self._size > self._most:
                return
            self._sum.update(chunk)
            yield chunk

    def fault(self, file: Listed) -> str:
        """What is wrong with the file, of which the rest is read; empty for nothing."""
        for _ in self:
            pass
        if self._size > self._most:
            return f"it is longer than {file.size:,} bytes"
        if self._size < file.size:
            return f"it has {self._size:,} bytes, not {file.size:,}"
        found = self._sum.hexdigest()
        return "" if found == file.sha256 else f"it has sha256:{found}, not sha256:{file.sha256}"


def _listed(said: object) -> Listed:
    whole = {"holds": "all", "format": formats.NQUADS.name, "gzip": False}
    is_whole = isinstance(said, dict) and all(said.get(name) == value for name, value in whole.items())
    return Listed(member(said, "file", str), member(said, "size", int), member(said, "sha256", str), is_whole)
