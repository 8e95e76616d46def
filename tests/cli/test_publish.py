"""``dppgraph publish`` and ``serve --endpoint``: what they say where they cannot be done."""

from pathlib import Path

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Run

pytestmark = pytest.mark.heavy


@pytest.fixture
def store(built: tuple[VersionStore, Built]) -> Path:
    return built[0].folder


def test_an_engine_that_is_not_there_is_told_in_one_line(run: Run, store: Path) -> None:
    done = run("publish", "http://127.0.0.1:1/query", "--store", store)
    assert done.returncode == 2
    assert done.stderr == "dppgraph: the engine at 127.0.0.1:1/query cannot be reached: ask again in a moment\n"


def test_nothing_is_published_from_an_empty_store(run: Run, tmp_path: Path) -> None:
    done = run("publish", "http://127.0.0.1:1/query", "--store", tmp_path / "none")
    assert done.returncode == 2
    assert "dppgraph build" in done.stderr
    assert not (tmp_path / "none").exists()


def test_an_unknown_version_is_told(run: Run, store: Path) -> None:
    done = run("publish", "http://127.0.0.1:1/query", "--store", store, "--version", 9)
    assert done.returncode == 1
    assert "no version 9" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["http://a/q,http://b/q"], {}, "one engine"),
        (["http://me:open-sesame@a/q"], {}, "DPPGRAPH_ENDPOINT_AUTH has the password"),
        (["http://127.0.0.1:1/q", "--dialect", "allegro"], {}, "one of auto, oxigraph, virtuoso"),
        (["http://127.0.0.1:1/q"], {"DPPGRAPH_ENDPOINT_AUTH": "nobody"}, "user:password"),
        (["http://127.0.0.1:1/q"], {"DPPGRAPH_ENDPOINT_AUTH": "/no/such/file"}, "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_told(
    run: Run, store: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = run("publish", *arguments, "--store", store, environment=environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "sesame" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DPPGRAPH_SERVICE_ALLOW": "http://a/q"}, "DPPGRAPH_SERVICE_ALLOW"),
        ({"DPPGRAPH_ENDPOINT_DIALECT": "allegro"}, "one of auto, oxigraph"),
        ({"DPPGRAPH_ENDPOINT_AUTH": "nobody"}, "user:password"),
    ],
)
def test_a_server_does_not_begin_with_what_cannot_be_meant(
    run: Run, store: Path, environment: dict[str, str], said: str
) -> None:
    done = run("serve", "--store", store, "--endpoint", "http://127.0.0.1:1/query", environment=environment)
    assert done.returncode == 2
    assert said in done.stderr
