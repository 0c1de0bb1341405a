"""The committed statements, as JSON or as a page."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from {{ cookiecutter.package_name }}.core.api import POLICY, FromRequest, answers, prefers_html, render
from {{ cookiecutter.package_name }}.dev import services
from {{ cookiecutter.package_name }}.dev.dto import RunDTO, run_dto

__all__ = ["router"]

router = APIRouter(prefix="/dev", tags=["dev"], responses=answers(401))
_PAGES = Path(__file__).with_name("pages")


@router.get(
    "/runs",
    response_model=list[RunDTO],
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def list_runs(request: Request, context: FromRequest) -> Response:
    """List the runs of Codex whose statements are committed; a browser gets a page."""
    rows = [run_dto(run) for run in services.runs(context.settings.provenance)]
    headers = {"Vary": "Accept"}
    if prefers_html(request.headers.get("accept", "")):
        page = render(_PAGES, "runs.html", runs=rows)
        return HTMLResponse(page, headers={**headers, "Content-Security-Policy": POLICY})
    return JSONResponse([row.model_dump() for row in rows], headers=headers)
