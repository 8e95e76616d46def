"""What a start costs: ``--help``, a first answer of a built store, a build, in one run on this machine.

Prints medians of several rounds and what they are against a bare start of Python, as this machine may be noisy.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
PORT = 8765
DPPGRAPH = str(Path(sys.executable).parent / "dppgraph")


def completed(*command: str) -> float:
    """Seconds until a command is done."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def first_answer(store: str) -> float:
    """Seconds from the command ``dppgraph serve``, on a built store, to the answer to its first query."""
    start = time.perf_counter()
    command = [DPPGRAPH, "serve", "--store", store, "--port", str(PORT)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            while True:
                with (
                    suppress(urllib.error.URLError),
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sparql?query=ASK%7B%7D") as answer,
                ):
                    answer.read()
                    return time.perf_counter() - start
                time.sleep(0.005)
        finally:
            server.terminate()


def main() -> None:
    """Runs all and prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        completed(DPPGRAPH, "build", "--store", f"{folder}/built")
        works: dict[str, Callable[[], float]] = {
            "python alone": lambda: completed(sys.executable, "-c", ""),
            "dppgraph --help": lambda: completed(DPPGRAPH, "--help"),
            "serve, first answer": lambda: first_answer(f"{folder}/built"),
            "build, all anew": lambda: completed(DPPGRAPH, "build", "--store", tempfile.mkdtemp(dir=folder)),
        }
        rounds = [{name: work() for name, work in works.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in works}
    for name, median in medians.items():
        print(f"{name:<22} {median:6.3f} s  {median / medians['python alone']:6.1f} x")


if __name__ == "__main__":
    main()
