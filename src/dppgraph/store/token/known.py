"""The tokens that a server knows: those of its store, as they are now, and the one of its settings."""

import logging
from typing import Final

from dppgraph.core.token import ENVIRONMENT, Token, sha256_of, token_of
from dppgraph.errors import StoreUnavailable
from dppgraph.store.token.file import Seen, TokenFile

_log: Final = logging.getLogger("dppgraph.token")


class KnownTokens:
    """The tokens of a store, read again when their file has changed, which one look at it says.

    Args:
        file: the file.
        environment: the text of the token of the settings, which may write; empty for none.
    """

    def __init__(self, file: TokenFile, environment: str = "") -> None:
        self._file = file
        self._own = (Token(ENVIRONMENT, "write", sha256_of(environment)),) if environment else ()
        self._seen: Seen | None = None
        self._tokens: tuple[Token, ...] = ()
        self._damaged = False

    def all(self) -> list[Token]:
        """All of them, also those that are over; that of the settings first.

        Raises:
            StoreUnavailable: the file cannot be used.
        """
        return [*self._own, *self._file.read()]

    def exist(self) -> bool:
        """Whether there is any token, or a file of which nobody can tell."""
        self._look()
        return bool(self._own or self._tokens) or self._damaged

    def find(self, text: str) -> Token | None:
        """The token that a text is, whether it is over or not; None for one that is not known.

        Raises:
            StoreUnavailable: it is not that of the settings, and the file cannot be used.
        """
        self._look()
        found = token_of(text, (*self._own, *self._tokens))
        if found is None and self._damaged:
            # Closed, and not open: what cannot be read lets nobody in. Where it lies is for the log alone.
            raise StoreUnavailable("the tokens cannot be read now, so that none opens anything: the log says why")
        return found

    def _look(self) -> None:
        # Before it is read: what changes in between is read again the next time.
        seen = self._file.seen()
        if seen == self._seen and not self._damaged:
            return
        changed, self._seen = seen != self._seen, seen
        try:
            self._tokens, self._damaged = self._file.read(), False
        except StoreUnavailable as error:
            # Read again at each look: what was in the way may pass, such as too many open files.
            self._tokens, self._damaged = (), True
            if changed:
                _log.error("%s", error)
        if changed and self._file.is_open():
            _log.warning("%s can be read by others than its owner: chmod 600 it", self._file.path)
