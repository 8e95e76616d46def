"""Bodies of several parts: what an HTTP library writes is read, and what anybody could write is read or refused."""

import mmap
import tempfile
from email.message import EmailMessage
from email.policy import HTTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.errors import BadCall, BodyTooLarge, InvalidInput, UnsupportedMedia
from dppgraph.web.graphs.multipart import MOST, Part, boundary_of, parts_of
from dppgraph.web.graphs.sent import format_named

BOUNDARIES = st.from_regex(r"[0-9A-Za-z'()+_,./:=?-]{1,70}", fullmatch=True)


def read(body: bytes, boundary: bytes) -> list[tuple[Part, bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(body)
        file.flush()
        with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
            return [(part, data[part.start : part.end]) for part in parts_of(data, boundary)]


def written(contents: list[bytes], boundary: bytes, before: bytes = b"", after: bytes = b"\r\n") -> bytes:
    head = b'Content-Disposition: form-data; name="n"; filename="f.ttl"\r\ncontent-type:  text/turtle \r\n'
    parts = (b"--" + boundary + b"\r\n" + head + b"\r\n" + content + b"\r\n" for content in contents)
    return before + b"".join(parts) + b"--" + boundary + b"--" + after


@given(
    st.lists(st.binary(max_size=200), min_size=1, max_size=5),
    BOUNDARIES,
    st.sampled_from([b"", b"\r\n", b"before\r\n", b"--\r\n"]),
    st.sampled_from([b"", b"\r\n", b"\r\nafter"]),
)
@example([b""], "b", b"", b"")
@example([b"\r\n", b"\r\n\r\n"], "b", b"\r\n", b"")
def test_parts_are_read_byte_by_byte(contents: list[bytes], boundary: str, before: bytes, after: bytes) -> None:
    name = boundary.encode()
    if any(b"--" + name in content for content in contents):
        return
    found = read(written(contents, name, before, after), name)
    assert [content for _, content in found] == contents
    assert {(part.name, part.file_name, part.content_type) for part, _ in found} == {("n", "f.ttl", "text/turtle")}


@given(st.binary(min_size=1, max_size=300), BOUNDARIES)
def test_what_is_no_such_body_is_refused_and_nothing_worse(body: bytes, boundary: str) -> None:
    name = boundary.encode()
    for tried in (body, b"--" + name + body, b"--" + name + b"\r\n" + body, written([body], name)[: len(body)]):
        try:
            found = read(tried, name)
        except (InvalidInput, BodyTooLarge):
            continue
        assert found


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=3), st.data())
def test_a_body_that_was_cut_short_is_refused(contents: list[bytes], data: st.DataObject) -> None:
    body = written(contents, b"a-boundary", after=b"")
    cut = data.draw(st.integers(1, len(body) - 1))
    if any(b"--a-boundary" in content for content in contents):
        return
    with pytest.raises(BadCall):
        read(body[:cut], b"a-boundary")


def test_there_are_limits() -> None:
    assert len(read(written([b"x"] * MOST, b"b"), b"b")) == MOST
    with pytest.raises(BodyTooLarge, match="parts"):
        read(written([b"x"] * (MOST + 1), b"b"), b"b")
    with pytest.raises(BodyTooLarge, match="head"):
        read(b"--b\r\nX: " + b"y" * 10_000 + b"\r\n\r\nz\r\n--b--", b"b")
    with pytest.raises(BadCall, match="no part"):
        read(b"--b--", b"b")


def test_what_the_standard_library_writes_is_read() -> None:
    message = EmailMessage(policy=HTTP)
    message["Content-Type"] = 'multipart/form-data; boundary="a b"'
    message.preamble = ""
    for name in ("one", "two"):
        part = EmailMessage(policy=HTTP)
        part.set_content(name.encode(), "text", "turtle", disposition="form-data", filename=f"{name}.ttl", cte="8bit")
        message.attach(part)
    boundary = boundary_of(str(message["Content-Type"]))
    assert boundary == b"a b"
    body = message.as_bytes().partition(b"\r\n\r\n")[2]
    assert [(part.file_name, content) for part, content in read(body, boundary)] == [
        ("one.ttl", b"one"), ("two.ttl", b"two"),
    ]  # fmt: skip


UNBOUNDED = ("", "; boundary=", '; boundary="a "', f"; boundary={'a' * 71}", '; boundary="a\x00"')


@pytest.mark.parametrize("said", UNBOUNDED)
def test_a_boundary_is_needed(said: str) -> None:
    with pytest.raises(BadCall):
        boundary_of(f"multipart/form-data{said}")


def test_a_part_may_leave_its_format_to_its_name() -> None:
    assert format_named("", "x.nt") == formats.NTRIPLES
    assert format_named("application/octet-stream", "x.ttl") == formats.TURTLE
    assert format_named("text/turtle", "x.nt") == formats.TURTLE
    assert format_named('TEXT/Turtle; Charset="UTF-8"') == formats.TURTLE
    for wanted, name in (("", ""), ("", "x.txt"), ("image/png", "x.ttl"), ("ttl", ""), ("text/turtle;charset=x", "")):
        with pytest.raises(UnsupportedMedia):
            format_named(wanted, name)
