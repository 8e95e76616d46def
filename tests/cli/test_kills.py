"""``kill -9`` at any moment of a build: whoever comes next finds a whole version."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from dppgraph.store.versions import VersionStore
from tests.conftest import DPPGRAPH, Run, Serve

KILLS = 50
SERVED_EVERY = 10


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_a_build_killed_at_any_moment_leaves_a_whole_version(run: Run, serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    store = VersionStore(tmp_path / "store")
    arguments = ("--data", data, "--store", store.folder, "--shapes", "none")

    def change(number: int) -> None:
        triples = "".join(f'<http://e.org/s{n}> <http://e.org/p> "{n * number}" .\n' for n in range(5_000))
        (data / "a.nt").write_text(triples)

    change(1)
    start = time.monotonic()
    assert run("build", *arguments).returncode == 0
    whole = time.monotonic() - start
    seed = random.randrange(1 << 32)
    moments = random.Random(seed)
    killed = 0
    for number in range(2, KILLS + 2):
        change(number)
        before = store.current()
        build = subprocess.Popen([*DPPGRAPH, "build", *map(str, arguments)], stdout=subprocess.DEVNULL, env={})
        time.sleep(moments.uniform(0, whole))
        build.send_signal(signal.SIGKILL)
        killed += build.wait() == -signal.SIGKILL
        current, damage = store.newest_whole()
        assert (current, damage) in [(before, []), (before + 1, [])], f"seed {seed}"
        assert len(store.lines(store.current())) == 5_000
        if number % SERVED_EVERY == 0:
            server = serve(*arguments)
            query = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D&format=csv"
            served = json.loads(server.ask("GET", "/health")[2])["version"]
            assert served == store.current()
            assert server.ask("GET", query)[2].split() == [b"n", b"5000"]
            assert server.stop() == 0
    assert killed > KILLS // 2
    assert run("build", *arguments).returncode == 0
    assert list((store.folder / "unfinished").iterdir()) == []
    assert [int(path.name) for path in sorted((store.folder / "versions").iterdir())] == store.numbers()
