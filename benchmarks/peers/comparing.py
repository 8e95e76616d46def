"""One run: the servers are held against each other, then asked in turn, round after round."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.measuring import MIB, Verdict
from benchmarks.peers import large
from benchmarks.peers.figures import (
    BOUNDS,
    DISTINCT,
    FAMILY,
    FIRST,
    FIRST_BYTE,
    FRONT,
    GROWTH,
    HELD,
    LARGE,
    PLAN,
    REPEATED,
    UNITS,
    Figures,
)
from benchmarks.peers.load import Load, Wrk
from benchmarks.peers.result import Bar, figures
from benchmarks.peers.servers import DISK, MEMORY, NGINX, OURS, RDFLIB, Asked

QUERIES: Final = {
    name: (Path(__file__).parent / f"{name}.rq").read_text() for name in ("repeated", "distinct", "large", "plan")
}
DOCUMENT: Final = "/doc/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
"""Where ours is."""
ROWS: Final = 100_000
FEW: Final = 2
"""Rounds in which rdflib-endpoint is asked for a large answer: it takes seconds."""
GIVEN: Final = 3
"""Large answers in a row, over which a server's memory is looked at; one of rdflib-endpoint."""
USUAL: Final = {"x-request-id", "x-content-type-options", "content-security-policy"}
"""What every answer of ours has, whatever it costs."""
PAUSE: Final = 0.2
"""Seconds after each turn, in which a server ends what it was still asked, and writes its log."""

SMALL_TURNS: Final = [
    [(REPEATED, OURS), (HELD, OURS), (REPEATED, NGINX), (REPEATED, DISK), (REPEATED, MEMORY), (REPEATED, RDFLIB)],
    [(DISTINCT, OURS), (DISTINCT, DISK), (DISTINCT, MEMORY), (DISTINCT, RDFLIB)],
    [(PLAN, OURS), (PLAN, DISK), (PLAN, MEMORY), (PLAN, RDFLIB)],
]
LARGE_TURNS: Final = [(LARGE, OURS), (LARGE, DISK), (LARGE, MEMORY)]


class Comparison:
    """The servers, and what was found of them.

    Args:
        asked: the servers by name.
        wrk: how they are asked small queries.
        verdict: what is held true.

    Attributes:
        figures: what was measured.
    """

    def __init__(self, asked: dict[str, Asked], wrk: Wrk, verdict: Verdict) -> None:
        self.figures = Figures()
        self._asked = asked
        self._wrk = wrk
        self._verdict = verdict
        self._number = 10_000_000
        self._tag = ""
        self._size = 0
        self._failed = 0
        self._unlogged = 0
        self._kept = 0

    def look(self) -> None:
        """Holds the answers of all against each other, before anything is measured."""
        figure = self._verdict.figure
        for name in ("repeated", "distinct"):
            answers = {server: one.get(QUERIES[name].replace("NUMBER", "1000000")) for server, one in self._all()}
            found = {server: (status, body.count(b'"title":')) for server, (status, _, body) in answers.items()}
            same = len(set(found.values())) == 1 and found[OURS][0] == 200
            figure(f"{name}.rq: status and rows of all", found[OURS] if same else found, same)
        _, headers, body = self._asked[OURS].get(QUERIES["repeated"])
        # What is measured has its head with it.
        self._size = sum(len(name) + len(value) + len(": \r\n") for name, value in headers.items()) + len(body)
        self._tag = headers.get("etag", "")
        figure("our answers have their usual headers", headers.keys() >= USUAL, headers.keys() >= USUAL)
        if self._tag:
            status, _, _ = self._asked[OURS].get(QUERIES["repeated"], **{"If-None-Match": self._tag})
            figure("the status for If-None-Match", status, status == 304)
        else:
            figure("the status for If-None-Match", "left out: our answers have no ETag")

    def grow(self) -> None:
        """Looks at the memory that large answers cost, while there was none before; all give the same rows."""
        for name, one in self._all():
            if name != NGINX:
                self._grow(one, 1 if name == RDFLIB else GIVEN)
                status, _, body = one.get(self._large())
                found = (status, large.rows(body))
                self._verdict.figure(f"large.rq: status and rows of {name}", found, found == (200, ROWS))

    def go(self, rounds: int) -> None:
        """Asks all of them in turn, in each round another one first."""
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", flush=True)
            self._number += 1_000_000
            slow = [(LARGE, RDFLIB)] if number < FEW else []
            for turns in (*SMALL_TURNS, [*LARGE_TURNS, *slow]):
                at = number % len(turns)
                for what, server in turns[at:] + turns[:at]:
                    self._turn(what, self._asked[server])
                    time.sleep(PAUSE)

    def judge(self) -> tuple[Bar, ...]:
        """What the ratios are held to; looks whether all was as it seemed."""
        figure = self._verdict.figure
        figure("answers that failed", self._failed, self._failed == 0)
        figure("our answers without a line in the access log", self._unlogged, self._unlogged == 0)
        figure("distinct queries that our cache answered", self._kept, self._kept == 0)
        found = list(self.figures.bars(BOUNDS))
        for what, most, timed in ((FIRST, FIRST_BYTE, True), (FRONT, GROWTH, False)):
            if taken := self.figures.of(what, OURS):
                found.append(Bar(f"{what}: {OURS}", figures(taken.values), UNITS[what], most=most, timed=timed))
        return tuple(found)

    def _all(self) -> Iterator[tuple[str, Asked]]:
        yield from self._asked.items()

    def _grow(self, one: Asked, count: int) -> None:
        groups = {FRONT: lambda: one.speaking, FAMILY: one.server.family}
        for what, more in large.growth(groups, lambda: self._take(one, count)).items():
            self.figures.add(what, one.name, more / MIB)

    def _turn(self, what: str, one: Asked) -> None:
        if what == LARGE:
            taken = self._take(one, 1)
            self.figures.add(LARGE, one.name, taken.seconds * 1000)
            self.figures.add(FIRST, one.name, taken.first * 1000)
        elif what != HELD or self._tag:
            self.figures.add(what, one.name, self._small(what, one).rate)

    def _small(self, what: str, one: Asked) -> Load:
        one.forget_the_log()
        if what == DISTINCT:
            load = self._wrk.distinct(one, QUERIES["distinct"], self._number)
        elif what == PLAN:
            load = self._wrk.turtle(one, DOCUMENT if one.name == OURS else one.target(QUERIES["plan"]))
        else:
            load = self._wrk.repeated(one, QUERIES["repeated"], self._tag if what == HELD else "")
        self._failed += load.failed
        if what == HELD and load.size > self._size:
            # An answer with its body is no 304.
            self._failed += load.answers
        if one.name == OURS:
            time.sleep(PAUSE)
            log = one.logs[0].read_text()
            self._unlogged += max(0, load.answers - log.count("\n"))
            self._kept += log.count('"cache":"hit"') if what == DISTINCT else 0
        return load

    def _take(self, one: Asked, count: int) -> large.Taken:
        taken = [large.take(one, self._large()) for _ in range(count)]
        self._failed += sum(not answer.whole for answer in taken)
        return taken[-1]

    def _large(self) -> str:
        """A query for a large answer that nobody has been asked yet."""
        self._number += 1
        return QUERIES["large"].replace("NUMBER", str(self._number))
