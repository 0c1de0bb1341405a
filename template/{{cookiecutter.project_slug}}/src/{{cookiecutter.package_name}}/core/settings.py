"""Settings, read once from the environment; nothing else reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DISTRIBUTION", "Settings", "SettingsError", "database_url"]

DISTRIBUTION = "{{ cookiecutter.project_slug }}"
"""Name of the installed distribution; its metadata gives the title and the version."""

_DEFAULT_DATABASE = "{{ {'postgresql': 'postgresql:///app'}.get(cookiecutter.database, 'sqlite:///app.sqlite3') }}"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{32,256}")
_HINT = "make a token: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class SettingsError(ValueError):
    """The environment lacks a setting, or holds one that cannot be used; the message never shows a value."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between a laptop, a test and production."""

    database_url: str
    tokens: Mapping[str, str]
    """Bearer token by name of its owner; the name is what audit rows and idempotency keys are kept under."""
    secure_cookies: bool = True
    """Send the session cookie over HTTPS only; off for a laptop without TLS."""
    provenance: Path = Path("provenance")
    """Folder with the committed statements of Codex runs."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables `APP_*` (the README lists them).

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        insecure = environment.get("APP_INSECURE_COOKIES", "0")
        if insecure not in {"0", "1"}:
            raise SettingsError("APP_INSECURE_COOKIES must be 0 or 1")
        return cls(
            database_url=database_url(environment),
            tokens=_tokens(environment.get("APP_TOKENS", "")),
            secure_cookies=insecure == "0",
            provenance=Path(environment.get("APP_PROVENANCE") or "provenance"),
        )


def database_url(environment: Mapping[str, str]) -> str:
    """Return the database's address; migrations need nothing else."""
    return environment.get("APP_DATABASE_URL") or _DEFAULT_DATABASE


def _tokens(text: str) -> dict[str, str]:
    """Parse `name=token,name=token`."""
    tokens: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, token = part.partition("=")
        if not _NAME.fullmatch(name):
            raise SettingsError(f"APP_TOKENS: an owner must be lower-case words joined by dashes; {_HINT}")
        if not _TOKEN.fullmatch(token):
            raise SettingsError(f"APP_TOKENS: the token of {name} must have 32 to 256 URL-safe characters; {_HINT}")
        if name in tokens or token in tokens.values():
            raise SettingsError(f"APP_TOKENS: {name} repeats an owner or a token")
        tokens[name] = token
    if not tokens:
        raise SettingsError(f"APP_TOKENS is empty, so nobody could sign in; set name=token; {_HINT}")
    return tokens
