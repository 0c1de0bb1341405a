"""What a route needs besides its arguments, as one FastAPI dependency."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from {{ cookiecutter.package_name }}.core.credentials import Credentials
from {{ cookiecutter.package_name }}.core.database import Database
from {{ cookiecutter.package_name }}.core.domain import Principal
from {{ cookiecutter.package_name }}.core.settings import Settings

__all__ = ["Context", "FromRequest"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """The surroundings of one request."""

    settings: Settings
    database: Database
    credentials: Credentials
    principal: Principal
    request_id: str
    now: dt.datetime


def _context(request: Request) -> Context:
    state = request.app.state
    return Context(
        settings=state.settings,
        database=state.database,
        credentials=state.credentials,
        principal=request.state.principal,
        request_id=request.state.request_id,
        now=state.clock(),
    )


FromRequest = Annotated[Context, Depends(_context)]
