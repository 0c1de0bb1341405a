"""All that other modules may use of this one (a contract in pyproject.toml keeps it so)."""

from {{ cookiecutter.package_name }}.core.context import Context, FromRequest
from {{ cookiecutter.package_name }}.core.credentials import Credentials
from {{ cookiecutter.package_name }}.core.database import Database
from {{ cookiecutter.package_name }}.core.domain import (
    ConflictError,
    InvalidError,
    NotFoundError,
    Principal,
    RefusedError,
)
from {{ cookiecutter.package_name }}.core.errors import answers, document, install
from {{ cookiecutter.package_name }}.core.pages import POLICY, prefers_html, render
from {{ cookiecutter.package_name }}.core.perimeter import Perimeter
from {{ cookiecutter.package_name }}.core.routes import router
from {{ cookiecutter.package_name }}.core.services import claim, record
from {{ cookiecutter.package_name }}.core.settings import DISTRIBUTION, Settings, SettingsError, database_url
from {{ cookiecutter.package_name }}.core.tables import METADATA, Base, Number, UtcDateTime

__all__ = [
    "DISTRIBUTION",
    "METADATA",
    "POLICY",
    "Base",
    "ConflictError",
    "Context",
    "Credentials",
    "Database",
    "FromRequest",
    "InvalidError",
    "NotFoundError",
    "Number",
    "Perimeter",
    "Principal",
    "RefusedError",
    "Settings",
    "SettingsError",
    "UtcDateTime",
    "answers",
    "claim",
    "database_url",
    "document",
    "install",
    "prefers_html",
    "record",
    "render",
    "router",
]
