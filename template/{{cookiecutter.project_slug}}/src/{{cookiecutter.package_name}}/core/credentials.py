"""Credentials: bearer tokens, and the session cookie that is made from one for the pages."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from {{ cookiecutter.package_name }}.core.domain import Principal

__all__ = ["COOKIE", "SESSION_HOURS", "Credentials"]

COOKIE = "session"
SESSION_HOURS = 8


class Credentials:
    """Recognises principals. Tokens are compared in constant time, and all of them each time."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        """Derive the cookie's key from the tokens, so a rotated token ends every session."""
        self._digests = {name: _digest(token) for name, token in tokens.items()}
        material = "\n".join(f"{name}={token}" for name, token in sorted(tokens.items()))
        self._key = hashlib.sha256(b"session cookie\n" + material.encode()).digest()

    def of_token(self, token: str) -> Principal | None:
        """Return the owner of a token."""
        digest, found = _digest(token), None
        for name, known in self._digests.items():
            if hmac.compare_digest(digest, known):
                found = Principal(name=name)
        return found

    def of_header(self, authorization: str) -> Principal | None:
        """Return the owner of the token in an `Authorization` header."""
        scheme, _, token = authorization.partition(" ")
        return self.of_token(token.strip()) if scheme.lower() == "bearer" else None

    def session(self, principal: Principal, now: dt.datetime) -> str:
        """Return the value of a session cookie: owner, end (Unix seconds) and a MAC over both."""
        end = int((now + dt.timedelta(hours=SESSION_HOURS)).timestamp())
        return f"{principal.name}.{end}.{self._mac(principal.name, end)}"

    def of_session(self, value: str, now: dt.datetime) -> Principal | None:
        """Return the owner of a session cookie that was made here and has not ended."""
        name, _, rest = value.partition(".")
        end, _, mac = rest.partition(".")
        if not (end.isascii() and end.isdigit()) or name not in self._digests:
            return None
        if not hmac.compare_digest(mac.encode(), self._mac(name, int(end)).encode()) or now.timestamp() >= int(end):
            return None
        return Principal(name=name)

    def _mac(self, name: str, end: int) -> str:
        return hmac.new(self._key, f"{name}.{end}".encode(), "sha256").hexdigest()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
