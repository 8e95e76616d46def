"""Who a client is, and how often it may ask."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from dppgraph.web.clients import UNIX, Proxies, RateLimit, counted_as
from tests.conftest import Serve


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("", "198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("10.0.0.0/8", "198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", ["192.0.2.66, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", ["192.0.2.66", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.0/8", "10.0.0.1", ["unknown, nonsense"], "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.0/8", UNIX, ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", [", ".join(["10.0.0.2"] * 50)], "10.0.0.2"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_client_is(
    trusted: str, peer: str, forwarded: list[str], client: str
) -> None:
    assert Proxies(trusted).client(peer, forwarded) == client


def test_an_ipv6_client_is_its_64() -> None:
    assert counted_as("2001:db8:1:2:3:4:5:6") == counted_as("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert counted_as("2001:db8:1:3::") != counted_as("2001:db8:1:2::")
    assert counted_as("::ffff:192.0.2.1") == counted_as("192.0.2.1") == "192.0.2.1"


@given(
    rate=st.floats(0.1, 100),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 3), max_size=200),
)
def test_in_any_stretch_a_client_is_let_in_no_more_often_than_said(
    rate: float, burst: int, pauses: list[float]
) -> None:
    limit, now, let_in = RateLimit(rate, burst), 0.0, []
    for pause in pauses:
        now += pause
        if limit.wait("a", now) == 0:
            let_in.append(now)
    for first in range(len(let_in)):
        for last in range(first, len(let_in)):
            assert last - first + 1 <= burst + rate * (let_in[last] - let_in[first]) + 1e-6


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 50), asked=st.integers(1, 100))
def test_whoever_waits_as_long_as_told_is_let_in(rate: float, burst: int, asked: int) -> None:
    limit, now = RateLimit(rate, burst), 0.0
    for _ in range(asked):
        wait = limit.wait("a", now)
        if wait:
            now += wait * (1 + 1e-9) + 1e-9
            assert limit.wait("a", now) == 0


def test_only_so_many_clients_are_remembered() -> None:
    limit = RateLimit(1, 1, most=10)
    for number in range(100):
        limit.wait(str(number), 0.0)
    assert len(limit) == 10


@pytest.mark.heavy
def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    serve: Serve, built: tuple[VersionStore, Built]
) -> None:
    environment = {"DPPGRAPH_RATE": "0.01", "DPPGRAPH_BURST": "3"}
    server = serve("--store", built[0].folder, "--trusted-proxies", "127.0.0.0/8", environment=environment)
    answers = [server.ask("GET", "/queries", headers={"X-Forwarded-For": "203.0.113.9"}) for _ in range(4)]
    assert [status for status, _, _ in answers] == [200, 200, 200, 429]
    _, headers, body = answers[-1]
    assert 0 < int(headers["retry-after"]) <= 100
    assert json.loads(body)["title"] == "Too many requests"
    assert server.ask("GET", "/queries", headers={"X-Forwarded-For": "203.0.113.10"})[0] == 200
    assert server.ask("GET", "/health", headers={"X-Forwarded-For": "203.0.113.9"})[0] == 200
