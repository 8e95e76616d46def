"""Where a request says its token (RFC 6750, section 2): in one header, and nowhere else.

The two other ways of that section, in a form and in the address, are refused: addresses are written down by browsers,
proxies and logs, and a form on another site's page can send a request, but never this header.
"""

import re
from typing import Final

from starlette.types import Scope

from dppgraph.errors import BadCall, NeedsToken, NoToken
from dppgraph.web.parameters import Parameters

_SCHEME: Final = re.compile(rb"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)
_TOKEN: Final = re.compile(rb"[A-Za-z0-9._~+/-]+=*")
_ELSEWHERE: Final = frozenset(("access_token", "token"))
_HOW: Final = "send it as the header `Authorization: Bearer TOKEN`"


def token_in(scope: Scope) -> str:
    """The token that a request's header says, whether it is one or not.

    Raises:
        BadCall: there are several headers.
        NoToken: there is none, or it is of another scheme.
        NeedsToken: what is sent can be none.
    """
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(sent) > 1:
        raise BadCall("there are several headers `Authorization`: send one")
    scheme = _SCHEME.fullmatch(sent[0].strip()) if sent else None
    if scheme is None:
        said = "another scheme than Bearer is not known here" if sent else "this needs a token"
        raise NoToken(f"{said}: {_HOW}")
    token = scheme[1] or b""
    if not _TOKEN.fullmatch(token):
        raise NeedsToken(f"what was sent cannot be a token: {_HOW}, as `dppgraph token add` has shown it")
    return token.decode()


def refuse_in(parameters: Parameters) -> None:
    """Refuses a token among the parameters of an address or of a form.

    Raises:
        BadCall: there is one.
    """
    if any(name.strip().lower() in _ELSEWHERE for name, _ in parameters):
        said = "is not read from an address or a form, where others can see it"
        raise BadCall(f"a token {said}: {_HOW}, and make a new one in place of this")
