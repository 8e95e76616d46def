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

ENVIRONMENT = REPOSITORY / ".venv-peers"
LOCK = REPOSITORY / "requirements" / "peers.txt"

OURS = ("dppgraph", "pyoxigraph", "uvicorn", "uvloop")
THEIRS = ("oxigraph", "rdflib-endpoint", "rdflib", "uvicorn", "uvloop")


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


def versions(wrk: str, nginx: str) -> list[str]:
    """Who took part in which version: ours, each peer, nginx and wrk."""
    ask = "import sys, importlib.metadata as m; print(*(m.version(name) for name in sys.argv[1:]))"
    found = subprocess.run(
        [str(programs() / "python"), "-c", ask, *THEIRS], check=True, capture_output=True, text=True
    ).stdout.split()
    ours = {name: version(name) for name in OURS}
    theirs = dict(zip(THEIRS, found, strict=True))
    # Both say it together with much else, and wrk ends with status 1.
    said = [subprocess.run([name, "-v"], check=False, capture_output=True, text=True) for name in (nginx, wrk)]
    (served,), (asked,) = (re.findall(r"(?:nginx/|^wrk )(\S+)", one.stdout + one.stderr)[:1] for one in said)
    return [
        "dppgraph {dppgraph} (pyoxigraph {pyoxigraph}, uvicorn {uvicorn}, uvloop {uvloop})".format(**ours),
        "Oxigraph {oxigraph}".format(**theirs),
        f"rdflib-endpoint {theirs['rdflib-endpoint']} "
        + "(rdflib {rdflib}, uvicorn {uvicorn}, uvloop {uvloop})".format(**theirs),
        f"nginx {served}",
        f"wrk {asked}",
    ]
