"""What pages cost: bytes of a first visit, time of a first answer, answers a second, shifts of the layout.

    python -m benchmarks.pages [--rounds 7] [--seconds 3] [--pages 0] [--untimed]

With ``--pages``, only about so many pages are looked at; 0 is all of them.
A first visit is Chromium's with nothing kept, to the longest page of each route; the query editor is left out.
Cold is the first answer for a page after a start, in another order each round. Kept pages are asked for with wrk
over 16 connections, in turn from this server and from nginx with the same bytes as a file, each with one process
that speaks HTTP; a ratio is the median of the rounds'.
"""

import http.client
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.dumps import nginx_serving
from benchmarks.measuring import Verdict, arguments, percentile
from benchmarks.peers.load import Load, read_load
from tests.browser.site import LANGUAGES, ROUTES, Found, Site
from tests.browser.visiting import CHROMIUM, DESK, PHONE, Visitor, launch
from tests.conftest import DPPGRAPH, Server, start_server

EDITOR: Final = "/sparql"
LIGHT: Final = 60_000
"""Bytes of a first visit, as they come over the line, heads included."""
SOON: Final = 0.060
"""Seconds until a page that nobody has asked for is there: the median of all pages."""
MANY: Final = 5_000
"""Answers a second of a page that is kept."""
BESIDE: Final = 0.1
"""The share of what nginx does with a file that we do at least."""
STILL: Final = 0.001
"""How far a layout may shift, by the measure of browsers; 0.1 is what they call good."""
_CONNECTIONS: Final = 16
_SETTLED: Final = 300
"""Milliseconds after which nothing more is expected to move."""


class Visited(NamedTuple):
    """What a first visit to a page took.

    Attributes:
        size: bytes of all answers, with their heads.
        requests: how many there were.
        fonts: how many of them were for fonts.
        shift: how far the layout shifted.
    """

    size: int
    requests: int
    fonts: int
    shift: float


def visited(browser: Browser, site: Site, page: Found, width: int) -> Visited:
    """Visits a page as somebody who never was there."""
    sizes: list[float] = []
    types: list[str] = []
    with Visitor(browser, site.url).alone(page.language) as visit:
        visit.look(width=width)
        listening = visit.page.context.new_cdp_session(visit.page)
        listening.send("Network.enable")
        listening.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        listening.on("Network.responseReceived", lambda event: types.append(event["type"]))
        visit.page.goto(f"{site.url}{page.address}", wait_until="networkidle")
        visit.page.wait_for_timeout(_SETTLED)
        shift = visit.run("shifts")
    return Visited(round(sum(sizes)), len(sizes), types.count("Font"), shift)


def first_visits(browser: Browser, site: Site, pages: list[Found], verdict: Verdict) -> None:
    """Says what first visits weigh, and whether pages keep still."""
    widths = {"nl": PHONE, "en": DESK}
    found = {page: visited(browser, site, page, widths[page.language]) for page in pages}
    for page in [page for page, one in found.items() if one.shift > STILL]:
        # A busy machine shows half a page: what happens every time is the page's own doing.
        found[page] = min(found[page], visited(browser, site, page, widths[page.language]), key=attrgetter("shift"))
    heaviest = max(found, key=lambda at: found[at].size)
    sizes = [one.size for one in found.values()]
    verdict.figure("a first visit: median (bytes)", f"{statistics.median(sizes):,.0f}")
    most = found[heaviest]
    verdict.figure("a first visit: the heaviest page (bytes)", f"{most.size:,} of {heaviest}", most.size <= LIGHT)
    verdict.figure("  its requests", most.requests)
    restless = max(found, key=lambda at: found[at].shift)
    shift = found[restless].shift
    verdict.figure("a layout's shift: the most", f"{shift:.4f} of {restless}", shift <= STILL)
    fonts = sum(one.fonts for one in found.values())
    verdict.figure("fonts that are fetched", fonts, fonts == 0)


def cold(store: Path, pages: list[Found], rounds: int, verdict: Verdict) -> None:
    """Says how long first answers take after a start."""
    taken: defaultdict[Found, list[float]] = defaultdict(list)
    firsts = []
    for _ in range(rounds):
        server = start_server("--store", store)
        try:
            order = random.sample(pages, len(pages))
            times = [answer_time(server, page) for page in order]
        finally:
            server.stop()
        # The very first one has the process load what all pages are made with.
        firsts.append(times[0])
        for page, seconds in zip(order[1:], times[1:], strict=True):
            taken[page].append(seconds)
    medians = {page: statistics.median(times) for page, times in taken.items()}
    slowest = max(medians, key=lambda page: medians[page])
    together = [seconds for times in taken.values() for seconds in times]
    middle = statistics.median(together)
    figure = f"{middle * 1000:.1f}, {percentile(together, 0.99) * 1000:.1f}"
    verdict.figure("a first answer: median, 99 of 100 (ms)", figure, middle < SOON, timed=True)
    figure = f"{medians[slowest] * 1000:.1f} of {slowest}"
    verdict.figure("a first answer: the slowest page's median (ms)", figure)
    verdict.figure("the very first answer of a server: median (ms)", f"{statistics.median(firsts) * 1000:.1f}")


