"""Puts the modules together; the only place that knows all of them."""

import datetime as dt
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import metadata
from typing import Any

from fastapi import FastAPI

from {{ cookiecutter.package_name }}.core import api as core
from {{ cookiecutter.package_name }}.dev import api as dev
from {{ cookiecutter.package_name }}.{{ cookiecutter.__module }} import api as {{ cookiecutter.__module }}

__all__ = ["create", "create_app"]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def create_app(settings: core.Settings, *, clock: Callable[[], dt.datetime] = _now) -> FastAPI:
    """Return the application.

    Args:
        settings: everything that differs between machines.
        clock: the time, aware.
    """
    database, credentials = core.Database(settings.database_url), core.Credentials(settings.tokens)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    about = metadata(core.DISTRIBUTION)
    app = FastAPI(
        title=about["Summary"],
        version=about["Version"],
        docs_url=None,  # these pages would load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.settings, app.state.database = settings, database
    app.state.credentials, app.state.clock = credentials, clock
    core.install(app)
    app.add_middleware(core.Perimeter, credentials=credentials, clock=clock)
    for module in (core, {{ cookiecutter.__module }}, dev):
        app.include_router(module.router)

    def openapi() -> dict[str, Any]:
        return core.document(app)

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
    return app


def create() -> FastAPI:
    """Return the application for a server; settings come from the environment."""
    return create_app(core.Settings.from_environment(os.environ))
