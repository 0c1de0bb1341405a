"""The perimeter: wraps the whole application, so no route can be reached without credentials by oversight."""

import uuid
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from {{ cookiecutter.package_name }}.core import pages
from {{ cookiecutter.package_name }}.core.context import Context, Surroundings, enter
from {{ cookiecutter.package_name }}.core.credentials import COOKIE, Credentials
from {{ cookiecutter.package_name }}.core.domain import Principal
from {{ cookiecutter.package_name }}.core.errors import refusal, without_pages

__all__ = ["OPEN_PATHS", "SIGN_IN_PATH", "Perimeter", "sign_in_page"]

OPEN_PATHS = frozenset({"/health", "/openapi.json"})
SIGN_IN_PATH = "/session"
"""Takes a token in its body and answers 401 without a good one, so it needs no other credentials."""

_PAGES = Path(__file__).with_name("pages")


class Perimeter:
    """Django middleware, the outermost: credentials, a request id, and headers that every answer carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap an application; a setting that is missing stops the start here.

        Args:
            get_response: what stands behind.
        """
        self._get_response = get_response
        self._settings, self._clock = settings.APP, settings.CLOCK
        self._credentials = Credentials(self._settings.tokens)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let a request pass, or answer 401."""
        surroundings = Surroundings(
            settings=self._settings, credentials=self._credentials, request_id=str(uuid.uuid4()), now=self._clock()
        )
        response = without_pages(self._answer(request, surroundings), surroundings.request_id)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Request-ID"] = surroundings.request_id
        return response

    def _answer(self, request: HttpRequest, surroundings: Surroundings) -> HttpResponseBase:
        path, method = request.path_info, request.method
        if path in OPEN_PATHS or (path == SIGN_IN_PATH and method == "POST"):
            enter(request, surroundings)
            return self._get_response(request)
        principal = self._principal(request, surroundings)
        if principal is None:
            return _challenge(request, surroundings.request_id)
        enter(request, Context(**vars(surroundings), principal=principal))
        return self._get_response(request)

    def _principal(self, request: HttpRequest, surroundings: Surroundings) -> Principal | None:
        if authorization := request.headers.get("Authorization"):
            return self._credentials.of_header(authorization)
        if request.method not in {"GET", "HEAD"}:  # a browser sends its cookie unasked, so it may not change anything
            return None
        cookie = request.COOKIES.get(COOKIE)
        return self._credentials.of_session(cookie, surroundings.now) if cookie else None


def _challenge(request: HttpRequest, request_id: str) -> HttpResponse:
    if request.method == "GET" and pages.prefers_html(request.headers.get("Accept", "")):
        return sign_in_page(request.path_info)
    detail = "send the header Authorization: Bearer TOKEN"
    return refusal(request_id, 401, code="unauthenticated", detail=detail, headers={"WWW-Authenticate": "Bearer"})


def sign_in_page(following: str, *, wrong: bool = False) -> HttpResponse:
    """Return the form that asks for a token; its status says that nobody is signed in."""
    text = pages.render(_PAGES, "sign_in.html", next=following, wrong=wrong)
    headers = {"WWW-Authenticate": "Bearer", "Content-Security-Policy": pages.POLICY}
    return HttpResponse(text, status=401, headers=headers)
