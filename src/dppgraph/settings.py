"""The settings: one declared list, read from the environment here and nowhere else.

A flag of a command wins over the environment, the environment over the default.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from dppgraph.errors import BadSetting

PREFIX: Final = "DPPGRAPH_"

_A_DAY: Final = 86_400
DIALECTS: Final = ("oxigraph", "virtuoso", "fuseki", "graphdb", "qlever", "stardog", "neptune", "sparql")
"""The engines whose differences are known, by name (``store.remote.dialect``)."""
_LEAST_TOKEN: Final = 32
_BASE: Final = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`/?#]+(/[^\x00-\x20<>\"{}|\\^`/?#]+)*/")
_ADDRESS: Final = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`/?#@]+([/?][^\x00-\x20<>\"{}|\\^`#]*)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with their values; see :data:`SETTINGS` for what each means."""

    store: Path
    base: str
    query_timeout: float
    query_memory: int
    max_rows: int
    max_bytes: int
    max_query: int
    max_upload: int
    processes: int
    workers: int
    max_workers: int
    queue: int
    mode: str
    memory: int
    spool: int
    cache: int
    min_rate: int
    service_allow: tuple[str, ...]
    request_timeout: float
    keep_alive: float
    max_header: int
    max_url: int
    max_connections: int
    client_connections: int
    rate: float
    burst: int
    trusted_proxies: str
    public_url: str
    token: str
    metrics_token: str
    access_log: str
    texts: str
    write_timeout: float
    write_memory: int
    keep_versions: int
    endpoint: tuple[str, ...]
    endpoint_dialect: str
    endpoint_auth: str


def settings_of(said: Mapping[str, Any]) -> Settings:
    """The settings as another process of this server said them, in JSON: which makes lists of tuples."""
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Settings(**found | {"store": Path(said["store"])})


