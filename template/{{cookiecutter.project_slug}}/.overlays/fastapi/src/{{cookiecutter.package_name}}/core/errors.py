"""Turns every error of an application into a problem document, and documents them in its OpenAPI document."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from {{ cookiecutter.package_name }}.core import problem
from {{ cookiecutter.package_name }}.core.domain import RefusedError

__all__ = ["answers", "document", "install"]

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_MEANINGS = {
    401: "Credentials are missing or unknown",
    404: "There is no such thing",
    409: "The request contradicts an earlier one",
    422: "The content breaks a rule",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI's `responses` for problem documents with these statuses."""
    content = {problem.MEDIA_TYPE: {"schema": _REFERENCE}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> Response:
        return _answer(request, error.status, code=error.code, detail=error.message)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        detail = "the request does not fit its schema"
        document = problem.problem(
            422, request_id=_request_id(request), code="malformed", detail=detail, errors=problem.fields(error.errors())
        )
        return Response(problem.encode(document), 422, media_type=problem.MEDIA_TYPE)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.BAD_REQUEST:  # FastAPI's word for a body that cannot even be decoded
            return _answer(request, 422, code="malformed", detail="the body is not JSON in UTF-8")
        return _answer(request, error.status_code, headers=error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        return _answer(request, 500, detail="an unexpected error; its cause is in the log, under this instance")


def _answer(
    request: Request, status: int, *, code: str = "", detail: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    document = problem.problem(status, request_id=_request_id(request), code=code, detail=detail)
    return Response(problem.encode(document), status, headers, media_type=problem.MEDIA_TYPE)


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", "00000000-0000-0000-0000-000000000000"))


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document with problem documents and the bearer scheme in it."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = schema.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        described = problem.schema()
        schemas.update(described.pop("$defs", {}))
        schemas["Problem"] = described
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"bearer": []}]
        app.openapi_schema = schema
    return app.openapi_schema
