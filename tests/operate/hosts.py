"""Hosts of our own: network namespaces on one bridge, which reach each other and nothing else."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

IP: Final = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")  # noqa: TID251 - where Debian has it
_NET: Final = "10.77.0"


@dataclass
class Host:
    """A network namespace with one address.

    Attributes:
        name: its name.
        address: its address.
        processes: what runs on it.
    """

    name: str
    address: str
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, command: Sequence[object], log: Path, environment: Mapping[str, str] | None = None) -> None:
        """Starts a command on it; what it says goes into a file."""
        with log.open("ab") as out:
            self.processes.append(
                subprocess.Popen(
                    [*_within(self.name), *map(str, command)],
                    stdout=out,
                    stderr=out,
                    stdin=subprocess.DEVNULL,
                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **(environment or {})},
                    start_new_session=True,
                )
            )

    def run(self, command: Sequence[object], *, timeout: float = 120) -> str:
        """What a command says that runs on it to its end."""
        done = subprocess.run(
            [*_within(self.name), *map(str, command)], check=True, capture_output=True, text=True, timeout=timeout
        )
        return done.stdout

    def die(self) -> None:
        """Ends all that runs on it, without a word to anybody."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        # What left its session is on the host all the same.
        for number in _ip("netns", "pids", self.name).split():
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)
        self.processes.clear()


@contextmanager
def network(names: Sequence[str]) -> Iterator[dict[str, Host]]:
    """Hosts by name, on a bridge in a network of its own; all of it is gone at the end.

    Raises:
        pytest.skip.Exception: this machine makes no networks.
    """
    if IP is None or os.geteuid() != 0:
        pytest.skip("hosts are made by root with `ip`: on Debian, apt install iproute2")
    mark = secrets.token_hex(3)
    hub = f"dpp-{mark}-hub"
    hosts = {name: Host(f"dpp-{mark}-{name}", f"{_NET}.{place}") for place, name in enumerate(names, 11)}
    try:
        _ip("netns", "add", hub)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine makes no networks: {error.stderr}")
    try:
        _ip("-n", hub, "link", "add", "bridge", "type", "bridge")
        _ip("-n", hub, "link", "set", "bridge", "up")
        for place, host in enumerate(hosts.values()):
            _ip("netns", "add", host.name)
            _ip("-n", hub, "link", "add", f"to{place}", "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("-n", hub, "link", "set", f"to{place}", "master", "bridge", "up")
            _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
            _ip("-n", host.name, "link", "set", "eth0", "up")
            _ip("-n", host.name, "link", "set", "lo", "up")
        yield hosts
    finally:
        for host in hosts.values():
            with suppress(subprocess.CalledProcessError):
                host.die()
            _gone(host.name)
        _gone(hub)


def _within(name: str) -> list[str]:
    return [str(IP), "netns", "exec", name]


def _ip(*arguments: str) -> str:
    return subprocess.run([str(IP), *arguments], check=True, capture_output=True, text=True, timeout=20).stdout


def _gone(name: str) -> None:
    for _ in range(50):
        if subprocess.run([str(IP), "netns", "del", name], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
