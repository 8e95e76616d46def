"""What is known of tokens, and how one is told among them."""

import re
import time
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.token import PREFIX, ROLES, Token, is_same, redacted, sha256_of, token_of
from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src" / "dppgraph"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def token(name: str, text: str, **more: datetime) -> Token:
    return Token(name, "write", sha256_of(text), **more)


@given(st.text(), st.text())
def test_two_secrets_are_the_same_or_not(one: str, other: str) -> None:
    assert is_same(one, other) == (one == other)
    assert is_same(one, one)


def test_each_role_includes_those_before_it_and_no_other() -> None:
    for role in ROLES:
        allowed = [asked for asked in ROLES if Token("a", role, "").may(asked)]
        assert allowed == list(ROLES[: ROLES.index(role) + 1])


def test_a_token_is_over_from_its_end_on() -> None:
    second = timedelta(seconds=1)
    ends = token("a", "a", expires=NOW)
    assert [ends.is_over(NOW - second), ends.is_over(NOW), ends.is_over(NOW + second)] == [False, True, True]
    assert not token("a", "a").is_over(datetime.max.replace(tzinfo=UTC))


@given(st.lists(st.text(), unique=True, max_size=20), st.text())
def test_only_the_text_of_a_token_is_one(texts: list[str], sent: str) -> None:
    known = [token(str(number), text) for number, text in enumerate(texts)]
    found = token_of(sent, known)
    assert (found.name if found else None) == (str(texts.index(sent)) if sent in texts else None)


@pytest.mark.parametrize("sent", ["t0", "t3", "t7", "none of them"])
def test_each_hash_is_compared_whichever_is_the_right_one(sent: str) -> None:
    compared: list[str] = []

    def same(given: str, known: str) -> bool:
        assert given == sha256_of(sent)
        compared.append(known)
        return is_same(given, known)

    known = [token(f"t{number}", f"t{number}") for number in range(8)]
    found = token_of(sent, known, same)
    assert (found.name if found else "none of them") == sent
    assert compared == [each.sha256 for each in known]


def test_what_compares_takes_as_long_wherever_two_differ() -> None:
    # Of texts of one length, which hashes are (`hmac.compare_digest`); benchmarks/token.py measures it from outside.
    assert {"hmac", "compare_digest"} <= set(is_same.__code__.co_names)
    uses = [path for path in SOURCE.rglob("*.py") if re.search(r"\b(?:is_same|same)\(", path.read_text("utf-8"))]
    assert {path.relative_to(SOURCE).as_posix() for path in uses} == {"core/token.py", "web/metrics/endpoint.py"}
    compared = [
        call for path in uses for call in re.findall(r"\b(?<!def )(?:is_same|same)\((.*?)\):", path.read_text("utf-8"))
    ]
    assert sorted(compared) == ["sent, token.sha256", "sha256_of(sent), sha256_of(self.token)"]


@pytest.mark.heavy
def test_how_long_it_takes_says_nothing_of_which_token_it_is() -> None:
    # So many that a way out of the loop would make the first one a thousand times as fast as the last one; what else
    # a machine does in between makes a difference of some percent, and never of all rounds.
    known = [token(str(number), str(number)) for number in range(5_000)]
    asked = {"first": "0", "middle": "2500", "last": "4999", "none": "x", "longer": "0" * 64}
    spent: dict[str, list[int]] = {name: [] for name in asked}
    for _ in range(60):
        for name, text in asked.items():
            begun = time.perf_counter_ns()
            token_of(text, known)
            spent[name].append(time.perf_counter_ns() - begun)
    medians = sorted(median(times) for times in spent.values())
    assert medians[-1] < 3 * medians[0], spent


beside = st.text(st.characters(exclude_characters="0123456789abcdefABCDEF")) | st.just(PREFIX)


@given(beside, beside, st.binary(min_size=32, max_size=32))
def test_no_token_is_left_in_what_is_written_down(before: str, after: str, secret: bytes) -> None:
    text = PREFIX + secret.hex()
    shown = redacted(f"{before}{text}{after}")
    assert secret.hex() not in shown
    assert all(piece not in shown for piece in (secret.hex()[:16], secret.hex()[-16:]))


def test_what_holds_no_token_is_written_as_it_is() -> None:
    for text in ("/sparql", "/doc/dpp_plan", "dpp_0123", ""):
        assert redacted(text) == text
