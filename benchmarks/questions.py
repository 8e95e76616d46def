"""What each named question costs: asked over HTTP of the shipped data, against an ``ASK {}`` of the same server.

Prints medians of several rounds, the dearest question first. All are asked in turn in each round, so that what else the
machine does falls on all alike.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from dppgraph.operations.queries import read_questions

ROUNDS = 15
PORT = 8766
DPPGRAPH = str(Path(sys.executable).parent / "dppgraph")
QUERIES = Path(__file__).resolve().parent.parent / "queries"


def asked(path: str) -> float:
    """Seconds until the whole answer is there."""
    start = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}") as answer:
        answer.read()
    return time.perf_counter() - start


def until_it_answers() -> None:
    """Waits for the server."""
    while True:
        try:
            asked("/health")
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return


def main() -> None:
    """Asks all and prints a table."""
    works = {"ASK {}": "/sparql?query=ASK%7B%7D"}
    for question in read_questions(QUERIES).values():
        works[question.name] = f"/queries/{question.name}?{urlencode(question.examples)}"
    with tempfile.TemporaryDirectory() as folder:
        command = [DPPGRAPH, "serve", "--store", f"{folder}/store", "--port", str(PORT)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            try:
                until_it_answers()
                rounds = [{name: asked(path) for name, path in works.items()} for _ in range(ROUNDS)]
            finally:
                server.terminate()
    medians = {name: statistics.median(times[name] for times in rounds) for name in works}
    for name, median in sorted(medians.items(), key=lambda item: -item[1]):
        print(f"{name:24} {median * 1000:8.2f} ms   {median / medians['ASK {}']:6.1f} x ASK {{}}")


if __name__ == "__main__":
    main()
