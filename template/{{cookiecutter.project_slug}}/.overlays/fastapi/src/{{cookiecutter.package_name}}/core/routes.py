"""Health, and the session that a browser opens with a token."""

import re
from typing import Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse

from {{ cookiecutter.package_name }}.core.credentials import COOKIE, SESSION_HOURS
from {{ cookiecutter.package_name }}.core.perimeter import SIGN_IN_PATH, sign_in_page

__all__ = ["router"]

router = APIRouter(tags=["core"])
_LOCAL = re.compile(r"(/[a-z0-9-]+)+")
_LARGEST = 4096


class HealthDTO(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok"] = "ok"


@router.get("/health", openapi_extra={"security": []})
def health() -> HealthDTO:
    """Say that the process answers; needs no credentials and tells nothing else."""
    return HealthDTO()


@router.post(SIGN_IN_PATH, include_in_schema=False)
async def sign_in(request: Request) -> Response:
    """Exchange a token for a session cookie; the form of the pages sends it."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return sign_in_page("/dev/runs", wrong=True)
    form = parse_qs(body.decode("utf-8", "replace"))
    following = form.get("next", [""])[0]
    following = following if _LOCAL.fullmatch(following) else "/dev/runs"
    principal = request.app.state.credentials.of_token(form.get("token", [""])[0])
    if principal is None:
        return sign_in_page(following, wrong=True)
    now = request.app.state.clock()
    response = RedirectResponse(following, 303)
    response.set_cookie(
        COOKIE,
        request.app.state.credentials.session(principal, now),
        max_age=SESSION_HOURS * 3600,
        secure=request.app.state.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return response
