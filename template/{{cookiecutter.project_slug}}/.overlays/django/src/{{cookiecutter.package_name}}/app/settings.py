"""Django's settings. What differs between machines comes from `core.settings`, which reads the environment."""

import os
import secrets
from typing import Any, cast

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from {{ cookiecutter.package_name }}.core.database import connection_settings
from {{ cookiecutter.package_name }}.core.settings import Settings, database_url

APP = cast("Settings", SimpleLazyObject(lambda: Settings.from_environment(os.environ)))
"""Read when the server starts, so that migrations need no tokens."""
CLOCK = timezone.now
"""The time, aware; tests put their own here."""

DATABASES: dict[str, dict[str, Any]] = {"default": connection_settings(database_url(os.environ))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

INSTALLED_APPS = [
    "{{ cookiecutter.package_name }}.core",
    "{{ cookiecutter.package_name }}.dev",
    "{{ cookiecutter.package_name }}.{{ cookiecutter.__module }}",
]
MIDDLEWARE = ["{{ cookiecutter.package_name }}.core.perimeter.Perimeter"]
ROOT_URLCONF = "{{ cookiecutter.package_name }}.app.urls"
WSGI_APPLICATION = "{{ cookiecutter.package_name }}.app.wsgi.application"
APPEND_SLASH = False

# Nothing here is made from the request's Host, so there is nothing to gain by sending another one.
ALLOWED_HOSTS = ["*"]
# Nothing here is signed with it (sessions are signed with a key made from the tokens); Django wants one all the same.
SECRET_KEY = secrets.token_urlsafe(50)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "ERROR"}},
}
