"""Asks a server over and over, on whichever host this runs, and says what came: a line of JSON for each reply.

    python asking.py URL SECONDS CLIENTS

Every client asks a query that nobody asked before, by GET, and each tenth time a page. Nothing but Python's own library
is needed.
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import quote, urlsplit

QUERY = "SELECT ?plan ?older {{ ?plan <https://w3id.org/dppgraph/ns#succeeds> ?older FILTER({number} > 0) }}"


def ask(address: tuple[str, int], path: str) -> dict[str, object]:
    """One reply, over a connection of its own."""
    began = time.time()
    connection = http.client.HTTPConnection(*address, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json, text/html;q=0.9"})
        reply = connection.getresponse()
        body = reply.read()
        return {
            "began": began,
            "ended": time.time(),
            "status": reply.status,
            "retry": reply.getheader("Retry-After"),
            "rows": len(json.loads(body)["results"]["bindings"]) if "sparql" in path and reply.status == 200 else None,
            "path": path[:7],
            "said": body[:300].decode(errors="replace") if reply.status != 200 else "",
        }
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"began": began, "ended": time.time(), "status": 0, "path": path[:7], "said": repr(error)}
    finally:
        connection.close()


def client(address: tuple[str, int], place: int, until: float) -> None:
    """Asks until the time is over."""
    number = 0
    while time.time() < until:
        number += 1
        query = quote(QUERY.format(number=place * 1_000_000 + number))
        path = "/plans?lang=en" if number % 10 == 0 else f"/sparql?query={query}"
        sys.stdout.write(json.dumps(ask(address, path)) + "\n")
        sys.stdout.flush()
        time.sleep(0.02)


def main() -> None:
    """Asks with several clients."""
    parts = urlsplit(sys.argv[1])
    until = time.time() + float(sys.argv[2])
    address = parts.hostname or "", parts.port or 80
    clients = [
        threading.Thread(target=client, args=(address, place, until)) for place in range(1, int(sys.argv[3]) + 1)
    ]
    for one in clients:
        one.start()
    for one in clients:
        one.join()


if __name__ == "__main__":
    main()