def answer_time(server: Server, page: Found) -> float:
    """Seconds from a request for a page to the end of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.connect()
    begun = time.monotonic()
    connection.request("GET", page.address, headers=asked_by_browsers(page))
    answer = connection.getresponse()
    answer.read()
    seconds = time.monotonic() - begun
    connection.close()
    if answer.status != page.status:
        raise RuntimeError(f"{page} was answered with {answer.status}")
    return seconds


def asked_by_browsers(page: Found) -> dict[str, str]:
    """The headers by which a browser asks for a page."""
    return {"Accept": "text/html", "Accept-Language": page.language, "Accept-Encoding": "br"}


def rate(port: int, target: str, headers: dict[str, str], seconds: int) -> Load:
    """What wrk gets of a target, all of it."""
    load = asked_by_wrk(port, target, headers, seconds)
    if load.failed:
        raise RuntimeError(f"{load.failed} of the requests for {target} failed")
    return load


def asked_by_wrk(port: int, target: str, headers: dict[str, str], seconds: int) -> Load:
    """What wrk gets of a target, and how many of its requests failed."""
    command = ["wrk", "--threads", "1", "--connections", str(_CONNECTIONS), "--duration", f"{seconds}s"]
    command += [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    said = subprocess.run([*command, f"http://127.0.0.1:{port}{target}"], check=True, capture_output=True, text=True)
    return read_load(said.stdout)


def kept(server: Server, pages: list[Found], folder: Path, rounds: int, seconds: int, verdict: Verdict) -> None:
    """Says how many answers a second there are of pages that are kept, beside nginx with the same bytes."""
    files = folder / "dumps"
    files.mkdir()
    names = {}
    for page in pages:
        _, _, body = server.ask("GET", page.address, headers=asked_by_browsers(page))
        names[page] = re.sub(r"\W+", "-", page.address).strip("-") or "home"
        (files / names[page]).write_bytes(body)
    with nginx_serving(files, folder / "nginx") as nginx:
        for page, name in names.items():
            asked = {server.port: (page.address, asked_by_browsers(page)), nginx.port: (f"/dumps/{name}", {})}
            rates: dict[int, list[float]] = {port: [] for port in asked}
            for number in range(rounds):
                # Neither is always the first.
                for port in sorted(asked, reverse=bool(number % 2)):
                    rates[port].append(rate(port, *asked[port], seconds).rate)
            ours, theirs = rates[server.port], rates[nginx.port]
            middle = statistics.median(ours)
            what = f"{page}, {(files / name).stat().st_size:,} bytes"
            spread = f"{middle:,.0f} ({min(ours):,.0f} to {max(ours):,.0f})"
            verdict.figure(f"{what}: answers a second", spread, middle >= MANY, timed=True)
            verdict.figure(f"{what}: nginx, the same file", f"{statistics.median(theirs):,.0f}")
            ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
            figure = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            verdict.figure(f"{what}: dppgraph to nginx", figure, statistics.median(ratios) >= BESIDE, timed=True)


def main() -> None:
    """Measures all of it."""
    asked = arguments(rounds=7, seconds=3, pages=0)
    if not CHROMIUM.exists() or shutil.which("wrk") is None:
        sys.exit("this needs Chromium and wrk: on Debian, apt install chromium wrk nginx-light")
    verdict = Verdict(untimed=asked.untimed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store = folder / "store"
        subprocess.run([*DPPGRAPH, "build", "--store", str(store)], check=True, capture_output=True)
        server = start_server("--store", store, environment={"DPPGRAPH_ACCESS_LOG": str(folder / "access.log")})
        try:
            site = Site(server)
            routes = [route for route in ROUTES if route != EDITOR]
            pages = [page for language in LANGUAGES for route in routes for page in site.samples(route, language)[:1]]
            if asked.pages:
                pages = pages[:: max(1, len(pages) // asked.pages)]
            with sync_playwright() as playwright:
                browser = launch(playwright)
                first_visits(browser, site, pages, verdict)
                browser.close()
            ordered = sorted(pages, key=lambda page: len(page.body))
            few = list(dict.fromkeys([site.read("/"), ordered[len(ordered) // 2], ordered[-1]]))
            kept(server, few, folder, asked.rounds, asked.seconds, verdict)
        finally:
            server.stop()
        cold(store, pages, asked.rounds, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
