"""Health, and the session that a browser opens with a token."""

import re
from typing import Literal
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from ninja import Router
from pydantic import BaseModel, ConfigDict

from {{ cookiecutter.package_name }}.core.context import surroundings_of
from {{ cookiecutter.package_name }}.core.credentials import COOKIE, SESSION_HOURS
from {{ cookiecutter.package_name }}.core.perimeter import sign_in_page

__all__ = ["router", "sign_in"]

router = Router(tags=["core"])
_LOCAL = re.compile(r"(/[a-z0-9-]+)+")
_LARGEST = 4096


class HealthDTO(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok"] = "ok"


@router.get("/health", response=HealthDTO, openapi_extra={"security": []})
def health(request: HttpRequest) -> HealthDTO:
    """Say that the process answers; needs no credentials and tells nothing else."""
    return HealthDTO()


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Exchange a token for a session cookie; the form of the pages sends it."""
    body = request.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        return sign_in_page("/dev/runs", wrong=True)
    form = parse_qs(body.decode("utf-8", "replace"))
    following = form.get("next", [""])[0]
    following = following if _LOCAL.fullmatch(following) else "/dev/runs"
    surroundings = surroundings_of(request)
    principal = surroundings.credentials.of_token(form.get("token", [""])[0])
    if principal is None:
        return sign_in_page(following, wrong=True)
    response = HttpResponse(status=303, headers={"Location": following})
    response.set_cookie(
        COOKIE,
        surroundings.credentials.session(principal, surroundings.now),
        max_age=SESSION_HOURS * 3600,
        secure=surroundings.settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )
    return response
