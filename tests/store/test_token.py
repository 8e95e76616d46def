"""The file of a store's tokens: whole at any moment, for its owner alone, and closed where it is damaged."""

import json
import logging
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.token import ROLES, Token, sha256_of
from dppgraph.errors import BadParameter, Damaged, StoreUnavailable, Unknown
from dppgraph.store.token import KnownTokens, TokenFile

MADE = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
ADDING = """
import sys
from pathlib import Path
from dppgraph.core.token import Token, sha256_of
from dppgraph.store.token import TokenFile

file, name = TokenFile(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    file.add(Token(f"{name}-{number}", "write", sha256_of(name)))
    if number % 2:
        file.remove(f"{name}-{number - 1}")
"""


def token(name: str, text: str = "", *, expires: datetime | None = None) -> Token:
    return Token(name, "write", sha256_of(text or name), MADE, expires)


def adding(folder: Path, name: str, count: int) -> "subprocess.Popen[str]":
    """A process that adds tokens, and takes every other one away, once it is told to begin."""
    process = subprocess.Popen(
        [sys.executable, "-c", ADDING, str(folder), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def end(process: "subprocess.Popen[str]") -> int:
    status = process.wait(30)
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    return status


def test_what_is_added_is_read_and_what_is_removed_is_not(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "new" / "store")
    assert file.read() == ()
    added = [token("a"), token("b", expires=MADE), Token("c", "propose", sha256_of("c"), MADE)]
    for each in added:
        file.add(each)
    assert list(file.read()) == added
    assert file.remove("b") == added[1]
    assert [each.name for each in file.read()] == ["a", "c"]


def test_a_name_is_there_once(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    file.add(token("a", "one"))
    before = file.path.read_bytes()
    with pytest.raises(BadParameter, match="there is a token `a` already"):
        file.add(token("a", "two"))
    with pytest.raises(Unknown, match="there is no token 'b'"):
        file.remove("b")
    assert file.path.read_bytes() == before


def test_nothing_but_the_hash_is_kept(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    file.add(token("a", "dpp_secret"))
    (kept,) = json.loads(file.path.read_text())["tokens"]
    assert kept.keys() == {"name", "role", "sha256", "created", "expires"}
    assert "secret" not in file.path.read_text()


def test_the_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        TokenFile(tmp_path).add(token("a"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


DAMAGED = [
    b"",
    b"nonsense",
    b"[]",
    b"[" * 100_000,
    b'{"format": 2, "tokens": []}',
    b'{"format": 1}',
    b'{"format": 1, "tokens": [1]}',
    b'{"format": 1, "tokens": [{}]}',
    b"\xff\xfe",
]


def said(**other: Any) -> bytes:
    one = {"name": "a", "role": "write", "sha256": sha256_of("a"), "created": None, "expires": None}
    return json.dumps({"format": 1, "tokens": [one, one | other]}).encode()


@pytest.mark.parametrize(
    "data",
    [
        *DAMAGED,
        said(),
        said(name=""),
        said(name="b", role="all"),
        said(name="b", role=None),
        said(name="b", sha256="00"),
        said(name="b", sha256=""),
        said(name="b", sha256="x" * 64),
        said(name="b", expires="soon"),
        said(name="b", expires="2027-01-31T00:00:00"),
        said(name="b", expires=1),
        said(name=["b"]),
    ],
)
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    file = TokenFile(tmp_path)
    file.path.write_bytes(data)
    for changed in (file.read, lambda: file.add(token("c")), lambda: file.remove("a")):
        with pytest.raises(Damaged, match=r"tokens\.json is damaged"):
            changed()
    assert file.path.read_bytes() == data
    known = KnownTokens(file, "e" * 32)
    assert known.exist()
    for text in ("a", "", "b"):
        with pytest.raises(StoreUnavailable, match="the tokens cannot be read now") as raised:
            known.find(text)
        assert str(tmp_path) not in str(raised.value)
    assert [record.levelname for record in caplog.records if "is damaged" in record.message] == ["ERROR"]
    # That of the settings has nothing to do with it.
    found = known.find("e" * 32)
    assert found is not None
    assert found.name == "environment"


def test_a_whole_file_is_none_of_the_damaged_ones() -> None:
    assert json.loads(said(name="b", expires="2027-01-31T00:00:00+00:00"))


def test_a_file_that_others_can_read_is_used_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = TokenFile(tmp_path)
    file.add(token("a"))
    known = KnownTokens(file)
    assert known.find("a")
    assert not caplog.records
    for mode in (0o640, 0o604, 0o620):
        file.path.chmod(mode)
        assert file.is_open()
        assert known.find("a")
        assert known.find("a")
    assert [record.message for record in caplog.records] == [
        f"{file.path} can be read by others than its owner: chmod 600 it"
    ] * 3


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        TokenFile(tmp_path).read()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_belongs_to_whoever_the_store_does(tmp_path: Path) -> None:
    os.chown(tmp_path, 12_345, 54_321)
    TokenFile(tmp_path).add(token("a"))
    found = (tmp_path / "tokens.json").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12_345, 54_321, 0o600)


def test_what_was_in_the_way_for_a_moment_is_not_remembered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = TokenFile(tmp_path)
    file.add(token("a"))
    known = KnownTokens(file)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                known.find("a")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert len(caplog.records) == 1
    assert "Too many open files" in caplog.text
    assert known.find("a")


def test_what_is_changed_is_known_at_the_next_look(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    known = KnownTokens(file)
    assert not known.exist()
    assert known.find("a") is None
    file.add(token("a"))
    assert known.exist()
    assert known.find("a")
    file.add(token("b"))
    file.remove("a")
    assert known.find("a") is None
    assert known.find("b")
    file.remove("b")
    assert not known.exist()
    file.add(token("a"))
    file.path.unlink()
    assert not known.exist()


def test_the_token_of_the_settings_may_write_and_is_none_where_there_is_none(tmp_path: Path) -> None:
    own = KnownTokens(TokenFile(tmp_path), "e" * 32).find("e" * 32)
    assert own is not None
    assert (own.name, own.role, own.expires) == ("environment", "write", None)
    assert KnownTokens(TokenFile(tmp_path)).find("") is None


names = st.text(st.characters(codec="utf-8"), min_size=1)
moments = st.none() | st.datetimes(timezones=st.just(UTC))
tokens = st.builds(Token, names, st.sampled_from(ROLES), st.text().map(sha256_of), moments, moments)


@given(st.lists(tokens, unique_by=lambda each: each.name, max_size=5))
def test_any_tokens_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, some: list[Token]) -> None:
    file = TokenFile(tmp_path_factory.mktemp("tokens"))
    for each in some:
        file.add(each)
    assert list(file.read()) == some


@given(
    st.binary()
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["format", "tokens", "name", "role"]), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_lies_there_is_read_or_refused_with_one_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = TokenFile(tmp_path_factory.mktemp("tokens"))
    file.path.write_bytes(data)
    with suppress(Damaged):
        assert file.read() == ()


@pytest.mark.heavy
def test_twenty_processes_that_add_and_remove_lose_nothing(tmp_path: Path) -> None:
    processes = [adding(tmp_path, f"p{number}", 6) for number in range(20)]
    for process in processes:
        begin(process)
    assert [end(process) for process in processes] == [0] * 20
    left = {f"p{number}-{count}" for number in range(20) for count in (1, 3, 5)}
    assert {each.name for each in TokenFile(tmp_path).read()} == left


def killed(process: "subprocess.Popen[str]", after: float) -> None:
    begin(process)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    end(process)


@pytest.mark.heavy
def test_a_killed_command_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file, seen = TokenFile(tmp_path), set[str]()
    for number in range(25):
        killed(adding(tmp_path, f"k{number}", 1_000), number / 1_000)
        names = [each.name for each in file.read()]
        mine = [name for name in names if name.startswith(f"k{number}-")]
        # Of those that it took away, at most the last one is still there.
        assert len([name for name in mine if int(name.rpartition("-")[2]) % 2 == 0]) <= 1
        assert [name for name in names if name not in mine] == [name for name in names if name in seen]
        assert seen <= set(names)
        seen = set(names)
    # Nobody holds the lock, and what lies there of the killed is no hindrance.
    file.add(token("last"))
    assert {path.name for path in tmp_path.iterdir()} == {"tokens.json"}
    file.remove("last")


@pytest.fixture
def caplog(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog
