"""What whoever serves the files has to be told: types, headers, and the few addresses that lead elsewhere.

As a snippet for nginx; as ``_redirects`` and ``_headers``, which hosts of static sites read; and, file by file, in the
list of all files, for whoever uploads them to a store of objects.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dppgraph.core import formats
from dppgraph.operations.freeze.address import INDEX, Address
from dppgraph.web.headers import POLICY, SECURITY

_HERE: Final = Path(__file__).parent
_LASTING: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "public, no-cache"
_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "txt": "text/plain",
    "xml": "application/xml",
    "json": "application/json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "gz": "application/gzip",
} | {known.extension: known.media_types[0] for known in formats.RDF}

_CROSS_ORIGIN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
_WORKER: Final = re.compile(r"static/freeze/worker\.[^/]*")
_COMPILING: Final = ("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""WebAssembly counts as a script that is made on the spot: only the worker that holds the engine may do that."""

_READ_BY_PROGRAMS: Final = re.compile(r"(feed(?:/[^/.]+)?|fragments(?:/[0-9]+)?)\.trig|(\.well-known/void)\.ttl")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a site.

    Attributes:
        url: where it will be.
        version: the version that its files to download are of.
    """

    url: str
    version: int

    def nginx(self) -> bytes:
        """A snippet for the server of nginx whose root holds the files."""
        path = urlsplit(self.url).path.rstrip("/")
        said = {
            "URL": self.url,
            "AT": f" at {path}/" if path else "",
            "PATH": path,
            "VERSION": str(self.version),
            "LASTING": _LASTING,
            "TYPES": "\n".join(f"        {type_} {extension};" for extension, type_ in sorted(_TYPES.items())),
        }
        text = (_HERE / "nginx.conf").read_text(encoding="utf-8")
        lines: list[str] = []
        for line in text.splitlines():
            if line.startswith("@HEADERS"):
                inside = "    " if lines and lines[-1].lstrip().startswith("error_page") else "        "
                headers = common_headers(of_worker=line == "@HEADERS_OF_WORKER@")
                lines += [f'{inside}add_header {name} "{value}" always;' for name, value in headers.items()]
            else:
                lines.append(re.sub(r"@([A-Z]+)@", lambda match: said[match[1]], line))
        return "\n".join([*lines, ""]).encode()

    def in_site(self) -> Iterator[tuple[str, bytes]]:
        """Those that lie among the files themselves."""
        path = urlsplit(self.url).path
        moved = [
            (f"{path}id/*", f"{path}doc/:splat/", "303!"),
            (f"{path}.well-known/genid/*", f"{path}doc/genid/:splat/", "303!"),
            (f"{path}feed", f"{path}feed.trig", "200!"),
            (f"{path}feed/:node", f"{path}feed/:node.trig", "200"),
            (f"{path}fragments", f"{path}fragments.trig", "200!"),
            (f"{path}fragments/:page", f"{path}fragments/:page.trig", "200"),
            (f"{path}.well-known/void", f"{path}.well-known/void.ttl", "200!"),
            (f"{path}dumps/:file", f"{path}dumps/{self.version}/:file", "302"),
        ]
        yield "_redirects", "".join(f"{' '.join(rule)}\n" for rule in moved).encode()
        yield "_headers", self._headers(path).encode()

    def _headers(self, path: str) -> str:
        def rule(at: str, headers: Mapping[str, str]) -> str:
            return f"{path}{at}\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())

        types = (rule(f"*.{known.extension}", {"Content-Type": known.content_type}) for known in formats.RDF)
        special = {
            "*.linkset.json": formats.LINKSET.content_type,
            "feed": formats.TRIG.content_type,
            "feed/*.trig": formats.TRIG.content_type,
            ".well-known/void": formats.TURTLE.content_type,
        }
        rules = [
            rule("*", common_headers(of_worker=False)),
            *types,
            *(rule(at, {"Content-Type": type_}) for at, type_ in special.items()),
            rule("static/*", {"Cache-Control": _LASTING}),
            rule("static/freeze/worker.*", {"Content-Security-Policy": common_headers(of_worker=True)[_POLICY]}),
        ]
        return "\n".join(rules)


_POLICY: Final = "Content-Security-Policy"


def common_headers(*, of_worker: bool) -> dict[str, str]:
    """The headers of every answer; those of the worker let it compile the engine."""
    said = {name.decode().title(): value.decode() for name, value in (*SECURITY, POLICY)}
    if of_worker:
        said[_POLICY] = said[_POLICY].replace(*_COMPILING)
    return {**_CROSS_ORIGIN, **said}


def headers_of(address: Address, type_: str) -> dict[str, str]:
    """The headers of an answer with the file of an address, besides its type."""
    said = common_headers(of_worker=_WORKER.fullmatch(address.path) is not None)
    lasts = address.path.startswith("static/") or (address.path.startswith("dumps/") and not address.format)
    said["Cache-Control"] = _LASTING if lasts else _ASK_AGAIN
    if address.language and type_.startswith("text/html"):
        said["Content-Language"] = address.language
    return said


def moved_of(path: str) -> tuple[str, ...]:
    """Where a file is to be found besides its own path, below the site's address."""
    program = _READ_BY_PROGRAMS.fullmatch(path)
    if program:
        return (program[1] or program[2],)
    if path == INDEX:
        return ("",)
    if path.endswith(f"/{INDEX}"):
        folder = path.removesuffix(INDEX)
        # Feed and fragments are RDF there, for programs.
        alone = () if re.match(r"(feed|fragments|\.well-known/void)(/|$)", folder) else (folder.rstrip("/"),)
        return (folder, *alone)
    return ()
