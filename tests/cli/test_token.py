"""``dppgraph token``: what it prints where, and what it refuses."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.token import PREFIX, Token, sha256_of
from dppgraph.errors import BadParameter
from dppgraph.operations.token import make
from dppgraph.store.token import TokenFile
from tests.cli.test_commands import one_line
from tests.conftest import DPPGRAPH, Run

NOW = datetime(2026, 12, 1, 8, 30, 15, 999, tzinfo=UTC)
TEXT = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")


def checked(store: Path, text: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [*DPPGRAPH, "token", "check", "--store", str(store)]
    return subprocess.run(command, input=text, capture_output=True, check=False, env={"PATH": "/usr/bin:/bin"})


@pytest.mark.heavy
def test_a_token_is_made_shown_once_listed_checked_and_removed(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "store"
    environment = {"DPPGRAPH_STORE": str(store)}
    empty = run("token", environment=environment)
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "dppgraph token add NAME --role write" in empty.stderr

    made = run("token", "add", "editor", "--role", "write", "--expires", "90d", environment=environment)
    assert made.returncode == 0
    text = made.stdout.removesuffix("\n")
    assert TEXT.fullmatch(text)
    assert "`editor` may read, try and publish changes until 20" in made.stderr
    assert text not in made.stderr
    assert run("token", "add", "bot", "--role", "propose", environment=environment).returncode == 0

    listed = run("token", "--store", store)
    assert [line.split()[:2] for line in listed.stdout.splitlines()] == [["editor", "write"], ["bot", "propose"]]
    assert listed.stdout == run("token", "list", environment=environment).stdout
    assert not TEXT.search(listed.stdout)
    assert sha256_of(text) not in listed.stdout

    for sent in (text, f"{text}\n", f" {text} \r\n"):
        known = checked(store, sent.encode())
        assert (known.returncode, known.stdout.split()[0]) == (0, b"editor")
        assert text.encode() not in known.stdout + known.stderr
    for other in (b"", b"\n", text[:-1].encode(), b"\xff\xfe", b"x" * 100_000):
        unknown = checked(store, other)
        assert (unknown.returncode, unknown.stdout) == (1, b"")
        assert unknown.stderr.startswith(b"dppgraph: this is no token that is known here")

    assert "1 is left" in run("token", "remove", "editor", environment=environment).stderr
    assert checked(store, text.encode()).returncode == 1
    one_line(run("token", "remove", "editor", environment=environment), 1, "there is no token 'editor'")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "a"), "--role` read, propose or write"),
        (("add", "a", "--role", "admin"), "'admin' is not one of"),
        (("add", "A", "--role", "write"), "'A' cannot name a token"),
        (("add", "", "--role", "write"), "cannot name a token"),
        (("add", "a" * 65, "--role", "write"), "cannot name a token"),
        (("add", "environment", "--role", "write"), "names the token of DPPGRAPH_TOKEN"),
        (("add", "a", "--role", "write", "--expires", "2020-01-01"), "has passed already"),
        (("add", "a", "--role", "write", "--expires", "soon"), "90d or 2027-01-31"),
        (("show",), "No such command"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run("token", *arguments, environment={"DPPGRAPH_STORE": str(tmp_path / "store")})
    one_line(result, 2, said)
    assert result.stdout == ""
    assert not (tmp_path / "store").exists()


def test_a_token_that_is_given_for_a_name_is_not_said_again(run: Run, tmp_path: Path) -> None:
    text = f"{PREFIX}{'0f' * 32}"
    for arguments in (("add", text, "--role", "write"), ("add", text), ("remove", text), ("check", text)):
        result = run("token", *arguments, environment={"DPPGRAPH_STORE": str(tmp_path)})
        assert result.returncode
        assert "0f0f0f" not in result.stderr + result.stdout


def test_a_second_token_of_a_name_is_refused_and_the_first_one_holds(run: Run, tmp_path: Path) -> None:
    first = run("token", "add", "a", "--role", "write", "--store", tmp_path).stdout
    one_line(run("token", "add", "a", "--role", "read", "--store", tmp_path), 2, "there is a token `a` already")
    assert checked(tmp_path, first.encode()).returncode == 0


def test_a_token_that_nobody_could_read_is_not_left(tmp_path: Path) -> None:
    command = [*DPPGRAPH, "token", "add", "a", "--role", "write", "--store", str(tmp_path)]
    reading, writing = os.pipe()
    os.close(reading)
    for descriptor in (writing, os.open("/dev/full", os.O_WRONLY)):
        result = subprocess.run(
            command, stdout=descriptor, stderr=subprocess.PIPE, text=True, check=False, env={"PATH": "/usr/bin"}
        )
        os.close(descriptor)
        one_line(result, 2, "the token could not be printed")
        assert TokenFile(tmp_path).read() == ()


def test_an_expired_token_is_told(run: Run, tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    file.add(Token("late", "write", sha256_of("late"), NOW, datetime(2026, 11, 1, tzinfo=UTC)))
    assert "(expired)" in run("token", "--store", tmp_path).stdout
    known = checked(tmp_path, b"late")
    assert (known.returncode, b"`late` has expired" in known.stderr) == (1, True)


def test_that_of_the_settings_is_listed_by_its_name(run: Run, tmp_path: Path) -> None:
    listed = run("token", "--store", tmp_path, environment={"DPPGRAPH_TOKEN": "e" * 32})
    assert listed.stdout.split()[:2] == ["environment", "write"]
    assert "e" * 32 not in listed.stdout + listed.stderr


def test_a_file_that_others_can_read_or_that_is_damaged_is_told(run: Run, tmp_path: Path) -> None:
    TokenFile(tmp_path).add(Token("a", "write", sha256_of("a")))
    path = tmp_path / "tokens.json"
    path.chmod(0o644)
    listed = run("token", "--store", tmp_path)
    assert listed.stdout.startswith("a ")
    assert "chmod 600 it" in listed.stderr
    path.write_text("{")
    for arguments in ((), ("add", "b", "--role", "read"), ("remove", "a")):
        one_line(run("token", *arguments, "--store", tmp_path), 2, "tokens.json is damaged")
    assert b"tokens.json is damaged" in checked(tmp_path, b"a").stderr
    assert path.read_text() == "{"


def test_a_folder_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    result = run("token", "add", "a", "--role", "read", "--store", tmp_path / "store")
    one_line(result, 2, "cannot be written")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("1d", NOW.replace(microsecond=0) + timedelta(1)),
        ("90d", NOW.replace(microsecond=0) + timedelta(90)),
        ("99999d", NOW.replace(microsecond=0) + timedelta(99_999)),
        ("2026-12-01", datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)),
        ("2027-01-31", datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_end_is_in_so_many_days_or_with_a_day(tmp_path: Path, said: str, end: datetime) -> None:
    token, text = make(TokenFile(tmp_path), "a", "write", said, NOW)
    assert token.expires == end
    assert TokenFile(tmp_path).read() == (token,)
    assert token.sha256 == sha256_of(text)


@given(st.text() | st.from_regex(r"[0-9]{1,8}d?|[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_any_end_is_later_or_refused(tmp_path_factory: pytest.TempPathFactory, said: str) -> None:
    file = TokenFile(tmp_path_factory.mktemp("token"))
    try:
        token, _ = make(file, "a", "write", said, NOW)
    except BadParameter:
        assert file.read() == ()
    else:
        assert token.expires is not None
        assert token.expires > NOW


@given(st.text() | st.from_regex(r"[a-z0-9-]{1,66}", fullmatch=True))
def test_a_name_is_small_letters_digits_and_hyphens(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    file = TokenFile(tmp_path_factory.mktemp("token"))
    fits = re.fullmatch(r"[a-z0-9-]{1,64}", name) is not None and name != "environment"
    try:
        make(file, name, "write", None, NOW)
    except BadParameter:
        assert not fits
    else:
        assert fits


def test_no_two_tokens_are_alike(tmp_path: Path) -> None:
    texts = {make(TokenFile(tmp_path), f"t{number}", "read", None, NOW)[1] for number in range(20)}
    assert len(texts) == 20
    assert all(map(TEXT.fullmatch, texts))


def test_the_command_imports_nothing_of_the_web() -> None:
    code = "import sys, dppgraph.cli.token; print([m for m in sys.modules if m in ('fastapi', 'starlette', 'uvicorn')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
