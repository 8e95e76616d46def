"""Several fronts: they share the connections, and are one server in what they answer."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph import wiring
from dppgraph.cli.supervisor.children import Child, end
from dppgraph.cli.supervisor.fronts import Front
from dppgraph.cli.supervisor.handover import HandOver
from dppgraph.settings import read_settings
from tests.cli.test_supervisor import BARE, publish, said, until, until_said
from tests.conftest import Run, Serve, Server
from tests.store.conftest import published

MODULE, POOL = "dppgraph.cli.front", "dppgraph.store.workers.pool"
TARGETS = (f"/sparql?format=csv&query={quote('SELECT ?o { <a:a> <a:b> ?o }')}", "/health")
LISTENS, CONNECTED = "0A", "01"
"""The states of a connection in ``/proc/net/tcp``."""


@pytest.fixture
def server(serve: Serve, tmp_path: Path) -> Server:
    return two(serve, tmp_path)


def two(serve: Serve, folder: Path, *more: str, **settings: str) -> Server:
    (folder / "data").mkdir()
    (folder / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    environment = {"DPPGRAPH_WORKERS": "2", "DPPGRAPH_MAX_WORKERS": "4", "DPPGRAPH_PROCESSES": "2"} | settings
    return serve("--data", folder / "data", "--store", folder / "store", *BARE, *more, environment=environment)


@pytest.mark.heavy
def test_the_environment_of_a_front_says_how_many_heaps_it_may_have_and_nothing_else(server: Server) -> None:
    for front in server.children("dppgraph.cli.front", 2):
        assert Path(f"/proc/{front}/environ").read_bytes() == b"MALLOC_ARENA_MAX=2\0"


def sockets(process: int, port: int, state: str) -> set[str]:
    """The sockets of a process at a port that are in a state."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    there = {row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port and row[3] == state}
    held = {os.readlink(entry) for entry in Path(f"/proc/{process}/fd").iterdir()}  # noqa: PTH115 - no file's path
    return {inode for inode in there if f"socket:[{inode}]" in held}


class Clients:
    """Ask over and over, each time on a new connection, and hold the versions that they hear against each other."""

    def __init__(self, port: int, count: int = 6) -> None:
        self.newest = 1
        self.answers = 0
        self.wrong: list[str] = []
        self._port = port
        self._stopping = False
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def until_newest(self, number: int, *, in_spite: bool = False) -> None:
        """Waits until somebody has heard of a version, or, unless in spite of it, something wrong."""
        until(lambda: self.newest >= number or (self.wrong and not in_spite))

    def stop(self) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        for target in cycle(TARGETS):
            if self._stopping:
                return
            # Whoever asks from here on may not hear of an older one.
            floor = self.newest
            try:
                status, version = self._asked(target)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
                continue
            if status != 200 or version < floor:
                self.wrong.append(f"{target}: status {status}, version {version} after version {floor}")
            self.newest = max(self.newest, version)
            self.answers += 1

    def _asked(self, target: str) -> tuple[int, int]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            found = re.search(rb'"version":(\d+)|(\d+)\r\n$', answer.read())
            return answer.status, int(found[found.lastindex or 0]) if found else 0
        finally:
            connection.close()


@pytest.mark.heavy
def test_each_front_listens_for_itself_and_both_are_asked(server: Server) -> None:
    fronts = server.children(MODULE, 2)
    listening = [sockets(front, server.port, LISTENS) for front in fronts]
    assert [len(found) for found in listening] == [1, 1]
    assert listening[0] != listening[1]
    with contextlib.ExitStack() as held:
        for _ in range(40):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            held.callback(connection.close)
            connection.request("GET", "/health")
            assert connection.getresponse().read()
        assert all(sockets(front, server.port, CONNECTED) for front in fronts)


@pytest.mark.heavy
@pytest.mark.parametrize("mode", ["memory", "disk"])
def test_who_has_seen_a_version_never_sees_an_older_one(serve: Serve, tmp_path: Path, mode: str) -> None:
    server = two(serve, tmp_path, DPPGRAPH_MODE=mode)
    clients = Clients(server.port)
    try:
        for number in range(2, 7):
            publish(tmp_path / "store", number)
            clients.until_newest(number)
    finally:
        clients.stop()
    assert clients.wrong == []
    assert clients.newest == 6
    # The process for a version is ended when both fronts are done with it, and not before that.
    server.child(POOL)


@pytest.mark.heavy
def test_connections_to_a_front_that_dies_wait_for_the_one_in_its_place(server: Server) -> None:
    front, other = server.children(MODULE, 2)
    os.kill(front, signal.SIGSTOP)
    connections = []
    for _ in range(20):
        connections.append(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30))
        connections[-1].request("GET", TARGETS[0])
    # The other one serves on.
    until(lambda: sockets(other, server.port, CONNECTED))
    os.kill(front, signal.SIGKILL)
    for connection in connections:
        assert connection.getresponse().read() == b"o\r\n1\r\n"
        connection.close()
    fronts = server.children(MODULE, 2)
    assert other in fronts
    assert front not in fronts


