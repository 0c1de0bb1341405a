"""The one database: how its address becomes a connection."""

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from {{ cookiecutter.package_name }}.core.settings import SettingsError

__all__ = ["connection_settings"]

_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
_KEPT_OPEN_SECONDS = 60


def connection_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a database.

    Args:
        url: address in libpq's form, such as `postgresql://user@host:5432/name`.

    Raises:
        SettingsError: this is no address of such a database.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise SettingsError("APP_DATABASE_URL is no address of PostgreSQL, such as postgresql:///app") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.pop(part, "")) for name, part in _NAMES.items()},
        "OPTIONS": parts,
        "CONN_MAX_AGE": _KEPT_OPEN_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
