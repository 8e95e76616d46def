"""Preconditions and ranges, as RFC 9110 has them."""

from http import HTTPStatus

import hypothesis.strategies as st
import pytest
from hypothesis import given
from starlette.types import Scope

from dppgraph.web.conditions import NoSuchPart, Part, judged, part_of
from dppgraph.web.headers import date_of

ETAG = b'"abc"'
MODIFIED = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
EARLIER, LATER = "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"
SIZE = 10


def scope(method: str = "GET", **headers: str) -> Scope:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": named}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, None),
        ({"if_none_match": '"abc"'}, 304),
        ({"if_none_match": 'W/"abc"'}, 304),
        ({"if_none_match": '"x", "abc"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, None),
        ({"if_modified_since": DATE}, 304),
        ({"if_modified_since": LATER}, 304),
        ({"if_modified_since": "Sunday, 06-Nov-94 08:49:37 GMT"}, 304),
        ({"if_modified_since": "Sun Nov  6 08:49:37 1994"}, 304),
        ({"if_modified_since": EARLIER}, None),
        ({"if_modified_since": "yesterday"}, None),
        ({"if_modified_since": "9" * 60}, None),
        # A tag is better than a date, whatever the date says.
        ({"if_none_match": '"x"', "if_modified_since": LATER}, None),
        ({"if_match": '"abc"'}, None),
        ({"if_match": "*"}, None),
        ({"if_match": '"x"'}, 412),
        ({"if_match": 'W/"abc"'}, 412),
        ({"if_unmodified_since": DATE}, None),
        ({"if_unmodified_since": EARLIER}, 412),
        ({"if_match": '"abc"', "if_unmodified_since": EARLIER}, None),
        ({"if_match": '"x"', "if_none_match": '"abc"'}, 412),
    ],
)
def test_the_first_precondition_that_counts_decides(headers: dict[str, str], status: int | None) -> None:
    assert judged(scope(**headers), ETAG, MODIFIED) == (HTTPStatus(status) if status else None)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=2-4", Part(2, 3)),
        ("bytes=2-", Part(2, 8)),
        ("bytes=2-99", Part(2, 8)),
        ("bytes=-3", Part(7, 3)),
        ("bytes=-99", Part(0, 10)),
        ("BYTES=2-4", Part(2, 3)),
        ("bytes= 2-4 , ", Part(2, 3)),
        # The only one of several that there is.
        ("bytes=2-4,20-30", Part(2, 3)),
        ("bytes=0-0,2-4", None),
        ("bytes=4-2", None),
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=1-2,x", None),
        ("lines=1-2", None),
        ("bytes=" + "1" * 30 + "-", None),
        ("bytes=" + "0-0," * 1000, None),
        ("bytes=٢-٤", None),
    ],
)
def test_one_part_is_sent_as_it_is_asked_for_and_all_where_that_cannot_be(asked: str, part: Part | None) -> None:
    asked_for = {"type": "http", "method": "GET", "headers": [(b"range", asked.encode())]}
    assert part_of(asked_for, ETAG, MODIFIED, SIZE) == part


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=10-,20-30"])
def test_what_lies_outside_is_not_there(asked: str) -> None:
    with pytest.raises(NoSuchPart):
        part_of(scope(range=asked), ETAG, MODIFIED, SIZE)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [('"abc"', True), ('W/"abc"', False), ('"x"', False), (DATE, True), (LATER, False), (EARLIER, False), ("x", False)],
)
def test_a_part_of_another_file_is_not_sent(condition: str, holds: bool) -> None:
    found = part_of(scope(range="bytes=1-2", if_range=condition), ETAG, MODIFIED, SIZE)
    assert found == (Part(1, 2) if holds else None)


def test_only_get_has_parts() -> None:
    assert part_of(scope("HEAD", range="bytes=1-2"), ETAG, MODIFIED, SIZE) is None


def test_a_date_is_said_as_http_says_it() -> None:
    assert date_of(MODIFIED) == DATE


@given(st.text(max_size=40), st.integers(min_value=0, max_value=30))
def test_whatever_is_asked_a_part_lies_within(asked: str, size: int) -> None:
    headers = [(b"range", f"bytes={asked}".encode("utf-8", "surrogatepass"))]
    try:
        part = part_of({"type": "http", "method": "GET", "headers": headers}, ETAG, MODIFIED, size)
    except NoSuchPart:
        return
    assert part is None or (part.start >= 0 and part.length > 0 and part.start + part.length <= size)


@given(st.binary(max_size=60))
def test_any_condition_can_be_judged(value: bytes) -> None:
    for name in (b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"):
        judged({"type": "http", "method": "GET", "headers": [(name, value)]}, ETAG, MODIFIED)
