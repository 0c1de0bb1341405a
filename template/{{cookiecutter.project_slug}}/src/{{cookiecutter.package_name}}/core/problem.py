"""Problem documents (RFC 9457): the one form that errors take."""

import http
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MEDIA_TYPE", "Problem", "ProblemField", "encode", "fields", "problem", "schema"]

MEDIA_TYPE = "application/problem+json"
_TOP = frozenset({"body", "query", "path", "header", "cookie"})


class ProblemField(BaseModel):
    """One field that was refused, and the rule it broke; the value that was sent is not repeated."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="Where it stands, such as `body/lines/0/name`.")
    message: str


class Problem(BaseModel):
    """A problem document."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str = Field(description="The meaning of the status, for people.")
    status: int
    code: str = Field(description="Stable reason, for programs.")
    detail: str = Field(description="What to change, for people.")
    instance: str = Field(description="Id of this request; logs and audit rows carry it.")
    errors: list[ProblemField] = Field(default_factory=list)


def problem(
    status: int, *, request_id: str, code: str = "", detail: str = "", errors: Iterable[ProblemField] = ()
) -> Problem:
    """Return a problem document; code and detail default to what the status means."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    return Problem(
        title=phrase,
        status=status,
        code=code or phrase.lower().replace(" ", "_").replace("-", "_"),
        detail=detail or phrase,
        instance=f"urn:uuid:{request_id}",
        errors=list(errors),
    )


def encode(document: Problem) -> bytes:
    """Return the bytes to send."""
    return json.dumps(document.model_dump(), ensure_ascii=False).encode("utf-8", "backslashreplace")


def fields(errors: Iterable[Mapping[str, Any]]) -> list[ProblemField]:
    """Translate pydantic's errors; their `input` stays behind, for it may hold personal data."""
    rows = []
    for error in errors:
        place = [str(part) for part in error["loc"]]
        known = place if place and place[0] in _TOP else ["body", *place]
        rows.append(ProblemField(field="/".join(known), message=str(error["msg"])))
    return rows


def schema() -> dict[str, Any]:
    """Return the JSON schema of a problem document, for the OpenAPI document."""
    return Problem.model_json_schema(ref_template="#/components/schemas/{model}")