def without_secrets(settings: Settings) -> Settings:
    """The settings for a process that lets nobody in."""
    none: dict[str, Any] = {setting.field: setting.default for setting in SETTINGS if setting.secret}
    return replace(settings, **none)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: a field of :class:`Settings`, its default as one would write it, how to read it, what it means.

    One that is secret is not shown to anybody.
    """

    field: str
    default: str
    read: Callable[[str], Any]
    help: str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.field.upper()


def _folder(text: str) -> Path:
    if not text.strip():
        raise ValueError("a folder's path, such as ./store")
    return Path(text).expanduser()


def _base(text: str) -> str:
    if not _BASE.fullmatch(text):
        raise ValueError("an http(s) IRI that ends in /, such as https://data.example.org/plans/")
    return text


def _url(text: str) -> str:
    if text and not _BASE.fullmatch(f"{text.removesuffix('/')}/"):
        raise ValueError("an http(s) address, such as https://data.example.org/")
    return f"{text.removesuffix('/')}/" if text else ""


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _A_DAY:
        raise ValueError("a number of seconds above 0, at most 86400, such as 30")
    return value


def _count(least: int, unit: str, example: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.strip().isascii() or not text.strip().isdigit() or int(text) < least:
            raise ValueError(f"a whole number of {unit}, at least {least}, such as {example}")
        return int(text)

    return read


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError("a number of requests a second, such as 5 or 0.5, or 0 for no limit")
    return value


def _networks(text: str) -> str:
    try:
        return ",".join(str(ipaddress.ip_network(part.strip())) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8") from error


def _addresses(text: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(map(_ADDRESS.fullmatch, addresses)):
        raise ValueError("http(s) addresses with commas between, such as https://data.example.org/sparql")
    return addresses


def _engines(text: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(map(_ADDRESS.fullmatch, addresses)) or len(set(addresses)) < len(addresses):
        # Whoever may list processes would read a password in them.
        raise ValueError(
            "http(s) addresses without user and password, each once, with commas between, such as "
            "https://sparql.example.org/query (DPPGRAPH_ENDPOINT_AUTH has the password)"
        )
    return addresses


def _auth(text: str) -> str:
    if text.strip() and not re.match(r"[^:]+:.|[Bb]earer .|(/|\.{1,2}/|~/).", text.strip()):
        raise ValueError(
            "user:password, Bearer TOKEN, or the path of a file that holds one of them, with a slash in it"
        )
    # Fronts run in another folder.
    return str(Path(text.strip()).expanduser().absolute()) if re.match(r"(\.{1,2}/|~/)", text.strip()) else text.strip()


def _token(text: str) -> str:
    if text and not re.fullmatch(r"[!-~]{16,}", text):
        raise ValueError("at least 16 letters, digits and signs without white space")
    return text


def _write_token(text: str) -> str:
    # RFC 6750, section 2.1: what a header can say after `Bearer`.
    if text and not (len(text) >= _LEAST_TOKEN and re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text)):
        raise ValueError(
            f"at least {_LEAST_TOKEN} letters, digits and signs of . _ ~ + / -, such as `openssl rand -hex 32` makes"
        )
    return text


def _log(text: str) -> str:
    if text.strip() in ("stderr", "off"):
        return text.strip()
    if "/" not in text:
        raise ValueError("stderr, off, or a file's path with a slash in it, such as ./access.log")
    return str(Path(text.strip()).expanduser().absolute())


def _texts(text: str) -> str:
    folder = Path(text.strip()).expanduser().absolute()
    if text.strip() and not folder.is_dir():
        raise ValueError("a folder that is there, such as ./texts, or nothing")
    return str(folder) if text.strip() else ""


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text.strip().lower()

    return read


SETTINGS: Final = (
    Setting("store", ".dppgraph", _folder, "folder of the published versions"),
    Setting("base", "https://w3id.org/dppgraph/", _base, "base of the data's IRIs, applied when a version is built"),
    Setting("query_timeout", "30", _seconds, "seconds until a query is ended (504)"),
    Setting("query_memory", "512", _count(16, "MiB", 512), "MiB that one query may use before it is ended (413)"),
    Setting("max_rows", "1000000", _count(1, "rows", 1000000), "rows or triples that one answer may have (413)"),
    Setting("max_bytes", "268435456", _count(1024, "bytes", 268435456), "bytes that one answer may have (413)"),
    Setting("max_query", "1048576", _count(1024, "bytes", 1048576), "bytes that a request's body may have (413)"),
    Setting("max_upload", "64", _count(1, "MiB", 64), "MiB of RDF that a request to /graphs may send (413)"),
    Setting("processes", "1", _count(1, "processes", 2), "processes that speak HTTP, which share what is bounded here"),
    Setting("workers", "4", _count(1, "processes", 4), "query processes that take new queries"),
    Setting(
        "max_workers", "12", _count(1, "processes", 12), "query processes in all, those with a long query included"
    ),
    Setting("queue", "128", _count(0, "queries", 128), "queries that may wait for a process (429 beyond)"),
    Setting(
        "mode",
        "auto",
        _one_of("auto", "memory", "disk"),
        "where queries find the graph: in memory, on disk, or auto: in memory if it fits into DPPGRAPH_MEMORY",
    ),
    Setting("memory", "2048", _count(256, "MiB", 2048), "MiB that all processes may use; the largest query then ends"),
    Setting("spool", "2048", _count(1, "MiB", 2048), "MiB of answers that may wait on disk for slow readers"),
    Setting("cache", "64", _count(0, "MiB", 64), "MiB of answers that a web server keeps and sends again; 0: none"),
    Setting("min_rate", "8192", _count(0, "bytes", 8192), "bytes a second that a client has to take or send"),
    Setting("service_allow", "", _addresses, "addresses of endpoints that SERVICE may ask, separated by commas"),
    Setting("request_timeout", "10", _seconds, "seconds in which a request's head has to arrive, then its body (408)"),
    Setting("keep_alive", "5", _seconds, "seconds that a connection may be silent between two requests"),
    Setting("max_header", "32768", _count(1024, "bytes", 32768), "bytes that a request's header fields may have (431)"),
    Setting("max_url", "65536", _count(1024, "bytes", 65536), "bytes that a request's address may have (414)"),
    Setting("max_connections", "1000", _count(1, "connections", 1000), "connections that may be open (503 beyond)"),
    Setting(
        "client_connections",
        "0",
        _count(0, "connections", 50),
        "connections that one client may have open (429 beyond); 0: a quarter of DPPGRAPH_MAX_CONNECTIONS",
    ),
    Setting("rate", "0", _rate, "requests a second that one client may send on average (429 beyond); 0: no limit"),
    Setting("burst", "20", _count(1, "requests", 20), "requests that one client may send at once, where it has a rate"),
    Setting(
        "trusted_proxies",
        "",
        _networks,
        "addresses or networks of proxies whose X-Forwarded-For says who the client is, with commas between",
    ),
    Setting("public_url", "", _url, "where clients find this server; by default the address that it listens on"),
    Setting(
        "token",
        "",
        _write_token,
        "one more token that may write, beside those of `dppgraph token`; empty: none",
        secret=True,
    ),
    Setting(
        "metrics_token",
        "",
        _token,
        "what opens /metrics from elsewhere; empty: only this machine itself may ask",
        secret=True,
    ),
    Setting("access_log", "stderr", _log, "where a line for each request goes: stderr, off, or a file's path"),
    Setting(
        "texts",
        "",
        _texts,
        "folder with the texts of sources, told by their SHA-256, to be shown with their quotes; empty: none is shown",
    ),
    Setting("write_timeout", "60", _seconds, "seconds in which a change has to be judged (504)"),
    Setting("write_memory", "1024", _count(64, "MiB", 1024), "MiB that judging one change may use (413)"),
    Setting("keep_versions", "0", _count(0, "versions", 100), "versions that `versions prune` keeps at least; 0: all"),
    Setting(
        "endpoint",
        "",
        _engines,
        "addresses of SPARQL servers that answer in place of this one, copies of each other, with commas between",
    ),
    Setting(
        "endpoint_dialect",
        "auto",
        _one_of("auto", *DIALECTS),
        "which engine these are, by name, or auto: found out by asking it",
    ),
    Setting(
        "endpoint_auth",
        "",
        _auth,
        "what lets us in there: user:password, Bearer TOKEN, or the path of a file that holds one of them",
        secret=True,
    ),
)


def read_settings(
    given: Mapping[str, object | None] | None = None,
    environment: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force.

    Args:
        given: field name to what a flag said; None where it was not used.
        environment: what to read instead of the process's own environment.
        defaults: field name to what counts where neither says anything, in place of the declared default.

    Raises:
        BadSetting: a value cannot be what it is meant to be; the message names it and says what can.
    """
    environment = _environment() if environment is None else environment
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        flag = given.get(setting.field) if given else None
        text = (
            str(flag)
            if flag is not None
            else environment.get(setting.variable, (defaults or {}).get(setting.field, setting.default))
        )
        try:
            values[setting.field] = setting.read(text)
        except ValueError as error:
            name = f"--{setting.field.replace('_', '-')}" if flag is not None else setting.variable
            # What stands before an @ in an address may be a password.
            said = "given" if setting.secret else repr(re.sub(r"//[^/@]*@", "//...@", text))
            raise BadSetting(f"{name} is {said}: it must be {error}") from error
    if values["max_workers"] < values["workers"]:
        raise BadSetting(
            f"{PREFIX}MAX_WORKERS is {values['max_workers']}: it must be at least {PREFIX}WORKERS ({values['workers']})"
        )
    if values["max_workers"] < values["processes"]:
        name = "--processes" if (given or {}).get("processes") is not None else f"{PREFIX}PROCESSES"
        raise BadSetting(
            f"{name} is {values['processes']}: it must be at most {PREFIX}MAX_WORKERS ({values['max_workers']}), "
            "as each has query processes of its own"
        )
    return Settings(**values)


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """A line for each variable that begins like a setting and is none, with the likely meant one."""
    environment = _environment() if environment is None else environment
    known = [setting.variable for setting in SETTINGS]
    return [_unknown(name, known) for name in sorted(environment) if name.startswith(PREFIX) and name not in known]


def _environment() -> Mapping[str, str]:
    return os.environ


def _unknown(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    return f"{name} is no setting of dppgraph and has no effect{meant}: `dppgraph settings` lists them"
