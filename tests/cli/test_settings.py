"""The settings: one list, and what it accepts."""

from dataclasses import fields
from pathlib import Path

import pytest

from dppgraph.core.iris import DEFAULT_BASE
from dppgraph.errors import BadSetting
from dppgraph.settings import SETTINGS, Settings, read_settings


def test_the_list_is_the_settings() -> None:
    assert [field.name for field in fields(Settings)] == [setting.field for setting in SETTINGS]
    assert all(setting.help for setting in SETTINGS)


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_default() -> None:
    assert read_settings({}, {}).query_timeout == 30
    assert read_settings({}, {"DPPGRAPH_QUERY_TIMEOUT": "2.5"}).query_timeout == 2.5
    assert read_settings({"query_timeout": 1}, {"DPPGRAPH_QUERY_TIMEOUT": "2.5"}).query_timeout == 1
    assert read_settings({"store": None}, {"DPPGRAPH_STORE": "x"}).store.name == "x"


def test_the_default_base_is_that_of_the_shipped_files() -> None:
    assert read_settings({}, {}).base == DEFAULT_BASE


@pytest.mark.parametrize("text", ["https://e.org/", "http://e.org/a/b/", "http://127.0.0.1:8000/", "https://é.org/é/"])
def test_a_base_is_an_iri_that_ends_in_a_slash(text: str) -> None:
    assert read_settings({"base": text}, {}).base == text


@pytest.mark.parametrize(
    "text",
    ["https://e.org", "e.org/", "https://e.org/ x/", "ftp://e.org/", "https://e.org/<x>/", "https:///", "",
     "https://e.org/?x=/", "https://e.org/a#", "https://e.org/a#b/", "https://e.org//a/",
     "//e.org/", "urn:example:", "https://e.org/\n", " https://e.org/",
     "https://e.org/{a}/", "https://e.org/\\/"],
)  # fmt: skip
def test_what_is_no_base_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^--base is "):
        read_settings({"base": text}, {})


def test_more_workers_than_workers_in_all_is_refused() -> None:
    with pytest.raises(BadSetting, match="DPPGRAPH_MAX_WORKERS is 2: it must be at least DPPGRAPH_WORKERS"):
        read_settings({}, {"DPPGRAPH_WORKERS": "3", "DPPGRAPH_MAX_WORKERS": "2"})


def test_addresses_of_engines_have_no_password_in_them() -> None:
    assert read_settings({}, {"DPPGRAPH_ENDPOINT": "http://a/q, http://b:1/q"}).endpoint == (
        "http://a/q",
        "http://b:1/q",
    )
    for wrong in ("http://me:secret@a/q", "ftp://a/q", "http://a/q,http://a/q"):
        with pytest.raises(BadSetting, match="DPPGRAPH_ENDPOINT_AUTH"):
            read_settings({}, {"DPPGRAPH_ENDPOINT": wrong})


def test_the_file_that_lets_us_into_an_engine_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}, {"DPPGRAPH_ENDPOINT_AUTH": "./auth"}).endpoint_auth == str(tmp_path / "auth")
    assert read_settings({}, {"DPPGRAPH_ENDPOINT_AUTH": "me:secret"}).endpoint_auth == "me:secret"
