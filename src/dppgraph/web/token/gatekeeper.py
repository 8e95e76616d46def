"""Lets in whoever may do what they ask for, and says who that is."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from starlette.types import Scope

from dppgraph.core.token import Role
from dppgraph.errors import NeedsToken, TooManyRequests, UpdatesOff, WrongRole
from dppgraph.store.token import KnownTokens
from dppgraph.web.clients import RateLimit, counted_as, peer_of
from dppgraph.web.parameters import decoded
from dppgraph.web.token.sent import refuse_in, token_in

WRONG: Final = 10
"""Tokens that are not known which one client may send at once, and then in a minute."""

_MINUTE: Final = 60.0
_DOES: Final = {"read": "read what is not for everybody", "propose": "have a change tried", "write": "write"}


class Gatekeeper:
    """Stands in front of what is not for everybody.

    Args:
        tokens: those that are known.
        clock: seconds that only grow.
        elsewhere: where changes are made, if not here: what is said to whoever sends one.

    Attributes:
        wrong: counts for each client the tokens that are not known.
    """

    def __init__(
        self, tokens: KnownTokens, clock: Callable[[], float] = time.monotonic, *, elsewhere: str = ""
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._elsewhere = elsewhere
        self.wrong = RateLimit(WRONG / _MINUTE, WRONG)

    def who(self, scope: Scope, role: Role) -> str:
        """The name of the token that a request sends: the agent of its change.

        A form in the request's body is for the caller to look into, with :func:`dppgraph.web.token.refuse_in`.

        Args:
            scope: the request's, past what finds out who the client is.
            role: what is asked for: ``write``; ``propose`` for a dry run.

        Raises:
            BadCall: a token is in the address, or there are several.
            UpdatesOff: there is no token at all, or changes are made elsewhere.
            NeedsToken: none was sent, or one that is not known or over.
            WrongRole: its role does not include what is asked for.
            TooManyRequests: this client has sent too many that are not known.
            StoreUnavailable: the tokens cannot be read.
        """
        refuse_in(decoded(scope["query_string"]))
        if self._elsewhere:
            raise UpdatesOff(self._elsewhere)
        if not self._tokens.exist():
            raise UpdatesOff("nothing can be written here: `dppgraph token add NAME --role write` makes a token")
        text = token_in(scope)
        client, now = counted_as(peer_of(scope)), self._clock()
        # Before it is looked at: who guesses learns nothing more.
        if not self.wrong.lets_in(client, now):
            wait = math.ceil(self.wrong.wait(client, now))
            said = f"one client may send {WRONG} wrong tokens a minute: try again in {wait} s, with the right one"
            raise TooManyRequests(said, retry_after=wait)
        token = self._tokens.find(text)
        if token is None:
            self.wrong.wait(client, now)
            raise NeedsToken("this token is not known here: ask the operator for one (`dppgraph token add`)")
        if token.is_over(datetime.now(UTC)):
            raise NeedsToken(f"the token `{token.name}` has expired: ask the operator for a new one")
        if not token.may(role):
            said = f"the token `{token.name}` has the role {token.role}, and may not {_DOES[role]}"
            raise WrongRole(f"{said}: ask the operator for one with the role {role}")
        return token.name
