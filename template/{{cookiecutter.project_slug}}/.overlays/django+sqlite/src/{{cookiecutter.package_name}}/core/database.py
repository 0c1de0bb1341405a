"""The one database: how its address becomes a connection."""

from typing import Any

from {{ cookiecutter.package_name }}.core.settings import SettingsError

__all__ = ["connection_settings"]

_BUSY_SECONDS = 30
_SCHEME = "sqlite:///"


def connection_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a database.

    Args:
        url: `sqlite:///` and the path of a file; an absolute path makes that four slashes.

    Raises:
        SettingsError: this is no address of such a database.
    """
    name = url.removeprefix(_SCHEME)
    if not name or name == url:
        raise SettingsError(f"APP_DATABASE_URL must be {_SCHEME} and a path")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "timeout": _BUSY_SECONDS,
            # Take the write lock at the start: a reader that becomes a writer half-way would fail instead of waiting.
            "transaction_mode": "IMMEDIATE",
            # Triggers fire for what REPLACE deletes, so that it cannot get around them.
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA recursive_triggers = ON",
        },
    }
