"""How an engine lets us in: said in a setting or a file, and shown nowhere."""

from pathlib import Path

import pytest

from dppgraph.errors import BadSetting
from dppgraph.store.remote.address import Address, credentials_of
from dppgraph.store.remote.wire import shown


def test_user_and_password_or_a_bearer_token_are_read() -> None:
    assert credentials_of("  ") is None
    basic, bearer = credentials_of("me:a:b"), credentials_of("Bearer abc.def")
    assert basic
    assert (basic.user, basic.secret) == ("me", "a:b")
    assert bearer
    assert (bearer.user, bearer.secret) == ("", "abc.def")


def test_they_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("me:secret\n")
    found = credentials_of(str(tmp_path / "auth"))
    assert found
    assert found.secret == "secret"
    assert "secret" not in repr(Address("http://h/q", "auto", found))
    with pytest.raises(BadSetting, match="cannot be read"):
        credentials_of(str(tmp_path / "none"))


@pytest.mark.parametrize("said", ["nobody", ":x", "a:b\nc"])
def test_what_is_neither_is_refused_without_being_shown(said: str) -> None:
    with pytest.raises(BadSetting) as caught:
        credentials_of(said)
    assert said not in str(caught.value)


def test_what_is_in_the_query_of_an_address_is_not_shown() -> None:
    assert shown(Address("https://h:1/sparql?api-key=abc", "auto")) == "h:1/sparql"
