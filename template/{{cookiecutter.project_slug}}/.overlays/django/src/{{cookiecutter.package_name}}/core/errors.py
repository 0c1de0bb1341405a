"""Turns every error of an application into a problem document."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from {{ cookiecutter.package_name }}.core import problem
from {{ cookiecutter.package_name }}.core.context import surroundings_of
from {{ cookiecutter.package_name }}.core.domain import RefusedError

__all__ = ["answers", "install", "refusal", "without_pages"]

_LOG = logging.getLogger(__name__)
_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_MEANINGS = {
    401: "Credentials are missing or unknown",
    404: "There is no such thing",
    409: "The request contradicts an earlier one",
    422: "The content breaks a rule",
}
_KEPT = ("Allow", "WWW-Authenticate")


def answers(*statuses: int) -> dict[str, Any]:
    """Return Ninja's `openapi_extra` that documents problem documents with these statuses."""
    content = {problem.MEDIA_TYPE: {"schema": _REFERENCE}}
    return {"responses": {str(status): {"description": _MEANINGS[status], "content": content} for status in statuses}}


def refusal(
    request_id: str,
    status: int,
    *,
    code: str = "",
    detail: str = "",
    errors: Sequence[problem.ProblemField] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return an answer that is a problem document."""
    document = problem.problem(status, request_id=request_id, code=code, detail=detail, errors=errors)
    return HttpResponse(problem.encode(document), status=status, headers=headers, content_type=problem.MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Register the handler, in place of those that Ninja brings along."""
    kinds: tuple[type[Exception], ...] = (Exception, Http404, HttpError, ValidationError)
    for kind in kinds:
        api.add_exception_handler(kind, _answer)


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    request_id = surroundings_of(request).request_id
    match error:
        case RefusedError():
            return refusal(request_id, error.status, code=error.code, detail=error.message)
        case ValidationError():
            detail = "the request does not fit its schema"
            fields = problem.fields(map(_placed, error.errors))
            return refusal(request_id, 422, code="malformed", detail=detail, errors=fields)
        case HttpError(status_code=HTTPStatus.BAD_REQUEST):  # Ninja's word for a body that cannot even be decoded
            return refusal(request_id, 422, code="malformed", detail="the body is not JSON in UTF-8")
        case HttpError():
            return refusal(request_id, error.status_code)
        case Http404():
            return refusal(request_id, 404)
    _LOG.error("request %s failed", request_id, exc_info=error if isinstance(error, Exception) else None)
    return refusal(request_id, 500, detail="an unexpected error; its cause is in the log, under this instance")


def without_pages(response: HttpResponseBase, request_id: str) -> HttpResponseBase:
    """Return the answer, or a problem document in place of a page that Django has for errors."""
    ours = response.headers.get("Content-Type") == problem.MEDIA_TYPE or "Content-Security-Policy" in response.headers
    if response.status_code < HTTPStatus.BAD_REQUEST or ours:
        return response
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    response.close()
    return refusal(request_id, response.status_code, headers=kept)


def _placed(error: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the name of the view's parameter from the place of an error in a body."""
    place = tuple(error["loc"])
    return {**error, "loc": place[:1] + place[2:] if place[:1] == ("body",) else place}
