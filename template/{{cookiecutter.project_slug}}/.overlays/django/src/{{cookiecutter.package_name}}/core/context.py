"""What a route needs besides its arguments; the perimeter puts it into the request."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest

from {{ cookiecutter.package_name }}.core.credentials import Credentials
from {{ cookiecutter.package_name }}.core.domain import Principal, UnauthenticatedError
from {{ cookiecutter.package_name }}.core.settings import Settings

__all__ = ["Context", "Surroundings", "context_of", "enter", "surroundings_of"]

_KEY = "app.surroundings"  # no header can be named so: WSGI writes those as HTTP_...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The surroundings of any request."""

    settings: Settings
    credentials: Credentials
    request_id: str
    now: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Context(Surroundings):
    """The surroundings of a request whose sender is known."""

    principal: Principal


def enter(request: HttpRequest, surroundings: Surroundings) -> None:
    """Give a request its surroundings."""
    request.META[_KEY] = surroundings


def surroundings_of(request: HttpRequest) -> Surroundings:
    """Return what the perimeter knows of a request, whoever sent it."""
    found = request.META[_KEY]
    if not isinstance(found, Surroundings):
        raise TypeError("the request did not come through the perimeter")
    return found


def context_of(request: HttpRequest) -> Context:
    """Return the surroundings of a request whose sender is known.

    Raises:
        UnauthenticatedError: nobody said who sends it.
    """
    found = surroundings_of(request)
    if not isinstance(found, Context):
        raise UnauthenticatedError("unauthenticated", "send the header Authorization: Bearer TOKEN")
    return found
