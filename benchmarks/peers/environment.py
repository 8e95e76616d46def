"""What the servers run in: the peers' own virtual environment, the machine, and the versions of everything."""

import fcntl
import hashlib
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.operate.conftest import NGINX

ENVIRONMENT = REPOSITORY / ".venv-peers"
LOCK = REPOSITORY / "requirements" / "peers.txt"

OURS = ("pyoxigraph", "uvicorn", "uvloop")
THEIRS = ("rdflib", "uvicorn", "uvloop")


def programs() -> Path:
    """The folder of the peers' programs, which are installed anew when their lock has changed.

    Raises:
        subprocess.CalledProcessError: they could not be installed; pip has said why.
    """
    return installed(ENVIRONMENT, LOCK)


def installed(environment: Path, lock: Path) -> Path:
    """The folder of the programs of a virtual environment, made anew when its lock has changed.

    Raises:
        subprocess.CalledProcessError: something could not be installed; pip has said why.
    """
    folder = environment / "bin"
    stamp, locked = environment / ".locked", hashlib.sha256(lock.read_bytes()).hexdigest()
    # Tests that run side by side want it at the same time.
    with lock.open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != locked:
            print(f"setting up {environment.name} ...", flush=True)
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
            pip = [str(folder / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
            stamp.write_text(locked)
    return folder


def machine() -> str:
    """The machine in one sentence: processor, cores, memory, kernel, Python."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    cores = len(os.sched_getaffinity(0))
    return ", ".join(
        [
            processor.group(1) if processor else platform.machine(),
            f"{cores} core{'s' if cores > 1 else ''}",
            f"{int(memory.group(1)) / (1 << 20):.0f} GiB of memory" if memory else "memory unknown",
            f"{platform.system()} {platform.release().partition('-')[0]}",
            f"{platform.python_implementation()} {platform.python_version()}",
        ]
    )


def versions(*wanted: str) -> list[str]:
    """Some of those who took part, each with its version and that of what it is made with.

    Args:
        wanted: ``dppgraph``, a package of the peers' environment, ``pySHACL``, or a program of the machine's.
    """
    found = {
        "dppgraph": lambda: _package("dppgraph", *OURS),
        "pySHACL": lambda: _package("pyshacl", "rdflib"),
        "Oxigraph": lambda: _peer("oxigraph"),
        "rdflib-endpoint": lambda: _peer("rdflib-endpoint", *THEIRS),
        # Each says it together with much else, and some end with status 1.
        "nginx": lambda: _program(NGINX, "-v", r"nginx/(\S+)"),
        "wrk": lambda: _program("wrk", "-v", r"^wrk (\S+)"),
        "Virtuoso": lambda: _program("virtuoso-t", "+version", r"Version (\S+)"),
    }
    return [f"{name} {found[name]()}" for name in wanted]


def _package(name: str, *others: str) -> str:
    return _with(version(name), {other: version(other) for other in others})


def _peer(name: str, *others: str) -> str:
    ask = "import sys, importlib.metadata as m; print(*(m.version(name) for name in sys.argv[1:]))"
    command = [str(programs() / "python"), "-c", ask, name, *others]
    first, *rest = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return _with(first, dict(zip(others, rest, strict=True)))


def _with(first: str, others: dict[str, str]) -> str:
    return first + (f" ({', '.join(f'{name} {said}' for name, said in others.items())})" if others else "")


def _program(program: str | None, option: str, pattern: str) -> str:
    if program is None:
        return "unknown"
    said = subprocess.run([program, option], check=False, capture_output=True, text=True)
    found = re.search(pattern, said.stdout + said.stderr, re.MULTILINE)
    return found.group(1) if found else "unknown"
