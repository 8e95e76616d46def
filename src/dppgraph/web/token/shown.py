"""What ``/openapi.json`` says of tokens (OpenAPI 3.1, section 4.8.27): what needs one, and how it is sent."""

from typing import Any, Final

from fastapi import FastAPI

_NAME: Final = "token"
_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "Made by `dppgraph token add`. The role `propose` is enough for a dry run; all else needs `write`.",
}
NEEDED: Final[list[dict[str, list[str]]]] = [{_NAME: []}]
"""The ``security`` of an operation that writes."""

FOR_UPDATES: Final[list[dict[str, list[str]]]] = [{}, *NEEDED]
"""That of one which also reads, and is then open to everybody."""


class Described(FastAPI):
    """An application whose description says how a token is sent."""

    def openapi(self) -> dict[str, Any]:
        """The description."""
        said = super().openapi()
        said.setdefault("components", {})["securitySchemes"] = {_NAME: _SCHEME}
        return said
