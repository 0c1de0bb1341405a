"""The perimeter: wraps the whole application, so no route can be reached without credentials by oversight."""

import datetime as dt
import uuid
from collections.abc import Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{ cookiecutter.package_name }}.core import pages, problem
from {{ cookiecutter.package_name }}.core.credentials import COOKIE, Credentials
from {{ cookiecutter.package_name }}.core.domain import Principal

__all__ = ["OPEN_PATHS", "SIGN_IN_PATH", "Perimeter", "sign_in_page"]

OPEN_PATHS = frozenset({"/health", "/openapi.json"})
SIGN_IN_PATH = "/session"
"""Takes a token in its body and answers 401 without a good one, so it needs no other credentials."""

_PAGES = Path(__file__).with_name("pages")


class Perimeter:
    """ASGI middleware: credentials, a request id, and headers that every answer carries."""

    def __init__(self, app: ASGIApp, *, credentials: Credentials, clock: Callable[[], dt.datetime]) -> None:
        """Wrap an application.

        Args:
            app: what stands behind.
            credentials: who may pass.
            clock: the time, aware.
        """
        self._app, self._credentials, self._clock = app, credentials, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer 401."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no websockets here, so none gets through unseen
            await send({"type": "websocket.close", "code": 1008})
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id = str(uuid.uuid4())

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers["Referrer-Policy"] = "same-origin"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Request-ID"] = request_id
            await send(message)

        path, method, headers = scope["path"], scope["method"], Headers(scope=scope)
        if path not in OPEN_PATHS and not (path == SIGN_IN_PATH and method == "POST"):
            principal = self._principal(headers, method)
            if principal is None:
                await _challenge(headers, method, path, request_id)(scope, receive, send_hardened)
                return
            state["principal"] = principal
        await self._app(scope, receive, send_hardened)

    def _principal(self, headers: Headers, method: str) -> Principal | None:
        if authorization := headers.get("authorization"):
            return self._credentials.of_header(authorization)
        if method not in {"GET", "HEAD"}:  # a cookie is sent by the browser unasked, so it may not change anything
            return None
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return self._credentials.of_session(morsel.value, self._clock()) if morsel else None


def _challenge(headers: Headers, method: str, path: str, request_id: str) -> Response:
    if method == "GET" and pages.prefers_html(headers.get("accept", "")):
        return sign_in_page(path)
    detail = "send the header Authorization: Bearer TOKEN"
    document = problem.problem(401, request_id=request_id, code="unauthenticated", detail=detail)
    challenge = {"WWW-Authenticate": "Bearer"}
    return Response(problem.encode(document), 401, challenge, media_type=problem.MEDIA_TYPE)


def sign_in_page(following: str, *, wrong: bool = False) -> Response:
    """Return the form that asks for a token; its status says that nobody is signed in."""
    text = pages.render(_PAGES, "sign_in.html", next=following, wrong=wrong)
    return HTMLResponse(text, 401, {"WWW-Authenticate": "Bearer", "Content-Security-Policy": pages.POLICY})
