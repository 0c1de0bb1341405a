"""The committed statements, as JSON or as a page."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from ninja import Router

from {{ cookiecutter.package_name }}.core.api import POLICY, answers, context_of, prefers_html, render
from {{ cookiecutter.package_name }}.dev import services
from {{ cookiecutter.package_name }}.dev.dto import RunDTO, run_dto

__all__ = ["router"]

router = Router(tags=["dev"])
_PAGES = Path(__file__).with_name("pages")
_PAGE = {"responses": {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}}


@router.get("/runs", response=list[RunDTO], openapi_extra={"responses": _PAGE["responses"] | answers(401)["responses"]})
def list_runs(request: HttpRequest, response: HttpResponse) -> list[RunDTO] | HttpResponse:
    """List the runs of Codex whose statements are committed; a browser gets a page."""
    rows = [run_dto(run) for run in services.runs(context_of(request).settings.provenance)]
    if prefers_html(request.headers.get("Accept", "")):
        page = render(_PAGES, "runs.html", runs=rows)
        return HttpResponse(page, headers={"Vary": "Accept", "Content-Security-Policy": POLICY})
    response.headers["Vary"] = "Accept"
    return rows
