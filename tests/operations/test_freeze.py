"""What a site without a server is made of: which file stands for which address, and what is known of the files."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.errors import Damaged, FolderInUse, NotOurs
from dppgraph.operations.freeze import Address, Folder, FrozenFile, Written, file_of, freeze, href_of
from dppgraph.operations.freeze.freeze import Answer
from dppgraph.operations.freeze.record import Record, read_manifest

TEXT = "text/plain"


@pytest.mark.parametrize(
    ("address", "file"),
    [
        (Address("", "html", "nl"), "index.html"),
        (Address("", "html", "en"), "en/index.html"),
        (Address("plans", "html", "nl", (("page", "2"),)), "plans/~page-2/index.html"),
        (Address("plans", "csv", "en"), "en/plans.csv"),
        (Address("doc/plan/x", "linkset.json"), "doc/plan/x.linkset.json"),
        (Address("doc/concept/y", "ttl", "", (("page", "3"),)), "doc/concept/y~page-3.ttl"),
        (Address("queries/successors", "csv", "", (("plan", "id/plan/x"),)), "queries/successors~plan-plan.x.csv"),
        (Address(".well-known/void", "ttl"), ".well-known/void.ttl"),
        (Address("dumps/1/all.nt.gz"), "dumps/1/all.nt.gz"),
        (Address("doc/plan/caf%C3%A9", "ttl"), "doc/plan/café.ttl"),
    ],
)
def test_a_file_is_named_so_that_people_know_it(address: Address, file: str) -> None:
    assert file_of(address) == file


def test_links_lead_to_folders_and_escape_what_is_no_letter() -> None:
    assert href_of(Address("plans", "html", "en")) == "en/plans/"
    assert href_of(Address("", "html", "nl")) == ""
    assert href_of(Address("doc/plan/caf%C3%A9", "ttl")) == "doc/plan/caf%C3%A9.ttl"


PARTS = st.one_of(
    st.sampled_from(
        ["..", ".", "x.ttl", "x", "x.html", "~x", "%2E%2E", "a%2Fb", "CON", "index.html", "x.gz", "%FF", "é"]
    ),
    st.text(min_size=1, max_size=12).map(lambda text: text.replace("/", "").replace("\n", "") or "x"),
)
ADDRESSES = st.builds(
    Address,
    st.lists(PARTS, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["html", "ttl", "json", "linkset.json"]),
    st.sampled_from(["", "nl", "en"]),
    st.lists(st.tuples(st.sampled_from(["page", "plan"]), st.text(min_size=1, max_size=9)), max_size=2).map(tuple),
)


@given(ADDRESSES)
def test_whatever_a_thing_is_called_its_file_stays_in_the_folder(address: Address) -> None:
    parts = file_of(address).split("/")
    assert all(part not in ("", ".", "..") and len(part.encode()) < 255 and "\x00" not in part for part in parts)


@given(ADDRESSES, ADDRESSES)
def test_no_two_addresses_have_one_file_and_none_is_the_folder_of_another(one: Address, other: Address) -> None:
    first, second = file_of(one), file_of(other)
    if first == second:
        assert alike(one) == alike(other)
    assert not second.startswith(f"{first}/")


def alike(address: Address) -> tuple[object, ...]:
    """What is the same address however it is written."""
    from urllib.parse import unquote_to_bytes

    parts = tuple(unquote_to_bytes(part) for part in address.path.split("/"))
    language = address.language if address.language == "en" else ""
    given_ = sorted(
        (name, value.removeprefix("id/") if "/" in value[3:] else value) for name, value in address.parameters
    )
    return parts, address.format, language, tuple(given_)


def put(path: Path, files: dict[str, str], last: Iterable[str] = ()) -> Written:
    """Writes files and nothing else."""
    with Folder(path) as folder:
        for name, text in files.items():
            folder.put(FrozenFile(name, (), TEXT, 0, ""), text.encode(), last=name in set(last))
        folder.finish()
        return folder.written


def test_what_is_the_same_is_not_touched_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    assert put(tmp_path, {"a/b.txt": "one", "c.txt": "two", "d/e/f.txt": "x" * 5000}).changed == 4
    before = (tmp_path / "c.txt").stat()
    written = put(tmp_path, {"a/b.txt": "three", "c.txt": "two"})
    after = (tmp_path / "c.txt").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    # The packed one goes with the other.
    assert (written.files, written.changed, written.removed) == (2, 1, 2)
    assert (tmp_path / "a" / "b.txt").read_text() == "three"
    assert not (tmp_path / "d").exists()
    assert [file.path for file in read_manifest(tmp_path / ".frozen" / "manifest.jsonl")] == ["a/b.txt", "c.txt"]


def test_what_is_to_be_last_is_replaced_when_all_else_is_there(tmp_path: Path) -> None:
    put(tmp_path, {"index.html": "old", "page.html": "old"})
    with Folder(tmp_path) as folder:
        folder.put(FrozenFile("index.html", (), TEXT, 0, ""), b"new", last=True)
        assert (tmp_path / "index.html").read_text() == "old"
        folder.put(FrozenFile("page.html", (), TEXT, 0, ""), b"new")
        assert (tmp_path / "page.html").read_text() == "new"
        folder.finish()
    assert (tmp_path / "index.html").read_text() == "new"


def test_who_breaks_off_knows_the_next_time_what_is_theirs(tmp_path: Path) -> None:
    def broken_off() -> None:
        with Folder(tmp_path) as folder:
            folder.put(FrozenFile("half.txt", (), TEXT, 0, ""), b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert (tmp_path / "half.txt").exists()
    assert put(tmp_path, {"whole.txt": "whole"}).removed == 1
    assert not (tmp_path / "half.txt").exists()


def test_a_folder_with_what_others_wrote_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(NotOurs, match=r"mine\.txt"):
        Folder(tmp_path)
    assert not (tmp_path / ".frozen").exists()


@pytest.mark.parametrize("name", ["manifest.jsonl", "under-way.sqlite"])
def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"a.txt": "one"})
    (tmp_path / ".frozen" / name).write_bytes(b"neither one thing nor the other" * 200)
    with pytest.raises(Damaged, match="freeze anew"):
        Folder(tmp_path)


def test_a_folder_that_is_being_written_is_refused(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        with pytest.raises(FolderInUse):
            Folder(tmp_path)
        folder.finish()


class Two:
    """A publication of two pages, of which one leads to the other, and to what is not there."""

    def __init__(self, pages: dict[str, tuple[str, ...]], entry: str) -> None:
        self.pages = pages
        self.entry = entry
        self.asked: list[str] = []

    def listed(self) -> Iterator[Address]:
        """Nothing: all is found."""
        yield from ()

    def entries(self) -> Iterable[Address]:
        """The first page."""
        return [Address(self.entry, "html", "nl")]

    async def answer(self, address: Address, record: Record) -> Answer | None:  # noqa: ARG002 - it finds out nothing
        """A page with its links."""
        self.asked.append(address.path)
        leads = self.pages.get(address.path)
        if leads is None:
            return None
        file = FrozenFile(file_of(address), (), TEXT, 0, "")
        return Answer(file, address.path.encode(), tuple(Address(lead, "html", "nl") for lead in leads))

    def beside(self) -> Iterator[tuple[FrozenFile, bytes]]:
        """One more file."""
        yield FrozenFile("404.html", (), TEXT, 0, ""), b"gone"

    def rules(self) -> Iterator[tuple[str, bytes]]:
        """One rule."""
        yield "rules.txt", b"be kind"


def test_all_that_pages_lead_to_is_written_once(tmp_path: Path) -> None:
    two = Two({"a": ("b", "c"), "b": ("a", "c"), "c": ()}, "a")
    with Folder(tmp_path) as folder:
        asyncio.run(freeze(two, folder, lambda _: None))
    assert sorted(two.asked) == ["a", "b", "c"]
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert there == {
        "404.html", "a/index.html", "b/index.html", "c/index.html", ".frozen/manifest.jsonl", ".frozen/rules.txt",
    }  # fmt: skip


def test_what_is_large_is_streamed(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number * 1000

    async def write() -> Written:
        with Folder(tmp_path) as folder:
            await folder.stream(FrozenFile("dumps/1/all.nq", (), TEXT, 0, ""), chunks())
            folder.finish()
            return folder.written

    assert asyncio.run(write()).changed == 1
    assert (tmp_path / "dumps" / "1" / "all.nq").stat().st_size == 3000
    assert asyncio.run(write()).changed == 0
