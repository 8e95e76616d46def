"""Who may write: the bearer of a token (RFC 6750)."""

from dppgraph.web.token.gatekeeper import Gatekeeper
from dppgraph.web.token.sent import refuse_in, token_in
from dppgraph.web.token.shown import FOR_UPDATES, NEEDED, Described

__all__ = ["FOR_UPDATES", "NEEDED", "Described", "Gatekeeper", "refuse_in", "token_in"]