@pytest.mark.heavy
def test_a_front_that_is_killed_while_it_prepares_holds_up_nobody(server: Server, tmp_path: Path) -> None:
    clients = Clients(server.port)
    try:
        for number in range(2, 6):
            front = server.children(MODULE, 2)[number % 2]
            os.kill(front, signal.SIGSTOP)
            publish(tmp_path / "store", number)
            server.children(POOL, 2)
            # The other one has long prepared it, and waits.
            time.sleep(0.5)
            assert clients.newest == number - 1
            os.kill(front, signal.SIGKILL)
            clients.until_newest(number, in_spite=True)
            server.child(POOL)
    finally:
        clients.stop()
    # What a killed front was just answering is lost, and nothing else.
    assert [wrong for wrong in clients.wrong if "after version" in wrong] == []


@pytest.mark.heavy
def test_a_front_that_hangs_while_it_prepares_is_ended(server: Server, tmp_path: Path) -> None:
    front = server.children(MODULE, 2)[0]
    os.kill(front, signal.SIGSTOP)
    publish(tmp_path / "store", 2)
    until(lambda: any("does not answer, and is ended" in line for line in server.said))
    for _ in range(20):
        until_said(server, 2)
    assert front not in server.children(MODULE, 2)


@pytest.mark.heavy
@pytest.mark.parametrize("mode", ["memory", "disk"])
def test_a_damaged_version_is_served_by_no_front(serve: Serve, tmp_path: Path, mode: str) -> None:
    server = two(serve, tmp_path, DPPGRAPH_MODE=mode)
    store = tmp_path / "store"
    shutil.copytree(store, tmp_path / "work")
    publish(tmp_path / "work", 2)
    broken = tmp_path / "work" / "versions" / "000002"
    shutil.copytree(broken, tmp_path / "whole")
    (broken / "added.nq.gz").write_bytes(b"nonsense")
    shutil.copytree(broken, store / "versions" / "000002")
    shutil.copy(tmp_path / "work" / "current", tmp_path / "again")
    (tmp_path / "work" / "current").rename(store / "current")
    until(lambda: any("version 2 cannot be served: version 1 still is" in line for line in server.said))
    assert {said(server) for _ in range(20)} == {(200, "1")}
    # Somebody puts it right.
    shutil.rmtree(store / "versions" / "000002")
    (tmp_path / "whole").rename(store / "versions" / "000002")
    (tmp_path / "again").rename(store / "current")
    for _ in range(20):
        until_said(server, 2)


@pytest.mark.heavy
@pytest.mark.parametrize("fronts", ["1", "2"])
def test_all_fronts_step_back_from_a_version_that_cannot_be_loaded_again(
    serve: Serve, tmp_path: Path, fronts: str
) -> None:
    server = two(serve, tmp_path, DPPGRAPH_MODE="memory", DPPGRAPH_PROCESSES=fronts)
    publish(tmp_path / "store", 2)
    for _ in range(20):
        until_said(server, 2)
    pool = server.child(POOL)
    (tmp_path / "store" / "versions" / "000002" / "added.nq.gz").write_bytes(b"nonsense")
    os.kill(pool, signal.SIGKILL)
    until(lambda: any("version 1 is served from now on" in line for line in server.said))
    for _ in range(20):
        until_said(server, 1)
    assert any("000002" in line and "damaged" in line for line in server.said)


@pytest.mark.heavy
def test_older_versions_are_asked_of_every_front(server: Server, tmp_path: Path) -> None:
    for number in (2, 3):
        publish(tmp_path / "store", number)
        until_said(server, number)
    for number in [1, 2] * 10:
        until_said(server, number, f"&version={number}")
    front = server.children(MODULE, 2)[0]
    os.kill(front, signal.SIGKILL)
    for number in [1, 2] * 10:
        until_said(server, number, f"&version={number}")
    assert said(server) == (200, "3")


@pytest.mark.heavy
def test_a_second_server_at_the_same_port_is_refused(server: Server, run: Run, tmp_path: Path) -> None:
    for processes in ("1", "2"):
        second = run("serve", "--store", tmp_path / "store", "--port", server.port, "--processes", processes)
        assert second.returncode == 2
        assert f"port {server.port} cannot be listened on" in second.stderr
        assert len(second.stderr.splitlines()) == 1


