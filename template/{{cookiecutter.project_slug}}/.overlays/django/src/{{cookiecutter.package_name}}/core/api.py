"""All that other modules may use of this one (a contract in pyproject.toml keeps it so)."""

from {{ cookiecutter.package_name }}.core.context import Context, context_of
from {{ cookiecutter.package_name }}.core.credentials import Credentials
from {{ cookiecutter.package_name }}.core.domain import (
    ConflictError,
    InvalidError,
    NotFoundError,
    Principal,
    RefusedError,
)
from {{ cookiecutter.package_name }}.core.errors import answers
from {{ cookiecutter.package_name }}.core.openapi import Api
from {{ cookiecutter.package_name }}.core.pages import POLICY, prefers_html, render
from {{ cookiecutter.package_name }}.core.routes import router, sign_in
from {{ cookiecutter.package_name }}.core.services import claim, record
from {{ cookiecutter.package_name }}.core.settings import DISTRIBUTION, Settings, SettingsError

__all__ = [
    "DISTRIBUTION",
    "POLICY",
    "Api",
    "ConflictError",
    "Context",
    "Credentials",
    "InvalidError",
    "NotFoundError",
    "Principal",
    "RefusedError",
    "Settings",
    "SettingsError",
    "answers",
    "claim",
    "context_of",
    "prefers_html",
    "record",
    "render",
    "router",
    "sign_in",
]
