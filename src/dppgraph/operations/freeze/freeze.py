"""Writing the site: what is listed, and all that its pages lead to.

Things are listed from the data, some at a time; what else there is of them (other formats, further pages, answers to
questions) is found by the links of pages. So a link that is written leads to a file, and what is known at any time fits
into memory however large the graph: what waits is in the record's database. The pages to begin with come last.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from dppgraph.operations.freeze.address import Address
from dppgraph.operations.freeze.folder import Folder, Written
from dppgraph.operations.freeze.record import FrozenFile, Record


class Answer(NamedTuple):
    """What a server would send.

    Attributes:
        file: what is said of the file that it becomes.
        content: its bytes.
        leads: the addresses that it leads to, at each of which there is something.
    """

    file: FrozenFile
    content: bytes | AsyncIterator[bytes]
    leads: tuple[Address, ...] = ()


class Publication(Protocol):
    """What answers in place of a server."""

    def listed(self) -> Iterator[Address]:
        """The addresses of all that the data list, and of what no page leads to."""
        ...

    def entries(self) -> Iterable[Address]:
        """Those that one begins with, in the order in which they are to be replaced."""
        ...

    async def answer(self, address: Address, record: Record) -> Answer | None:
        """What there is at an address; None for nothing.

        Args:
            address: the address.
            record: knows which others there are, and is told of those that are found out.
        """
        ...

    def beside(self) -> Iterator[tuple[FrozenFile, bytes]]:
        """Files that no address is asked for: for servers, and for what is not there."""
        ...

    def rules(self) -> Iterator[tuple[str, bytes]]:
        """What servers have to be told, by the name of a file among the records."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """How far it has come.

    Attributes:
        written: what was done so far.
        address: what is being written.
    """

    written: Written
    address: str


async def freeze(publication: Publication, folder: Folder, progress: Callable[[Counted], None]) -> Written:
    """Writes the site into its folder.

    Args:
        publication: what answers.
        folder: where to.
        progress: told of each address.

    Raises:
        DppgraphError: as whatever answers; what was written so far can be served, and the next time goes on from there.
    """
    record = folder.record
    entries = list(publication.entries())
    for entry in entries:
        record.settle(entry.key, there=True)
    record.seed(address.key for address in publication.listed())
    await _drained(publication, folder, progress)
    for entry in entries:
        await _written(publication, folder, entry, progress, last=True)
    await _drained(publication, folder, progress)
    for file, content in publication.beside():
        folder.put(file, content, last=True)
    folder.finish()
    for name, content in publication.rules():
        folder.keep(name, content)
    return folder.written


async def _drained(publication: Publication, folder: Folder, progress: Callable[[Counted], None]) -> None:
    while keys := folder.record.waiting():
        for key in keys:
            await _written(publication, folder, Address.of_key(key), progress)


async def _written(
    publication: Publication,
    folder: Folder,
    address: Address,
    progress: Callable[[Counted], None],
    *,
    last: bool = False,
) -> None:
    record = folder.record
    progress(Counted(folder.written, address.path))
    answer = await publication.answer(address, record)
    record.settle(address.key, there=answer is not None)
    if answer is None:
        return
    if isinstance(answer.content, bytes):
        folder.put(answer.file, answer.content, last=last)
    else:
        await folder.stream(answer.file, answer.content)
    record.want(lead.key for lead in answer.leads)
