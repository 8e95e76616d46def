"""A real Virtuoso for the tests: on loopback, on free ports, with a small database in a folder of its own.

Debian's ``virtuoso-opensource-7``, with a copy of the settings that come with it, changed as docs/endpoint.md tells
operators to. Nothing of the machine's own Virtuoso, if it has one, is touched.
"""

import configparser
import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.operate.conftest import free_port

SERVER: Final = shutil.which("virtuoso-t")
ISQL: Final = shutil.which("isql-vt")
SHIPPED: Final = Path("/usr/share/virtuoso-opensource-7/virtuoso.ini")
MISSING: Final = "there is no Virtuoso here: on Debian, apt install virtuoso-opensource-7"

_PASSWORD: Final = "dba"
_ANSWERS: Final = 60.0
"""Seconds in which it has to be there."""


@dataclass
class VirtuosoServer:
    """A Virtuoso, to whose SPARQL endpoint whoever asks may write.

    Attributes:
        folder: where its settings, its database and its log are.
        deadline: its own, in seconds.
        rows: those that it gives of one answer.
        threads: how many requests it answers at a time.
        port: where it answers HTTP.
        sql_port: where it answers ``isql-vt``.
        process: it, in the foreground.
    """

    folder: Path
    deadline: int = 20
    rows: int = 2_000_000_000
    threads: int = 12
    name: str = "virtuoso"
    port: int = field(default_factory=free_port)
    sql_port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if SERVER is None or ISQL is None:
            pytest.skip(MISSING)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    @property
    def database(self) -> Path:
        """The folder that is its own."""
        return self.folder / "database"

    def start(self) -> None:
        assert SERVER, MISSING
        is_new = not self.database.exists()
        if is_new:
            self.database.mkdir()
            (self.database / "virtuoso.ini").write_text(self._ini())
        # What one that was killed left says that it still runs.
        (self.database / "virtuoso.lck").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [SERVER, "+foreground", "+configfile", "virtuoso.ini"],
            cwd=self.database,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        if is_new:
            self.sql('GRANT SPARQL_UPDATE TO "SPARQL"')
            # Whoever kills it finds that there, too.
            self.sql("checkpoint")

    def signal(self, number: int) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.wait(20)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)

    def sql(self, statement: str) -> str:
        """What ``isql-vt`` prints for one statement."""
        assert ISQL, MISSING
        done = subprocess.run(
            [ISQL, f"127.0.0.1:{self.sql_port}", "dba", _PASSWORD, "VERBOSE=OFF", f"EXEC={statement}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "*** Error" not in done.stderr, done.stderr
        return done.stdout

    def _wait(self) -> None:
        """Returns once it answers."""
        until = time.monotonic() + _ANSWERS
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        log = self.database / "virtuoso.log"
        raise AssertionError(f"Virtuoso does not answer: {log.read_text(errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sparql?query=ASK%7B%7D")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _ini(self) -> str:
        """Debian's settings with other places, and small."""
        ini = configparser.ConfigParser(strict=False, interpolation=None, inline_comment_prefixes=(";",))
        ini.optionxform = str  # type: ignore[assignment,method-assign]
        ini.read_string(SHIPPED.read_text())
        for section in ("Database", "TempDatabase"):
            for name, value in ini[section].items():
                if value.startswith("/"):
                    ini[section][name] = Path(value).name
        changed = {
            "Parameters": {
                "ServerPort": f"127.0.0.1:{self.sql_port}",
                "MaxClientConnections": str(self.threads + 8),
                "NumberOfBuffers": "20000",
                "MaxDirtyBuffers": "15000",
                "MaxQueryMem": "400M",
                "ThreadsPerQuery": "1",
                "AsyncQueueMaxThreads": "2",
                "DirsAllowed": ".",
            },
            "HTTPServer": {
                "ServerPort": f"127.0.0.1:{self.port}",
                "ServerRoot": ".",
                "ServerThreads": str(self.threads),
                "MaxClientConnections": str(self.threads + 8),
            },
            "SPARQL": {
                "ResultSetMaxRows": str(self.rows),
                "MaxQueryCostEstimationTime": "0",
                "MaxQueryExecutionTime": str(self.deadline),
            },
        }
        for section, values in changed.items():
            ini[section].update(values)
        ini.remove_section("Plugins")
        return "\n".join(
            f"[{section}]\n" + "\n".join(f"{name} = {value}" for name, value in ini[section].items()) + "\n"
            for section in ini.sections()
        )
