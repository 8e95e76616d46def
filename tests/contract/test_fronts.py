"""Several servers over one engine, and one server over several: each may go, and none is missed."""

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import Run, Server, start_server
from tests.contract.engines import ENGINES, Engine
from tests.contract.test_kills import JSON, Data, ask, is_answered, said, until

pytestmark = pytest.mark.heavy


@pytest.fixture
def data(tmp_path: Path, run: Run) -> Data:
    made = Data(tmp_path, run)
    made.build()
    return made


def counted(front: Server, name: str) -> dict[str, float]:
    """The values of a number, by the engine's address."""
    lines = front.ask("GET", "/metrics")[2].decode().splitlines()
    found = [line.rpartition(" ") for line in lines if line.startswith(f"dppgraph_endpoint_{name}{{")]
    return {labels.split('engine="')[1].split('"')[0]: float(value) for labels, _, value in found}


def test_servers_with_copies_of_a_store_follow_it_and_a_restart_begins_with_what_is_published(
    mortal: Engine, data: Data, tmp_path: Path
) -> None:
    data.publish(mortal)
    copy = tmp_path / "copy"
    shutil.copytree(data.store, copy)
    environment = {"DPPGRAPH_CACHE": "0"} | dict(mortal.settings)
    fronts = [
        start_server("--store", store, "--endpoint", mortal.url, "--processes", "2", environment=environment)
        for store in (data.store, copy)
    ]
    try:
        until(lambda: all(is_answered(front) for front in fronts))
        assert [said(front)[0] for front in fronts] == [1, 1]
        data.build()
        # One that begins now does not begin with what is not published.
        third = start_server("--store", data.store, "--endpoint", mortal.url, environment=environment)
        fronts.append(third)
        assert said(third) == (1, 2000, 1, 1)
        data.publish(mortal)
        until(lambda: said(fronts[0])[0] == said(third)[0] == 2)
        assert said(fronts[1]) == (1, 2000, 1, 1), "its store has not the new version yet, and the engine both"
        assert all(said(front) == (2, 2000, 2, 2) for front in (fronts[0], third) for _ in range(10))
    finally:
        assert [front.stop() for front in fronts] == [0] * len(fronts)
    assert not [line for front in fronts for line in front.said if "Traceback" in line]


def test_a_copy_of_the_engine_that_dies_is_not_missed(mortal: Engine, data: Data, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = ENGINES[mortal.name](tmp_path / "other")
    other.start()
    environment = {"DPPGRAPH_CACHE": "0"} | dict(mortal.settings)
    try:
        for engine in (mortal, other):
            data.publish(engine)
        urls = f"{mortal.url},{other.url}"
        front = start_server("--store", data.store, "--endpoint", urls, environment=environment)
        try:
            until(lambda: set(counted(front, "current").values()) == {1.0})
            for dying in (mortal, other):
                dying.signal(signal.SIGKILL)
                ends = time.monotonic() + 2
                while time.monotonic() < ends:
                    assert said(front) == (1, 2000, 1, 1)
                assert sorted(counted(front, "up").values()) == [0.0, 1.0]
                dying.start()
                until(lambda: set(counted(front, "up").values()) == {1.0})
            status, _, body = front.ask("GET", "/health/ready", headers=JSON)
            assert (status, json.loads(body)["version"]) == (200, 1)
            assert ask(front, "ASK {}")[0] == 200
        finally:
            assert front.stop() == 0
    finally:
        other.stop()