@pytest.mark.heavy
def test_more_fronts_than_query_processes_are_refused(run: Run) -> None:
    for arguments, variables, named in (
        (("--processes", "5"), {}, "--processes"),
        ((), {"DPPGRAPH_PROCESSES": "5"}, "DPPGRAPH_PROCESSES"),
    ):
        environment = variables | {"DPPGRAPH_MAX_WORKERS": "4", "DPPGRAPH_WORKERS": "2"}
        refused = run("serve", *arguments, environment=environment)
        assert refused.returncode == 2
        assert f"{named} is 5: it must be at most DPPGRAPH_MAX_WORKERS (4)" in refused.stderr


@pytest.mark.parametrize(("fronts", "most"), [(1, 12), (2, 12), (5, 12), (3, 3), (4, 7), (12, 12)])
def test_what_is_bounded_is_shared(fronts: int, most: int) -> None:
    given = {"processes": fronts, "workers": 3, "max_workers": most, "queue": 0, "spool": 1, "max_connections": 1000}
    settings = read_settings(given, {})
    shares = [wiring.share(settings, place) for place in range(fronts)]
    assert sum(share.max_workers for share in shares) == most
    assert all(1 <= share.workers <= share.max_workers for share in shares)
    assert sum(share.workers for share in shares) >= 3
    assert {share.queue for share in shares} == {0}
    assert {share.spool for share in shares} == {1}
    assert sum(share.max_connections for share in shares) in range(1000, 1000 + fronts)


def front() -> Front:
    return Front(0, Child("a front", 0), None)


def test_a_hand_over_is_complete_when_all_who_live_are_prepared(tmp_path: Path) -> None:
    manifest = published(tmp_path / "store", ['<a:a> <a:b> "1" .'])[1]
    one, other, third = front(), front(), front()
    over = HandOver(manifest)
    over.joined(one, 100)
    over.joined(other, 100)
    # For as long as nobody is prepared, nobody is late: it may be a large version.
    assert over.late(1e9) == []
    over.prepared(one, 101)
    assert (over.complete, over.late(111), over.late(112)) == (False, [], [other])
    over.gone(other)
    assert over.complete
    # One that starts has to be prepared too, and gets as much time.
    over.joined(third, 200)
    assert (over.complete, over.late(211), over.late(212)) == (False, [], [third])
    # And where all who were are gone, there is nobody.
    over.gone(third)
    over.gone(one)
    assert (over.complete, over.late(1e9)) == (False, [])


def test_of_a_large_version_a_front_gets_twice_the_time_that_the_first_one_took(tmp_path: Path) -> None:
    manifest = published(tmp_path / "store", ['<a:a> <a:b> "1" .'])[1]
    one, other, third = front(), front(), front()
    over = HandOver(manifest)
    for each in (one, other, third):
        over.joined(each, 100)
    over.prepared(one, 140)
    # By the first one the others are measured.
    over.prepared(other, 170)
    assert (over.late(180), over.late(181)) == ([], [third])


def test_a_front_that_began_later_and_was_sooner_ready_leaves_the_others_time(tmp_path: Path) -> None:
    over = HandOver(published(tmp_path / "store", ['<a:a> <a:b> "1" .'])[1])
    one, other = front(), front()
    over.joined(one, 100)
    over.joined(other, 155)
    over.prepared(other, 160)
    assert (over.late(170), over.late(171)) == ([], [one])


WAITS_FOR = """
import pathlib, signal, sys, time
mine, theirs = map(pathlib.Path, sys.argv[1:])
def told(*_):
    mine.with_suffix(".told").touch()
    while not theirs.with_suffix(".told").exists():
        time.sleep(0.01)
    sys.exit(0)
signal.signal(signal.SIGTERM, told)
mine.touch()
while True:
    time.sleep(1)
"""


def test_children_are_told_to_end_all_at_once(tmp_path: Path) -> None:
    names = [tmp_path / "one", tmp_path / "other"]
    # Each ends when the other has been told to.
    started = [subprocess.Popen([sys.executable, "-c", WAITS_FOR, *pair]) for pair in (names, names[::-1])]
    children = [Child.of("a child", process) for process in started]
    until(lambda: all(name.exists() for name in names))
    end(children, 30)
    assert [child.status for child in children] == [0, 0]


@pytest.mark.heavy
def test_answers_of_all_fronts_are_finished_when_the_server_ends(server: Server) -> None:
    rows = 200_000
    digits = " ".join(f"VALUES ?v{place} {{ 0 1 2 3 4 5 6 7 8 9 }}" for place in range(5))
    target = f"/sparql?format=csv&query={quote(f'SELECT * {{ VALUES ?v {{ 0 1 }} {digits} }}')}"
    begun = []
    for _ in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", target)
        begun.append((connection, connection.getresponse()))
    family = server.family()
    with ThreadPoolExecutor() as threads:
        bodies = [threads.submit(answer.read) for _, answer in begun]
        assert server.stop() == 0
        assert [body.result().count(b"\n") for body in bodies] == [rows + 1] * 4
    for connection, _ in begun:
        connection.close()
    assert not [process for process in family if Path(f"/proc/{process}/fd").exists()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))
