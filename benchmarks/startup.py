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
from collections.abc import Callable
from pathlib import Path

ROUNDS = 7
PORT = 8765
DPPGRAPH = str(Path(sys.executable).parent / "dppgraph")


def bare() -> None:
    """Starts Python and nothing else."""
    subprocess.run([sys.executable, "-c", ""], check=True)


def help_text() -> None:
    """``dppgraph --help``."""
    subprocess.run([DPPGRAPH, "--help"], check=True, capture_output=True)


def first_answer(store: str) -> None:
    """``dppgraph serve`` on a built store, until its first query is answered."""
    command = [DPPGRAPH, "serve", "--store", store, "--port", str(PORT)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sparql?query=ASK%7B%7D") as answer:
                    answer.read()
                    break
            except urllib.error.URLError:
                time.sleep(0.005)
        server.terminate()


def build(store: str) -> None:
    """``dppgraph build`` of the shipped data into an empty store."""
    subprocess.run([DPPGRAPH, "build", "--store", store], check=True, capture_output=True)


def timed(work: Callable[[], None]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Runs all and prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        build(f"{folder}/built")
        works: dict[str, Callable[[], None]] = {
            "python alone": bare,
            "dppgraph --help": help_text,
            "serve, first answer": lambda: first_answer(f"{folder}/built"),
            "build, all anew": lambda: build(tempfile.mkdtemp(dir=folder)),
        }
        rounds = [{name: timed(work) for name, work in works.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(times[name] for times in rounds) for name in works}
    for name, median in medians.items():
        print(f"{name:<22} {median:6.3f} s  {median / medians['python alone']:6.1f} x")


if __name__ == "__main__":
    main()
