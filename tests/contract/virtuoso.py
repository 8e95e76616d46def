"""A real Virtuoso for the tests: on loopback, on free ports, with a small database in a folder of its own.

Debian's ``virtuoso-opensource-7``, with a copy of the settings that come with it. Nothing of the machine's own
Virtuoso, if it has one, is touched.
"""

import configparser
import http.client
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SERVER = shutil.which("virtuoso-t")
ISQL = shutil.which("isql-vt")
SHIPPED = Path("/usr/share/virtuoso-opensource-7/virtuoso.ini")
MISSING = "there is no Virtuoso here: on Debian, apt install virtuoso-opensource-7"

_PASSWORD = "dba"  # noqa: S105 - that of every new database; it listens to this machine alone, for as long as a test
_ONLINE = re.compile(r"HTTP/WebDAV server online at (\d+)[\s\S]*Server online at (\d+)")


@dataclass
class Virtuoso:
    """A running Virtuoso.

    Attributes:
        folder: where its settings, its database and its log are.
        process: it, in the foreground.
        port: where it answers HTTP.
        sql_port: where it answers ``isql-vt``.
    """

    folder: Path
    process: "subprocess.Popen[bytes]"
    port: int
    sql_port: int

    @property
    def endpoint(self) -> str:
        """The address of its SPARQL endpoint."""
        return f"http://127.0.0.1:{self.port}/sparql"

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

    def start(self) -> None:
        """Starts it anew on the same ports and the same database, and waits until it answers."""
        self.process = _started(self.folder)
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        """Returns once both ports answer."""
        log = self.folder / "virtuoso.log"
        for _ in range(600):
            assert self.process.poll() is None, log.read_text(errors="replace")[-2000:]
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError(f"Virtuoso does not answer: {log.read_text(errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sparql?query=ASK%7B%7D", headers={"Accept": "application/sparql-results+json"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        """Ends it by its number."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)


def start_virtuoso(folder: Path, ports: tuple[int, int], **settings: str) -> Virtuoso:
    """Starts a Virtuoso in a new folder, to which whoever asks may write.

    Args:
        folder: made for it.
        ports: free ones, for HTTP and for SQL.
        settings: of the section ``SPARQL`` of its ini, in place of those of the tests.
    """
    folder.mkdir()
    (folder / "virtuoso.ini").write_text(_settings(folder, ports, settings))
    virtuoso = Virtuoso(folder, _started(folder), *ports)
    try:
        virtuoso.wait_until_it_answers()
        virtuoso.sql('GRANT SPARQL_UPDATE TO "SPARQL"')
    except AssertionError:
        virtuoso.stop(signal.SIGKILL)
        raise
    return virtuoso


def _started(folder: Path) -> "subprocess.Popen[bytes]":
    assert SERVER, MISSING
    # What a server that was killed left says that it still runs.
    (folder / "virtuoso.lck").unlink(missing_ok=True)
    return subprocess.Popen(
        [SERVER, "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _settings(folder: Path, ports: tuple[int, int], sparql: dict[str, str]) -> str:
    """Debian's settings with other places, and small."""
    ini = configparser.ConfigParser(strict=False, interpolation=None, inline_comment_prefixes=(";",))
    ini.optionxform = str  # type: ignore[assignment,method-assign]
    ini.read_string(SHIPPED.read_text())
    for section in ("Database", "TempDatabase"):
        for name, value in ini[section].items():
            if value.startswith("/"):
                ini[section][name] = Path(value).name
        ini[section]["FileExtend"] = "20"
    ini["Parameters"].update({
        "ServerPort": f"127.0.0.1:{ports[1]}",
        "MaxClientConnections": "20",
        "NumberOfBuffers": "20000",
        "MaxDirtyBuffers": "15000",
        "MaxQueryMem": "400M",
        "ThreadsPerQuery": "1",
        "AsyncQueueMaxThreads": "2",
        "DirsAllowed": ".",
    })
    ini["HTTPServer"].update({"ServerPort": f"127.0.0.1:{ports[0]}", "ServerRoot": ".", "ServerThreads": "12"})
    ini["SPARQL"].update(sparql)
    ini.remove_section("Plugins")
    written = "\n".join(
        f"[{section}]\n" + "\n".join(f"{name} = {value}" for name, value in ini[section].items()) + "\n"
        for section in ini.sections()
    )
    assert str(folder) not in written
    return written
